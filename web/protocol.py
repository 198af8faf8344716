"""Straight to the socket: a frame is built once and the same bytes are written to every connection.

`FrameProtocol` is uvicorn's websocket protocol with one more thing: through the scope's extension
`livechat.frames` the app gets a handle to write a prebuilt frame and to ask whether the buffer is full. Under
another server the extension is missing, and the app sends as ASGI has it.
"""

from collections.abc import Callable

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


class FrameProtocol(WebSocketsSansIOProtocol):
    """One connection. `on_drain` is called when a full buffer has room again."""

    on_drain: Callable[[], None] | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        # The app's task starts later in the loop, so it always finds the extension.
        if self.response.status_code == 101:
            self.scope["extensions"][EXTENSION] = {"connection": self}

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_drain:
            self.on_drain()

    @property
    def full(self) -> bool:
        """Whether the buffer is above its high-water mark."""
        return not self.writable.is_set()

    def write_frame(self, wire: bytes) -> None:
        """Writes a prebuilt frame; does nothing on a connection that is closing."""
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.transport.write(wire)
