"""Connections as the fan-out sees them: straight to the socket where the server offers it, else through ASGI."""

import asyncio
from abc import abstractmethod
from typing import Any

from starlette.websockets import WebSocket

from livechat.channel import Channel
from livechat.fanout import Subscriber
from livechat.frames import Frame
from livechat.messages import Codec
from livechat.roles import Actor
from web.protocol import EXTENSION, FrameProtocol


class SocketSubscriber(Subscriber):
    """A websocket. `release` lets go of what it holds when the connection has ended."""

    __slots__ = ("_websocket",)

    def __init__(self, websocket: WebSocket, actor: Actor, codec: Codec) -> None:
        super().__init__(actor, codec)
        self._websocket = websocket

    def close(self, code: int) -> None:
        task = asyncio.ensure_future(_close(self._websocket, code))
        _closing.add(task)
        task.add_done_callback(_closing.discard)

    @abstractmethod
    async def drained(self) -> None:
        """Returns when what was written has gone out, or nearly: nobody is read from who does not read."""

    def release(self) -> None:
        """Nothing to let go of, unless a kind of subscriber says otherwise."""


def subscriber_of(websocket: WebSocket, channel: Channel, actor: Actor, codec: Codec) -> SocketSubscriber:
    """The subscriber for an accepted websocket, the quickest kind that the server allows."""
    extension = websocket.scope.get("extensions", {}).get(EXTENSION)
    if extension:
        return DirectSubscriber(websocket, channel, actor, codec, extension["connection"])
    return QueuedSubscriber(websocket, channel, actor, codec)


class DirectSubscriber(SocketSubscriber):
    """Writes prebuilt frames to the transport."""

    __slots__ = ("_connection",)

    def __init__(
        self, websocket: WebSocket, channel: Channel, actor: Actor, codec: Codec, connection: FrameProtocol
    ) -> None:
        super().__init__(websocket, actor, codec)
        self._connection = connection
        connection.on_drain = lambda: channel.fanout.drained(self)

    @property
    def paused(self) -> bool:
        return self._connection.full

    def write(self, frame: Frame) -> None:
        self._connection.write_frame(frame.wire)

    def close(self, code: int) -> None:
        self._connection.close_with(code)

    async def drained(self) -> None:
        await self._connection.writable.wait()

    def release(self) -> None:
        self._connection.on_drain = None


class QueuedSubscriber(SocketSubscriber):
    """Sends through ASGI, from a task of its own, so that one slow connection keeps nobody waiting."""

    __slots__ = ("_channel", "_sender", "_waiting")

    def __init__(self, websocket: WebSocket, channel: Channel, actor: Actor, codec: Codec) -> None:
        super().__init__(websocket, actor, codec)
        self._channel = channel
        # Never long: state frames are not written while one waits, and answers come one for each command.
        self._waiting: asyncio.Queue[Frame] = asyncio.Queue()
        self._sender = asyncio.create_task(self._send())

    @property
    def paused(self) -> bool:
        return not self._waiting.empty()

    def write(self, frame: Frame) -> None:
        self._waiting.put_nowait(frame)

    async def drained(self) -> None:
        await self._waiting.join()

    def release(self) -> None:
        self._sender.cancel()

    async def _send(self) -> None:
        while True:
            frame = await self._waiting.get()
            try:
                await self._websocket.send(self._message(frame.payload))
            except (RuntimeError, OSError):  # Closed meanwhile; the reading side notices, too.
                self._drop()
                return
            self._waiting.task_done()
            if self._waiting.empty():
                self._channel.fanout.drained(self)

    def _drop(self) -> None:
        self._waiting.task_done()
        while not self._waiting.empty():
            self._waiting.get_nowait()
            self._waiting.task_done()

    def _message(self, payload: bytes) -> dict[str, Any]:
        if self.codec.text:
            return {"type": "websocket.send", "text": payload.decode()}
        return {"type": "websocket.send", "bytes": payload}


async def _close(websocket: WebSocket, code: int) -> None:
    try:
        async with asyncio.timeout(10):
            await websocket.close(code)
    except (RuntimeError, OSError, TimeoutError):
        return  # Closed already, or not to be reached any more.


_closing: set[asyncio.Future[None]] = set()
