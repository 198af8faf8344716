"""Counts over Redis or Valkey: each process says its own aloud and remembers what it has heard for a few seconds.

Said by pub/sub and never stored, so no key, no append-only file and no replica ever holds how many were there when.
"""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

import msgspec
from msgspec import Struct

from livechat.errors import Unavailable
from livechat.live import PRESENT, LocalCounts
from livechat.radio import Radio
from livechat.redis import servers_at

EVERY = 5
LIFE = 15
AT_ONCE = 0.5
"""Seconds between two words of a process, until its last is forgotten, and between two when there is news."""


class Said(Struct, frozen=True):
    """What a process counts. `who` is drawn when a process starts and means nothing beyond it."""

    who: str
    counts: dict[str, int]


class RedisCounts(LocalCounts):
    """`livechat.live.Counts` over the Redis at `url`, on channels that begin with `prefix`."""

    def __init__(
        self, url: str, *, prefix: str = "livechat", every: float = EVERY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._servers = servers_at(url)
        self._radio = Radio(self._servers)
        self._prefix = prefix
        self._every = every
        self._clock = clock
        self._who = secrets.token_hex(6)
        self._news = asyncio.Event()
        self._heard: dict[str, dict[str, tuple[float, Counter[str]]]] = {}

    def put(self, meeting: str, counts: Mapping[str, int]) -> None:
        """That residents came or went can wait; all else is said at once."""
        if _urgent(counts) != _urgent(self._own.get(meeting, {})):
            self._news.set()
        super().put(meeting, counts)

    def total(self, meeting: str) -> Counter[str]:
        heard, since = self._heard.get(meeting, {}), self._clock() - LIFE
        for who in [who for who, (when, _) in heard.items() if when <= since]:
            del heard[who]
        return sum((counts for _, counts in heard.values()), super().total(meeting))

    async def run(self) -> None:
        try:
            while True:
                for meeting in list(self._own):
                    with suppress(Unavailable):  # Then the others miss us, and we them, until it works again.
                        await self._say(meeting)
                await self._pause()
        finally:
            await self._leave()

    async def _pause(self) -> None:
        await asyncio.sleep(min(AT_ONCE, self._every))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._every):
                await self._news.wait()
        self._news.clear()

    async def _say(self, meeting: str) -> None:
        channel = self._channel(meeting)
        await self._radio.tune(channel, partial(self._hear, meeting))
        await self._radio.say(channel, msgspec.json.encode(Said(self._who, self._own[meeting])))

    def _hear(self, meeting: str, message: bytes) -> None:
        try:
            said = msgspec.json.decode(message, type=Said)
        except msgspec.DecodeError:
            return  # Of another release, or nobody of ours.
        if said.who != self._who:
            heard = self._heard.setdefault(meeting, {})
            heard[said.who] = (self._clock(), Counter(said.counts))

    async def _leave(self) -> None:
        """Who was counted here is soon counted elsewhere: not twice meanwhile."""
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(1):
                for meeting in self._own:
                    await self._radio.say(self._channel(meeting), msgspec.json.encode(Said(self._who, {})))
        await self._radio.close()
        await self._servers.close()

    def _channel(self, meeting: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:counts"


def _urgent(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if name != PRESENT}
