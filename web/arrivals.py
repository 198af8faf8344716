"""Those who have just knocked: next to nothing is made for them until they speak, and they are let in in turn.

When ten thousand come back in the same moment, taking them all in at once would keep the room waiting for as long as
it takes. So connections are taken from the system's queue at once, before it is full and lets them knock in vain, but
only a few are made at each turn of the loop; one that is made is first only noted, and again a few are let in a turn.
"""

import asyncio
import errno
import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from web import protocol
from web.protocol import LARGEST_HEAD, HeadProtocol

AT_ONCE = 16
"""Made or let in at each turn of the loop: about a millisecond's work."""

TAKEN_AT_ONCE = 256
"""Taken from the system's queue at each turn of the loop: about a millisecond's work, too."""

BREATH = 0.5
"""Seconds until the next look when no more connections can be had: all file descriptors are in use."""

NO_MORE = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Porch:
    """Takes connections from a listening socket, each in the hands of a protocol that `make` makes."""

    def __init__(self, listener: socket.socket, make: Callable[[], asyncio.Protocol]) -> None:
        self._listener = listener
        self._make = make
        self._waiting: deque[socket.socket] = deque()
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._full = False
        listener.setblocking(False)
        self._listen()

    def close(self) -> None:
        """Takes no more."""
        self._loop.remove_reader(self._listener)
        self._listener.close()
        while self._waiting:
            self._waiting.popleft().close()

    def _listen(self) -> None:
        if self._listener.fileno() >= 0:
            self._loop.add_reader(self._listener, self._take)

    def _take(self) -> None:
        for _ in range(TAKEN_AT_ONCE):
            try:
                taken, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError):
                self._full = False
                return
            except OSError as error:
                if error.errno in NO_MORE:
                    self._pause(error)
                return  # Else the other side has gone already.
            self._waiting.append(taken)
            if len(self._waiting) == 1:
                self._loop.call_soon(self._make_some)

    def _pause(self, error: OSError) -> None:
        if not self._full:
            logging.getLogger("livechat").error("no more connections can be taken for now: %s", error.strerror)
        self._full = True
        self._loop.remove_reader(self._listener)
        self._loop.call_later(BREATH, self._listen)

    def _make_some(self) -> None:
        for _ in range(min(AT_ONCE, len(self._waiting))):
            task = self._loop.create_task(self._make_one(self._waiting.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._waiting:
            self._loop.call_soon(self._make_some)

    async def _make_one(self, taken: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._make, taken)
        except OSError:
            taken.close()  # The other side has gone already.


class Arrivals:
    """Makes the first protocol of each connection; uvicorn takes it for its HTTP protocol class (`http=`)."""

    def __init__(self) -> None:
        self._spoken: deque[Arrival] = deque()
        self._silent: dict[Arrival, float] = {}
        self._looking = False

    def __call__(self, **about: Any) -> asyncio.Protocol:
        return Arrival(self, about)

    def come(self, arrival: "Arrival") -> None:
        """Somebody has knocked."""
        loop = asyncio.get_running_loop()
        self._silent[arrival] = loop.time() + protocol.HEAD_PATIENCE
        if not self._looking:
            self._looking = True
            loop.call_later(protocol.HEAD_PATIENCE, self._let_go_of_the_silent)

    def speak(self, arrival: "Arrival") -> None:
        """Somebody has said something for the first time."""
        self._silent.pop(arrival, None)
        self._spoken.append(arrival)
        if len(self._spoken) == 1:
            asyncio.get_running_loop().call_soon(self._let_in)

    def leave(self, arrival: "Arrival") -> None:
        """Somebody has gone before being let in."""
        self._silent.pop(arrival, None)

    def _let_in(self) -> None:
        for _ in range(min(AT_ONCE, len(self._spoken))):
            self._spoken.popleft().enter()
        if self._spoken:
            asyncio.get_running_loop().call_soon(self._let_in)

    def _let_go_of_the_silent(self) -> None:
        loop = asyncio.get_running_loop()
        while self._silent and (first := next(iter(self._silent.items())))[1] <= loop.time():
            del self._silent[first[0]]
            first[0].shutdown()
        self._looking = bool(self._silent)
        if self._silent:
            loop.call_at(next(iter(self._silent.values())), self._let_go_of_the_silent)


class Arrival(asyncio.Protocol):
    """A connection that has said nothing yet, or waits its turn."""

    __slots__ = ("_about", "_arrivals", "_data", "_ended", "_transport")

    def __init__(self, arrivals: Arrivals, about: dict[str, Any]) -> None:
        self._arrivals = arrivals
        self._about = about
        self._data = b""
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._about["server_state"].connections.add(self)
        self._arrivals.come(self)

    def data_received(self, data: bytes) -> None:
        if not self._data:
            self._arrivals.speak(self)
        self._data += data
        if len(self._data) > LARGEST_HEAD:
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._about["server_state"].connections.discard(self)
        self._arrivals.leave(self)

    def shutdown(self) -> None:
        """The server stops, or has waited long enough."""
        self._transport.close()

    def enter(self) -> None:
        """Goes on as a request."""
        self._about["server_state"].connections.discard(self)
        if self._ended or self._transport.is_closing():
            return
        entered = HeadProtocol(**self._about)
        self._transport.set_protocol(entered)
        entered.connection_made(self._transport)
        self._transport.resume_reading()
        entered.data_received(self._data)
