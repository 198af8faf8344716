"""How frames get onto a connection: straight to the socket where the server offers it, else through ASGI."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Send

from livechat.channel import Channel
from livechat.frames import Frame
from livechat.messages import Codec
from livechat.roles import Actor
from web.connection import Connection
from web.limits import Limits
from web.line import CLOSING, Line, Owner
from web.texts import Texts


class DirectConnection(Connection):
    """Writes prebuilt frames to the transport; nothing runs for it while nothing happens on it."""

    __slots__ = ("_line", "_room")

    def __init__(
        self,
        channel: Channel,
        actor: Actor,
        codec: Codec,
        texts: Texts,
        limits: Limits,
        rate_key: bytes,
        hand_over: Callable[[Owner], Line],
    ) -> None:
        super().__init__(channel, actor, codec, texts, limits, rate_key)
        self._room: asyncio.Future[None] | None = None
        self._line: Line = hand_over(self)

    @property
    def paused(self) -> bool:
        return self._line.full

    def write(self, frame: Frame) -> None:
        self._line.write(frame.wire)

    def beat(self, frame: Frame) -> None:
        self._line.beat(frame.wire)

    def close(self, code: int) -> None:
        self._line.close_with(code)

    def pause_reading(self) -> None:
        self._line.pause_reading()

    def resume_reading(self) -> None:
        self._line.resume_reading()

    async def emptied(self) -> None:
        self._room = asyncio.get_running_loop().create_future()
        await self._room

    def drained(self) -> None:
        """A full buffer has room again."""
        if self._room and not self._room.done():
            self._room.set_result(None)
        self.channel.fanout.drained(self)


class AsgiConnection(Connection):
    """Sends through ASGI, from a task of its own, so that one slow connection keeps nobody waiting."""

    __slots__ = ("_closing", "_frames", "_reading", "_running", "_send")

    def __init__(
        self,
        channel: Channel,
        actor: Actor,
        codec: Codec,
        texts: Texts,
        limits: Limits,
        rate_key: bytes,
        send: Send,
    ) -> None:
        super().__init__(channel, actor, codec, texts, limits, rate_key)
        self._send = send
        # Never long: state frames are not written while one waits, and answers come one for each command.
        self._frames: asyncio.Queue[Frame | int] = asyncio.Queue()
        self._reading = asyncio.Event()
        self._reading.set()
        self._closing = False
        self._running: asyncio.Task[None] | None = None

    async def run(self, receive: Receive) -> None:
        """Takes and sends messages until the other side is gone."""
        self._running = asyncio.current_task()
        sending = asyncio.create_task(self._send_all())
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                self.received(_data(message))
                await self._reading.wait()
        finally:
            sending.cancel()
            self.lost()

    @property
    def paused(self) -> bool:
        return not self._frames.empty()

    def write(self, frame: Frame) -> None:
        if not self._closing:
            self._frames.put_nowait(frame)

    def close(self, code: int) -> None:
        if self._closing:
            return
        self._closing = True
        if self._running:  # The other side may never read that it is over.
            asyncio.get_running_loop().call_later(CLOSING, self._running.cancel)
        while not self._frames.empty():
            self._done()
        self._frames.put_nowait(code)
        self._reading.set()

    def pause_reading(self) -> None:
        self._reading.clear()

    def resume_reading(self) -> None:
        self._reading.set()

    async def emptied(self) -> None:
        await self._frames.join()

    async def _send_all(self) -> None:
        while True:
            frame = await self._frames.get()
            try:
                await self._send(self._message(frame))
            except (RuntimeError, OSError):  # Closed meanwhile; the reading side notices, too.
                self._closing = True
            self._frames.task_done()
            if self._frames.empty():
                self.channel.fanout.drained(self)

    def _done(self) -> None:
        self._frames.get_nowait()
        self._frames.task_done()

    def _message(self, frame: Frame | int) -> dict[str, Any]:
        if isinstance(frame, int):
            return {"type": "websocket.close", "code": frame, "reason": ""}
        if self.codec.text:
            return {"type": "websocket.send", "text": frame.payload.decode()}
        return {"type": "websocket.send", "bytes": frame.payload}


def _data(message: Any) -> bytes:
    text = message.get("text")
    return message["bytes"] if text is None else text.encode()  # type: ignore[no-any-return]
