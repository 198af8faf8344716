"""What comes of a command: the events it causes, or a refusal.

`handle` is pure: it takes the meeting as it is and decides. No events means that all is well: this is so already
(somebody said the same thing twice), or it is a ballot, which goes on to be cast.
"""

from collections.abc import Callable
from typing import Any

from livechat import desk, events
from livechat.commands import (
    PERMITTED,
    AnswerComment,
    ApproveComment,
    CastBallot,
    Command,
    DeclineComment,
    DiscussComment,
    EditComment,
    EnterComment,
    IssueBallot,
    MergeComment,
    OpenIntake,
    PauseIntake,
    PutBackComment,
    ReferComment,
    SealComment,
    SetCurrentItem,
    SubmitComment,
    SupportComment,
    TakeBackComment,
    TakeSeat,
    TranslateComment,
    WithdrawComment,
    WithdrawSupport,
    comment_id,
)
from livechat.errors import Refused
from livechat.events import Event
from livechat.grounds import known, require_text, seat, sent_before, wrong_outcome
from livechat.meeting import Intake, Meeting
from livechat.roles import Actor, Seat
from moderation.decisions import RESULT, SHOWN, SUPPORTED, Decision, Outcome, after
from moderation.text import clean


def handle(meeting: Meeting, command: Command, actor: Actor, minute: int) -> tuple[Event, ...]:
    """The events that `command`, given by `actor` at `minute`, causes in `meeting`.

    Raises `Refused` if it cannot be done.
    """
    if actor.role not in PERMITTED[type(command)]:
        raise Refused("not_permitted")
    if not meeting.goes_on_from(command.epoch):
        raise Refused("epoch_changed")
    return _HANDLE[type(command)](meeting, command, actor, minute)


def _submit(meeting: Meeting, command: SubmitComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    id, text = comment_id(command.secret), clean(command.text)
    if before := meeting.comments.get(id):
        return sent_before(before, command.item, text)
    if meeting.intake is Intake.NOT_OPEN:
        raise Refused("comments_not_open")
    if meeting.intake is Intake.PAUSED:
        raise Refused("comments_paused")
    if not meeting.has_item(command.item):
        raise Refused("unknown_item", field="item")
    require_text(text)
    return (events.CommentSubmitted(id=id, item=command.item, text=text, minute=minute),)


def _withdraw(meeting: Meeting, command: WithdrawComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    comment = known(meeting, comment_id(command.secret))
    if comment.outcome is Outcome.SEALED:
        raise wrong_outcome(comment)
    if after(Decision.WITHDRAW, comment.outcome) is None:
        return ()
    return (events.CommentWithdrawn(id=comment.id, minute=minute),)


def _issue_ballot(meeting: Meeting, command: IssueBallot, actor: Actor, minute: int) -> tuple[Event, ...]:
    return ()


def _cast_ballot(meeting: Meeting, command: CastBallot, actor: Actor, minute: int) -> tuple[Event, ...]:
    comment = meeting.carrier(known(meeting, command.comment))  # Ballots go to the one that carries it.
    if comment.outcome not in SHOWN:
        raise Refused("unknown_comment")
    if comment.outcome not in SUPPORTED:
        raise Refused("wrong_outcome", outcome=comment.outcome)
    return ()  # What comes of it is a number, and the log counts it where the ballots are.


def _discuss(meeting: Meeting, command: DiscussComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat(meeting, actor, minute)
    if not _moves(meeting, command.comment, Decision.DISCUSS):
        return ()
    discussed = events.CommentDiscussed(id=command.comment, by=by, minute=minute)
    if meeting.discussing is None:
        return (discussed,)
    return (events.CommentPutBack(id=meeting.discussing, by=by, minute=minute), discussed)


def _answer(meeting: Meeting, command: AnswerComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat(meeting, actor, minute)
    if not _moves(meeting, command.comment, Decision.ANSWER):
        return ()
    return (events.CommentAnswered(id=command.comment, by=by, minute=minute),)


def _put_back(meeting: Meeting, command: PutBackComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat(meeting, actor, minute)
    if not _moves(meeting, command.comment, Decision.PUT_BACK):
        return ()
    return (events.CommentPutBack(id=command.comment, by=by, minute=minute),)


def _moves(meeting: Meeting, id: str, decision: Decision) -> bool:
    """Whether the chair's decision changes anything; it is told nothing about comments that it cannot see."""
    comment = known(meeting, id)
    if comment.outcome not in SHOWN:
        raise Refused("unknown_comment")
    if comment.outcome is RESULT[decision]:
        return False
    if after(decision, comment.outcome) is None:
        raise wrong_outcome(comment)
    return True


def _set_current_item(meeting: Meeting, command: SetCurrentItem, actor: Actor, minute: int) -> tuple[Event, ...]:
    seat(meeting, actor, minute)
    if command.item is not None and not meeting.has_item(command.item):
        raise Refused("unknown_item", field="item")
    if command.item == meeting.current_item:
        return ()
    return (events.CurrentItemSet(item=command.item, minute=minute),)


def _open_intake(meeting: Meeting, command: OpenIntake, actor: Actor, minute: int) -> tuple[Event, ...]:
    seat(meeting, actor, minute)
    return () if meeting.intake is Intake.OPEN else (events.IntakeOpened(minute=minute),)


def _pause_intake(meeting: Meeting, command: PauseIntake, actor: Actor, minute: int) -> tuple[Event, ...]:
    seat(meeting, actor, minute)
    if meeting.intake is Intake.NOT_OPEN:
        raise Refused("comments_not_open")
    return () if meeting.intake is Intake.PAUSED else (events.IntakePaused(minute=minute),)


def _take_seat(meeting: Meeting, command: TakeSeat, actor: Actor, minute: int) -> tuple[Event, ...]:
    if command.session in meeting.sessions:
        return ()
    for link in meeting.links:
        if link.hash == command.link and link.role is actor.role and minute < link.expires:
            new = Seat(actor.role, meeting.seats.get(actor.role, 0) + 1)
            return (events.SeatTaken(seat=new, session=command.session, expires=link.expires),)
    raise Refused("bad_link")


_HANDLE: dict[type[Command], Callable[[Meeting, Any, Actor, int], tuple[Event, ...]]] = {
    SubmitComment: _submit,
    WithdrawComment: _withdraw,
    IssueBallot: _issue_ballot,
    SupportComment: _cast_ballot,
    WithdrawSupport: _cast_ballot,
    ApproveComment: desk.approve,
    DeclineComment: desk.decline,
    ReferComment: desk.refer,
    MergeComment: desk.merge,
    SealComment: desk.seal,
    EditComment: desk.edit,
    TranslateComment: desk.translate,
    TakeBackComment: desk.take_back,
    EnterComment: desk.enter,
    DiscussComment: _discuss,
    AnswerComment: _answer,
    PutBackComment: _put_back,
    SetCurrentItem: _set_current_item,
    OpenIntake: _open_intake,
    PauseIntake: _pause_intake,
    TakeSeat: _take_seat,
}

assert set(_HANDLE) == set(PERMITTED)  # Every command is handled.
