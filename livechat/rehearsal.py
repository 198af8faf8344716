"""Rehearsal: a meeting in which everything works and nothing remains.

It is an epoch like any other, and says of itself that it is one. The meeting proper is the next epoch: it starts with
the same agenda, settings, links and seats, and with nothing else. The other way it goes only as long as nothing has
happened in the meeting. Pure, as :mod:`livechat.handle`.
"""

from collections.abc import Iterator

from livechat.commands import OpenMeeting
from livechat.events import Event, MeetingSetUp, SeatTaken
from livechat.meeting import Intake, Meeting
from livechat.roles import Actor
from livechat.seats import seat
from livechat.terms import Terms


class Begun(Exception):
    """The meeting has begun, and is no rehearsal: nothing in it may be wiped."""


def anew(meeting: Meeting, *, rehearsal: bool) -> tuple[Event, ...]:
    """The first entry of the epoch that takes the place of all that the meeting holds now.

    Raises `Begun` unless the meeting is a rehearsal, or nothing has happened in it.
    """
    if not meeting.rehearsal and _has_begun(meeting):
        raise Begun(meeting.id)
    set_up = MeetingSetUp(
        announced=meeting.announced,  # Links and seats expire so many minutes after it.
        settings=meeting.settings,
        agenda=meeting.agenda,
        links=meeting.links,
        rehearsal=rehearsal,
        instead_of=(meeting.epoch, *meeting.forked_from),
    )
    return (set_up, *_seats(meeting))


def open_meeting(meeting: Meeting, command: OpenMeeting, actor: Actor, minute: int) -> tuple[Event, ...]:
    """The first entry of the meeting proper; nothing if it is that already. It is not for the end of this epoch."""
    seat(meeting, actor, minute)
    return anew(meeting, rehearsal=False) if meeting.rehearsal else ()


def _has_begun(meeting: Meeting) -> bool:
    """Whether anything has happened that would be missed; links and seats go along."""
    as_set_up = {item.id for item in meeting.agenda if not item.comments}
    return (
        meeting.intake is not Intake.NOT_OPEN
        or len(meeting.comments) > 0
        or meeting.terms != Terms()
        or meeting.notice is not None
        or set(meeting.intake_ends) != as_set_up
    )


def _seats(meeting: Meeting) -> Iterator[SeatTaken]:
    """The seats that are held, so that nobody has to open a link again. What was revoked is not among them."""
    held = sorted(meeting.sessions.items(), key=lambda one: (one[1].seat.role, one[1].seat.seat))
    return (SeatTaken(seat=session.seat, session=token, expires=session.expires) for token, session in held)
