"""Residents signal that they cannot follow: counted for a minute, told to the room from enough on, kept by nobody."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from livechat.attendance import RESIDENTS_EVERY
from livechat.errors import Refused
from livechat.events import SignalRules
from livechat.live.redis import RedisCounts
from livechat.log.redis import RedisLog
from livechat.signals import LIFE, MOST, Signal, Signals, loud
from tests.cast import Chair, Client, Clock, Display, Moderator, Resident, Service, serving
from tests.servers import Deployment, shared

LINES = [f"{number:022}" for number in range(200)]


@pytest_asyncio.fixture
async def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def service(tmp_path: Path, clock: Clock) -> AsyncIterator[Service]:
    async with serving(tmp_path, beat=0.1, clock=clock) as running:
        yield running


async def crowd(*doors: Service, of: int) -> list[Resident]:
    return [await Resident.join(door) for door in doors for _ in range(of)]


async def test_the_room_is_told_when_enough_cannot_hear_and_residents_that_it_was(
    service: Service, clock: Clock
) -> None:
    residents = await crowd(service, of=4)
    room: list[Client] = [await Display.join(service), await Chair.join(service), await Moderator.join(service)]
    for resident in residents[:2]:
        await resident.signals("inaudible")
    await tell_all(room, {})
    assert residents[0].live.get("signals", []) == []
    await residents[2].signals("inaudible")
    await tell_all(room, {"inaudible": 3})
    clock.ahead = RESIDENTS_EVERY + 1
    await residents[3].until(lambda: residents[3].live.get("signals") == ["inaudible"])
    await residents[2].signals("inaudible", on=False)
    await tell_all(room, {})


async def tell_all(room: list[Client], signals: dict[str, int]) -> None:
    for screen in room:
        frames = len(screen.frames)
        await screen.until(lambda screen=screen, frames=frames: len(screen.frames) > frames + 3)  # type: ignore[misc]
        await screen.until(lambda screen=screen: screen.live.get("signals") == signals)  # type: ignore[misc]


async def test_a_connection_counts_once_for_each_signal_however_often_it_taps(service: Service) -> None:
    (resident, *others), display = await crowd(service, of=3), await Display.join(service)
    for signal in ("inaudible", "hurried") * 5:
        await resident.signals(signal)
    for other in others:
        await other.signals("inaudible")
    await display.until(lambda: display.live.get("signals") == {"inaudible": 3})


async def test_a_signal_ends_after_a_minute_and_with_its_connection(service: Service, clock: Clock) -> None:
    residents, display = await crowd(service, of=5), await Display.join(service)
    for resident in residents[:4]:
        answer = await resident.do("signal", signal="unclear")
        assert answer["lasts"] == LIFE
    await display.until(lambda: display.live.get("signals") == {"unclear": 4})
    await residents[0].leave()
    await display.until(lambda: display.live["signals"] == {"unclear": 3})
    clock.ahead = LIFE / 2
    await residents[1].signals("unclear")  # Said again, it counts a minute from then.
    clock.ahead = LIFE + 1
    await display.until(lambda: display.live["signals"] == {})
    for resident in residents[2:4]:
        await resident.signals("unclear")
    await display.until(lambda: display.live["signals"] == {"unclear": 3})


async def test_behind_closed_doors_nobody_is_told_and_nothing_is_counted(service: Service) -> None:
    residents, display, chair = await crowd(service, of=3), await Display.join(service), await Chair.join(service)
    for resident in residents:
        await resident.signals("inaudible")
    await display.until(lambda: display.live.get("signals") == {"inaudible": 3})
    await chair.do("close_item", why="secrecy")
    await display.until(lambda: display.live["signals"] == {})
    assert (await residents[0].ask("signal", signal="inaudible"))["code"] == "item_closed"
    await residents[0].signals("inaudible", on=False)


async def test_only_residents_signal_and_only_what_there_is(service: Service) -> None:
    for other in (await Display.join(service), await Chair.join(service), await Moderator.join(service)):
        assert (await other.ask("signal", signal="inaudible"))["code"] == "not_permitted"
    resident = await Resident.join(service)
    assert (await resident.ask("signal", signal="tråkigt"))["field"] == "signal"


async def test_where_websockets_are_blocked_a_page_signals_by_a_line_of_its_own(service: Service) -> None:
    await crowd(service, of=3)
    display = await Display.join(service)
    async with service.http() as http:
        for line in (LINES[0], LINES[0], LINES[1], LINES[2]):
            answer = await http.post("/m/dialog/signal", json={"line": line, "signal": "hurried", "ref": "7"})
            assert (answer.status_code, answer.json()) == (200, {"type": "ack", "ref": "7", "lasts": LIFE})
        await display.until(lambda: display.live.get("signals") == {"hurried": 3})
        answer = await http.post("/m/dialog/signal", json={"line": LINES[2], "signal": "hurried", "on": False})
        assert answer.json() == {"type": "ack", "ref": ""}
        await display.until(lambda: display.live["signals"] == {})


async def test_a_raid_over_http_is_slowed_down_and_never_told_as_more_than_follow(service: Service) -> None:
    await crowd(service, of=4)
    display = await Display.join(service)
    async with service.http() as http:
        answers = [await http.post("/m/dialog/signal", json={"line": line, "signal": "unclear"}) for line in LINES]
        assert {answer.status_code for answer in answers} == {200, 429}
        await display.until(lambda: display.live.get("signals") == {"unclear": 4})
        withdrawal = {"line": LINES[0], "signal": "unclear", "on": False}
        assert (await http.post("/m/dialog/signal", json=withdrawal)).status_code == 200


async def test_over_two_processes_signals_count_together(tmp_path: Path, clock: Clock) -> None:
    url = shared("valkey", "single").url
    async with AsyncExitStack() as stack:
        here, there = [
            await stack.enter_async_context(
                serving(
                    tmp_path,
                    beat=0.1,
                    clock=clock,
                    log=RedisLog(url, prefix=str(tmp_path), poll=0.05),
                    counts=RedisCounts(url, prefix=str(tmp_path)),
                )
            )
            for _ in range(2)
        ]
        residents = await crowd(here, there, of=2)
        room: list[Client] = [await Display.join(here), await Chair.join(there)]
        staff = [room[1], await Chair.join(here)]
        for chair in staff:  # Both processes have heard of each other.
            await chair.until(lambda chair=chair: chair.live.get("present") == 4)  # type: ignore[misc]
        started = time.monotonic()
        for resident in residents[:3]:
            await resident.signals("inaudible")
        for screen in room:
            await screen.until(lambda screen=screen: screen.live.get("signals") == {"inaudible": 3})  # type: ignore[misc]
        assert time.monotonic() - started < 4  # Not when the processes say how they are, every 5 seconds.
        await residents[2].leave()
        for screen in room:
            await screen.until(lambda screen=screen: screen.live["signals"] == {})  # type: ignore[misc]


async def test_redis_keeps_nothing_of_a_signal(tmp_path: Path) -> None:
    with Deployment("valkey", "single") as deployment:
        node = deployment.nodes[0]
        log, counts = RedisLog(deployment.url, poll=0.05), RedisCounts(deployment.url, every=0.02)
        async with serving(tmp_path, beat=0.05, log=log, counts=counts) as service:
            residents, display = await crowd(service, of=3), await Display.join(service)
            before = {key: node.ask.type(key) for key in node.ask.keys("*")}
            for resident in residents:
                await resident.signals("inaudible")
            await display.until(lambda: display.live.get("signals") == {"inaudible": 3})
            assert {key: node.ask.type(key) for key in node.ask.keys("*")} == before
        node.kill()
        files = [file.read_bytes() for file in node.folder.rglob("*") if file.is_file()]
        assert any(b"meeting_set_up" in content for content in files)  # One can read what is in them.
        assert not [content for content in files if b"inaudible" in content]


def test_one_alone_is_never_told_and_a_large_meeting_needs_more() -> None:
    rules = SignalRules()
    for residents, enough in ((1, 3), (3, 3), (30, 3), (31, 4), (200, 20), (10_000, 1_000)):
        assert loud({Signal.UNCLEAR: enough - 1}, residents, rules) == {}
        told = {Signal.UNCLEAR: enough} if enough <= residents else {}
        assert loud({Signal.UNCLEAR: enough}, residents, rules) == told
    assert loud({Signal.UNCLEAR: 50}, 20, rules) == {Signal.UNCLEAR: 20}
    assert loud({Signal.UNCLEAR: 2}, 9, SignalRules(least=2, percent=0)) == {Signal.UNCLEAR: 2}


def test_ten_thousand_taps_at_once_cost_next_to_nothing_and_are_forgotten_together() -> None:
    now = 0.0
    signals = Signals(lambda: now)
    started = time.process_time()
    for giver in range(10_000):
        signals.give(giver, Signal.INAUDIBLE)
    assert signals.count() == {Signal.INAUDIBLE: 10_000}
    now = float(LIFE)
    assert signals.count() == {}
    assert time.process_time() - started < 0.5
    assert not any(signals._until.values())


def test_what_a_process_counts_at_once_has_an_end() -> None:
    signals = Signals(lambda: 0.0)
    for giver in range(MOST):
        signals.give(giver, Signal.INAUDIBLE)
    with pytest.raises(Refused):
        signals.give(MOST, Signal.INAUDIBLE)
    signals.give(0, Signal.INAUDIBLE)  # Who counts already may say so again.
