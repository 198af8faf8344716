"""What comes of the chair's commands about comments and agenda: what is taken up, in which order, and what is done.

Pure, as :mod:`livechat.handle`, which it is a part of.
"""

from livechat import events, ranks
from livechat.commands import (
    AnswerComment,
    AssignComment,
    DiscussComment,
    MoveComment,
    PutBackComment,
    SetCurrentItem,
    SortQueue,
)
from livechat.comment import Comment
from livechat.errors import Refused
from livechat.events import Event, Rank
from livechat.grounds import known, wrong_outcome
from livechat.meeting import Meeting
from livechat.roles import Actor
from livechat.seats import seat
from moderation.decisions import RESULT, SHOWN, Decision, Outcome, after


def discuss(meeting: Meeting, command: DiscussComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    """What was under discussion goes back to where it stood in the queue."""
    by = seat(meeting, actor, minute)
    if not _moves(meeting, command.comment, Decision.DISCUSS):
        return ()
    discussed = events.CommentDiscussed(id=command.comment, by=by, minute=minute, act=command.act)
    if meeting.discussing is None:
        return (discussed,)
    return (events.CommentPutBack(id=meeting.discussing, by=by, minute=minute, act=command.act), discussed)


def answer(meeting: Meeting, command: AnswerComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat(meeting, actor, minute)
    if not _moves(meeting, command.comment, Decision.ANSWER):
        return ()
    return (events.CommentAnswered(id=command.comment, by=by, minute=minute, act=command.act),)


def put_back(meeting: Meeting, command: PutBackComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    """“Not now” is last in the queue: it is not lost, and does not stand in the way."""
    by = seat(meeting, actor, minute)
    if not _moves(meeting, command.comment, Decision.PUT_BACK):
        return ()
    back = events.CommentPutBack(id=command.comment, by=by, minute=minute, act=command.act)
    if not command.last:
        return (back,)
    last = (Rank(command.comment, meeting.places + 1),)
    return (back, events.QueueOrdered(ranks=last, by=by, minute=minute, act=command.act))


def move(meeting: Meeting, command: MoveComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    """Of two who move at once, each finds the queue as the other left it."""
    by, comment = seat(meeting, actor, minute), _waiting(meeting, command.comment)
    before = None if command.before is None else _waiting(meeting, command.before)
    if before and before.item != comment.item:
        raise Refused("invalid", field="before")
    moved = ranks.moved(meeting, comment, before)
    return (events.QueueOrdered(ranks=moved, by=by, minute=minute, act=command.act),) if moved else ()


def assign(meeting: Meeting, command: AssignComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    """Only somebody whom the clerk has put on the meeting's list can be named."""
    by, comment = seat(meeting, actor, minute), _seen(meeting, command.comment)
    if command.member and command.member not in meeting.settings.members:
        raise Refused("unknown_member", field="member")
    if command.member == comment.member:
        return ()
    return (events.CommentAssigned(id=comment.id, by=by, minute=minute, act=command.act, member=command.member),)


def sort(meeting: Meeting, command: SortQueue, actor: Actor, minute: int) -> tuple[Event, ...]:
    """The order is set now, with the tallies as they are now; nothing moves by itself afterwards."""
    by, moved = seat(meeting, actor, minute), ranks.arranged(meeting, command.how)
    return (events.QueueOrdered(ranks=moved, by=by, minute=minute, how=command.how, act=command.act),) if moved else ()


def set_current_item(meeting: Meeting, command: SetCurrentItem, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat(meeting, actor, minute)
    if command.item is not None and not meeting.has_item(command.item):
        raise Refused("unknown_item", field="item")
    if command.item == meeting.current_item:
        return ()
    return (events.CurrentItemSet(item=command.item, minute=minute, by=by, act=command.act),)


def _moves(meeting: Meeting, id: str, decision: Decision) -> bool:
    """Whether the chair's decision changes anything."""
    comment = _seen(meeting, id)
    if comment.outcome is RESULT[decision]:
        return False
    if after(decision, comment.outcome) is None:
        raise wrong_outcome(comment)
    return True


def _waiting(meeting: Meeting, id: str) -> Comment:
    """The comment, if it stands in the queue."""
    comment = _seen(meeting, id)
    if comment.outcome is not Outcome.APPROVED:
        raise wrong_outcome(comment)
    return comment


def _seen(meeting: Meeting, id: str) -> Comment:
    """The comment; the chair is told nothing about those that it cannot see."""
    comment = known(meeting, id)
    if comment.outcome not in SHOWN:
        raise Refused("unknown_comment")
    return comment
