"""The chair's acts: what each of them changed, so that the last one can be undone, and nothing else with it."""

from typing import NamedTuple

from msgspec import Struct

from livechat.comment import Comment
from livechat.roles import Seat
from moderation.decisions import Outcome

MOST = 20
"""Acts that are remembered, and can be undone one after another."""


class Stand(NamedTuple):
    """What of a comment is the chair's to change."""

    outcome: Outcome
    rank: int
    answered: int | None
    member: str


class Change(NamedTuple):
    """A comment as it stood before an act, and as the act left it."""

    comment: str
    before: Stand
    after: Stand


class Turn(NamedTuple):
    """The agenda as it stood before an act, and as the act left it: the current item's id, or None."""

    before: str | None
    after: str | None


class Act(Struct, frozen=True):
    """What one command of the chair's changed. `id` is its own mark for it; without one it cannot be undone."""

    id: str
    by: Seat | None
    changes: tuple[Change, ...] = ()
    turn: Turn | None = None


def stand(comment: Comment) -> Stand:
    """Where the comment stands."""
    return Stand(comment.outcome, comment.rank, comment.answered, comment.member)


def remember(acts: tuple[Act, ...], act: Act) -> tuple[Act, ...]:
    """The acts with one more; or with more of the last one, if both come of one command."""
    if acts and act.id and (acts[-1].id, acts[-1].by) == (act.id, act.by):
        return (*acts[:-1], _joined(acts[-1], act))
    return (*acts, act)[-MOST:]


def before(acts: tuple[Act, ...], id: str) -> tuple[Act, ...]:
    """The acts before the one with this id."""
    ids = [act.id for act in acts]
    return acts[: ids.index(id)] if id in ids else acts


def _joined(first: Act, more: Act) -> Act:
    changes = {change.comment: change for change in first.changes}
    for change in more.changes:
        changes[change.comment] = change._replace(before=changes.get(change.comment, change).before)
    turn = more.turn or first.turn
    if first.turn and more.turn:
        turn = Turn(first.turn.before, more.turn.after)
    return Act(first.id, first.by, tuple(changes.values()), turn)
