"""nginx takes the load of what all see the same: never for longer than it may, and nothing else."""

import asyncio
import re
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from livechat.roles import Role
from tests.cast import PATIENCE, Moderator, Resident, Service, shown
from tests.nginx import Arrivals, Nginx, needs_nginx, nginx
from tests.process import Process

pytestmark = needs_nginx

PAGE = {"Accept": "text/html"}
STATE = "/m/dialog/state"
GONE_AFTER = 3
"""Seconds for which what is taken back may be shown: fresh for one, stale for one, and nginx counts whole seconds."""
END_AFTER = 7
"""The same while nobody answers: fresh for one, stale for five."""


async def test_a_burst_of_snapshots_costs_the_service_next_to_nothing(door: Nginx, arrivals: list[Arrivals]) -> None:
    moderator = await Moderator.join(door)
    headers = [{}, {"Cookie": moderator.cookie}, {"Cookie": "spar=1", "Accept-Encoding": "identity"}]
    lines = httpx.Limits(max_connections=40, max_keepalive_connections=40)
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(door.http(headers=theirs, limits=lines)) for theirs in headers]

        async def all_ask(path: str) -> list[httpx.Response]:
            return await asyncio.gather(*(http.get(path) for http in crowd for _ in range(40)))

        async def keep_asking(http: httpx.AsyncClient) -> None:
            while time.monotonic() < began + 3:
                answers.append(await http.get(f"{STATE}?{len(answers)}"))

        await all_ask("/healthz")  # The lines are open.
        began = time.monotonic()
        answers = await all_ask(STATE)
        assert _asked(arrivals) <= 1 + time.monotonic() - began
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        began = time.monotonic()
        await asyncio.gather(*(keep_asking(http) for http in crowd for _ in range(40)))
    assert _asked(arrivals) <= max(10, len(answers) / 10)
    requests = [scope["headers"] for seen in arrivals for scope in seen.at(STATE)]
    assert all(b"cookie" not in headers for headers in requests)
    assert all(b"if-none-match" in headers for headers in requests[1:])  # Asked only whether there is something new.


async def test_who_has_the_snapshot_is_told_so_by_the_proxy(door: Nginx, arrivals: list[Arrivals]) -> None:
    resident, moderator = await Resident.join(door), await Moderator.join(door)
    async with door.http() as http:
        packed, plain = await http.get(STATE), await http.get(STATE, headers={"Accept-Encoding": "identity"})
        assert (packed.headers["etag"], packed.headers["vary"]) == (f"W/{plain.headers['etag']}", "Accept-Encoding")
        assert packed.content == plain.content
        for etag in (packed.headers["etag"], plain.headers["etag"], f'"x", {plain.headers["etag"]}', "*"):
            for method in ("GET", "HEAD"):
                same = await http.request(method, STATE, headers={"If-None-Match": etag})
                assert (same.status_code, same.content) == (304, b"")
        head = await http.head(STATE, headers={"Accept-Encoding": "identity"})
        assert (head.headers["content-length"], head.content) == (str(len(plain.content)), b"")
        id = await shown(resident, moderator, "Nytt")
        async with asyncio.timeout(PATIENCE):
            while (news := await http.get(STATE, headers={"If-None-Match": packed.headers["etag"]})).status_code == 304:
                pass
    assert id in news.text


async def test_what_is_taken_back_is_gone_from_the_cache_within_seconds_however_many_ask(
    door: Nginx, services: list[Service]
) -> None:
    resident, moderator = await Resident.join(door), await Moderator.join(door)
    at_each = [await Resident.join(service) for service in services]
    id = await shown(resident, moderator, "Ett telefonnummer som inte skulle ha visats")
    taken_back: list[float] = []
    was_shown = asyncio.Event()

    async def ask_until_it_is_gone(http: httpx.AsyncClient) -> None:
        while True:
            asked = time.monotonic()
            there = id in (await http.get(STATE)).text
            if there and not taken_back:
                was_shown.set()
            elif there:
                assert asked - taken_back[0] <= GONE_AFTER
            elif taken_back:
                return

    async with door.http() as http, asyncio.TaskGroup() as crowd:
        for _ in range(20):
            crowd.create_task(ask_until_it_is_gone(http))
        await asyncio.wait_for(was_shown.wait(), PATIENCE)
        await moderator.do("take_back_comment", comment=id)
        for watching in at_each:
            await watching.until(lambda watching=watching: not watching.sees(id))  # type: ignore[misc]
        taken_back.append(time.monotonic())


