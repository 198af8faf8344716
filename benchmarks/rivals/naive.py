"""Starlette and uvicorn as one writes it first: `naive.py PORT GREETING_BYTES TICK_SECONDS`.

Every text is sent to every listener in a loop; with a tick, all texts of a tick are sent as one.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

listeners: set[WebSocket] = set()
waiting: list[str] = []


async def send_to_all(text: str) -> None:
    """Sends to one after the other; who is gone is left out."""
    for listener in list(listeners):
        try:
            await listener.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            listeners.discard(listener)


async def tick(seconds: float) -> None:
    """Sends what has come together, every so often, forever."""
    while True:
        await asyncio.sleep(seconds)
        if waiting:
            text = "\n".join(waiting)
            waiting.clear()
            await send_to_all(text)


def app(size: int, seconds: float) -> Starlette:
    """The application."""
    greeting = "." * size

    async def publish(line: WebSocket) -> None:
        await line.accept()
        async for text in line.iter_text():
            if seconds:
                waiting.append(text)
            else:
                await send_to_all(text)

    async def listen(line: WebSocket) -> None:
        await line.accept()
        await line.send_text(greeting)
        listeners.add(line)
        async for _ in line.iter_text():
            pass
        listeners.discard(line)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        ticking = asyncio.create_task(tick(seconds)) if seconds else None
        yield
        if ticking:
            ticking.cancel()

    return Starlette(routes=[WebSocketRoute("/publish", publish), WebSocketRoute("/listen", listen)], lifespan=lifespan)


if __name__ == "__main__":
    port, size, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    uvicorn.run(
        app(size, seconds),
        host="127.0.0.1",
        port=port,
        backlog=4096,
        ws_per_message_deflate=False,
        log_level="critical",
    )
