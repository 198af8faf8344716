"""Is the service well? Its log must take writes, and its loop must turn without long stops."""

import asyncio
import time

from msgspec import Struct, structs
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from livechat.log import Log, Unavailable

SLOW = 500
"""Milliseconds by which the loop may lag before something is wrong."""


class Health(Struct, frozen=True):
    """`log` is `ok` or `unavailable`; `loop_lag_ms` is how late the loop came to a timer in the last second."""

    ok: bool
    log: str
    loop_lag_ms: float


class Pulse:
    """Measures how late the loop is. `run` it as a task."""

    def __init__(self) -> None:
        self.lag = 0.0

    async def run(self) -> None:
        """Once a second, forever."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(1)
            self.lag = max(0.0, time.monotonic() - began - 1)


async def health(state: State) -> Health:
    """The service's health now."""
    log = await _log(state.hub.log)
    lag = round(state.pulse.lag * 1000, 1)
    return Health(log == "ok" and lag < SLOW, log, lag)


async def healthz(request: Request) -> Response:
    """`GET /healthz`: 200 if all is well, else 503; JSON for machines."""
    state = await health(request.app.state)
    return JSONResponse(structs.asdict(state), 200 if state.ok else 503)


async def _log(log: Log) -> str:
    try:
        async with asyncio.timeout(5):
            await log.check()
    except (Unavailable, TimeoutError):
        return "unavailable"
    return "ok"
