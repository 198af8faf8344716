"""The pages. What they show of a meeting comes from the projection; after that, the browser's modules take over."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from livechat.channel import Channel
from livechat.entities import OwnComment
from livechat.errors import Refused, report
from livechat.hub import Hub
from livechat.messages import VERSION
from livechat.projection import delta
from livechat.roles import Role
from web.addresses import content_policy, host
from web.health import health
from web.notices import ready
from web.reasons import REASONS
from web.refusals import answer, sentence, status
from web.sessions import valid_seat
from web.texts import LANGUAGES, N_, Text, texts

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names under which browsers trust a page without TLS (W3C Secure Contexts, section 3.1)."""


async def resident(request: Request) -> Response:
    """`GET /m/{meeting}`"""
    channel = await request.app.state.hub.channel(request.path_params["meeting"])
    hears = {"heard": channel.heard, "late": round(channel.late, 1)}
    page = await _meeting_page(request, "resident.html", secret=request.app.state.token(), **hears)
    page.headers["Content-Security-Policy"] = content_policy(channel.meeting.settings.stream)
    return page


async def moderate(request: Request) -> Response:
    """`GET /m/{meeting}/moderate`"""
    return await _staff_page(request, "moderate.html", Role.MODERATOR)


async def chair(request: Request) -> Response:
    """`GET /m/{meeting}/chair`"""
    return await _staff_page(request, "chair.html", Role.CHAIR)


async def politician(request: Request) -> Response:
    """`GET /m/{meeting}/politician`"""
    return await _staff_page(request, "politician.html", Role.POLITICIAN)


async def display(request: Request) -> Response:
    """`GET /m/{meeting}/display`"""
    qr = _qr(_join_url(request, request.path_params["meeting"]))
    return await _meeting_page(request, "display.html", sees=Role.DISPLAY, qr=qr)


async def captioner(request: Request) -> Response:
    """`GET /m/{meeting}/captions`: the typist's page."""
    return await _staff_page(request, "captioner.html", Role.CAPTIONER)


async def start(request: Request) -> Response:
    """`GET /`"""
    return _page(request, "start.html")


async def operator(request: Request) -> Response:
    """`GET /status`: the operator's page."""
    state = await health(request.app.state)
    meetings = (channel.meeting for channel in request.app.state.hub.channels())
    rehearsals = sum(meeting.rehearsal for meeting in meetings)  # Not which: anybody may read this page.
    about = {"health": state, "public_url": _base_url(request), "rehearsals": rehearsals}
    return _page(request, "status.html", 200 if state.ok else 503, **about)


async def sent_page(
    request: Request, comment: OwnComment | None, refusal: Refused | None, fields: dict[str, str]
) -> Response:
    """The answer to the form of a page without JavaScript."""
    said = answer(refusal, texts(_language(request))) if refusal else None
    written: dict[str, Any] = {
        "text": fields.get("text", ""),
        "item": fields.get("item", ""),
        "secret": fields.get("secret", ""),
    }
    return await _meeting_page(
        request,
        "sent.html",
        status(refusal) if refusal else 201,
        own=comment and msgspec.to_builtins(comment),
        refusal=said,
        **written,
    )


async def reported_page(request: Request, refusal: Refused | None) -> Response:
    """The answer to a report from a page without JavaScript."""
    said = answer(refusal, texts(_language(request))) if refusal else None
    return await _meeting_page(request, "reported.html", status(refusal) if refusal else 200, refusal=said)


def refused_page(request: Request, error: Exception) -> Response:
    """The answer to a request that was refused: a page for people, a frame for programs."""
    assert isinstance(error, Refused)
    language = texts(_language(request))
    if not _wants_page(request):
        return JSONResponse(answer(error, language), status(error))
    return _error_page(request, status(error), sentence(error, language))


def http_error_page(request: Request, error: Exception) -> Response:
    """The answer to a request that leads nowhere."""
    assert isinstance(error, HTTPException)
    language = texts(_language(request))
    said = language.gettext(_HTTP_ERRORS.get(error.status_code, _HTTP_ERRORS[500]))
    if not _wants_page(request):
        return Response(said + "\n", error.status_code, error.headers, "text/plain; charset=utf-8")
    return _error_page(request, error.status_code, said)


def crashed_page(request: Request, error: Exception) -> Response:
    """The answer to a request that met a bug of ours: the log has the error under the id that the page shows."""
    request.state.reported = id = report(error)
    language = texts(_language(request))
    said = language.gettext("Något gick fel hos oss. Försök igen om en stund. (Fel %(id)s)") % {"id": id}
    if not _wants_page(request):
        return Response(said + "\n", 500, media_type="text/plain; charset=utf-8")
    return _error_page(request, 500, said)


_FOR_PROGRAMS = ("/state", "/events", "/healthz", "/seq")
"""Addresses that answer programs, unless a browser asks for a page."""

