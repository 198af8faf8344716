"""The load program counts right: what it tells of a crowd is what happened to each of them."""

import asyncio
import json
import shutil
import time
import xml.etree.ElementTree as tree
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.crowd import Crowd, Result
from benchmarks.plots import Bar, chart
from benchmarks.service import RESIDENT
from tests.cast import Moderator, Resident, Service, new_secret

pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="the load program is C, and there is no gcc")

LINES = 50
COMMENTS = 20
STOPPED = 5


@pytest.fixture
def crowd(service: Service) -> Iterator[Crowd]:
    with Crowd(service.port, RESIDENT, LINES, options=("-k", str(STOPPED)), cpu=None) as crowd:
        yield crowd


async def step(crowd: Crowd, step: str) -> Result:
    """Does a step while the service goes on in this loop."""
    return await asyncio.to_thread(crowd.do, step)


async def comments(service: Service) -> tuple[Moderator, list[str]]:
    """A moderator, and comments that wait, whose texts number them."""
    author, moderator = await Resident.join(service), await Moderator.join(service)
    ids = [await author.writes(f"seq={number} och ingen annan") for number in range(COMMENTS)]
    await moderator.until(lambda: len(moderator.comments()) == COMMENTS)
    return moderator, ids


def schedule(ago: float, rate: float) -> str:
    """So many events at that rate, the first of which was due some seconds ago."""
    return f"{time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000 - round(ago * 1e6)} {rate} 0 {COMMENTS}"


async def test_every_resident_of_a_crowd_is_open_and_gets_every_comment_once(service: Service, crowd: Crowd) -> None:
    opened = await step(crowd, "open")
    assert (opened["ready"], opened["opening"]["count"], opened["frames"]) == (LINES, LINES, LINES)
    moderator, ids = await comments(service)
    heard = asyncio.create_task(step(crowd, f"listen 10 {schedule(ago=0, rate=1000)}"))
    await moderator.ask_all("approve_comment", ids)
    found = await heard
    assert found["events"] == found["expected"] == LINES * COMMENTS
    assert (found["whole"], found["ready"], found["failed"], found["lost"]) == (LINES, LINES, 0, 0)
    assert LINES <= found["frames"] <= found["events"]


async def test_a_comment_is_late_since_it_was_to_be_there_not_since_it_was_sent(service: Service, crowd: Crowd) -> None:
    await step(crowd, "open")
    moderator, ids = await comments(service)
    began = time.monotonic()
    # The first was due 100 seconds ago, the last 81.
    heard = asyncio.create_task(step(crowd, f"listen 10 {schedule(ago=100, rate=1)}"))
    await moderator.ask_all("approve_comment", ids)
    times = (await heard)["latency"]
    took = (time.monotonic() - began) * 1000
    assert times["count"] == LINES * COMMENTS
    assert 81_000 <= times["p50"] <= times["p95"] <= times["p99"] <= times["max"] <= 100_000 + took
    assert 90_000 <= times["p50"] <= 91_000 * 1.01 + took
    assert 90_500 <= times["mean"] <= 90_500 + took


async def test_who_stops_reading_is_not_waited_for_and_is_whole_again_later(service: Service, crowd: Crowd) -> None:
    await step(crowd, "open")
    moderator, ids = await comments(service)
    assert (await step(crowd, "pause"))["paused"] == STOPPED
    heard = asyncio.create_task(step(crowd, f"listen 10 {schedule(ago=0, rate=1000)}"))
    await moderator.ask_all("approve_comment", ids)
    found = await heard
    assert found["whole"] == LINES - STOPPED
    assert found["events"] == found["expected"] == (LINES - STOPPED) * COMMENTS
    again = await step(crowd, "resume 10")
    assert (again["whole"], again["events"], again["paused"]) == (STOPPED, STOPPED * COMMENTS, 0)


async def test_a_crowd_that_is_dropped_comes_back_and_each_gets_the_state(service: Service, crowd: Crowd) -> None:
    await step(crowd, "open")
    moderator, ids = await comments(service)
    await moderator.ask_all("approve_comment", ids)
    for spread in (0, 0.2):
        back = await step(crowd, f"storm {spread}")
        assert (back["ready"], back["failed"], back["opening"]["count"]) == (LINES, 0, LINES)
        assert back["bytes"] > LINES * COMMENTS * len("seq=0 och ingen annan")
    assert back["opening"]["max"] <= back["took"] * 1000
    channel = service.hub.channels()[0]
    async with asyncio.timeout(10):
        while channel.fanout.count() > LINES + 2:  # noqa: ASYNC110 - those that were dropped are gone in a moment
            await asyncio.sleep(0.01)


async def test_what_residents_send_at_a_pace_is_answered_and_timed(service: Service, tmp_path: Path) -> None:
    epoch = (await service.hub.channel("dialog")).meeting.epoch
    texts = [f"Kommentar {number}" for number in range(COMMENTS - 1)] + ["  "]
    frames = [
        {"type": "submit_comment", "ref": str(ref), "epoch": epoch, "secret": new_secret(), "item": "1", "text": text}
        for ref, text in enumerate(texts, start=7)
    ]
    file = tmp_path / "frames"
    file.write_text("".join(json.dumps(frame) + "\n" for frame in frames))
    with Crowd(service.port, RESIDENT, 2, cpu=None) as authors:
        await step(authors, "open")
        sent = await step(authors, f"send 10 {file} 0 100 7")
    assert (sent["sent"], sent["acked"], sent["refused"]) == (COMMENTS, COMMENTS - 1, 1)
    assert sent["answers"]["count"] == COMMENTS
    assert sent["seconds"] >= (COMMENTS - 1) / 100
    assert "empty_text" in sent["trouble"]


def test_a_chart_tells_its_figures_to_those_who_cannot_see_it() -> None:
    drawing = tree.fromstring(chart("Frames", "by server", [Bar("a & b", 1234, 1000, 1500, ours=True)]))
    texts = {element.tag.rpartition("}")[2]: element.text for element in drawing}
    assert texts["title"] == "Frames"
    assert texts["desc"] == "by server a & b: 1,234."
