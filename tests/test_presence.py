"""How many follow a meeting: counted over all processes, told to each role as it may know it, kept by nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from livechat.live.redis import LIFE, RedisCounts
from livechat.moment import BANDS, Band, presence
from livechat.roles import Role
from tests.cast import Chair, Display, Moderator, Resident, Service, serving, until
from tests.servers import Deployment, shared
from tests.stores import STORES


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[list[Service]]:
    """Two processes that share a Cluster."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(_door(tmp_path)) for _ in range(2)]


async def test_who_follows_at_all_doors_is_counted_together_and_told_as_each_role_may_know(
    doors: list[Service],
) -> None:
    here, there = doors
    crowd = [await Resident.join(door) for door in doors for _ in range(6)]
    moderator, chair, display = await Moderator.join(here), await Chair.join(there), await Display.join(here)
    for staff in (moderator, chair):
        await staff.until(lambda staff=staff: staff.live.get("present") == 12)  # type: ignore[misc]
    for resident in (crowd[0], crowd[-1]):
        await resident.until(lambda resident=resident: resident.live.get("present") == [10, 19])  # type: ignore[misc]
    await display.until(lambda: display.live)
    assert "present" not in display.live
    async with there.http() as http, http.stream("GET", "/m/dialog/events") as stream:
        await anext(line async for line in stream.aiter_lines() if '"present":[10,19]' in line)
    for resident in crowd[:6]:
        await resident.leave()
    await crowd[-1].until(lambda: crowd[-1].live.get("present") == [0, 9])


async def test_a_process_that_stops_is_not_counted_any_more_and_one_that_is_killed_soon_not() -> None:
    now = 0.0
    url = shared("redis", "single").url
    counts = [RedisCounts(url, prefix="presence", every=0.02, clock=lambda: now) for _ in range(3)]
    running = [asyncio.create_task(one.run()) for one in counts]
    for number, one in enumerate(counts):
        one.put("m", {"present": 10**number, "hear": number})
    await until(lambda: counts[0].total("m") == {"present": 111, "hear": 3})
    running[1].cancel()
    await until(lambda: counts[0].total("m")["present"] == 101)
    counts[2]._own.clear()  # It says nothing more, as if it had been killed.
    now = LIFE + 1.0
    await until(lambda: counts[0].total("m")["present"] == 1)
    await _end(running)


async def test_redis_keeps_nothing_of_who_was_there_and_counting_goes_on_when_it_is_back() -> None:
    with Deployment("redis", "single") as deployment:
        node = deployment.nodes[0]
        counts = [RedisCounts(deployment.url, every=0.02) for _ in range(2)]
        running = [asyncio.create_task(one.run()) for one in counts]
        for one in counts:
            one.put("m", {"present": 7_731})
        await until(lambda: counts[0].total("m")["present"] == 2 * 7_731)
        assert node.ask.keys("*") == []
        node.kill()
        assert not [file for file in node.folder.rglob("*") if file.is_file() and b"7731" in file.read_bytes()]
        counts[1].put("m", {"present": 5})
        node.start()
        node.until_ready()
        await until(lambda: counts[0].total("m")["present"] == 7_736)
        await _end(running)


def test_residents_learn_no_number_that_one_person_alone_makes_out() -> None:
    for number in range(1_200):
        band = presence(number, Role.RESIDENT)
        assert isinstance(band, Band)
        assert band.least <= number <= (band.most or number)
        assert band.most is None or band.most - band.least >= 5
        assert presence(number, Role.DISPLAY) is None
        assert presence(number, Role.MODERATOR) == presence(number, Role.CHAIR) == number
    assert [band.least for band in BANDS[1:]] == [(band.most or 0) + 1 for band in BANDS[:-1]]


@asynccontextmanager
async def _door(folder: Path) -> AsyncIterator[Service]:
    counts = RedisCounts(shared("redis", "cluster").url, prefix=str(folder), every=0.05)
    async with serving(folder, log=STORES["redis-cluster"](folder), counts=counts, beat=0.05) as service:
        yield service


async def _end(running: list[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
