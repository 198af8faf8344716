"""The websocket: one connection of anybody in any role to its meeting."""

import re
from urllib.parse import parse_qsl, urlsplit

from starlette.types import Receive, Scope, Send

from livechat.channel import Channel
from livechat.errors import Refused
from livechat.frames import Frame
from livechat.hub import Hub
from livechat.messages import CODECS, JSON, VERSION, Codec
from livechat.roles import RESIDENT, SEATED, Actor, Role
from web.connection import CRASHED
from web.handshake import EXTENSION
from web.limits import Limits
from web.protocol import pack
from web.refusals import answer
from web.sessions import actor_of
from web.settings import Settings
from web.subscribers import AsgiConnection, DirectConnection
from web.texts import texts

NO_SESSION = 4501
NO_MEETING = 4504

PATH = re.compile(r"/m/([^/]+)/live")


class Live:
    """`GET /m/{meeting}/live` as an ASGI app: see docs/protocol.md.

    It stands beside the other routes, not among them: when ten thousand come back at once, each step on the way in
    is taken ten thousand times.
    """

    def __init__(self, hub: Hub, limits: Limits, settings: Settings) -> None:
        self._hub = hub
        self._limits = limits
        self._our_name = urlsplit(settings.public_url).netloc or None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # "websocket.connect"
        path = PATH.fullmatch(scope["path"])
        codec = _codec(scope["subprotocols"])
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if path is None:
            await _deny(scope, send, 404, "Not found")
        elif codec is None:
            await _deny(scope, send, 400, "livechat.json, livechat.msgpack")
        elif query.get("role") in SEATED and not self._same_origin(scope):
            await _deny(scope, send, 403, "Origin")
        else:
            await self._let_in(scope, receive, send, path[1], codec, query)

    async def _let_in(
        self, scope: Scope, receive: Receive, send: Send, meeting: str, codec: Codec, query: dict[str, str]
    ) -> None:
        accept = {"type": "websocket.accept", "subprotocol": codec.name if scope["subprotocols"] else None}
        said = texts(query.get("lang", ""))
        try:
            channel, actor = await self._enter(scope, meeting, query)
        except Refused as refusal:
            await send(accept)
            frame = pack(codec, codec.encode(answer(refusal, said)))
            await _turn_away(scope, send, frame, codec, _CLOSE.get(refusal.code, NO_MEETING))
            return
        await send(accept)
        about = (channel, actor, codec, said, self._limits, scope["state"]["rate_key"])
        stands = query.get("epoch", ""), _number(query, "offset"), _number(query, "v", VERSION)
        # No await below: a connection that is lost meanwhile must not join.
        if extension := scope.get("extensions", {}).get(EXTENSION):
            channel.join(DirectConnection(*about, extension["hand_over"]), *stands)
            return
        connection = AsgiConnection(*about, send)
        channel.join(connection, *stands)
        await connection.run(receive)

    async def _enter(self, scope: Scope, meeting: str, query: dict[str, str]) -> tuple[Channel, Actor]:
        role = _role(query.get("role", Role.RESIDENT))
        channel = await self._hub.channel(meeting)
        if role is Role.RESIDENT:
            return channel, RESIDENT
        actor = actor_of(role, scope["state"]["sessions"].get(role, ""))
        if role in SEATED:
            await channel.seat(actor)
        return channel, actor

    def _same_origin(self, scope: Scope) -> bool:
        """Whether the page that opens the connection is ours. Programs that are not browsers send no `Origin`."""
        headers = dict(reversed(scope["headers"]))
        origin = headers.get(b"origin")
        try:
            host = urlsplit(origin.decode("latin-1")).netloc if origin is not None else None
        except ValueError:
            return False
        return origin is None or host in (headers.get(b"host", b"").decode("latin-1"), self._our_name)


async def _deny(scope: Scope, send: Send, status: int, why: str) -> None:
    """Turns a handshake down with a plain HTTP answer, if the server can send one."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": f"{why}\n".encode()})


async def _turn_away(scope: Scope, send: Send, frame: Frame, codec: Codec, code: int) -> None:
    """Says why, and closes."""
    if extension := scope.get("extensions", {}).get(EXTENSION):
        line = extension["hand_over"](Nobody())
        line.write(frame.wire)
        line.close_with(code)
        return
    data = {"text": frame.payload.decode()} if codec.text else {"bytes": frame.payload}
    await send({"type": "websocket.send", **data})
    await send({"type": "websocket.close", "code": code})


class Nobody:
    """The owner of a line that is about to close."""

    def received(self, message: bytes) -> None:
        """Nothing is heard any more."""

    def drained(self) -> None:
        """Nothing is written any more."""

    def lost(self) -> None:
        """As it should be."""


_CLOSE = {"no_session": NO_SESSION, "not_reachable": CRASHED}
"""The close codes of those who are turned away; all others get `NO_MEETING`."""


def _codec(offered: list[str]) -> Codec | None:
    if not offered:
        return JSON
    return next((CODECS[name] for name in offered if name in CODECS), None)


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise Refused("unknown_role", field="role") from None


def _number(query: dict[str, str], name: str, default: int = 0) -> int:
    value = query.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else default
