"""Server-sent events: the same frames for networks that block websockets."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from livechat.channel import Channel
from livechat.fanout import Subscriber
from livechat.frames import Frame
from livechat.messages import JSON
from livechat.roles import RESIDENT, Role
from web.comments import channel_of
from web.place import offset_of, place


class StreamSubscriber(Subscriber):
    """A stream that is only woken: what it sends, it asks for itself, from its own offset."""

    __slots__ = ("ended", "woken")

    def __init__(self) -> None:
        super().__init__(RESIDENT, JSON)
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
    channel = await channel_of(request)
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    stream = _stream(channel, offset_of(request.headers.get("last-event-id", ""), channel))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _stream(channel: Channel, offset: int) -> AsyncIterator[bytes]:
    subscriber = StreamSubscriber()
    channel.join(subscriber)
    subscriber.woken.clear()
    try:
        yield _state(channel, offset)
        stands, saving = _position(channel), True
        if not channel.saving:
            subscriber.woken.set()
        while await subscriber.woken.wait() and not subscriber.ended:
            subscriber.woken.clear()
            stood, stands = stands, _position(channel)
            if stood != stands:
                yield _state(channel, _since(stood, stands))
            if stood == stands or saving is not channel.saving:
                saving = channel.saving
                yield _sign_of_life(channel)
    finally:
        channel.fanout.leave(subscriber)


def _position(channel: Channel) -> tuple[str, int]:
    return channel.meeting.epoch, channel.projection.indexes[Role.RESIDENT].offset


def _since(stood: tuple[str, int], stands: tuple[str, int]) -> int:
    return stood[1] if stood[0] == stands[0] else 0


def _state(channel: Channel, since: int) -> bytes:
    frame = channel.frames.state(channel.projection, Role.RESIDENT, JSON, since)
    return b"id: %b\ndata: %b\n\n" % (place(channel).encode(), frame.payload)


def _sign_of_life(channel: Channel) -> bytes:
    return b"data: %b\n\n" % JSON.encode(channel.live(Role.RESIDENT))
