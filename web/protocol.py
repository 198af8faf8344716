"""Straight to the socket: a frame is built once and the same bytes are written to every connection.

`FrameProtocol` is uvicorn's websocket protocol with one more thing: through the scope's extension
`livechat.frames` the app gets a handle to write a prebuilt frame and to ask whether the buffer is full. Under
another server the extension is missing, and the app sends as ASGI has it.
"""

from collections.abc import Callable

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame as WebsocketFrame
from websockets.frames import Opcode
from websockets.http11 import Request

from livechat.frames import Frame
from livechat.messages import Codec

EXTENSION = "livechat.frames"


def pack(codec: Codec, payload: bytes) -> Frame:
    """The payload as one unfragmented, unmasked websocket frame (RFC 6455, section 5.2)."""
    opcode = Opcode.TEXT if codec.text else Opcode.BINARY
    return Frame(payload, WebsocketFrame(opcode, payload).serialize(mask=False))


LARGEST_HEAD = 65_536
"""Bytes of a request's line and headers, at most; a little more if they come in one piece."""


class HeadProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with an end to what a request may hold before any code of ours sees it."""

    in_head = False
    head = 0

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.in_head = True

    def on_headers_complete(self) -> None:
        self.in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.head = self.head + len(data) if self.in_head else 0
        if self.head > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The request's headers are too large.")


class FrameProtocol(WebSocketsSansIOProtocol):
    """One connection. `on_drain` is called when a full buffer has room again."""

    on_drain: Callable[[], None] | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        # The app's task starts later in the loop, so it always finds the extension.
        if self.response.status_code == 101:
            self.scope["extensions"][EXTENSION] = {"connection": self}

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # A handshake that is too large never becomes a request, and uvicorn leaves its answer (414, 431) unsent.
        if self.conn.handshake_exc and not self.handshake_initiated and not self.transport.is_closing():
            self.handshake_complete = self.close_sent = True
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if self.initial_response and self.close_sent:  # Turned down, and that is a whole answer.
            self.handshake_complete = True

    def handle_ping(self) -> None:
        if self.full:  # Who sends without reading gets no more to read.
            self.conn.data_to_send()
        else:
            super().handle_ping()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()  # A close would wait for a buffer that nobody empties.

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_drain:
            self.on_drain()

    @property
    def full(self) -> bool:
        """Whether the buffer is above its high-water mark."""
        return not self.writable.is_set()

    def close_with(self, code: int) -> None:
        """Closes now, whatever the other side does: with a close code if there is room to say it."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        if self.full:
            self.transport.abort()
            return
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)

    def write_frame(self, wire: bytes) -> None:
        """Writes a prebuilt frame; does nothing on a connection that is closing."""
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.transport.write(wire)
