"""Words of this moment from one process to the others of a meeting: said aloud, and kept by nobody.

Next: :mod:`livechat.relay.redis`, for several processes.
"""

from collections.abc import Callable
from typing import Protocol

Hear = Callable[[bytes], None]
Tell = Callable[[], bytes]


class Relay(Protocol):
    """What one process says to the others."""

    def attend(self, meeting: str, hear: Hear, tell: Tell) -> None:
        """From now on `hear` gets what the others say; `tell` gives what to say to one that has just come."""
        ...

    async def say(self, meeting: str, message: bytes) -> None:
        """Says it to the others that listen now; if they cannot be reached, they miss it."""
        ...

    async def run(self) -> None:
        """Listens until cancelled."""
        ...


class LocalRelay:
    """`Relay` where there is only this process."""

    def attend(self, meeting: str, hear: Hear, tell: Tell) -> None:
        pass

    async def say(self, meeting: str, message: bytes) -> None:
        pass

    async def run(self) -> None:
        pass
