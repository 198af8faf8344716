"""The composition root: everything is put together here, and every route is listed here."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from livechat.channel import Clock
from livechat.errors import Refused
from livechat.hub import Hub
from livechat.live import Counts, LocalCounts
from livechat.live.redis import RedisCounts
from livechat.log import Log
from livechat.log.redis import RedisLog
from livechat.log.sqlite import SqliteLog
from livechat.relay import LocalRelay, Relay
from livechat.relay.redis import RedisRelay
from web import ballots, captions, comments, pages, sessions, signals, stream
from web.edge import Edge
from web.health import Pulse, healthz
from web.limits import Limits
from web.live import Live
from web.protocol import pack
from web.sessions import new_token
from web.settings import Settings


def open_log(settings: Settings) -> Log:
    """The log that the settings name. Raises `Unavailable` if a file cannot be opened."""
    if settings.redis_url:
        return RedisLog(settings.redis_url, wait=settings.redis_wait)
    return SqliteLog(settings.log_file)


def open_counts(settings: Settings) -> Counts:
    """What is counted over all processes that share the log."""
    return RedisCounts(settings.redis_url) if settings.redis_url else LocalCounts()


def open_relay(settings: Settings) -> Relay:
    """What processes that share the log tell each other of this moment."""
    return RedisRelay(settings.redis_url) if settings.redis_url else LocalRelay()


def create_hub(
    log: Log,
    counts: Counts | None = None,
    relay: Relay | None = None,
    *,
    clock: Clock = time.time,
    beat: float = 10,
) -> Hub:
    """The live meetings of this process, on a log. `beat` is the seconds between two signs of life."""
    return Hub(log, pack, counts, relay, clock=clock, beat=beat)


def create_app(settings: Settings, hub: Hub, *, token: Callable[[], str] = new_token) -> ASGIApp:
    """The service as an ASGI app. It closes the hub and its log when it ends. `token` draws secrets."""
    limits = Limits(time.monotonic)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        pulse = asyncio.create_task(app.state.pulse.run())
        async with hub:
            yield
        pulse.cancel()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", pages.start),
            Route("/status", pages.operator),
            Route("/healthz", healthz),
            Route("/m/{meeting}", pages.resident),
            Route("/m/{meeting}/moderate", pages.moderate),
            Route("/m/{meeting}/chair", pages.chair),
            Route("/m/{meeting}/politician", pages.politician),
            Route("/m/{meeting}/display", pages.display),
            Route("/m/{meeting}/session", sessions.open_session, methods=["POST"]),
            Route("/m/{meeting}/comments", comments.send, methods=["POST"]),
            Route("/m/{meeting}/withdraw", comments.withdraw, methods=["POST"]),
            Route("/m/{meeting}/report", comments.report, methods=["POST"]),
            Route("/m/{meeting}/own", comments.mine, methods=["POST"]),
            Route("/m/{meeting}/ballot", ballots.issue, methods=["POST"]),
            Route("/m/{meeting}/support", ballots.support, methods=["POST"]),
            Route("/m/{meeting}/withdraw-support", ballots.withdraw_support, methods=["POST"]),
            Route("/m/{meeting}/captions", pages.captioner),
            Route("/m/{meeting}/captions/{secret}", captions.take, methods=["POST"]),
            Route("/m/{meeting}/captions/{secret}/seq", captions.last),
            Route("/m/{meeting}/signal", signals.signal, methods=["POST"]),
            Route("/m/{meeting}/state", comments.state),
            Route("/m/{meeting}/events", stream.events),
            Mount(f"/static/{pages.static_digest()}", Immutable(directory=pages.STATIC)),
        ],
        exception_handlers={
            Refused: pages.refused_page,
            HTTPException: pages.http_error_page,
            Exception: pages.crashed_page,
        },
    )
    app.state.hub = hub
    app.state.limits = limits
    app.state.settings = settings
    app.state.pulse = Pulse()
    app.state.token = token
    return Edge(Doors(app, Live(hub, limits, settings)), limits)


class Doors:
    """Websockets have one address, `/m/{meeting}/live`, and go to it straight; all else goes by the routes."""

    def __init__(self, pages: ASGIApp, live: ASGIApp) -> None:
        self._pages = pages
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._live if scope["type"] == "websocket" else self._pages)(scope, receive, send)


class Immutable(StaticFiles):
    """Files whose address carries a digest: a browser that has one need never ask again."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
