"""All live meetings of this process."""

import asyncio
import logging
from contextlib import suppress
from types import TracebackType
from typing import Self

from livechat.channel import Channel, Clock
from livechat.disposal import due
from livechat.epochs import load
from livechat.errors import Refused, report
from livechat.frames import Pack
from livechat.live import Counts, LocalCounts
from livechat.log import Log, Unavailable
from livechat.relay import LocalRelay, Relay

LOOK_AROUND = 6 * 60 * 60
"""Seconds between two looks through the meetings that nobody asks for: some keep a threat until a day that is over."""


class Hub:
    """Opens a meeting's channel when somebody first asks for it, and keeps it running.

    Use as an async context manager. `beat` is the time between two signs of life, in seconds.
    """

    def __init__(
        self,
        log: Log,
        pack: Pack,
        counts: Counts | None = None,
        relay: Relay | None = None,
        *,
        clock: Clock,
        beat: float = 10,
    ) -> None:
        self.log = log
        self._counts = counts or LocalCounts()
        self._relay = relay or LocalRelay()
        self.clock = clock
        self._pack = pack
        self._beat = beat
        self._channels: dict[str, Channel] = {}
        self._opening: dict[str, asyncio.Task[Channel]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._away = False

    async def __aenter__(self) -> Self:
        self._running.add(asyncio.create_task(self._counts.run(), name="counts"))
        self._running.add(asyncio.create_task(self._relay.run(), name="relay"))
        self._running.add(asyncio.create_task(self._keep_disposing(), name="disposal"))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.log.close()

    async def channel(self, meeting: str) -> Channel:
        """The meeting's channel. Raises `Refused`: `unknown_meeting`, or `not_reachable` if the log is."""
        if running := self._channels.get(meeting):
            return running
        if meeting not in self._opening:
            opening = self._opening[meeting] = asyncio.create_task(self._open(meeting))
            opening.add_done_callback(lambda _: self._opening.pop(meeting, None))
        # Shielded: who comes first may leave, and the others still wait for the same channel.
        return await asyncio.shield(self._opening[meeting])

    def channels(self) -> list[Channel]:
        """The channels that are open now."""
        return list(self._channels.values())

    async def _open(self, meeting: str) -> Channel:
        try:
            about = (meeting, self.log, self._pack, self._counts, self._relay)
            channel = await Channel.open(*about, clock=self.clock, beat=self._beat)
        except Unavailable as error:
            self._tell_once(error)
            raise Refused("not_reachable", retry_after=2) from None
        self._away = False
        self._channels[meeting] = channel
        task = asyncio.create_task(self._run(meeting, channel), name=f"channel {meeting}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return channel

    async def _keep_disposing(self) -> None:
        while True:
            await asyncio.sleep(self._beat)  # Not while everybody waits for the service to start.
            try:
                for meeting in await self.log.meetings():
                    await self._dispose(meeting)
            except Unavailable as error:
                self._tell_once(error)
                continue
            await asyncio.sleep(LOOK_AROUND)

    async def _dispose(self, meeting: str) -> None:
        """Opens a meeting that has something to erase; an open channel disposes of it by itself."""
        epoch = None if meeting in self._channels else await self.log.epoch(meeting)
        if epoch is None:
            return
        try:
            state = (await load(self.log, meeting, epoch)).meeting
            if due(state, state.minute(self.clock())):
                with suppress(Refused):
                    await self.channel(meeting)
        except Unavailable:
            raise
        except Exception as error:  # What one meeting's log holds must not keep the others' words.
            report(error)

    def _tell_once(self, error: Unavailable) -> None:
        if not self._away:
            # Without the meeting's id: it may be anything that somebody asks for.
            _LOGGER.error("a meeting cannot be read from the log: %s", error)
        self._away = True

    async def _run(self, meeting: str, channel: Channel) -> None:
        try:
            await channel.run()
        except Exception as error:
            # Its subscribers have been told to come back; they will find the meeting folded anew.
            for cause in _causes(error):
                report(cause)
        finally:
            self._channels.pop(meeting, None)


def _causes(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [cause for inner in error.exceptions for cause in _causes(inner)]
    return [error]


_LOGGER = logging.getLogger("livechat")
