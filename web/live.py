"""The websocket: one connection of a resident, moderator, chair or display to its meeting."""

import contextlib
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import QueryParams
from starlette.responses import PlainTextResponse
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from livechat.channel import Channel
from livechat.commands import Command, SubmitComment, comment_id
from livechat.errors import Refused
from livechat.handle import seat
from livechat.hub import Hub
from livechat.messages import CODECS, JSON, VERSION, Codec, Watch, ack, read
from livechat.roles import STAFF, Actor, Role
from web.limits import CONNECTION, Bucket, Limits
from web.refusals import answer
from web.sessions import hashed
from web.subscribers import SocketSubscriber, subscriber_of
from web.texts import Texts, texts

BROKE_PROTOCOL = 4500
NO_SESSION = 4501
NO_MEETING = 4504

MOST_FAULTS = 100
"""Frames that cannot be read, on one connection, before it is closed."""

MOST_WATCHED = 1_000


async def live(websocket: WebSocket) -> None:
    """`GET /m/{meeting}/live`: see docs/protocol.md."""
    codec = _codec(websocket.scope["subprotocols"])
    if codec is None:
        await websocket.send_denial_response(PlainTextResponse("livechat.json, livechat.msgpack\n", 400))
        return
    if _role(websocket) in STAFF and not same_origin(websocket):
        await websocket.send_denial_response(PlainTextResponse("Origin\n", 403))
        return
    await websocket.accept(codec.name if websocket.scope["subprotocols"] else None)
    connection = Connection(websocket, codec)
    try:
        await connection.run()
    except WebSocketDisconnect:
        pass
    finally:
        connection.gone()


class Connection:
    """One accepted websocket."""

    def __init__(self, websocket: WebSocket, codec: Codec) -> None:
        self._websocket = websocket
        self._codec = codec
        self._texts: Texts = texts(websocket.query_params.get("lang", ""))
        self._limits: Limits = websocket.app.state.limits
        self._budget = Bucket(CONNECTION, self._limits.clock())
        self._faults = 0
        self._channel: Channel | None = None
        self._subscriber: SocketSubscriber | None = None

    async def run(self) -> None:
        """Lets the client in, then answers its commands until it is gone."""
        try:
            channel, actor = await self._enter()
        except Refused as refusal:
            await self._turn_away(refusal)
            return
        query = self._websocket.query_params
        subscriber = subscriber_of(self._websocket, channel, actor, self._codec)
        self._channel, self._subscriber = channel, subscriber
        channel.join(subscriber, query.get("epoch", ""), _number(query, "offset"), _number(query, "v", VERSION))
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            reply = await self._answer(channel, subscriber, _data(message))
            subscriber.write(channel.frames.message(self._codec, reply))
            await subscriber.drained()

    def gone(self) -> None:
        """The connection has ended."""
        if self._channel and self._subscriber:
            self._channel.fanout.leave(self._subscriber)
            self._subscriber.release()

    async def _enter(self) -> tuple[Channel, Actor]:
        role = _role(self._websocket)
        if role is None:
            raise Refused("unknown_role", field="role")
        hub: Hub = self._websocket.app.state.hub
        channel = await hub.channel(self._websocket.path_params["meeting"])
        actor = Actor(role, hashed(self._websocket.state.sessions.get(role, "")) if role in STAFF else "")
        if role in STAFF:
            seat(channel.meeting, actor, channel.minute)
        return channel, actor

    async def _turn_away(self, refusal: Refused) -> None:
        await self._send(answer(refusal, self._texts))
        code = {"no_session": NO_SESSION, "not_saved": 1011}.get(refusal.code, NO_MEETING)
        await self._websocket.close(code)

    async def _answer(self, channel: Channel, subscriber: SocketSubscriber, data: bytes) -> dict[str, Any]:
        ref = None
        try:
            frame = read(data, self._codec)
            ref = frame.ref
            if isinstance(frame, Watch):
                return ack(ref, ids=self._watch(channel, subscriber, frame))
            return await self._command(channel, subscriber, frame)
        except Refused as refusal:
            await self._count_faults(refusal)
            return answer(refusal, self._texts, ref)

    async def _command(self, channel: Channel, subscriber: SocketSubscriber, command: Command) -> dict[str, Any]:
        role = subscriber.actor.role
        if role not in STAFF:
            self._slow_down()
        offset = await channel.submit(command, subscriber.actor)
        if not isinstance(command, SubmitComment):
            return ack(command.ref, offset=offset) if role in STAFF else ack(command.ref)
        id = comment_id(command.secret)
        self._watch_one(channel, subscriber, id)
        return ack(command.ref, id=id)

    def _watch(self, channel: Channel, subscriber: SocketSubscriber, frame: Watch) -> list[str | None]:
        if subscriber.actor.role is not Role.RESIDENT:
            raise Refused("not_permitted")
        if len(subscriber.watched) + len(frame.secrets) > MOST_WATCHED:
            raise Refused("invalid", field="secrets")
        self._slow_down()
        return channel.watch(subscriber, [comment_id(secret) for secret in frame.secrets])

    def _watch_one(self, channel: Channel, subscriber: SocketSubscriber, id: str) -> None:
        if len(subscriber.watched) < MOST_WATCHED:
            channel.watch(subscriber, [id])

    def _slow_down(self) -> None:
        wait = self._budget.take(self._limits.clock()) or self._limits.take(self._websocket.state.rate_key)
        if wait:
            raise Refused("too_fast", retry_after=max(1, round(wait)))

    async def _count_faults(self, refusal: Refused) -> None:
        self._faults += refusal.code in ("malformed", "unknown_type", "invalid")
        if self._faults > MOST_FAULTS:
            with contextlib.suppress(RuntimeError, OSError):
                await self._websocket.close(BROKE_PROTOCOL)
            raise WebSocketDisconnect(BROKE_PROTOCOL)  # What is still queued is not read any more.

    async def _send(self, message: object) -> None:
        payload = self._codec.encode(message)
        if self._codec.text:
            await self._websocket.send_text(payload.decode())
        else:
            await self._websocket.send_bytes(payload)


def same_origin(websocket: WebSocket) -> bool:
    """Whether the page that opens the connection is ours. Programs that are not browsers send no `Origin`."""
    origin = websocket.headers.get("origin")
    ours = (websocket.headers.get("host"), urlsplit(websocket.app.state.settings.public_url).netloc or None)
    try:
        return origin is None or urlsplit(origin).netloc in ours
    except ValueError:
        return False


def _codec(offered: list[str]) -> Codec | None:
    if not offered:
        return JSON
    return next((CODECS[name] for name in offered if name in CODECS), None)


def _role(websocket: WebSocket) -> Role | None:
    try:
        return Role(websocket.query_params.get("role", Role.RESIDENT))
    except ValueError:
        return None


def _number(query: QueryParams, name: str, default: int = 0) -> int:
    value = query.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else default


def _data(message: Message) -> bytes:
    text = message.get("text")
    return message["bytes"] if text is None else text.encode()  # type: ignore[no-any-return]
