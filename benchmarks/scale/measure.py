"""Measures the costs that no scenario of `make bench` does, in half a minute: `python -m benchmarks.scale.measure`.

They are kept in `artefacts/bench/costs.json`, from where `benchmarks.scale` takes them. Everything runs in this one
process but Valkey and nginx, whose processor time is read; nothing is pinned, and times of waiting do not count.
"""

import asyncio
import gc
import json
import os
import re
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from benchmarks.machine import resident_kib
from benchmarks.scale.costs import FILE, KIB, Costs
from benchmarks.scenarios.processes import valkey
from livechat.events import CommentSubmitted, Event, IntakeOpened
from livechat.fanout import Fanout
from livechat.live import PRESENT
from livechat.live.redis import RedisCounts
from livechat.log import Cast, Conflict
from livechat.log.redis import RedisLog
from livechat.log.sqlite import SqliteLog
from livechat.messages import JSON
from livechat.radio import Radio
from livechat.redis import servers_at
from livechat.roles import Role
from tests.cast import Service, serving
from tests.nginx import Nginx, nginx
from web.app import create_hub

FOLLOWERS = 5
ENTRIES = 400
LINES = 200
WARM = 20
"""Lines after which both of nginx's workers are there and have what they need for the first."""

FRAMES = 100
MEETINGS = 200
BALLOTS = 1_000
SOCKETS = 4_000
COUNTS = "livechat:{m}:counts"

Found = dict[str, float]


class Meter:
    """Processor time of this process and of others, in seconds for each of `times`."""

    def __init__(self, pids: list[int], times: int) -> None:
        self._pids = pids
        self._times = times
        self._began = self._now()

    def read(self) -> tuple[float, float]:
        """Of the others, and of this one, since it was made."""
        theirs, ours = (now - began for now, began in zip(self._now(), self._began, strict=True))
        return theirs / self._times, ours / self._times

    def _now(self) -> tuple[float, float]:
        spent = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in self._pids)
        return spent / 1e9, time.process_time()


async def redis() -> Found:
    """What Redis and a process do for entries, looks, ballots and counts."""
    with TemporaryDirectory() as folder, valkey(Path(folder)) as (pid, url):
        log = RedisLog(url)
        await log.start("m", "e", [IntakeOpened(minute=0)])
        append, handle = await _written(log, pid, url, 0, _bare)
        read, look = await _written(log, pid, url, FOLLOWERS, _bare)
        with_words, ours_with_words = await _written(log, pid, url, FOLLOWERS, _wordy)
        found = {"append": append, "handle": handle}
        found |= {"read": (read - append) / FOLLOWERS / 2, "look": (look - handle) / FOLLOWERS / 2}
        found |= {"words_read": (with_words - read) / FOLLOWERS, "words": (ours_with_words - look) / FOLLOWERS}
        found["refused"], _ = await _each(pid, ENTRIES, lambda _: _refused(log))
        found["idle_read"], found["idle_look"] = await _each(pid, ENTRIES, lambda _: log.read("m", "e", after=10**6))
        await log.ballot_secret("m", "e", fresh=secrets.token_bytes(32))
        at, meter = await log.end("m", "e"), Meter([pid], BALLOTS)
        await log.cast("m", "e", [_cast(number) for number in range(BALLOTS)], at=at)
        found["ballot"], found["cast"] = meter.read()
        await log.close()
        return found | await _counts(pid, url)


async def lines() -> Found:
    """What nginx does for lines and frames, and a process for a page."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        service = await stack.enter_async_context(serving(Path(folder), beat=1_000))
        proxy = await stack.enter_async_context(nginx(service))
        tls = proxy.tls
        for _ in range(WARM):
            await stack.enter_async_context(_line(proxy, tls))
        workers = list(proxy.workers())
        meter = Meter(workers, LINES)
        clients = [await stack.enter_async_context(_line(proxy, tls)) for _ in range(LINES)]
        assert len(clients) == LINES
        found = {"nginx_opening": meter.read()[0]}
        found["nginx_frame"], found["nginx_beat"] = await _handed_on(service, workers)
        return found | {"page": await _page(service)}


async def channel() -> Found:
    """Memory of an open meeting with 100 comments."""
    with TemporaryDirectory() as folder:
        async with serving(Path(folder)) as service:
            log = service.hub.log
            epoch = await log.epoch("dialog")
            assert epoch
            began = [event for entry in await log.read("dialog", epoch) for event in entry.events]
            for number in range(MEETINGS):
                await log.start(f"m{number}", "e", began)
                await log.append(f"m{number}", "e", [_wordy(number * 100 + one) for one in range(100)], at=1)
            async with create_hub(SqliteLog(Path(folder) / "livechat.sqlite")) as hub:
                gc.collect()
                before = resident_kib([os.getpid()])
                for number in range(MEETINGS):
                    await hub.channel(f"m{number}")
                gc.collect()
                return {"channel": (resident_kib([os.getpid()]) - before) * KIB / MEETINGS}


def sockets() -> Found:
    """The kernel's memory of an idle TCP socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=SOCKETS) as server:
        before = _slab()
        pairs = [(socket.create_connection(server.getsockname()), server.accept()[0]) for _ in range(SOCKETS)]
        found = (_slab() - before) / SOCKETS / 2
        for pair in pairs:
            for one in pair:
                one.close()
    return {"socket": found}