_HTTP_ERRORS: dict[int, Text] = {
    404: N_("Sidan finns inte. Kontrollera adressen."),
    405: N_("Så kan adressen inte användas."),
    500: N_("Något gick fel hos oss. Försök igen om en stund."),
}

_ADVICE: dict[int, Text] = {
    404: N_("Öppna länken till mötet på nytt, eller skriv av adressen från skärmen i rummet."),
    403: N_("Be den som skickade länken om en ny."),
}


@cache
def static_digest() -> str:
    """A digest of all static files: their address changes when one of them does."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


async def _meeting_page(
    request: Request, template: str, status: int = 200, *, sees: Role = Role.RESIDENT, **context: Any
) -> Response:
    """`sees` is the role whose eyes the page is made for; staff get the rest once they have shown their session."""
    hub: Hub = request.app.state.hub
    channel = await hub.channel(request.path_params["meeting"])
    return _page(request, template, status, **_meeting(channel, sees), **_addresses(request, channel), **context)


async def _staff_page(request: Request, template: str, role: Role) -> Response:
    channel = await request.app.state.hub.channel(request.path_params["meeting"])
    taken = await valid_seat(channel, role, request.state.sessions.get(role, ""))
    return await _meeting_page(request, template, seat=taken.seat if taken else "", ready_notices=ready())


def _meeting(channel: Channel, role: Role) -> dict[str, Any]:
    entities = [entity for _, entity in delta(channel.projection, 0, role).put]
    kinds = ("meeting", "item", "comment", "tally", "display", "rank", "notice")
    by_kind: dict[str, list[Any]] = {kind: [] for kind in kinds}
    for entity in msgspec.to_builtins(entities):
        by_kind[entity["kind"]].append(entity)
    takes = channel.meeting.takes_comments_on
    ranks = {rank["id"]: rank["rank"] for rank in by_kind["rank"]}
    return {
        "epoch": channel.meeting.epoch,
        "meeting": by_kind["meeting"][0],
        "takes_none": [item.id for item in channel.meeting.agenda if not takes(item.id, channel.minute)],
        "items": sorted(by_kind["item"], key=lambda item: item["number"]),
        "comments": sorted(by_kind["comment"], key=lambda comment: ranks.get(comment["id"], comment["place"])),
        "tallies": by_kind["tally"],
        "display": next(iter(by_kind["display"]), None),
        "ranks": by_kind["rank"],
        "notice": next(iter(by_kind["notice"]), None),
        "counts": {tally["id"]: tally["count"] for tally in by_kind["tally"]},
        "ledger": channel.attendance.tell(Role.RESIDENT)["ledger"],
        "reasons": REASONS,
    }


def _addresses(request: Request, channel: Channel) -> dict[str, str]:
    url = _join_url(request, channel.meeting.id)
    return {"join_url": url, "join_short": url.partition("://")[2]}


def _page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    language = _language(request)
    common = {
        "lang": language,
        "languages": _languages(request, language),
        "texts": Markup(texts(language).for_browser),  # noqa: S704 - JSON without "<"
        "version": VERSION,
        "static_digest": static_digest(),
        "tls_missing": tls_missing(request),
    }
    page = _environment(language).get_template(template).render(**common, **context)
    return HTMLResponse(page, status)


def _error_page(request: Request, status: int, message: str) -> Response:
    language = texts(_language(request))
    advice = language.gettext(_ADVICE.get(status, Text("")))
    title = language.gettext("Det gick inte")
    return _page(request, "error.html", status, title=title, message=message, advice=advice)


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    said = texts(language)
    environment.install_gettext_callables(said.gettext, said.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["host"] = host
    environment.globals["asset"] = lambda name: f"/static/{static_digest()}/{name}"
    return environment


def _language(request: Request) -> str:
    # By choice only: guessing from the browser would show Swedes with an English phone an English page.
    return texts(request.query_params.get("lang", "")).language


def _languages(request: Request, current: str) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "name": name,
            "href": f"{request.url.path}?{urlencode({'lang': code})}",
            "current": code == current,
        }
        for code, name in LANGUAGES.items()
    ]


def _wants_page(request: Request) -> bool:
    if "text/html" in request.headers.get("accept", ""):
        return True
    return request.method == "GET" and not request.url.path.endswith(_FOR_PROGRAMS)


def tls_missing(request: Request) -> bool:
    """Whether the page is on plain HTTP under a name that browsers don't trust without TLS."""
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return request.url.scheme == "http" and name not in LOCAL_NAMES


def _base_url(request: Request) -> str:
    set_by_operator: str = request.app.state.settings.public_url
    return set_by_operator or f"{request.url.scheme}://{urlsplit(str(request.url)).netloc}"


def _join_url(request: Request, meeting: str) -> str:
    return f"{_base_url(request)}/m/{meeting}"


def _qr(url: str) -> Markup:
    try:
        code = segno.make(url, error="m", micro=False)
    except segno.DataOverflowError:
        return Markup("")  # Nobody's meeting has such an address; the page still shows.
    return Markup(code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass="qr-line"))  # noqa: S704 - segno's
