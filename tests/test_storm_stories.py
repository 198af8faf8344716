# ruff: noqa: F811 - `browser` is also a parameter
"""A hot evening in real browsers: 1,000 comments wait, 100 more come each minute, two desks decide by keyboard.

Half a minute of it runs with the tests, three minutes with `make soak`. What is measured stands in the output (-s).
"""

import asyncio
import itertools
import os
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.cast import Resident, new_secret
from tests.process import Process
from tests.test_stories import browser, pages_of  # noqa: F401 - a fixture

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

WAITING = 1_000
EACH_MINUTE = 100
EACH_DECISION = 1.5
"""Seconds that a moderator reads, on average, with a colleague beside."""

WISHES = (
    "Det är mörkt i gångtunneln vid stationen, kan ni sätta upp fler lampor?",
    "Kan bussen gå oftare på kvällen? Vi som jobbar sent får vänta länge.",
    "Mer träd längs gatan, tack. Och bänkar att sitta på i skuggan.",
    "Ring mig på 070-174 06 22 om lekplatsen, den är en jävla skandal",
    "Jag vet var du bor, akta dig noga",
)

# What the page measures of itself: from a key to the paint that shows what came of it, and whether what is being read
# moved, or lost the keyboard, without a key.
WATCH = """
window.storm = { shown: [], moved: [], lost: 0, longest: 0, list: null };
const reading = () => document.querySelector("li.comment[aria-current]");
let hands = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) storm.longest = Math.max(storm.longest, duration);
}).observe({ entryTypes: ["longtask"] });
document.addEventListener("keydown", () => {
  const [began, before] = [performance.now(), reading()];
  hands = began;
  const look = () => requestAnimationFrame(() => {
    if (reading() === before && performance.now() - began < 1000) return look();
    // The frame is painted when the task after it runs.
    setTimeout(() => storm.shown.push(performance.now() - began));
  });
  look();
}, { capture: true });
let [last, top, key] = [null, 0, null];
const check = () => {
  const now = reading();
  if (now && !storm.list) storm.list = performance.now();
  if (now && performance.now() - hands > 1500) {
    const place = now.getBoundingClientRect().top;
    if (now === last && Math.abs(place - top) > 2) storm.moved.push(place - top);
    if (last && now !== last) storm.moved.push(now.textContent.slice(0, 40));
    if (key && document.activeElement !== key) storm.lost += 1;
    [last, top, key] = [now, place, document.activeElement];
  } else [last, key] = [null, null];
  requestAnimationFrame(check);
};
requestAnimationFrame(check);
"""


@pytest.mark.parametrize("seconds", [30, pytest.param(180, marks=pytest.mark.soak)])
async def test_two_desks_keep_up_with_a_storm(browser: Browser, tmp_path: Path, seconds: int) -> None:
    async with storm(tmp_path) as process, pages_of(browser, process) as pages:
        await fill(process)
        desks = [await pages.moderator() for _ in range(2)]
        for desk in desks:
            await expect(desk.locator("li.comment[aria-current]")).to_be_visible(timeout=20_000)
        reader, decider = desks
        # Not the one that the colleague begins with.
        await reader.locator("#panel-pending li.comment").nth(200).click()
        for desk in desks:
            await desk.evaluate(WATCH)
        ends = time.monotonic() + seconds
        kept = await reader.locator("li.comment[aria-current]").get_attribute("data-key")
        writing = asyncio.create_task(write(process, ends))
        await asyncio.gather(decide(decider, ends), rest(reader, ends), writing)
        said = [await desk.evaluate("storm") for desk in desks]
        print(
            "\nreader", tell(said[0]), "\ndecider", tell(said[1]), "\nwrote", writing.result(), "load", os.getloadavg()
        )
        assert await reader.locator("li.comment[aria-current]").get_attribute("data-key") == kept
        for each in said:
            assert each["moved"] == []
            assert each["lost"] == 0
        shown = said[1]["shown"]
        assert len(shown) > seconds / EACH_DECISION / 2
        # The half, for two browsers, a service and whoever else share this machine; the rest stands in the output.
        assert statistics.median(shown) <= 100, tell(said[1])


async def test_a_desk_with_a_thousand_waiting_is_there_within_a_second(browser: Browser, tmp_path: Path) -> None:
    async with storm(tmp_path) as process, pages_of(browser, process) as pages:
        await fill(process)
        desk = await pages.moderator()
        await expect(desk.get_by_role("tab", name=f"Väntar {WAITING}")).to_be_visible(timeout=20_000)
        took = []
        for _ in range(3):
            await desk.reload()
            await expect(desk.get_by_role("tab", name=f"Väntar {WAITING}")).to_be_visible(timeout=20_000)
            took.append(await desk.evaluate(PAINTED))
        print("\nfirst paint", took)
        assert min(each["first"] for each in took) < 1000
        assert min(each["all"] for each in took) < 1000


PAINTED = """new Promise((done) => requestAnimationFrame(() => setTimeout(() => done({
  first: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  all: performance.now(),
}))))"""


@asynccontextmanager
async def storm(folder: Path) -> AsyncIterator[Process]:
    async with Process(folder) as process:
        await process.open_intake()
        yield process


async def fill(process: Process) -> None:
    """Comments that wait before anybody is at a desk."""
    authors = [await Resident.join(process) for _ in range(20)]
    numbers = iter(range(WAITING))

    async def send(author: Resident) -> None:
        for number in numbers:
            await author.writes(f"{WISHES[number % 3]} ({number})", secret=new_secret())

    await asyncio.gather(*(send(author) for author in authors))
    for author in authors:
        await author.leave()


async def write(process: Process, ends: float) -> int:
    """Comments that come in evenly, some of them about somebody, some of them threats."""
    author, wrote = await Resident.join(process), 0
    for wish in itertools.cycle(WISHES):
        await asyncio.sleep(60 / EACH_MINUTE)  # The pace of the storm, no wait for anything.
        if time.monotonic() > ends:
            break
        await author.writes(f"{wish} {wrote}")
        wrote += 1
    return wrote


async def decide(desk: Page, ends: float) -> None:
    """Reads, and presses a key."""
    for key in itertools.cycle(["a", "a", "j", "a"]):
        if time.monotonic() > ends:
            return
        await desk.keyboard.press(key)
        await asyncio.sleep(EACH_DECISION)


async def rest(desk: Page, ends: float) -> None:
    """Reads one comment all the while."""
    await asyncio.sleep(max(0, ends - time.monotonic()))


def tell(said: dict[str, Any]) -> dict[str, Any]:
    shown = sorted(said["shown"])
    half = shown[len(shown) // 2] if shown else None
    return {
        "decisions": len(shown),
        "half": half,
        "worst": shown[-3:],
        **{k: said[k] for k in ("moved", "lost", "longest")},
    }
