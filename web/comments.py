"""A meeting over plain HTTP: its state, a comment sent in, and what became of one's own.

For programs, for networks that block websockets, and for pages without JavaScript.
"""

from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from livechat.channel import Channel
from livechat.commands import Id, Ref, ReportComment, Secret, SubmitComment, WithdrawComment, comment_id
from livechat.entities import OwnComment
from livechat.errors import Refused
from livechat.hub import Hub
from livechat.messages import JSON, WATCH_AT_MOST, ack, own, wrong_field
from livechat.projection import for_its_author
from livechat.roles import RESIDENT, Role
from moderation.reports import ReportReason
from web.body import read_body
from web.pace import keep_pace
from web.pages import reported_page, sent_page
from web.place import has, place
from web.refusals import answer, status
from web.texts import texts

Form = TypeVar("Form", bound=Struct)

KEPT = "public, max-age=1, stale-while-revalidate=1, stale-if-error=5"
"""How long a cache may keep the state (RFC 5861). What is taken back must be gone soon, whatever happens: so every
number is small, and a cache has to be told all three."""


class Sending(Struct, forbid_unknown_fields=True):
    """A comment sent in. Without an epoch it is meant for the one there is; our forms name the one they are of."""

    secret: Secret
    text: str
    item: Id | None = None
    epoch: Id = ""
    ref: Ref = ""


class Withdrawing(Struct, forbid_unknown_fields=True):
    """Takes the comment back that the secret belongs to."""

    secret: Secret
    epoch: Id = ""
    ref: Ref = ""


class Reporting(Struct, forbid_unknown_fields=True):
    """Says that a published comment should not be there."""

    comment: Id
    reason: ReportReason
    epoch: Id = ""
    ref: Ref = ""


class Asking(Struct, forbid_unknown_fields=True):
    """Asks what became of the comments that these secrets belong to."""

    secrets: Annotated[list[Secret], Meta(max_length=WATCH_AT_MOST)]


async def state(request: Request) -> Response:
    """`GET /m/{meeting}/state`: what a resident sees, the same bytes for all, cacheable."""
    channel = await channel_of(request)
    stands = place(channel)
    headers = {"ETag": f'"{stands}"', "Cache-Control": KEPT}
    if has(request.headers.getlist("if-none-match"), stands):
        return Response(status_code=304, headers=headers)
    frame = channel.frames.state(channel.projection, Role.RESIDENT, JSON, 0)
    return Response(frame.payload, media_type="application/json", headers=headers)


async def send(request: Request) -> Response:
    """`POST /m/{meeting}/comments`: a comment, as JSON or as a form."""
    body = await read_body(request)
    if _is_form(request):
        return await _send_form(request, body)
    sending = decode(body, Sending)
    try:
        await _submit(request, sending)
    except Refused as refusal:
        language = texts(request.query_params.get("lang", ""))
        return JSONResponse(answer(refusal, language, sending.ref), status(refusal))
    return JSONResponse(ack(sending.ref, id=comment_id(sending.secret)), 201)


async def withdraw(request: Request) -> Response:
    """`POST /m/{meeting}/withdraw`: the author takes a comment back."""
    channel = await channel_of(request)
    taking_back = decode(await read_body(request), Withdrawing)
    slow_down(request)
    epoch = taking_back.epoch or channel.meeting.epoch
    await channel.submit(WithdrawComment(epoch=epoch, secret=taking_back.secret), RESIDENT)
    return JSONResponse(ack(taking_back.ref))


async def report(request: Request) -> Response:
    """`POST /m/{meeting}/report`: a published comment should not be there. As JSON or as a form."""
    body = await read_body(request)
    if _is_form(request):
        return await _report_form(request, body)
    reporting: Reporting = decode(body, Reporting)
    await _report(request, reporting)
    return JSONResponse(ack(reporting.ref))


async def mine(request: Request) -> Response:
    """`POST /m/{meeting}/own`: what became of one's own comments."""
    channel = await channel_of(request)
    asking = decode(await read_body(request), Asking)
    slow_down(request)
    if not all(_own(channel, secret) for secret in asking.secrets):
        await channel.catch_up()
    views = [view for secret in asking.secrets if (view := _own(channel, secret))]
    return Response(JSON.encode(own(views)), media_type="application/json")


async def channel_of(request: Request) -> Channel:
    """The channel of the meeting in the request's path. Raises `Refused("unknown_meeting")`."""
    hub: Hub = request.app.state.hub
    return await hub.channel(request.path_params["meeting"])


def slow_down(request: Request) -> None:
    """Takes one from the budget of the sender's network. Raises `Refused("too_fast")`."""
    if wait := request.app.state.limits.take(request.state.rate_key):
        raise Refused("too_fast", retry_after=max(1, round(wait)))


def decode(body: bytes, kind: Any) -> Any:
    """A JSON body as a `kind`. Raises `Refused`: `malformed`, or `invalid` with the field."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Refused("invalid", field=wrong_field(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused("malformed") from None


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def _fields(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def _report_form(request: Request, body: bytes) -> Response:
    refusal = None
    try:
        await _report(request, _convert(_fields(body), Reporting))
    except Refused as refused:
        refusal = refused
    return await reported_page(request, refusal)


async def _report(request: Request, reporting: Reporting) -> None:
    channel = await channel_of(request)
    slow_down(request)
    epoch = reporting.epoch or channel.meeting.epoch
    command = ReportComment(epoch=epoch, comment=reporting.comment, reason=reporting.reason)
    await channel.submit(command, RESIDENT)


async def _send_form(request: Request, body: bytes) -> Response:
    fields, refusal = _fields(body), None
    try:
        sending = _convert(fields, Sending)
        await _submit(request, sending)
    except Refused as refused:
        refusal = refused
    view = _own(await channel_of(request), fields.get("secret", "")) if refusal is None else None
    return await sent_page(request, view, refusal, fields)


async def _submit(request: Request, sending: Sending) -> None:
    channel = await channel_of(request)
    slow_down(request)
    epoch = sending.epoch or channel.meeting.epoch
    command = SubmitComment(epoch=epoch, secret=sending.secret, item=sending.item, text=sending.text)
    keep_pace(command, channel.meeting, request.app.state.limits, request.state.rate_key)
    await channel.submit(command, RESIDENT)


def _own(channel: Channel, secret: str) -> OwnComment | None:
    return for_its_author(channel.meeting, comment_id(secret))


def _convert(fields: dict[str, str], kind: type[Form]) -> Form:
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise Refused("invalid", field=wrong_field(error)) from None
