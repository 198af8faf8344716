"""Short messages between processes, by sharded pub/sub: heard by who listens at that moment, kept by nobody.

There is one connection to each server whose channels are listened to. What breaks it is not mended here but told: who
listened hears an empty message, and calls `tune` again to listen wherever the channel is by then.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from livechat.errors import Unavailable
from livechat.redis import PATIENCE, Client, Servers, failures

Hear = Callable[[bytes], None]

SILENCE = 15
"""Seconds without a word after which a server is asked whether it is still there."""


class Radio:
    """The channels that this process listens to."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._stations: dict[Client, _Station] = {}

    async def tune(self, channel: str, hear: Hear) -> None:
        """From the return on `hear` gets what is said on the channel, if it did not do so already.

        An empty message tells that the listening has ended. Raises `Unavailable`.
        """
        client = await self._servers.owner(channel)
        station = self._stations.get(client)
        if station is None or station.ended:
            station = self._stations[client] = _Station(client, self._servers.look_again)
        await station.tune(channel, hear)

    async def say(self, channel: str, message: bytes) -> None:
        """Says something to all who listen now. Raises `Unavailable`."""
        await self._servers.run(channel, lambda client: client.spublish(channel, message))

    async def close(self) -> None:
        """Listens to nothing any more."""
        for station in list(self._stations.values()):
            await station.close()


class _Station:
    """One server's channels, over one connection."""

    def __init__(self, client: Client, on_end: Callable[[], None]) -> None:
        self._pubsub: Any = client.pubsub()
        self._on_end = on_end
        self._heard: dict[bytes, Hear] = {}
        self._tuning: dict[bytes, asyncio.Future[bool]] = {}  # Whether it came about.
        self._listening: asyncio.Task[None] | None = None

    @property
    def ended(self) -> bool:
        """Whether the connection has broken."""
        return self._listening is not None and self._listening.done()

    async def tune(self, channel: str, hear: Hear) -> None:
        name = channel.encode()
        if name in self._heard:
            return
        tuned = self._tuning.setdefault(name, asyncio.get_running_loop().create_future())
        with failures():
            async with asyncio.timeout(PATIENCE):
                await self._pubsub.ssubscribe(channel)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        done, _ = await asyncio.wait([tuned], timeout=PATIENCE)
        if not (done and tuned.result()):
            raise Unavailable("the subscription is not confirmed")
        self._heard[name] = hear

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        try:
            with suppress(Unavailable), failures():
                await self._hear_all()
        finally:
            self._on_end()
            for tuned in self._tuning.values():
                tuned.set_result(False)
            self._tuning.clear()
            for hear in self._heard.values():
                hear(b"")
            with suppress(Exception):
                await self._pubsub.aclose()

    async def _hear_all(self) -> None:
        asked = False
        while True:
            message = await self._pubsub.get_message(timeout=SILENCE)
            if message is not None:
                asked = False
                self._hear(message["type"], message["channel"], message["data"])
            elif asked:
                return
            else:
                asked = True
                await self._pubsub.ping()

    def _hear(self, kind: str, channel: bytes, data: bytes) -> None:
        if kind == "smessage" and channel in self._heard:
            self._heard[channel](data)
        elif kind == "ssubscribe" and (tuned := self._tuning.pop(channel, None)):
            tuned.set_result(True)
        elif kind == "sunsubscribe":  # Its slot moved to another server.
            self._heard.pop(channel, _nobody)(b"")


def _nobody(message: bytes) -> None:
    pass
