"""Scrubbing: what a log has deleted goes in bytes, too, however often it takes.

Every process sees to it when it starts, and whenever it comes to an epoch that has taken the place of another: none
may be left half done by one that was killed.
"""

import asyncio
import logging

from livechat.errors import Unavailable
from livechat.log import Log

PAUSE = 2.0
"""Seconds between two tries."""


async def scrub_all(log: Log) -> None:
    """Finishes what another process may have left half done."""
    for meeting in await _meetings(log):
        await scrub(log, meeting)


async def scrub(log: Log, meeting: str) -> None:
    """Returns when what was deleted of the meeting is in no byte of the store; tried until it works."""
    told = False
    while True:
        try:
            return await log.scrub(meeting)
        except Unavailable as error:
            if not told:
                complain(meeting, error)
            told = True
        await asyncio.sleep(PAUSE)


def complain(meeting: str, error: Unavailable) -> None:
    """Tells the operator, and nobody else: the log can be used."""
    _LOGGER.warning("meeting %s: what was deleted is still in the store's journal, trying again: %s", meeting, error)


async def _meetings(log: Log) -> list[str]:
    while True:
        try:
            return await log.meetings()
        except Unavailable:  # Told elsewhere.
            await asyncio.sleep(PAUSE)


_LOGGER = logging.getLogger("livechat")
