"""Captions from a caption writer's program or a speech-to-text service, in the form that meeting tools take them in.

The address is a secret: it stands in the path and, as every path, in no log. See docs/protocol.md.
"""

import datetime
import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from livechat.channel import Channel
from livechat.errors import Refused
from livechat.roles import Role
from livechat.seats import link_with
from web.body import read_body
from web.comments import channel_of
from web.limits import GUESSES, Rate
from web.sessions import hashed

CAPTIONS = Rate(burst=100, per_second=20)
"""Pieces for one meeting: a service that sends every word by itself sends four a second."""

_NUMBER = re.compile(r"[0-9]{1,15}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


async def take(request: Request) -> Response:
    """`POST /m/{meeting}/captions/{secret}`: a piece of what is said in the room."""
    channel = await _let_in(request)
    _slow_down(request)
    number = _asked(request, "seq", "", _NUMBER)
    language = _asked(request, "lang", channel.meeting.settings.language, _LANGUAGE)
    text = (await read_body(request)).decode("utf-8", "replace")
    await channel.captioning.take(language, int(number), text)
    now = datetime.datetime.fromtimestamp(channel.now, datetime.UTC).replace(tzinfo=None)
    return PlainTextResponse(now.isoformat(timespec="milliseconds"))


async def last(request: Request) -> Response:
    """`GET /m/{meeting}/captions/{secret}/seq`: where a program that was started anew goes on."""
    channel = await _let_in(request)
    return PlainTextResponse(str(channel.captioning.last_number()))


async def _let_in(request: Request) -> Channel:
    """The channel, for who knows the secret. Raises `Refused`."""
    channel = await channel_of(request)
    if link_with(channel.meeting, hashed(request.path_params["secret"]), Role.CAPTIONER, channel.minute):
        return channel
    if wait := request.app.state.limits.take(request.state.rate_key, GUESSES):
        raise Refused("too_fast", retry_after=max(1, round(wait)))
    raise Refused("bad_link")


def _slow_down(request: Request) -> None:
    # For the meeting, not for the network: a service's other customers must not be in the way.
    key = f"captions of {request.path_params['meeting']}".encode()
    if wait := request.app.state.limits.take(key, CAPTIONS):
        raise Refused("too_fast", retry_after=max(1, round(wait)))


def _asked(request: Request, name: str, otherwise: str, form: re.Pattern[str]) -> str:
    """The last value of a query's field that is not empty: programs add to an address without looking."""
    value = next((value for value in reversed(request.query_params.getlist(name)) if value), otherwise)
    if not form.fullmatch(value):
        raise Refused("invalid", field=name)
    return value
