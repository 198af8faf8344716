"""Ballots at the door: answers that come later over the websocket, and the same over plain HTTP."""

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from livechat.commands import Ballot, CastBallot, Id, IssueBallot, Ref, SupportComment, WithdrawSupport
from livechat.errors import Refused, report
from livechat.messages import ack
from livechat.roles import RESIDENT
from web.body import read_body
from web.comments import channel_of, decode, slow_down
from web.refusals import answer
from web.texts import Texts


class Asking(Struct, forbid_unknown_fields=True):
    """Asks for a ballot."""

    epoch: Id
    ref: Ref = ""


class Casting(Struct, forbid_unknown_fields=True):
    """Supports a comment with a ballot, or takes that back."""

    comment: Id
    ballot: Ballot
    epoch: Id
    ref: Ref = ""


def tell_when_cast(cast: asyncio.Future[None], ref: str, texts: Texts, tell: Callable[[dict[str, Any]], None]) -> None:
    """Hands on the answer to a ballot when there is one: who has voted need not wait before saying more."""

    def done(cast: asyncio.Future[None]) -> None:
        if cast.cancelled():
            return
        try:
            cast.result()
        except Refused as refusal:
            tell(answer(refusal, texts, ref))
        except Exception as error:  # A bug of ours: said once, here.
            report(error)
        else:
            tell(ack(ref))

    cast.add_done_callback(done)


async def issue(request: Request) -> Response:
    """`POST /m/{meeting}/ballot`: a ballot for this browser."""
    channel = await channel_of(request)
    asking: Asking = decode(await read_body(request), Asking)
    slow_down(request)
    ballot = await channel.issue_ballot(IssueBallot(epoch=asking.epoch), RESIDENT)
    return JSONResponse(ack(asking.ref, ballot=ballot), 201)


async def support(request: Request) -> Response:
    """`POST /m/{meeting}/support`: the ballot counts for the comment."""
    return await _cast(request, SupportComment)


async def withdraw_support(request: Request) -> Response:
    """`POST /m/{meeting}/withdraw-support`: it does not any more."""
    return await _cast(request, WithdrawSupport)


async def _cast(request: Request, kind: type[CastBallot]) -> Response:
    channel = await channel_of(request)
    casting: Casting = decode(await read_body(request), Casting)
    slow_down(request)
    await channel.cast(kind(epoch=casting.epoch, comment=casting.comment, ballot=casting.ballot), RESIDENT)
    return JSONResponse(ack(casting.ref))
