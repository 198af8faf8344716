"""Signals over plain HTTP, where websockets are blocked."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from livechat.commands import Ref, Secret
from livechat.errors import Refused
from livechat.messages import ack
from livechat.signals import LIFE, Signal
from web.body import read_body
from web.comments import channel_of, decode, slow_down
from web.limits import SIGNALS


class Signalling(Struct, forbid_unknown_fields=True):
    """A resident cannot follow, or takes that back. `line` is drawn by the page when it loads, and means nothing else.

    It stands for the connection that there is not; the process forgets it with the signal, within a minute.
    """

    line: Secret
    signal: Signal
    on: bool = True
    ref: Ref = ""


async def signal(request: Request) -> Response:
    """`POST /m/{meeting}/signal`: a resident cannot hear, or can again."""
    channel = await channel_of(request)
    signalling: Signalling = decode(await read_body(request), Signalling)
    slow_down(request)
    if signalling.on and (wait := request.app.state.limits.take(request.state.rate_key, SIGNALS)):
        raise Refused("too_fast", retry_after=max(1, round(wait)))
    channel.signal(signalling.line, signalling.signal, signalling.on)
    return JSONResponse(ack(signalling.ref, lasts=LIFE) if signalling.on else ack(signalling.ref))
