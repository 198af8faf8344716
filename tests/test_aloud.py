"""Reading aloud: the chair asks, the display reads what is under discussion, and nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from livechat.attendance import ALOUD_LIFE
from livechat.live.redis import RedisCounts
from livechat.log.redis import RedisLog
from tests.cast import Chair, Clock, Display, Moderator, Resident, Service, serving, shown
from tests.servers import shared


@pytest_asyncio.fixture
async def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def service(tmp_path: Path, clock: Clock) -> AsyncIterator[Service]:
    async with serving(tmp_path, beat=0.1, clock=clock) as running:
        yield running


async def discussed(service: Service) -> tuple[Chair, Moderator, str]:
    """A chair, a moderator, and the id of the comment under discussion."""
    chair, moderator = await Chair.join(service), await Moderator.join(service)
    id = await shown(await Resident.join(service), moderator, "Kan ni sätta upp fler lampor?")
    await chair.do("discuss_comment", comment=id)
    return chair, moderator, id


async def test_the_display_is_asked_to_read_each_time_anew_and_to_stop(service: Service) -> None:
    chair, moderator, id = await discussed(service)
    resident, display = await Resident.join(service), await Display.join(service)
    await display.until(lambda: display.live.get("aloud", 0) is None)
    turns = set[str]()
    for _ in range(2):
        await chair.do("read_aloud", comment=id)
        for told in (display, chair):
            await told.until(lambda told=told: (told.live["aloud"] or {}).get("turn", "x") not in {*turns, "x"})  # type: ignore[misc]
        assert display.live["aloud"] == chair.live["aloud"]
        assert display.live["aloud"]["comment"] == id
        turns.add(display.live["aloud"]["turn"])
    assert len(turns) == 2
    await chair.do("read_aloud", comment=None)
    await display.until(lambda: display.live["aloud"] is None)
    for other in (resident, moderator):
        assert "aloud" not in other.live


async def test_it_stops_when_the_comment_is_taken_back_answered_or_the_item_closed(service: Service) -> None:
    chair, moderator, id = await discussed(service)
    display = await Display.join(service)
    about: dict[str, str] = {"comment": id}
    acts: list[tuple[Chair | Moderator, str, dict[str, str], Chair | Moderator, str]] = [
        (moderator, "take_back_comment", about, moderator, "approve_comment"),
        (chair, "answer_comment", about, chair, "put_back_comment"),
        (moderator, "close_item", {"why": "secrecy"}, chair, "reopen_item"),
    ]
    for stopping, stop, fields, going_on, go_on in acts:
        await chair.do("discuss_comment", comment=id)
        await chair.do("read_aloud", comment=id)
        await display.until(lambda: display.live.get("aloud"))
        await stopping.do(stop, **fields)
        await display.until(lambda: display.live["aloud"] is None)
        await chair.do("read_aloud", comment=None)
        await going_on.do(go_on, **(about if go_on.endswith("comment") else {}))


async def test_it_stops_with_the_line_that_asked_and_after_a_while(service: Service, clock: Clock) -> None:
    chair, _, id = await discussed(service)
    display, other = await Display.join(service), await Chair.join(service)
    await other.do("read_aloud", comment=id)
    await display.until(lambda: display.live.get("aloud"))
    await other.leave()
    await display.until(lambda: display.live["aloud"] is None)
    await chair.do("read_aloud", comment=id)
    await display.until(lambda: display.live["aloud"])
    clock.ahead = ALOUD_LIFE + 1
    await display.until(lambda: display.live["aloud"] is None)


async def test_the_last_word_counts_whichever_tablet_it_comes_from(service: Service, clock: Clock) -> None:
    laptop, _, id = await discussed(service)
    display, tablet = await Display.join(service), await Chair.join(service)
    await laptop.do("read_aloud", comment=id)
    await display.until(lambda: display.live.get("aloud"))
    clock.ahead = 1
    await tablet.do("read_aloud", comment=None)
    await display.until(lambda: display.live["aloud"] is None)


async def test_a_screen_reads_nothing_that_it_does_not_show(service: Service) -> None:
    chair, moderator, _ = await discussed(service)
    other = await shown(await Resident.join(service), moderator, "Vad kostar lamporna?")
    display = await Display.join(service)
    await chair.do("set_display", frozen=True)
    await chair.do("discuss_comment", comment=other)
    await chair.do("read_aloud", comment=other)
    await chair.until(lambda: chair.live.get("aloud", 0) is None)
    await chair.do("set_display", frozen=False)
    await display.until(lambda: (display.live.get("aloud") or {}).get("comment") == other)
    await chair.do("set_display", blank=True)
    await display.until(lambda: display.live["aloud"] is None)


async def test_only_the_chair_asks_and_only_for_what_is_under_discussion(service: Service) -> None:
    chair, moderator, id = await discussed(service)
    resident = await Resident.join(service)
    waiting = await resident.writes("Väntar på granskning")
    queued = await shown(resident, moderator, "I kön")
    for other in (resident, moderator, await Display.join(service)):
        assert (await other.ask("read_aloud", comment=id))["code"] == "not_permitted"
    for comment in (waiting, queued, "nothing"):
        assert (await chair.ask("read_aloud", comment=comment))["code"] == "unknown_comment"
    await chair.do("close_item", why="secrecy")
    assert (await chair.ask("read_aloud", comment=id))["code"] == "item_closed"


async def test_a_display_at_another_process_reads_too(tmp_path: Path) -> None:
    url = shared("valkey", "single").url

    def more() -> dict[str, object]:
        log, counts = RedisLog(url, prefix=str(tmp_path), poll=0.05), RedisCounts(url, prefix=str(tmp_path))
        return {"beat": 0.1, "log": log, "counts": counts}

    async with serving(tmp_path, **more()) as here, serving(tmp_path, **more()) as there:  # type: ignore[arg-type]
        display = await Display.join(there)
        chair, _, id = await discussed(here)
        await chair.do("read_aloud", comment=id)
        await display.until(lambda: display.live.get("aloud"))
        await chair.do("read_aloud", comment=None)
        await display.until(lambda: display.live["aloud"] is None)
