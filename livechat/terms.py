"""On what terms residents take part: who paused intake, how slowly they may write, and whether the doors are closed."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from livechat import events
from livechat.events import Closed, Event
from livechat.roles import Role


class PausedBy(StrEnum):
    """Who paused intake. `NOBODY`: it paused by itself, since no moderator was there."""

    CHAIR = "chair"
    MODERATOR = "moderator"
    NOBODY = "nobody"


class Terms(Struct, frozen=True):
    """The terms at one moment.

    `paused_by` is None while intake is not paused. `slow` is in seconds between two comments of one sender,
    `most_pending` how many comments may wait; 0 means that there is no such limit.
    """

    paused_by: PausedBy | None = None
    slow: int = 0
    most_pending: int = 0
    closed: Closed | None = None


def after(terms: Terms, event: Event) -> Terms:
    """The terms after an event that changes them."""
    match event:
        case events.IntakeOpened():
            return replace(terms, paused_by=None)
        case events.IntakePaused():
            return replace(terms, paused_by=_who(event))
        case events.SlowModeSet():
            return replace(terms, slow=event.seconds)
        case events.IntakeLimited():
            return replace(terms, most_pending=event.most)
        case events.ItemClosed():
            return replace(terms, closed=event.why)
        case events.ItemReopened():
            return replace(terms, closed=None)
    raise TypeError(type(event).__name__)


def _who(event: events.IntakePaused) -> PausedBy:
    if event.unattended:
        return PausedBy.NOBODY
    # Before moderators could pause, only the chair could, and the event did not say so.
    return PausedBy.MODERATOR if event.by and event.by.role is Role.MODERATOR else PausedBy.CHAIR
