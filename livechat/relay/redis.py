"""The relay over Redis or Valkey: by pub/sub, so no key, no append-only file and no replica ever holds a word of it."""

import asyncio
from contextlib import suppress
from functools import partial

from livechat.errors import Unavailable
from livechat.radio import Radio
from livechat.redis import servers_at
from livechat.relay import Hear, Tell

HELLO = b"?"
"""Who has just come asks the others to tell."""

EVERY = 5
"""Seconds between two tries to listen to a server that cannot be reached."""


class RedisRelay:
    """`livechat.relay.Relay` over the Redis at `url`, on channels that begin with `prefix`."""

    def __init__(self, url: str, *, prefix: str = "livechat", every: float = EVERY) -> None:
        self._servers = servers_at(url)
        self._radio = Radio(self._servers)
        self._prefix = prefix
        self._every = every
        self._attending: dict[str, tuple[Hear, Tell]] = {}
        self._tuned: set[str] = set()
        self._asked: set[str] = set()  # Meetings in which somebody has just come.
        self._news = asyncio.Event()

    def attend(self, meeting: str, hear: Hear, tell: Tell) -> None:
        self._attending[meeting] = hear, tell
        self._tuned.discard(meeting)  # Whoever attends anew has missed what was said meanwhile.
        self._news.set()

    async def say(self, meeting: str, message: bytes) -> None:
        with suppress(Unavailable):
            await self._radio.say(self._channel(meeting), message)

    async def run(self) -> None:
        try:
            while True:
                self._news.clear()
                with suppress(Unavailable):
                    await self._tune_all()
                    await self._tell_all()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._every):
                        await self._news.wait()
        finally:
            await self._radio.close()
            await self._servers.close()

    async def _tune_all(self) -> None:
        for meeting in self._attending.keys() - self._tuned:
            await self._radio.tune(self._channel(meeting), partial(self._hear, meeting))
            self._tuned.add(meeting)
            await self._radio.say(self._channel(meeting), HELLO)

    async def _tell_all(self) -> None:
        while self._asked:
            meeting = self._asked.pop()
            if message := self._attending[meeting][1]():
                await self._radio.say(self._channel(meeting), message)

    def _hear(self, meeting: str, message: bytes) -> None:
        if not message:  # The listening has ended.
            self._tuned.discard(meeting)
            self._news.set()
        elif message == HELLO:
            self._asked.add(meeting)
            self._news.set()
        else:
            self._attending[meeting][0](message)

    def _channel(self, meeting: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:words"
