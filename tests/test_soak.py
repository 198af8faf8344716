"""What takes minutes: killing again and again under load, nonsense by the thousand, and memory that must not grow."""

import asyncio
import os
import random
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect
from websockets.exceptions import WebSocketException

from tests.browser import browser_path
from tests.cast import Chair, Display, Moderator, Resident, new_secret, serving, until
from tests.process import Process

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

SEED = int(os.environ.get("TEST_SEED", "1"))


async def test_killed_ten_times_at_random_moments_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    async with Process(tmp_path) as process:
        await process.open_intake()
        moderator = await Moderator.join(process)
        cookie = moderator.cookie
        texts: dict[str, str] = {}
        acknowledged: dict[str, str] = {}
        decisions: dict[str, str] = {}

        async def write_until_the_line_is_lost() -> None:
            resident = await Resident.join(process)
            while True:
                secret = new_secret()
                texts[secret] = f"Kommentar {len(texts)}"
                acknowledged[secret] = await resident.writes(texts[secret], secret=secret)

        async def decide_until_the_line_is_lost(decider: Moderator) -> None:
            while True:
                await decider.until(lambda: any(c["outcome"] == "pending" for c in decider.comments().values()))
                pending = [c["id"] for c in decider.comments().values() if c["outcome"] == "pending"]
                id, approve = chance.choice(pending), chance.random() < 0.5
                await (decider.approves(id) if approve else decider.declines(id))
                decisions[id] = "approved" if approve else "declined"

        for _ in range(10):
            moderator = await Moderator.join(process, cookie=cookie)
            busy = [asyncio.create_task(write_until_the_line_is_lost()) for _ in range(20)]
            busy.append(asyncio.create_task(decide_until_the_line_is_lost(moderator)))
            written = len(acknowledged)
            enough = written + chance.randint(20, 400)
            await until(lambda enough=enough: len(acknowledged) >= enough)  # type: ignore[misc]
            process.kill()
            ended = await asyncio.gather(*busy, return_exceptions=True)
            assert all(isinstance(error, WebSocketException | AssertionError | OSError) for error in ended), ended
            await process.ended()
            await process.start()

        moderator, display = await Moderator.join(process, cookie=cookie), await Display.join(process)
        comments = {comment["id"]: comment for comment in moderator.comments().values()}
        assert set(acknowledged.values()) <= set(comments)
        assert len({comment["text"] for comment in comments.values()}) == len(comments)
        assert all(comments[id]["text"] == texts[secret] for secret, id in acknowledged.items())
        assert all(comments[id]["outcome"] == outcome for id, outcome in decisions.items())
        approved = {id for id, comment in comments.items() if comment["outcome"] == "approved"}
        assert {comment["id"] for comment in display.comments().values()} == approved


async def test_nonsense_by_the_thousand_breaks_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    async with Process(tmp_path) as process:
        await process.open_intake()
        for binary in (False, True):
            for _ in range(100):
                client = await Resident.join(process, binary=binary)
                for _ in range(50):
                    await _send_nonsense(client, chance)
                client.drop()
        resident, moderator = await Resident.join(process), await Moderator.join(process)
        id = await resident.writes("Fungerar ändå")
        await moderator.until(lambda: moderator.sees(id))
        assert len(moderator.comments()) == 1
    assert b"ERROR" not in process.logged()


async def test_memory_does_not_grow_with_people_who_come_and_go(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await process.open_intake()

        async def come_and_go(times: int) -> None:
            for _ in range(times):
                crowd = [await Resident.join(process) for _ in range(100)]
                await asyncio.gather(*(resident.do("watch", secrets=[new_secret()]) for resident in crowd))
                for resident in crowd[::2]:
                    resident.drop()
                await asyncio.gather(*(resident.leave() for resident in crowd[1::2]))

        await come_and_go(10)
        before = process.memory()
        await come_and_go(20)
        assert process.memory() - before < 2_000 * 5_000  # One connection holds about 25 kB while it lasts.


async def _send_nonsense(client: Resident, chance: random.Random) -> None:
    good = f'{{"type":"submit_comment","ref":"1","epoch":"{client.epoch}","secret":"{new_secret()}","item":"1"}}'
    data = bytearray(good.encode())
    for _ in range(chance.randint(1, 9)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        await client.line.send(bytes(data) if client.binary else data.decode("latin-1"))
    except WebSocketException:
        assert client.closed in (4500, 1009)


async def test_a_screen_that_is_up_all_evening_holds_no_more_memory_than_at_its_start(tmp_path: Path) -> None:
    """Thousands of changes stand for eight hours: what a change leaves behind would show after a few hundred."""
    async with serving(tmp_path) as service, async_playwright() as playwright:
        author, moderator, chair = (
            await Resident.join(service),
            await Moderator.join(service),
            await Chair.join(service),
        )
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        frames: list[None] = []
        page.on("websocket", lambda line: line.on("framereceived", lambda _: frames.append(None)))
        await page.goto(f"{service.url}/m/dialog/display")
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Performance.enable")
        ids = [await author.writes(f"Kommentar {number}. {'Så här lång. ' * number}") for number in range(20)]
        await author.takes_ballot()

        async def evening(rounds: int) -> None:
            """Each comment comes, is supported, discussed, answered and taken back; the screen is set anew."""
            for number in range(rounds):
                await moderator.ask_all("approve_comment", ids)
                votes = (author.supports, author.withdraws_support)[number % 2]
                await asyncio.gather(*(votes(id) for id in ids[:5]))
                for id in ids[:5]:
                    await chair.do("discuss_comment", comment=id)
                    await chair.do("answer_comment", comment=id)
                    await chair.do("put_back_comment", comment=id)
                await chair.do("set_current_item", item=("1", "2")[number % 2])
                for change in ({"blank": True}, {"blank": False, "frozen": True}, {"frozen": False, "shows": "idle"}):
                    await chair.do("set_display", **change)
                await chair.do("set_display", shows="queue", size=("small", "large")[number % 2])
                await moderator.ask_all("take_back_comment", ids)
            await moderator.ask_all("approve_comment", ids)
            await expect(page.locator("#queue li")).to_have_count(20)
            await moderator.ask_all("take_back_comment", ids)
            await expect(page.locator("#queue li")).to_have_count(0)

        async def held() -> dict[str, float]:
            for _ in range(3):
                await devtools.send("HeapProfiler.collectGarbage")
            answer = await devtools.send("Performance.getMetrics")
            return {metric["name"]: metric["value"] for metric in answer["metrics"]}

        await evening(10)
        before, heard = await held(), len(frames)
        await evening(100)
        after = await held()
        assert len(frames) - heard > 2000
        assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < 200_000, (before, after)
        assert after["Nodes"] - before["Nodes"] < 100, (before, after)
        assert after["JSEventListeners"] - before["JSEventListeners"] < 10, (before, after)
        await browser.close()
