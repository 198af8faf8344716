"""Several processes on one port, and one that starts them, watches over them and serves nobody itself.

Each worker has a listening socket of its own on the shared port (SO_REUSEPORT). Over one inherited socket the worker
that woke up last would get most of the connections, and these last for hours; over sockets of their own the system
spreads them evenly, and the one of a worker that died gets none while it is away.
"""

import asyncio
import logging
import os
import signal
import sys
import time

from web.settings import PREFIX

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a worker that died is started again; doubled each time it does not live long."""

LONG_LIFE = 60
"""Seconds after which a worker's death is news and no habit."""

GRACE = 20
"""Seconds that a worker has to end when it is told to."""


def supervise(port: int, count: int) -> None:
    """Keeps `count` workers running on a port until told to stop; returns when all have ended."""
    asyncio.run(Supervisor(port).run(count))


async def end_with_supervisor() -> None:
    """In a worker: stops it when its supervisor is gone, however that came about."""
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()  # Nothing is ever written: this ends when the other end is closed.
    signal.raise_signal(signal.SIGTERM)


class Supervisor:
    """Starts workers on a port, starts them again when they die, and ends them."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._workers: set[asyncio.subprocess.Process] = set()
        self._stopping = asyncio.Event()

    async def run(self, count: int) -> None:
        """Returns when told to stop and all workers have ended."""
        loop = asyncio.get_running_loop()
        for stop in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(stop, self._stop)
        async with asyncio.TaskGroup() as tasks:
            for number in range(1, count + 1):
                tasks.create_task(self._keep(number))

    async def _keep(self, number: int) -> None:
        pause = SHORTEST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            status = await self._live()
            if self._stopping.is_set():
                return
            pause = SHORTEST_PAUSE if time.monotonic() - began > LONG_LIFE else min(pause * 2, LONGEST_PAUSE)
            _LOGGER.error("worker %d ended with status %d; starting it again in %g s", number, status, pause)
            await self._sleep(pause)

    async def _live(self) -> int:
        """One life of a worker; gives its exit status."""
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "web.cli", "serve", "--worker"),
            env={**os.environ, f"{PREFIX}PORT": str(self._port)},
            stdin=asyncio.subprocess.PIPE,  # Held open as long as we live.
        )
        self._workers.add(worker)
        if self._stopping.is_set():
            self._end(worker)
        try:
            return await worker.wait()
        finally:
            self._workers.discard(worker)

    def _stop(self) -> None:
        self._stopping.set()
        for worker in self._workers:
            self._end(worker)

    def _end(self, worker: asyncio.subprocess.Process) -> None:
        worker.terminate()
        asyncio.get_running_loop().call_later(GRACE, self._kill, worker)

    def _kill(self, worker: asyncio.subprocess.Process) -> None:
        if worker in self._workers:
            worker.kill()

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass


_LOGGER = logging.getLogger("livechat")