async def _written(
    log: RedisLog, pid: int, url: str, followers: int, event: Callable[[int], Event]
) -> tuple[float, float]:
    """Processor time of Redis and of all of ours for an entry that so many follow."""
    at, heard = await log.end("m", "e"), asyncio.Semaphore(0)
    others = [RedisLog(url) for _ in range(followers)]

    async def follow(other: RedisLog) -> None:
        async for entries in other.follow("m", "e", after=at):
            for _ in entries:
                heard.release()

    following = [asyncio.create_task(follow(other)) for other in others]
    await asyncio.sleep(0.3)
    meter = Meter([pid], ENTRIES)
    for number in range(ENTRIES):
        await log.append("m", "e", [event(at + number)], at=at + number)
        for _ in others:
            await heard.acquire()
    found = meter.read()
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    for other in others:
        await other.close()
    return found


async def _each(pid: int, times: int, step: Callable[[int], Awaitable[object]]) -> tuple[float, float]:
    meter = Meter([pid], times)
    for number in range(times):
        await step(number)
    return meter.read()


async def _refused(log: RedisLog) -> None:
    with suppress(Conflict):
        await log.append("m", "e", [_bare(1)], at=1)


async def _counts(pid: int, url: str) -> Found:
    """A count said where some listen, and where nobody does but who said it."""
    speaker = RedisCounts(url)
    radios = [Radio(servers_at(url)) for _ in range(FOLLOWERS)]
    heard: list[bytes] = []
    for radio in radios:
        await radio.tune(COUNTS, heard.append)
    for meeting in ("m", "n"):
        speaker.put(meeting, {PRESENT: 3})
        await speaker._say(meeting)  # What it takes to listen is not counted.
    to_nobody = await _each(pid, ENTRIES, lambda _: speaker._say("n"))
    to_some = await _each(pid, ENTRIES, lambda _: speaker._say("m"))
    assert len(heard) > FOLLOWERS
    for radio in radios:
        await radio.close()
    redis, ours = ((some - nobody) / FOLLOWERS for some, nobody in zip(to_some, to_nobody, strict=True))
    return {"said": to_nobody[1], "heard": ours, "heard_by_redis": redis}


@asynccontextmanager
async def _line(proxy: Nginx, tls: ssl.SSLContext) -> AsyncIterator[ClientConnection]:
    line = await connect(
        proxy.address("role=resident"), ssl=tls, subprotocols=[Subprotocol(JSON.name)], compression=None
    )
    reading = asyncio.create_task(_read(line))
    try:
        yield line
    finally:
        reading.cancel()
        line.transport.abort()


async def _read(line: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in line:
            pass


async def _handed_on(service: Service, workers: list[int]) -> tuple[float, float]:
    """A frame to a resident, and one that is answered."""
    fanout = (await service.hub.channel("dialog")).fanout
    found = []
    for asks in (False, True):
        await asyncio.sleep(0.3)
        meter = Meter(workers, (WARM + LINES) * FRAMES)
        for _ in range(FRAMES):
            await _send(fanout, asks)
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        found.append(meter.read()[0])
    return found[0], found[1]


async def _send(fanout: Fanout, asks: bool) -> None:
    said = {"type": "live", "filled": "x" * 240}
    if asks:
        await fanout.beat(lambda role: said)
        return
    frame = fanout._frames.message(JSON, said)
    for cohort in fanout._all_cohorts([Role.RESIDENT]):
        for subscriber in list(cohort.members):
            subscriber.write(frame)


async def _page(service: Service) -> float:
    """A page, asked for by next to nothing, so that the asking hardly counts."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    meter = Meter([], FRAMES)
    for _ in range(FRAMES):
        writer.write(b"GET /m/dialog HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        length = re.search(rb"content-length: (\d+)", head.lower())
        assert length
        await reader.readexactly(int(length[1]))
    writer.close()
    return meter.read()[1]


def _bare(number: int) -> Event:
    return IntakeOpened(minute=number)


def _wordy(number: int) -> Event:
    return CommentSubmitted(id=f"{number:032x}", item="1", minute=1, text="o" * 150)


def _cast(number: int) -> Cast:
    return Cast(f"{number % 20:032x}", secrets.token_bytes(16), True)


def _slab() -> int:
    """Bytes of memory that the kernel has for objects of its own."""
    found = re.search(r"^Slab:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * KIB


def main() -> None:
    """Measures all and keeps it."""
    found = sockets()
    for measured in (redis, lines, channel):
        found |= uvloop.run(measured())
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(found, indent=1))
    for name, default in Costs()._asdict().items():
        if name in found:
            print(f"{name}: {found[name]:.3g} (by default {default:.3g})")


if __name__ == "__main__":
    main()
