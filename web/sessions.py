"""Staff links and sessions. Both are capabilities: who holds the secret may take the seat.

A link's secret is derived from the service's key and the link's nonce, so that the operator can have it printed
again; the log keeps only its hash. Opening the link exchanges it for a session: a random token in an HttpOnly
cookie, of which the log keeps only the hash.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from livechat.channel import Channel
from livechat.commands import TakeSeat
from livechat.errors import Refused
from livechat.events import StaffLink
from livechat.hub import Hub
from livechat.messages import wrong_field
from livechat.roles import SEATED, Actor, Role, Seat
from web.body import read_body
from web.edge import COOKIE
from web.limits import GUESSES

LINK_LIFE = 180 * 24 * 60
"""Minutes that a staff link is valid after it was made."""


class Opening(Struct, forbid_unknown_fields=True):
    """What a page sends to exchange a staff link."""

    role: Role
    secret: str


def new_token() -> str:
    """A secret that nobody can guess: 192 random bits."""
    return secrets.token_urlsafe(24)


def hashed(secret: str) -> str:
    """What is kept of a secret of at least 128 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_secret(key: bytes, meeting: str, link: StaffLink) -> str:
    """The secret of a staff link."""
    derived = hmac.digest(key, f"{meeting}|{link.role}|{link.nonce}".encode(), "sha256")
    return base64.urlsafe_b64encode(derived[:18]).decode()


def new_links(key: bytes, meeting: str, minute: int, roles: Iterable[Role] = SEATED) -> tuple[StaffLink, ...]:
    """One new link for each of these roles."""
    return tuple(_new_link(key, meeting, role, minute + LINK_LIFE) for role in sorted(roles))


async def open_session(request: Request) -> Response:
    """`POST /m/{meeting}/session`: see docs/protocol.md."""
    channel = await _hub(request).channel(request.path_params["meeting"])
    opening = await _opening(request)
    known = request.state.sessions.get(opening.role, "")
    if taken := await valid_seat(channel, opening.role, known):
        return _answer(request, taken, known)
    _slow_down(request)
    token = request.app.state.token()
    command = TakeSeat(epoch=channel.meeting.epoch, link=hashed(opening.secret), session=hashed(token))
    actor = actor_of(opening.role, token)
    await channel.submit(command, actor)
    return _answer(request, await channel.seat(actor), token)


def actor_of(role: Role, token: str) -> Actor:
    """Who comes in a role with a session's token, which is empty for who has none."""
    return Actor(role, hashed(token) if token else "")


async def valid_seat(channel: Channel, role: Role, token: str) -> Seat | None:
    """The seat that a session's token holds in a role, None if it holds none. Raises `Refused` if nobody can say."""
    try:
        return await channel.seat(actor_of(role, token))
    except Refused as refusal:
        if refusal.code != "no_session":
            raise
        return None


def _new_link(key: bytes, meeting: str, role: Role, expires: int) -> StaffLink:
    link = StaffLink(role, "", expires, nonce=secrets.token_urlsafe(12))
    return msgspec.structs.replace(link, hash=hashed(link_secret(key, meeting, link)))


def _hub(request: Request) -> Hub:
    return request.app.state.hub  # type: ignore[no-any-return]


async def _opening(request: Request) -> Opening:
    # A form on another site can send text, but not JSON: nobody is seated without asking for it.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused("invalid", field="Content-Type")
    try:
        return msgspec.json.decode(await read_body(request), type=Opening)
    except msgspec.ValidationError as error:
        raise Refused("invalid", field=wrong_field(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused("malformed") from None


def _slow_down(request: Request) -> None:
    if wait := request.app.state.limits.take(request.state.rate_key, GUESSES):
        raise Refused("too_fast", retry_after=max(1, round(wait)))


def _answer(request: Request, taken: Seat, token: str) -> Response:
    body: dict[str, Any] = {"role": taken.role, "seat": taken.seat}
    response = JSONResponse(body)
    response.set_cookie(
        COOKIE + taken.role,
        token,
        path=f"/m/{request.path_params['meeting']}",
        max_age=LINK_LIFE * 60,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response
