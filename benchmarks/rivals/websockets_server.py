"""The library `websockets` and its `broadcast`: `websockets_server.py PORT GREETING_BYTES`."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

listeners: set[ServerConnection] = set()


async def run(port: int, size: int) -> None:
    """Serves until it is ended."""
    greeting = "." * size

    async def accepted(line: ServerConnection) -> None:
        if line.request and line.request.path == "/publish":
            async for text in line:
                broadcast(listeners, text)
            return
        await line.send(greeting)
        listeners.add(line)
        try:
            await line.wait_closed()
        finally:
            listeners.discard(line)

    async with serve(accepted, "127.0.0.1", port, compression=None, ping_interval=None, backlog=4096) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), int(sys.argv[2])))
