"""What the screen in the room is set to, by chair and moderators. Who sees what of it: `livechat.projection`."""

from enum import StrEnum

from msgspec import Struct


class Shows(StrEnum):
    """What is on it: the comment under discussion with the queue, that comment alone, or the idle screen."""

    QUEUE = "queue"
    DISCUSSION = "discussion"
    IDLE = "idle"


class Look(StrEnum):
    """Its colours."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Size(StrEnum):
    """How large its letters are."""

    SMALL = "small"
    NORMAL = "normal"
    LARGE = "large"
    LARGEST = "largest"


class Display(Struct, frozen=True):
    """The settings. `blank`: nothing is shown. `frozen`: what it shows stays, whatever happens in the meeting."""

    shows: Shows = Shows.QUEUE
    blank: bool = False
    frozen: bool = False
    look: Look = Look.LIGHT
    size: Size = Size.NORMAL
