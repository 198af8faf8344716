"""Server-sent events: the same frames for networks that block websockets."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from livechat.channel import Channel
from livechat.errors import Refused
from livechat.fanout import Subscriber
from livechat.frames import Frame
from livechat.messages import JSON
from livechat.roles import SEATED, Actor, Role
from web.comments import channel_of
from web.place import offset_of, place


class StreamSubscriber(Subscriber):
    """A stream that is only woken: what it sends, it asks for itself, from its own offset."""

    __slots__ = ("ended", "woken")

    def __init__(self, role: Role) -> None:
        super().__init__(Actor(role), JSON)
        self.woken = asyncio.Event()
        self.ended = False

    @property
    def paused(self) -> bool:
        return False

    def write(self, frame: Frame) -> None:
        self.woken.set()

    def close(self, code: int) -> None:
        self.ended = True
        self.woken.set()


async def events(request: Request) -> Response:
    """`GET /m/{meeting}/events`: see docs/protocol.md."""
    channel, role = await channel_of(request), _role(request)
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    stream = _stream(channel, role, offset_of(request.headers.get("last-event-id", ""), channel))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _role(request: Request) -> Role:
    """Staff need a session, and have a websocket."""
    named = request.query_params.get("role", Role.RESIDENT)
    if named not in set(Role) - SEATED:
        raise Refused("unknown_role", field="role")
    return Role(named)


async def _stream(channel: Channel, role: Role, offset: int) -> AsyncIterator[bytes]:
    subscriber = StreamSubscriber(role)
    channel.join(subscriber)
    subscriber.woken.clear()
    try:
        yield _state(channel, role, offset)
        stands, saving, captions = _position(channel, role), True, None
        if not channel.saving or channel.captioning.frame(role, JSON):
            subscriber.woken.set()
        while await subscriber.woken.wait() and not subscriber.ended:
            subscriber.woken.clear()
            stood, stands = stands, _position(channel, role)
            if stood != stands:
                yield _state(channel, role, _since(stood, stands))
            said, captions = captions, channel.captioning.frame(role, JSON)
            if captions and captions is not said:
                yield b"data: %b\n\n" % captions.payload
            elif stood == stands or saving is not channel.saving:
                saving = channel.saving
                yield _sign_of_life(channel, role)
    finally:
        channel.fanout.leave(subscriber)


def _position(channel: Channel, role: Role) -> tuple[str, int]:
    return channel.meeting.epoch, channel.projection.indexes[role].offset


def _since(stood: tuple[str, int], stands: tuple[str, int]) -> int:
    return stood[1] if stood[0] == stands[0] else 0


def _state(channel: Channel, role: Role, since: int) -> bytes:
    frame = channel.frames.state(channel.projection, role, JSON, since)
    return b"id: %b\ndata: %b\n\n" % (place(channel, role).encode(), frame.payload)


def _sign_of_life(channel: Channel, role: Role) -> bytes:
    return b"data: %b\n\n" % JSON.encode(channel.live(role))
