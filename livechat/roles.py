"""Who takes part in a meeting, and in which seat."""

from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """What somebody may see and do. The clerk and the operator work through the command line."""

    RESIDENT = "resident"
    MODERATOR = "moderator"
    CHAIR = "chair"
    DISPLAY = "display"
    POLITICIAN = "politician"
    CAPTIONER = "captioner"

    __hash__ = str.__hash__  # Enum's own runs in Python, and this one is looked up for every event.


STAFF = frozenset({Role.MODERATOR, Role.CHAIR})
"""The roles that lead the meeting."""

SEATED = STAFF | {Role.POLITICIAN, Role.CAPTIONER}
"""The roles that come by a link of their own and need a session. A politician reads, and can do nothing."""


class Seat(Struct, frozen=True):
    """Somebody with a link, without a name: “Moderator 2” is `Seat(Role.MODERATOR, 2)`."""

    role: Role
    seat: int


class Actor(Struct, frozen=True):
    """Who gives a command: a role, and for those with a seat the hash of the session that proves it."""

    role: Role
    session: str = ""


RESIDENT = Actor(Role.RESIDENT)
