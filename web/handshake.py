"""The quick way in for a websocket: a plain handshake is answered from the request as it was read, once.

Whatever is unusual about a handshake goes the long way, through uvicorn and the `websockets` library, and gets its
answer or its error there; so what stands here need only know how a browser asks (RFC 6455, section 4.2).
"""

import base64
import binascii
from http import HTTPStatus
from urllib.parse import unquote

from starlette.types import Message, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from websockets.utils import accept_key

from web.line import Line, Owner

EXTENSION = "livechat.frames"

ONCE = (b"host", b"upgrade", b"connection", b"sec-websocket-key", b"sec-websocket-version")
"""What a plain handshake says exactly once."""


class Handshake:
    """A handshake under way; the app answers it, and takes the connection over through the scope's extension."""

    def __init__(self, http: HttpToolsProtocol, headers: dict[bytes, bytes]) -> None:
        self._http = http
        self._headers = headers
        self._status = 0
        self._more: list[tuple[bytes, bytes]] = []

    async def run(self) -> None:
        """Calls the app; closes the connection if nobody took it over."""
        transport = self._http.transport
        try:
            await self._http.app(self._scope(), self.receive, self.send)
        finally:
            if transport.get_protocol() is self._http:
                transport.close()

    async def receive(self) -> Message:
        """Only that somebody wants in: what comes after the handshake goes to whoever took the connection over."""
        return {"type": "websocket.connect"}

    async def send(self, message: Message) -> None:
        """Accepts or turns down. Raises `OSError` if nobody is there any more."""
        if self._http.transport.is_closing():
            raise ConnectionResetError
        if message["type"] == "websocket.accept":
            self._accept(message.get("subprotocol"))
        elif message["type"] == "websocket.http.response.start":
            self._status, self._more = message["status"], message["headers"]
        elif message["type"] == "websocket.http.response.body":
            self._turn_down(message.get("body", b""))
        else:  # Before it is accepted, closing is turning down (ASGI).
            self._status = HTTPStatus.FORBIDDEN
            self._turn_down(b"")

    def hand_over(self, owner: Owner) -> Line:
        """Gives the accepted connection to `owner`. Raises `OSError` if it is gone already."""
        http = self._http
        if http.transport.is_closing():
            raise ConnectionResetError
        http.connections.discard(http)
        http.parser = None  # type: ignore[assignment]  # It refers back to `http`: without it all of this goes at once.
        return Line(http.transport, http.connections, owner)

    def _scope(self) -> Scope:
        http = self._http
        path, _, query = http.url.partition(b"?")
        offered = self._headers.get(b"sec-websocket-protocol", b"").decode("latin-1")
        return {
            "type": "websocket",
            "asgi": {"version": http.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "wss" if http.scheme == "https" else "ws",
            "server": http.server,
            "client": http.client,
            "root_path": http.root_path,
            "path": http.root_path + unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "headers": http.headers,
            "subprotocols": [name.strip() for name in offered.split(",")] if offered else [],
            "state": http.app_state.copy(),
            "extensions": {"websocket.http.response": {}, EXTENSION: {"hand_over": self.hand_over}},
        }

    def _accept(self, subprotocol: str | None) -> None:
        lines = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept_key(self._headers[b'sec-websocket-key'].decode())}",
        ]
        if subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
        self._http.transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def _turn_down(self, body: bytes) -> None:
        fields = [*self._more, (b"content-length", b"%d" % len(body)), (b"connection", b"close")]
        head = b"HTTP/1.1 %d %b\r\n" % (self._status, HTTPStatus(self._status).phrase.encode())
        self._http.transport.write(head + b"".join(b"%b: %b\r\n" % field for field in fields) + b"\r\n" + body)
        self._http.transport.close()


def plain(http: HttpToolsProtocol) -> dict[bytes, bytes] | None:
    """The headers of a handshake as browsers send it; None if anything about it is unusual.

    That `http` is asked to upgrade to a websocket is known here.
    """
    headers = dict(http.headers)
    names = [name for name, _ in http.headers]
    usual = (
        http.scope["method"] == "GET"
        and http.parser.get_http_version() == "1.1"
        and all(names.count(name) == 1 for name in ONCE)
        and names.count(b"sec-websocket-protocol") <= 1
        and headers[b"sec-websocket-version"] == b"13"
        and _is_a_key(headers[b"sec-websocket-key"])
        and http.url.isascii()
    )
    return headers if usual else None


def _is_a_key(value: bytes) -> bool:
    """Whether this is the base64 of 16 bytes (RFC 6455, 4.1)."""
    try:
        return len(value) == 24 and len(base64.b64decode(value, validate=True)) == 16
    except binascii.Error:
        return False
