"""Runs the service: uvicorn, set up so that it keeps no trace of anybody and stops gracefully."""

import asyncio
import contextlib
import errno
import gc
import logging
import logging.config
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType

import uvicorn
import uvloop
from starlette.types import ASGIApp

from livechat.errors import Unavailable, where
from livechat.hub import Hub
from livechat.log import Log
from livechat.scrubbing import scrub_all
from web.app import create_app, create_hub, open_counts, open_log, open_relay
from web.arrivals import Arrivals, Porch
from web.body import LARGEST
from web.protocol import FrameProtocol
from web.settings import Settings
from web.workers import supervise

RESTART = 1012
BACKLOG = 4096

MOST_UNSENT = 65_536
"""Bytes that the system takes for one connection and has not sent, at most. Else it takes megabytes for somebody who
does not read, and what a slow phone gets next is old."""


class CannotListen(Exception):
    """The address and port cannot be listened on; says why."""


def run(settings: Settings, listener: socket.socket, beside: Callable[[], Awaitable[None]] | None = None) -> None:
    """Serves on a socket that `listen` gave until told to stop, with `beside` running. Raises `Unavailable`."""
    set_up_logging(settings)
    uvloop.run(_serve(settings, listener, beside))


def run_workers(settings: Settings, count: int) -> None:
    """Serves from `count` processes on one port until told to stop. Raises `CannotListen`."""
    set_up_logging(settings)
    with _reserve(settings) as reserved:
        supervise(reserved.getsockname()[1], count)


def listen(settings: Settings, *, shared: bool = False) -> socket.socket:
    """The socket that the service listens on, its port `shared` with other workers or not. Raises `CannotListen`."""
    with _naming_the_address(settings):
        if settings.socket_file:
            return _on_file(settings.socket_file)
        return _on_port(settings.host, settings.port, shared)


def _reserve(settings: Settings) -> socket.socket:
    """A socket that holds the port for workers and takes no connections itself."""
    # Alone first: another service with workers would not mind sharing its port with ours.
    listen(settings).close()
    held = socket.socket(_family(settings.host), socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    with _naming_the_address(settings):
        held.bind((settings.host, settings.port))
    return held


@contextlib.contextmanager
def _naming_the_address(settings: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        address = settings.host if settings.socket_file else f"{settings.host}:{settings.port}"
        raise CannotListen(f"{address}: {error.strerror or error}") from None


def _on_port(host: str, port: int, shared: bool) -> socket.socket:
    listener = socket.create_server((host, port), family=_family(host), backlog=BACKLOG, reuse_port=shared)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # Linux and macOS; accepted connections inherit it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MOST_UNSENT)
    return listener


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _on_file(path: Path) -> socket.socket:
    with socket.socket(socket.AF_UNIX) as knock:
        # A service that was killed leaves its file behind; one that is alive keeps it.
        if path.is_socket() and knock.connect_ex(str(path)) == errno.ECONNREFUSED:
            path.unlink()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o666)  # The folder decides who may come in.
    listener.listen(BACKLOG)
    return listener


async def _serve(settings: Settings, listener: socket.socket, beside: Callable[[], Awaitable[None]] | None) -> None:
    hub = create_hub(open_log(settings), open_counts(settings), open_relay(settings))
    server = Server(configure(create_app(settings, hub), settings), hub)
    logging.getLogger("livechat").info("listening on %s", _address(listener))
    for stop in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises a signal once more when it has stopped; a graceful stop is no failure.
        signal.signal(stop, lambda *_: None)
    serving = asyncio.create_task(server.serve([listener]))
    others = [
        asyncio.ensure_future(other())
        for other in (partial(_say_if_away, hub.log), partial(scrub_all, hub.log), beside)
        if other
    ]
    serving.add_done_callback(lambda _: [other.cancel() for other in others])
    await serving


async def _say_if_away(log: Log) -> None:
    """A log that cannot be used when the service starts may come yet; who looks into it should know at once."""
    try:
        await log.check()
    except Unavailable as error:
        logging.getLogger("livechat").error("the log cannot be used: %s", error)


def _address(listener: socket.socket) -> str:
    name = listener.getsockname()
    return f"unix:{name}" if listener.family == socket.AF_UNIX else f"{name[0]}:{name[1]}"


def collect_rarely() -> None:
    """What is alive now stays, and most of what comes: to look through it again and again costs more than it frees."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


class PrivateFormatter(logging.Formatter):
    """Prints errors as type and place only: messages and tracebacks can hold what a resident wrote."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return f"{type(ei[1]).__name__} at {where(ei[1])}" if ei[1] else ""


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"private": {"()": PrivateFormatter, "format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "private"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # uvicorn prints the peer of every websocket at INFO, and whole frames at DEBUG.
    "loggers": {
        "uvicorn": {"level": "WARNING"},
        "uvicorn.access": {"level": "CRITICAL", "propagate": False},
        "websockets": {"level": "WARNING"},
        "asyncio": {"level": "CRITICAL"},
    },
}


class Server(uvicorn.Server):
    """uvicorn's server, which also ends the streams that plain HTTP holds open."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub
        self._porches: list[Porch] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([])
        self._porches = [Porch(listener, self._arrival) for listener in sockets or ()]
        # The log's threads ask for the interpreter several times a commit, and must not wait 5 ms each time.
        sys.setswitchinterval(0.0005)
        collect_rarely()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for channel in self._hub.channels():
            channel.fanout.close(RESTART)
        for porch in self._porches:
            porch.close()
        await super().shutdown([])

    def _arrival(self) -> asyncio.Protocol:
        made = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def configure(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the app."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=Arrivals(),  # type: ignore[arg-type]
        ws=FrameProtocol,
        ws_max_size=LARGEST,
        ws_per_message_deflate=False,  # A context for each connection, and frames could not be shared.
        backlog=BACKLOG,
        access_log=False,
        log_config=None,
        proxy_headers=True,
        # Whoever comes in by a file has no address to be known by, and is the proxy.
        forwarded_allow_ips="*" if settings.socket_file else settings.trusted_proxies,
        server_header=False,
        timeout_graceful_shutdown=5,
        lifespan="on",
    )


def set_up_logging(settings: Settings) -> None:
    """Logs to stderr, without peers, tracebacks or residents' words."""
    logging.raiseExceptions = False
    logging.config.dictConfig(LOGGING)
    logging.getLogger("livechat").setLevel(settings.log_level.upper())
