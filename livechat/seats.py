"""Seats: what a member of staff holds in a meeting, and how it is taken."""

from livechat import events
from livechat.commands import TakeSeat
from livechat.errors import Refused
from livechat.events import Event, StaffLink
from livechat.meeting import Meeting
from livechat.roles import Actor, Role, Seat


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
    link = link_with(meeting, command.link, actor.role, minute)
    if link is None:
        raise Refused("bad_link")
    new = Seat(actor.role, meeting.seats.get(actor.role, 0) + 1)
    return (events.SeatTaken(seat=new, session=command.session, expires=link.expires),)


def link_with(meeting: Meeting, hash: str, role: Role, minute: int) -> StaffLink | None:
    """The role's link whose secret has this hash, if it is valid still."""
    return next(
        (link for link in meeting.links if link.role is role and link.hash == hash and minute < link.expires), None
    )
