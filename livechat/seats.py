"""Seats: what a member of staff holds in a meeting, and how it is taken."""

from livechat import events
from livechat.commands import TakeSeat
from livechat.errors import Refused
from livechat.events import Event
from livechat.meeting import Meeting
from livechat.roles import Actor, Seat


def seat(meeting: Meeting, actor: Actor, minute: int) -> Seat:
    """The seat that the actor's session holds. Raises `Refused("no_session")` if it holds none any more."""
    session = meeting.sessions.get(actor.session)
    if session is None or session.seat.role is not actor.role or session.expires <= minute:
        raise Refused("no_session")
    return session.seat


def take_seat(meeting: Meeting, command: TakeSeat, actor: Actor, minute: int) -> tuple[Event, ...]:
    """What comes of a staff link that somebody shows. Raises `Refused`."""
    if command.session in meeting.sessions:
        return ()
    for link in meeting.links:
        if link.hash == command.link and link.role is actor.role and minute < link.expires:
            new = Seat(actor.role, meeting.seats.get(actor.role, 0) + 1)
            return (events.SeatTaken(seat=new, session=command.session, expires=link.expires),)
    raise Refused("bad_link")
