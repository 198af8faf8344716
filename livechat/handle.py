"""What comes of a command: the events it causes, or a refusal.

`handle` is pure: it takes the meeting as it is and decides. No events means that all is well: this is so already
(somebody said the same thing twice), or it is a ballot, which goes on to be cast.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from livechat import chair, desk, disposal, events, intake, notices
from livechat.commands import (
    PERMITTED,
    AnswerComment,
    ApproveComment,
    AssignComment,
    CastBallot,
    CloseItem,
    Command,
    DeclineComment,
    DiscussComment,
    EditComment,
    EditScreened,
    EnterComment,
    EnterScreened,
    EraseSealed,
    IssueBallot,
    LimitIntake,
    MergeComment,
    MoveComment,
    OpenIntake,
    OpenMeeting,
    PauseIntake,
    PauseUnattended,
    PostNotice,
    PutBackComment,
    ReferComment,
    ReopenItem,
    ReportComment,
    ReviewReports,
    SealComment,
    SetCurrentItem,
    SetDisplay,
    SetItemIntake,
    SetSlowMode,
    SortQueue,
    SubmitComment,
    SubmitScreened,
    SupportComment,
    TakeBackComment,
    TakeDownNotice,
    TakeSeat,
    TranslateComment,
    UndoAct,
    WithdrawComment,
    WithdrawSupport,
    comment_id,
)
from livechat.display import Display
from livechat.errors import Refused
from livechat.events import Event
from livechat.grounds import findings, known, require_text, sent_before, wrong_outcome
from livechat.meeting import Meeting
from livechat.rehearsal import open_meeting
from livechat.roles import Actor
from livechat.seats import seat, take_seat
from livechat.undo import undo
from moderation.decisions import SHOWN, SUPPORTED, Decision, Outcome, after
from moderation.reports import Reports
from moderation.text import clean


def handle(meeting: Meeting, command: Command, actor: Actor, minute: int) -> tuple[Event, ...]:
    """The events that `command`, given by `actor` at `minute`, causes in `meeting`.

    Raises `Refused` if it cannot be done.
    """
    require_permission(command, actor)
    if not meeting.goes_on_from(command.epoch):
        raise Refused("rehearsal_over" if meeting.was_rehearsed_as(command.epoch) else "epoch_changed")
    return _HANDLE[type(command)](meeting, command, actor, minute)


def require_permission(command: Command, actor: Actor) -> None:
    """Raises `Refused("not_permitted")` if the actor's role may not give such a command at all."""
    if actor.role not in PERMITTED[type(command)]:
        raise Refused("not_permitted")


def _submit(meeting: Meeting, command: SubmitComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    id, text = comment_id(command.secret), clean(command.text)
    if before := meeting.comments.get(id):
        return sent_before(before, text)
    intake.takes_comments(meeting)
    item = _item(command)
    if item is None:
        raise Refused("unknown_item", field="item")
    intake.takes_comments_on(meeting, item, minute)
    require_text(text)
    return (events.CommentSubmitted(id=id, item=item, text=text, minute=minute, **findings(command)),)


def _item(command: SubmitComment) -> str | None:
    """What a comment is about: what its author says, whatever else is heard meanwhile."""
    if command.item is None and isinstance(command, SubmitScreened):
        return command.heard
    return command.item


def _withdraw(meeting: Meeting, command: WithdrawComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    comment = known(meeting, comment_id(command.secret))
    if comment.outcome is Outcome.SEALED:
        raise wrong_outcome(comment)
    if after(Decision.WITHDRAW, comment.outcome) is None:
        return ()
    return (events.CommentWithdrawn(id=comment.id, minute=minute),)


def _report(meeting: Meeting, command: ReportComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    if known(meeting, command.comment).outcome not in SHOWN:
        raise Refused("unknown_comment")
    if meeting.reports.get(command.comment, Reports()).full(command.reason):
        return ()
    return (events.CommentReported(id=command.comment, reason=command.reason),)


def _issue_ballot(meeting: Meeting, command: IssueBallot, actor: Actor, minute: int) -> tuple[Event, ...]:
    intake.takes_ballots(meeting)
    return ()


def _cast_ballot(meeting: Meeting, command: CastBallot, actor: Actor, minute: int) -> tuple[Event, ...]:
    intake.takes_ballots(meeting)
    comment = meeting.carrier(known(meeting, command.comment))  # Ballots go to the one that carries it.
    if comment.outcome not in SHOWN:
        raise Refused("unknown_comment")
    if comment.outcome not in SUPPORTED:
        raise Refused("wrong_outcome", outcome=comment.outcome)
    return ()  # What comes of it is a number, and the log counts it where the ballots are.


def _set_display(meeting: Meeting, command: SetDisplay, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat(meeting, actor, minute)
    named = {name: value for name in _SETTINGS if (value := getattr(command, name)) is not None}
    display = replace(meeting.display, **named)
    if display == meeting.display:
        return ()
    return (events.DisplaySet(display=display, by=by, minute=minute),)


_SETTINGS = Display.__struct_fields__

_HANDLE: dict[type[Command], Callable[[Meeting, Any, Actor, int], tuple[Event, ...]]] = {
    SubmitComment: _submit,
    SubmitScreened: _submit,
    WithdrawComment: _withdraw,
    ReportComment: _report,
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
    EnterScreened: desk.enter,
    ReviewReports: desk.review_reports,
    DiscussComment: chair.discuss,
    AnswerComment: chair.answer,
    PutBackComment: chair.put_back,
    SetCurrentItem: chair.set_current_item,
    OpenIntake: intake.open_intake,
    PauseIntake: intake.pause_intake,
    PauseUnattended: intake.pause_unattended,
    SetSlowMode: intake.set_slow_mode,
    LimitIntake: intake.limit_intake,
    CloseItem: intake.close_item,
    ReopenItem: intake.reopen_item,
    SetDisplay: _set_display,
    OpenMeeting: open_meeting,
    TakeSeat: take_seat,
    MoveComment: chair.move,
    SortQueue: chair.sort,
    UndoAct: undo,
    AssignComment: chair.assign,
    SetItemIntake: intake.set_item_intake,
    PostNotice: notices.post,
    TakeDownNotice: notices.take_down,
    EraseSealed: disposal.erase_sealed,
    EditScreened: desk.edit,
}

assert set(_HANDLE) == set(PERMITTED)  # Every command is handled.