async def test_while_the_service_is_away_people_are_told_and_old_snapshots_end(tmp_path: Path) -> None:
    async with Process(tmp_path) as process, nginx(process) as door:
        resident = await Resident.join(door)
        async with door.http(headers=PAGE) as http:
            fresh = await http.get(STATE)
            process.stop()
            await process.ended()
            away = asked = time.monotonic()
            while (answer := await http.get(STATE)).status_code == 200:
                assert answer.content == fresh.content
                assert asked - away <= END_AFTER
                asked = time.monotonic()
            assert asked > away  # It was there for a while.
            assert answer.status_code == 503
            page = await http.get("/m/dialog")
            assert (page.status_code, page.headers["retry-after"]) == (503, "5")
            assert "Tjänsten svarar inte just nu." in page.text
            with pytest.raises(InvalidStatus) as caught:
                await connect(door.address("role=resident"), ssl=door.tls)
            assert caught.value.response.status_code == 503
            await process.start()
            async with asyncio.timeout(PATIENCE):
                while (await http.get(STATE)).status_code != 200:
                    pass
        again = await Resident.join(door, resume=resident)
        assert again.frames[0]["since"] == resident.offset


async def test_files_come_from_the_cache_packed(door: Nginx, arrivals: list[Arrivals]) -> None:
    async with door.http(headers=PAGE) as http:
        page = await http.get("/m/dialog")
        assert "content-encoding" not in page.headers  # It holds a secret beside what its reader wrote.
        (style, *_) = re.findall(r'href="(/static/\S+\.css)"', page.text)
        answers = [await http.get(style) for _ in range(5)]
    assert {(answer.status_code, answer.headers["content-encoding"]) for answer in answers} == {(200, "gzip")}
    assert "immutable" in answers[0].headers["cache-control"]
    assert sum(len(seen.at(style)) for seen in arrivals) == 1


async def test_the_cache_holds_what_all_see_and_nothing_else(door: Nginx) -> None:
    resident, moderator = await Resident.join(door), await Moderator.join(door)
    pending = await resident.writes("hemlig-text som väntar")
    await moderator.until(lambda: moderator.sees(pending))
    await shown(resident, moderator, "Synlig för alla")
    async with door.http(headers={**PAGE, "Cookie": moderator.cookie}) as http:
        page = await http.get("/m/dialog/moderate")
        for path in ("/m/dialog", "/m/dialog/chair", "/m/dialog/display", "/status", *_assets(page.text)):
            await http.get(path)
        async with asyncio.timeout(PATIENCE):
            while "Synlig" not in (await http.get(STATE)).text:
                pass
    cached = [path.read_bytes() for path in (door.folder / "livechat-cache").iterdir()]
    keys = {re.search(rb"\nKEY: (.*)\n", data)[1].decode() for data in cached}  # type: ignore[index]
    assert keys == {STATE, *_assets(page.text)}
    for secret in ("hemlig-text", pending, moderator.cookie.partition("=")[2], door.links[Role.MODERATOR], "et-cookie"):
        assert not [data for data in cached if secret.encode() in data]


def _asked(arrivals: list[Arrivals]) -> int:
    return sum(len(seen.at(STATE)) for seen in arrivals)


def _assets(page: str) -> set[str]:
    return set(re.findall(r'"(/static/[^"]+)"', page))
