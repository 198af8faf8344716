"""Intake: whether residents' comments and ballots are taken now, and what comes of the commands that change it.

Pure, as :mod:`livechat.handle`, which it is a part of.
"""

from livechat import events
from livechat.commands import (
    CloseItem,
    LimitIntake,
    OpenIntake,
    PauseIntake,
    PauseUnattended,
    ReopenItem,
    SetItemIntake,
    SetSlowMode,
)
from livechat.errors import Refused
from livechat.events import Event
from livechat.meeting import Intake, Meeting
from livechat.roles import Actor, Role
from livechat.seats import seat
from livechat.terms import PausedBy

RETRY_FULL = 10
"""Seconds after which a comment that found the queue full may try again."""


def takes_comments(meeting: Meeting) -> None:
    """Raises `Refused` if no comment is taken now, whatever it says."""
    takes_ballots(meeting)
    if meeting.intake is Intake.NOT_OPEN:
        raise Refused("comments_not_open")
    if meeting.intake is Intake.PAUSED:
        raise Refused("comments_paused")
    if 0 < meeting.terms.most_pending <= meeting.ledger.pending:
        raise Refused("queue_full", retry_after=RETRY_FULL)


def takes_comments_on(meeting: Meeting, item: str, minute: int) -> None:
    """Raises `Refused` if no comment on this agenda item is taken at this minute."""
    if not meeting.has_item(item):
        raise Refused("unknown_item", field="item")
    if not meeting.takes_comments_on(item, minute):
        raise Refused("item_takes_none", field="item")


def takes_ballots(meeting: Meeting) -> None:
    """Raises `Refused` if no ballot is taken now, for whichever comment."""
    if meeting.terms.closed:
        raise Refused("item_closed")


def open_intake(meeting: Meeting, command: OpenIntake, actor: Actor, minute: int) -> tuple[Event, ...]:
    """The chair opens always; a moderator opens what the chair has opened once and has not paused."""
    by = seat(meeting, actor, minute)
    if meeting.intake is Intake.OPEN:
        return ()
    if by.role is not Role.CHAIR and meeting.terms.paused_by in (None, PausedBy.CHAIR):
        raise Refused("not_permitted")
    return (events.IntakeOpened(minute=minute, by=by),)


def pause_intake(meeting: Meeting, command: PauseIntake, actor: Actor, minute: int) -> tuple[Event, ...]:
    """The chair's pause replaces one by a moderator or by itself: then only the chair opens again."""
    by = seat(meeting, actor, minute)
    if meeting.intake is Intake.NOT_OPEN:
        raise Refused("comments_not_open")
    paused = events.IntakePaused(minute=minute, by=by)
    if meeting.intake is Intake.OPEN or (by.role is Role.CHAIR and meeting.terms.paused_by is not PausedBy.CHAIR):
        return (paused,)
    return ()


def pause_unattended(meeting: Meeting, command: PauseUnattended, actor: Actor, minute: int) -> tuple[Event, ...]:
    """Nobody's act, so nobody's seat is asked for."""
    if meeting.intake is not Intake.OPEN or not meeting.settings.unattended:
        return ()
    return (events.IntakePaused(minute=minute, unattended=True),)


def set_slow_mode(meeting: Meeting, command: SetSlowMode, actor: Actor, minute: int) -> tuple[Event, ...]:
    """How long it is between two comments of one sender; the door holds it, for it knows who sends."""
    by = seat(meeting, actor, minute)
    if command.seconds == meeting.terms.slow:
        return ()
    return (events.SlowModeSet(seconds=command.seconds, by=by, minute=minute),)


def limit_intake(meeting: Meeting, command: LimitIntake, actor: Actor, minute: int) -> tuple[Event, ...]:
    """What waits already keeps its place, however low the limit."""
    by = seat(meeting, actor, minute)
    if command.most == meeting.terms.most_pending:
        return ()
    return (events.IntakeLimited(most=command.most, by=by, minute=minute),)


def close_item(meeting: Meeting, command: CloseItem, actor: Actor, minute: int) -> tuple[Event, ...]:
    """Another reason than before is said anew."""
    by = seat(meeting, actor, minute)
    if command.why is meeting.terms.closed:
        return ()
    return (events.ItemClosed(why=command.why, by=by, minute=minute),)


def reopen_item(meeting: Meeting, command: ReopenItem, actor: Actor, minute: int) -> tuple[Event, ...]:
    """Whoever of chair and moderators sees first that the doors are open."""
    by = seat(meeting, actor, minute)
    return (events.ItemReopened(by=by, minute=minute),) if meeting.terms.closed else ()


def set_item_intake(meeting: Meeting, command: SetItemIntake, actor: Actor, minute: int) -> tuple[Event, ...]:
    """An item can be opened and closed whatever intake as a whole is: both must be open."""
    by = seat(meeting, actor, minute)
    if not meeting.has_item(command.item):
        raise Refused("unknown_item", field="item")
    if command.open == (command.item not in meeting.intake_ends):
        return ()
    return (events.ItemIntakeSet(item=command.item, open=command.open, by=by, minute=minute),)
