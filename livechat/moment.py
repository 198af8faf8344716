"""What each role may know of this moment: who is here, who reads what, and the ledger. None of it is an event.

With :mod:`livechat.projection` this is all that decides what anybody sees.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from livechat.ledger import Ledger
from livechat.meeting import Meeting
from livechat.roles import STAFF, Role, Seat
from livechat.signals import Signal
from moderation.decisions import SHOWN

T = TypeVar("T")


class Reading(NamedTuple):
    """Somebody at a desk has a comment in focus."""

    comment: str
    by: Seat


class Turn(NamedTuple):
    """The chair asked the display to read a comment aloud, in Unix seconds. Each time is a turn of its own."""

    comment: str
    turn: str
    asked: int


class Moment(NamedTuple):
    """This moment, over all processes. `attended`: whether a moderator is here. `ledger` is the one to tell now.

    `loud` are the signals that so many residents give that the room is told, `aloud` what the display is to read.
    """

    residents: int
    attended: bool
    here: tuple[Seat, ...]
    reading: tuple[Reading, ...]
    ledger: Mapping[str, Any]
    loud: Mapping[Signal, int] = {}
    aloud: Turn | None = None


def moment_for(role: Role, moment: Moment) -> dict[str, Any]:
    """What a role is told of this moment. The display is told what it shows or reads, and nothing else."""
    if role is Role.CAPTIONER:
        return {}
    told: dict[str, Any] = {"signals": signals(moment.loud, role)}
    if role in (Role.DISPLAY, Role.CHAIR):
        told["aloud"] = moment.aloud and moment.aloud._asdict()
    if role is Role.DISPLAY:
        return told
    told |= {"present": presence(moment.residents, role), "attended": moment.attended, "ledger": moment.ledger}
    if role in STAFF:
        told["here"] = moment.here
    if role is Role.MODERATOR:
        told["reading"] = [reading._asdict() for reading in moment.reading]
    return told


def sees_captions(role: Role, meeting: Meeting) -> bool:
    """Whether a role is told what is said in the room: those at home, who types it, and the room if it wants to."""
    if role is Role.DISPLAY:
        return meeting.settings.captions_in_room
    return role in (Role.RESIDENT, Role.CAPTIONER)


class Band(NamedTuple):
    """Between how many and how many, both included; no end if `most` is None."""

    least: int
    most: int | None


BANDS = tuple(Band(*band) for band in ((0, 9), (10, 19), (20, 49), (50, 99), (100, 199), (200, 499), (500, None)))
"""Residents learn how many follow in steps so wide that nobody's coming or going shows by itself (k = 5)."""


def presence(residents: int, role: Role) -> int | Band | None:
    """How many residents follow the meeting, as a role may know it: staff exactly, the room's display not at all."""
    if role in STAFF:
        return residents
    if role is Role.DISPLAY:
        return None
    return next(band for band in reversed(BANDS) if residents >= band.least)


def signals(loud: Mapping[Signal, int], role: Role) -> dict[Signal, int] | list[Signal]:
    """The signals that the room is told. Who only follows learns which, and no number: it is the room that has to act.

    What too few give to be told is told to nobody, not even to staff.
    """
    return sorted(loud) if role in (Role.RESIDENT, Role.POLITICIAN) else dict(loud)


STEP = 5
"""Counts of what the public cannot see are told in whole steps: one comment more or less shows nothing (k = 5)."""


def exactly(ledger: Ledger) -> dict[str, Any]:
    """The ledger for staff."""
    return {
        "received": ledger.received,
        "outcomes": dict(ledger.outcomes),
        "declined": dict(ledger.declined),
        "median_wait": ledger.median_wait,
    }


def coarsely(ledger: Ledger) -> dict[str, Any]:
    """The ledger for the public: exact in what it can count itself, else at least so many.

    The median says something of nobody when there are enough.
    """
    return {
        "received": _step(ledger.received),
        "outcomes": _seen({o: n if o in SHOWN else _step(n) for o, n in ledger.outcomes.items()}),
        "declined": _seen({reason: _step(number) for reason, number in ledger.declined.items()}),
        "median_wait": ledger.median_wait if ledger.decided >= STEP else None,
    }


def _seen(counts: dict[T, int]) -> dict[T, int]:
    # That there is one at all, of a kind that nobody sees, is too much to say as well.
    return {what: number for what, number in counts.items() if number}


def _step(number: int) -> int:
    return number - number % STEP
