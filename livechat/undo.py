"""What comes of the chair's wish to undo: all that its last act changed is as it was before, or nothing is changed.

Pure, as :mod:`livechat.handle`, which it is a part of.
"""

from collections.abc import Iterator

from livechat import events
from livechat.acts import Act, stand
from livechat.commands import UndoAct
from livechat.errors import Refused
from livechat.events import Event, Rank
from livechat.meeting import Meeting
from livechat.roles import Actor, Seat
from livechat.seats import seat
from moderation.decisions import Outcome


def undo(meeting: Meeting, command: UndoAct, actor: Actor, minute: int) -> tuple[Event, ...]:
    """Refused as `acted_since` if anybody has done anything to the same since, or the chair something else.

    What puts it right carries the act's own mark: it is more of the same act, and all of it is forgotten together.
    """
    by = seat(meeting, actor, minute)
    act = _last(meeting, command.act, by)
    undone = events.ActUndone(act=act.id, by=by, minute=minute)
    return (*_back(act, by, minute), *_again(meeting, act, by, minute), *_rest(act, by, minute), undone)


def _last(meeting: Meeting, id: str, by: Seat) -> Act:
    last = meeting.acts[-1] if meeting.acts else None
    if last is None or (last.id, last.by) != (id, by):
        raise Refused("acted_since", by=last and last.by)
    for change in last.changes:
        comment = meeting.comments[change.comment]
        if stand(comment) != change.after:
            raise Refused("acted_since", by=comment.last)
    return last


def _back(act: Act, by: Seat, minute: int) -> Iterator[Event]:
    """First everything that the act took out of the queue goes back there."""
    for change in act.changes:
        if change.before.outcome is not change.after.outcome is not Outcome.APPROVED:
            yield events.CommentPutBack(id=change.comment, by=by, minute=minute, act=act.id)


def _again(meeting: Meeting, act: Act, by: Seat, minute: int) -> Iterator[Event]:
    """Then what was under discussion or answered before is so again; answered when it was answered."""
    for id, before, now in act.changes:
        if before.outcome is now.outcome:
            continue
        if before.outcome is Outcome.DISCUSSING:
            spoken = meeting.discussing
            if spoken and spoken not in {change.comment for change in act.changes}:
                raise Refused("acted_since", by=meeting.comments[spoken].last)
            yield events.CommentDiscussed(id=id, by=by, minute=minute, act=act.id)
        elif before.outcome is Outcome.ANSWERED:
            yield events.CommentAnswered(id=id, by=by, minute=minute, answered=before.answered, act=act.id)


def _rest(act: Act, by: Seat, minute: int) -> Iterator[Event]:
    """Then who takes it, the order of the queue, and the agenda."""
    for id, before, now in act.changes:
        if before.member != now.member:
            yield events.CommentAssigned(id=id, by=by, minute=minute, member=before.member, act=act.id)
    ranks = tuple(Rank(id, before.rank) for id, before, now in act.changes if before.rank != now.rank)
    if ranks:
        yield events.QueueOrdered(ranks=ranks, by=by, minute=minute, act=act.id)
    if act.turn:
        yield events.CurrentItemSet(item=act.turn.before, minute=minute, by=by, act=act.id)
