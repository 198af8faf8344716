"""Whether a meeting's log can be used. What people are told while it cannot, and when it can again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from livechat.errors import Unavailable

EVERY = 1
"""Seconds between two looks at a log that could not be used."""


class Outage:
    """The state of one meeting's log, as far as this process knows.

    `check` returns if the log can be written, else raises `Unavailable`; `tell` is called when the state changes.
    """

    def __init__(self, meeting: str, check: Callable[[], Awaitable[None]], tell: Callable[[], Awaitable[None]]) -> None:
        self._meeting = meeting
        self._check = check
        self._tell = tell
        self._noticed = asyncio.Event()

    @property
    def lasts(self) -> bool:
        """Whether the log could not be used when somebody last tried."""
        return self._noticed.is_set()

    def notice(self, error: Unavailable) -> None:
        """The log could not be used."""
        if not self.lasts:
            _LOGGER.error("meeting %s: the log cannot be used: %s", self._meeting, error)
        self._noticed.set()

    async def run(self) -> None:
        """Tells of every outage, and of its end; forever."""
        while True:
            await self._noticed.wait()
            await self._tell()
            await self._until_over()
            self._noticed.clear()
            _LOGGER.info("meeting %s: the log can be used again", self._meeting)
            await self._tell()

    async def _until_over(self) -> None:
        while True:
            try:
                return await self._check()
            except Unavailable:
                await asyncio.sleep(EVERY)


_LOGGER = logging.getLogger("livechat")
