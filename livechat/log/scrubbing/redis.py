"""Scrubbing in Redis or Valkey: the append-only file is written anew; until then it holds all that has been deleted.

Whoever asks while none has begun shares the next one: of ten meetings that erase in the same minute one rewrite does
for all.
"""

import asyncio
from typing import Any

from livechat.errors import Unavailable
from livechat.redis import Client, begin_rewrite, failures

# KEYS: the note.  ARGV: what it was before the file was written anew; if it is another, more has been deleted since.
DONE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""

WITHIN = 120
"""Seconds that a rewrite of the append-only file may take."""

LOOKED_AT_EVERY = 0.1
"""Seconds between two looks at whether it is done; the server does not tell."""

GATHER = 0.5
"""Seconds that a rewrite waits for others who need one."""


class Rewrites:
    """The rewrites that this process asks for."""

    def __init__(self) -> None:
        self._next: dict[Client, asyncio.Task[None]] = {}  # Those that have not begun.
        self._running: set[asyncio.Task[None]] = set()

    async def next(self, redis: Client) -> None:
        """Returns when the server's append-only file holds nothing that had been deleted by now.

        Raises `Unavailable` if that fails.
        """
        if redis not in self._next:
            task = self._next[redis] = asyncio.create_task(self._rewrite(redis), name="rewrite")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        # Shielded: who comes first may leave, and the others still wait for the same one.
        await asyncio.shield(self._next[redis])

    async def close(self) -> None:
        """Waits for none any more."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _rewrite(self, redis: Client) -> None:
        with failures():  # Too long is a failure, too.
            async with asyncio.timeout(WITHIN):
                await self._begin_and_wait(redis)

    async def _begin_and_wait(self, redis: Client) -> None:
        try:
            await asyncio.sleep(GATHER)
            enabled = (await _when_rewritten(redis))["aof_enabled"]  # One under way may have begun too early.
        finally:
            del self._next[redis]  # Whoever deletes from now on needs another.
        if not enabled:
            return
        while not await begin_rewrite(redis):
            await _when_rewritten(redis)  # That one may have begun too early, too.
        if (await _when_rewritten(redis))["aof_last_bgrewrite_status"] != "ok":
            raise Unavailable("the append-only file could not be rewritten")


async def _when_rewritten(redis: Client) -> dict[str, Any]:
    while True:
        state = await _persistence(redis)
        if not state["aof_rewrite_in_progress"] and not state["aof_rewrite_scheduled"]:
            return state
        await asyncio.sleep(LOOKED_AT_EVERY)


async def _persistence(redis: Client) -> dict[str, Any]:
    return await redis.info("persistence")  # type: ignore[no-any-return]
