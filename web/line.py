"""An open websocket after its handshake: all that is kept of a connection while nothing happens on it.

Ten thousand of these lie still most of the time, so a line holds a handful of references and no task, timer, queue
or parser. What comes in is read by the `websockets` library's protocol, made when bytes arrive and dropped when they
end with a whole frame. Dead peers show themselves by the ping that rides with every sign of life.
"""

import asyncio
import logging
from collections import deque
from typing import Any, Protocol

from websockets.frames import Frame as WebsocketFrame
from websockets.frames import Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from web.body import LARGEST

CLOSING = 10.0
"""Seconds that a closed line waits for the other side to close, too."""

DEAF = 6
"""Signs of life in a row, one every ten seconds, that may pass without a word from the other side."""

HIGH_WATER = 32_768
"""Bytes in a line's buffer above which nothing more is written to it; what it missed it gets when there is room."""

PING = WebsocketFrame(Opcode.PING, b"").serialize(mask=False)
ANSWER_TO_PING = b"\x8a\x80"
"""How the answer to `PING` begins (RFC 6455, 5.5.3): a masked pong without payload. Its four bytes of mask follow."""

MESSAGES = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
"""What messages come in. All else the reader answers by itself."""


class Owner(Protocol):
    """Whom a line tells what happens on it. None of these may wait."""

    def received(self, message: bytes) -> None:
        """A whole message came."""

    def drained(self) -> None:
        """A full buffer has room again."""

    def lost(self) -> None:
        """The line is gone."""


class Departures:
    """Lines whose other side is gone. Ten thousand can go in the same moment; a few are closed at each turn."""

    AT_ONCE = 32

    def __init__(self) -> None:
        self._gone: deque[asyncio.Transport] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(self, transport: asyncio.Transport) -> None:
        """Closes the transport soon."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # What another loop left behind ended with it.
            self._loop = loop
            self._gone.clear()
        self._gone.append(transport)
        if len(self._gone) == 1:
            loop.call_soon(self._close_some)

    def _close_some(self) -> None:
        for _ in range(min(self.AT_ONCE, len(self._gone))):
            self._gone.popleft().close()
        if self._gone and self._loop:
            self._loop.call_soon(self._close_some)


DEPARTURES = Departures()


class Line(asyncio.Protocol):
    """One websocket, open. `full` says that its buffer is above the high-water mark."""

    __slots__ = ("_closing", "_lines", "_owner", "_pieces", "_reader", "_text", "_transport", "_unheard", "full")

    def __init__(self, transport: asyncio.Transport, lines: set[Any], owner: Owner) -> None:
        """Takes the transport over. `lines` is where the server keeps its connections, to end them when it stops."""
        self._transport = transport
        self._lines = lines
        self._owner = owner
        self._reader: ServerProtocol | None = None
        self._pieces: list[bytes] | None = None
        self._text = False
        self._closing = False
        self._unheard = 0
        self.full = False
        transport.set_write_buffer_limits(high=HIGH_WATER)
        transport.set_protocol(self)
        lines.add(self)

    def write(self, wire: bytes) -> None:
        """Writes a prebuilt frame; does nothing on a line that is closing."""
        if not (self._closing or self._transport.is_closing()):
            self._transport.write(wire)

    def beat(self, wire: bytes) -> None:
        """Writes a sign of life, which ends with `PING`; lets go of a peer that has answered none for a minute."""
        self._unheard += 1
        if self._unheard > DEAF:
            self._transport.abort()
        elif not self.full:
            self.write(wire)

    def close_with(self, code: int) -> None:
        """Closes now, whatever the other side does: with a close code if there is room to say it."""
        if self._closing or self._transport.is_closing():
            return
        self._closing = True
        if self.full:
            self._transport.abort()
            return
        self._reader = self._reader or _new_reader()
        self._reader.send_close(code)
        self._transport.write(b"".join(self._reader.data_to_send()))
        self.resume_reading()
        asyncio.get_running_loop().call_later(CLOSING, self._transport.abort)

    def pause_reading(self) -> None:
        """Takes nothing more from the other side for now."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Goes on taking from the other side."""
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def shutdown(self) -> None:
        """The server stops."""
        self.close_with(1012)
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._unheard = 0
        reader = self._reader
        if reader is None:
            if len(data) == 6 and data.startswith(ANSWER_TO_PING):
                return
            reader = _new_reader()
            if not _ends_with_a_frame(data):
                self._reader = reader  # Kept for good: who sends in pieces once does it again.
        reader.receive_data(data)
        for frame in reader.events_received():
            self._take(frame)  # type: ignore[arg-type]
        if reader.current_size is not None or reader.parser_exc:
            self._reader = reader
        self._reply(reader)
        if self._reader is not reader:
            reader.parser.close()  # It refers to itself: closed, it need not wait for the garbage collector.

    def eof_received(self) -> bool:
        """The other side says no more; the transport closes in its turn."""
        self._closing = True
        DEPARTURES.add(self._transport)
        return True

    def pause_writing(self) -> None:
        self.full = True

    def resume_writing(self) -> None:
        self.full = False
        self._owner.drained()

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = True
        self._lines.discard(self)
        self._owner.lost()

    def _take(self, frame: WebsocketFrame) -> None:
        if self._closing or frame.opcode not in MESSAGES:
            return
        if self._pieces is None:
            self._text, self._pieces = frame.opcode is Opcode.TEXT, []
        self._pieces.append(bytes(frame.data))
        if frame.fin:
            message, self._pieces = b"".join(self._pieces), None
            self._take_message(message)

    def _take_message(self, message: bytes) -> None:
        try:
            if self._text:
                message.decode()
        except UnicodeDecodeError:
            self.close_with(1007)  # RFC 6455, section 8.1.
        else:
            self._owner.received(message)

    def _reply(self, reader: ServerProtocol) -> None:
        """Sends what the reader has to say: pongs, or a close."""
        ends = reader.close_rcvd is not None or reader.parser_exc is not None
        said = b"".join(reader.data_to_send())
        if said and not self.full and not self._transport.is_closing():  # Who reads nothing gets no more to read.
            self._transport.write(said)
        if ends:
            self._closing = True
            self._transport.close()


def _new_reader() -> ServerProtocol:
    return ServerProtocol(state=OPEN, max_size=LARGEST, logger=_LOGGER)


def _ends_with_a_frame(data: bytes) -> bool:
    """Whether the last byte is the last one of a masked frame (RFC 6455, 5.2), when the first one begins one."""
    at, end = 0, len(data)
    while at + 2 <= end:
        length, at = data[at + 1] & 0x7F, at + 2
        if length >= 126:
            wide = 2 if length == 126 else 8
            length, at = int.from_bytes(data[at : at + wide], "big"), at + wide
        at += 4 + length
    return at == end


_LOGGER = logging.getLogger("websockets.server")
