"""The way in: uvicorn's protocols, with an end to what a request may hold and a quick way to an open websocket.

A plain handshake is answered by `web.handshake`, and the app takes the connection over as a `web.line.Line`, onto
which prebuilt frames are written straight. Any other goes uvicorn's way, and the app receives and sends as ASGI has
it; so it does under another server.
"""

from asyncio import TimerHandle

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame as WebsocketFrame
from websockets.frames import Opcode

from livechat.frames import Frame
from livechat.messages import Codec
from web.handshake import Handshake, plain
from web.line import PING

LARGEST_HEAD = 65_536
"""Bytes of a request's line and headers, at most; a little more if they come in one piece."""

LARGEST_PLAIN_HEAD = 8_192
"""Bytes of the head of a plain websocket handshake, at most. A larger one goes uvicorn's way, and to its limits."""


def pack(codec: Codec, payload: bytes, *, asks: bool = False) -> Frame:
    """The payload as one unfragmented, unmasked websocket frame (RFC 6455, section 5.2).

    `asks`: with a ping behind it, which whoever is there answers.
    """
    opcode = Opcode.TEXT if codec.text else Opcode.BINARY
    return Frame(payload, WebsocketFrame(opcode, payload).serialize(mask=False) + (PING if asks else b""))


HEAD_PATIENCE = 10
"""Seconds that a request's line and headers may take."""


class HeadProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with an end to what a request may hold before any code of ours sees it."""

    spoken = False
    in_head = False
    head = 0
    head_timer: TimerHandle | None = None
    """Runs while a head is pending: from its first part, or the end of an answer. (Silence: `web.arrivals`.)"""

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.in_head = self.spoken = True

    def on_headers_complete(self) -> None:
        self.in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        self.head += len(data)
        super().data_received(data)
        if not self.in_head:
            self.head = 0
        if self.head_timer is None and (self.in_head or not self.spoken):
            self._wait_for_head()
        if self.head > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The request's headers are too large.")

    def handle_websocket_upgrade(self) -> None:
        headers = plain(self) if self.head <= LARGEST_PLAIN_HEAD else None
        if headers is None or self.ws_protocol_class is not FrameProtocol:
            super().handle_websocket_upgrade()
            return
        task = self.loop.create_task(Handshake(self, headers).run())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self.head_timer = self.loop.call_later(HEAD_PATIENCE, self._give_up)

    def _stop_waiting(self) -> None:
        if self.head_timer:
            self.head_timer.cancel()
            self.head_timer = None

    def _give_up(self) -> None:
        if self.in_head:
            self.transport.write(STATUS_LINE[408] + b"connection: close\r\ncontent-length: 0\r\n\r\n")
        self.transport.close()


class FrameProtocol(WebSocketsSansIOProtocol):
    """The long way in: uvicorn's websocket protocol, with whole answers to those it turns down."""

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
        if self.writable.is_set():
            super().handle_ping()
        else:  # Who sends without reading gets no more to read.
            self.conn.data_to_send()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()  # A close would wait for a buffer that nobody empties.
