"""Captions: taken as services send them, shown to those who follow, kept by nobody, and silent behind closed doors."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from livechat.captions import LANGUAGES, LIFE, MOST, QUIET, SHOWN, WINDOW, Captions, heard
from livechat.messages import JSON
from livechat.relay.redis import RedisRelay
from livechat.roles import Role
from tests.cast import FILE, Captioner, Chair, Clock, Display, Moderator, Resident, Service, serving, until
from tests.process import Process, run
from tests.servers import Deployment, shared
from tests.stores import STORES

NOW = 1_790_000_000.0


class Writer:
    """A service that sends pieces to a meeting's captions, at a moment of its own."""

    def __init__(self) -> None:
        self.captions = Captions()
        self.now = NOW

    def says(self, number: int, text: str, language: str = "sv") -> bool:
        piece = self.captions.numbered(language, number, heard(text), self.now)
        return piece is not None and self.captions.add(piece, self.now)

    @property
    def shown(self) -> str:
        return "".join(caption.text for caption in self.captions.last())


def test_pieces_are_joined_and_a_line_end_ends_a_line() -> None:
    writer = Writer()
    for number, text in enumerate(("Jag ", "öppnar", "mötet", ".\n", "Välkomna\r\n", "  alla  ", "\u200b", "\n")):
        if heard(text):
            writer.says(number, text)
    assert writer.shown == "Jag öppnar mötet.\nVälkomna\nalla"


def test_a_piece_that_comes_late_is_put_in_its_place_and_one_that_comes_twice_is_taken_once() -> None:
    writer = Writer()
    assert all([writer.says(1, "ett"), writer.says(3, "tre"), writer.says(2, "två")])
    assert not writer.says(2, "två")
    assert not writer.says(3, "något annat")
    assert writer.shown == "ett två tre"


def test_a_program_that_begins_anew_with_one_is_heard() -> None:
    writer = Writer()
    for number in range(1, WINDOW + 10):
        writer.says(number, f"ord{number}")
    assert not writer.says(2, "ord2")
    assert writer.says(1, "omstart direkt")
    assert writer.says(2, "och mer")
    assert writer.shown.endswith("omstart direkt och mer")
    writer.now += QUIET
    assert not writer.says(2, "och mer")
    assert writer.says(1, "omstart efter en paus")
    assert writer.shown.endswith("och mer omstart efter en paus")


def test_a_typist_and_a_service_can_take_turns() -> None:
    writer = Writer()
    writer.says(7, "sju")
    for text in ("En rad", "En rad till"):
        writer.now += 1
        writer.captions.add(writer.captions.typed("sv", text, writer.now), writer.now)
    writer.now += 1
    assert writer.says(8, "åtta")
    assert writer.says(9, "nio")
    assert writer.shown == "sju En rad\nEn rad till\nåtta nio"


def test_only_the_last_minutes_are_kept_and_only_the_last_lines_shown() -> None:
    writer = Writer()
    for number in range(2_000):
        writer.says(number, f"ord{number} och lite till")
    kept = writer.captions.pieces()
    assert sum(len(piece.text) for piece in kept) <= MOST
    assert len(writer.shown) <= SHOWN
    assert writer.shown.endswith("ord1999 och lite till")
    assert not writer.shown.startswith("rd")
    writer.now += LIFE + 1
    writer.says(2_000, "nyast")
    assert writer.captions.forget(writer.now - LIFE)
    assert [piece.text for piece in writer.captions.pieces()] == ["nyast"]
    assert not writer.says(1_950, "för sent")


def test_nobody_can_fill_the_memory_with_languages() -> None:
    writer = Writer()
    taken = [writer.says(1, "hej", f"x{chr(97 + number)}") for number in range(LANGUAGES + 3)]
    assert taken == [True] * LANGUAGES + [False] * 3


def address(service: Service, secret: str = "") -> str:
    return f"/m/dialog/captions/{secret or service.links[Role.CAPTIONER]}"


async def send(http: httpx.AsyncClient, service: Service, seq: int, text: str, **query: str) -> httpx.Response:
    asked = {"seq": str(seq), "lang": "sv", **query}
    return await http.post(address(service), params=asked, content=text.encode())


async def test_what_a_service_sends_is_with_every_resident_at_once_and_with_those_who_come_late(
    service: Service,
) -> None:
    resident, phone = await Resident.join(service), await Resident.join(service, binary=True)
    moderator, chair, display = await Moderator.join(service), await Chair.join(service), await Display.join(service)
    offset = resident.offset
    async with service.http() as http:
        answer = await send(http, service, 1, "Jag öppnar mötet.\n")
        assert answer.status_code == 200
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", answer.text)
        for client in (resident, phone):
            await client.until(lambda client=client: client.captions == {"sv": "Jag öppnar mötet."})  # type: ignore[misc]
        await send(http, service, 2, "Minä avaan kokouksen.", lang="fi-FI")
        both = {"sv": "Jag öppnar mötet.", "fi-FI": "Minä avaan kokouksen."}
        await resident.until(lambda: resident.captions == both)
        late = await Resident.join(service)
        await late.until(lambda: late.captions == both)
        assert (await http.get(f"{address(service)}/seq")).text == "2"
        async with http.stream("GET", "/m/dialog/events") as stream:
            await anext(line async for line in stream.aiter_lines() if '"type":"captions"' in line and "avaan" in line)
    assert resident.offset == offset
    for staff in (moderator, chair):
        await staff.do("pause_intake")
        assert not staff.heard("captions")
    assert not display.heard("captions")


async def test_an_address_that_ends_in_a_query_takes_what_programs_add_to_it(service: Service) -> None:
    resident = await Resident.join(service)
    async with service.http() as http:
        assert (await http.post(f"{address(service)}?lang=&seq=5", content=b"Utan spr\xc3\xa5k")).status_code == 200
        await resident.until(lambda: resident.captions == {"sv": "Utan språk"})
        assert (await http.post(f"{address(service)}?lang=&seq=1&seq=6&lang=en", content=b"Twice")).status_code == 200
        await resident.until(lambda: resident.captions.get("en") == "Twice")
        assert (await http.post(f"{address(service)}?lang=&seq=7", content=b"\xff\x00\xe2\x80\xae")).status_code == 200


@pytest.mark.parametrize(
    ("query", "text", "status", "code"),
    [
        ("?lang=sv", "x", 400, "invalid"),
        ("?seq=ett", "x", 400, "invalid"),
        ("?seq=-1", "x", 400, "invalid"),
        ("?seq=1&lang=<b>", "x", 400, "invalid"),
        ("?seq=1", "x" * 1_001, 413, "too_large"),
        ("?seq=1", "x" * 20_000, 413, "too_large"),
    ],
)
async def test_what_cannot_be_a_caption_is_refused(
    service: Service, query: str, text: str, status: int, code: str
) -> None:
    resident = await Resident.join(service)
    async with service.http() as http:
        answer = await http.post(address(service) + query, content=text)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    await resident.writes("Ingen textning")
    assert not resident.heard("captions")


async def test_only_who_knows_the_secret_address_can_send_and_a_guesser_has_to_wait(service: Service) -> None:
    async with service.http() as http:
        secret = service.links[Role.MODERATOR]
        codes = [
            (await http.post(f"{address(service, secret)}?seq={number}", content=b"x")).json()["code"]
            for number in range(70)
        ]
        assert codes[0] == "bad_link"
        assert codes[-1] == "too_fast"
        assert (await http.get(f"{address(service, 'a' * 24)}/seq")).status_code == 429
        assert (await send(http, service, 1, "Rätt adress")).status_code == 200
        answers = await asyncio.gather(*(send(http, service, number, "snabbt") for number in range(2, 250)))
        assert {answer.status_code for answer in answers} == {200, 429}


async def test_word_by_word_becomes_a_few_frames_that_are_encoded_once(service: Service) -> None:
    residents = [await Resident.join(service) for _ in range(50)]
    channel = service.hub.channels()[0]
    async with service.http() as http:
        for number in range(60):
            await send(http, service, number, f"ord{number}")
    for resident in residents:
        await resident.until(lambda resident=resident: resident.captions.get("sv", "").endswith("ord59"))  # type: ignore[misc]
    frames = [[raw for raw in resident.raw if raw.startswith(b'{"type":"captions"')] for resident in residents]
    assert all(len(came) < 20 for came in frames)
    assert len({came[-1] for came in frames}) == 1
    one = channel.captioning.frame(Role.RESIDENT, JSON)
    assert one is channel.captioning.frame(Role.RESIDENT, JSON)


async def test_closed_doors_stop_captions_at_once_and_nothing_of_it_comes_after(service: Service) -> None:
    resident, chair, captioner = (
        await Resident.join(service),
        await Chair.join(service),
        await Captioner.join(service),
    )
    async with service.http() as http:
        await send(http, service, 1, "Nu stänger vi dörrarna.")
        await resident.until(lambda: resident.captions)
        await chair.do("close_item", why="secrecy")
        await resident.until(lambda: resident.captions == {})
        assert (await send(http, service, 2, "Hemligt.")).status_code == 200
        refused = await captioner.ask("type_caption", language="sv", text="Hemligt.")
        assert refused["code"] == "item_closed"
        late = await Resident.join(service)
        await chair.do("reopen_item")
        await send(http, service, 2, "Hemligt.")
        await send(http, service, 1, "Nu stänger vi dörrarna.")
        await send(http, service, 3, "Välkomna tillbaka.")
        for client in (resident, late):
            await client.until(lambda client=client: client.captions == {"sv": "Välkomna tillbaka."})  # type: ignore[misc]
            assert not [raw for raw in client.raw if b"Hemligt" in raw]


async def test_a_typist_sees_what_residents_see_and_nobody_else_may_type(service: Service) -> None:
    resident, captioner = await Resident.join(service), await Captioner.join(service)
    await captioner.types("Jag öppnar mötet.")
    await captioner.types("Välkomna.")
    for client in (resident, captioner):
        await client.until(lambda client=client: client.captions == {"sv": "Jag öppnar mötet.\nVälkomna."})  # type: ignore[misc]
    for other in (resident, await Moderator.join(service), await Chair.join(service), await Display.join(service)):
        assert (await other.ask("type_caption", language="sv", text="x"))["code"] == "not_permitted"
    assert (await captioner.ask("type_caption", language="sv", text=" "))["code"] == "empty_text"
    assert (await captioner.ask("type_caption", language="sv", text="x" * 1_001))["code"] == "too_large"
    assert (await captioner.ask("open_intake"))["code"] == "not_permitted"
    assert "present" not in captioner.live


async def test_captions_show_in_the_room_where_the_meeting_wants_it(tmp_path: Path) -> None:
    async with serving(tmp_path, file=replace(FILE, captions_in_room=True)) as service:
        display, captioner = await Display.join(service), await Captioner.join(service)
        await captioner.types("I salen också.")
        await display.until(lambda: display.captions == {"sv": "I salen också."})


async def test_captions_that_nobody_adds_to_are_gone_after_some_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livechat.captioning.LOOK_AROUND", 0.05)
    clock = Clock()
    async with serving(tmp_path, clock=clock) as service:
        resident, captioner = await Resident.join(service), await Captioner.join(service)
        await captioner.types("Paus till halv sju.")
        await resident.until(lambda: resident.captions)
        clock.ahead += LIFE + 1
        await resident.until(lambda: resident.captions == {})


@asynccontextmanager
async def _door(folder: Path, url: str) -> AsyncIterator[Service]:
    relay = RedisRelay(url, prefix=str(folder), every=0.1)
    async with serving(folder, log=STORES["redis-single"](folder), relay=relay) as service:
        yield service


async def test_captions_are_the_same_at_every_door_and_a_door_that_opens_late_has_them_too(tmp_path: Path) -> None:
    url = shared("redis", "single").url
    async with AsyncExitStack() as stack:
        here, there = [await stack.enter_async_context(_door(tmp_path, url)) for _ in range(2)]
        resident, other = await Resident.join(here), await Resident.join(there)
        captioner, chair = await Captioner.join(there), await Chair.join(here)
        async with here.http() as http, there.http() as more:
            await until(lambda: len(_tuned(here)) == len(_tuned(there)) == 1)
            for number in range(1, 21):
                await send((http, more)[number % 2], (here, there)[number % 2], number, f"ord{number}")
        wanted = " ".join(f"ord{number}" for number in range(1, 21))
        for client in (resident, other):
            await client.until(lambda client=client: client.captions == {"sv": wanted})  # type: ignore[misc]
        await captioner.types("En rad")
        await resident.until(
            lambda: resident.captions["sv"].endswith("\nEn rad") or "En rad" in resident.captions["sv"]
        )
        third = await stack.enter_async_context(_door(tmp_path, url))
        late = await Resident.join(third)
        await late.until(lambda: late.captions == resident.captions)
        await chair.do("close_item", why="secrecy")
        for client in (resident, other, late):
            await client.until(lambda client=client: client.captions == {})  # type: ignore[misc]


def _tuned(service: Service) -> set[str]:
    relay = service.hub._relay
    assert isinstance(relay, RedisRelay)
    return relay._tuned


async def test_what_one_door_took_behind_closed_doors_is_shown_at_no_other_after(tmp_path: Path) -> None:
    url = shared("redis", "single").url
    async with AsyncExitStack() as stack:
        here, there = [await stack.enter_async_context(_door(tmp_path, url)) for _ in range(2)]
        resident, other, chair = await Resident.join(here), await Resident.join(there), await Chair.join(here)
        http, more = [await stack.enter_async_context(door.http()) for door in (here, there)]
        await until(lambda: len(_tuned(here)) == len(_tuned(there)) == 1)
        await send(http, here, 1, "Nu stänger vi.")
        await chair.do("close_item", why="secrecy")
        await until(lambda: other.meeting["closed"] and other.captions == {})
        assert (await send(http, here, 2, "Hemligt.")).status_code == 200
        await until(lambda: there.hub.channels()[0].captioning.last_number() == 2)
        await chair.do("reopen_item")
        await until(lambda: other.meeting["closed"] is None)
        await send(more, there, 2, "Hemligt.")  # The answer was lost, so the service tries another door.
        await send(more, there, 3, "Välkomna tillbaka.")
        for client in (resident, other):
            await client.until(lambda client=client: client.captions == {"sv": "Välkomna tillbaka."})  # type: ignore[misc]
            assert not [raw for raw in client.raw if b"Hemligt" in raw]


def test_what_was_said_behind_closed_doors_is_not_taken_however_late_it_is_sent_again() -> None:
    writer = Writer()
    writer.says(1, "Nu stänger vi.")
    piece = writer.captions.numbered("sv", 2, "Hemligt.", writer.now)
    assert piece
    writer.captions.shut()
    writer.captions.pass_over(piece, writer.now)
    writer.now += QUIET + 1
    assert not writer.says(2, "Hemligt.")
    assert writer.says(3, "Välkomna tillbaka.")


async def test_when_redis_was_away_captions_go_on_at_every_door(tmp_path: Path) -> None:
    with Deployment("redis", "single") as deployment:
        relays = [RedisRelay(deployment.url, every=0.05) for _ in range(2)]
        heard_there: list[bytes] = []
        relays[0].attend("m", lambda message: None, lambda: b"senast")
        relays[1].attend("m", heard_there.append, lambda: b"")
        running = [asyncio.create_task(relay.run()) for relay in relays]
        await until(lambda: b"senast" in heard_there)
        node = deployment.nodes[0]
        node.kill()
        await relays[0].say("m", b"hos ingen")
        heard_there.clear()
        node.start()
        node.until_ready()
        await until(lambda: b"senast" in heard_there)
        await until(lambda: all(relay._tuned for relay in relays))
        await relays[0].say("m", b"nytt")
        await until(lambda: b"nytt" in heard_there)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


CANARY = "kanariegula ord som ingen sparar"


async def test_neither_captions_nor_their_address_are_written_anywhere(tmp_path: Path) -> None:
    with Deployment("redis", "single", "appendonly yes", "appendfsync always", "rdbcompression no") as deployment:
        async with Process(tmp_path, LIVECHAT_REDIS_URL=deployment.url) as process:
            resident, captioner = await Resident.join(process), await Captioner.join(process)
            secret = process.links[Role.CAPTIONER]
            async with process.http(headers={"Accept": "text/html"}) as http:
                assert (await send(http, process, 1, CANARY)).status_code == 200
                await http.post(f"{address(process)}?lang=sv", content=CANARY)
                await http.get(address(process))
                await http.post(f"{address(process)}/{secret}?seq=1", content=CANARY)
                await http.post(address(process, secret + "x"), params={"seq": "1"}, content=CANARY)
            await captioner.types(CANARY + " heller")
            await captioner.line.send('{"type":"type_caption","text":"' + CANARY)
            await resident.until(lambda: "heller" in resident.captions.get("sv", ""))
            process.stop()
            await process.ended()
            logged = process.logged()
        node = deployment.nodes[0]
        node.ask.save()
        files = [file for folder in (tmp_path, node.folder) for file in folder.rglob("*") if file.is_file()]
        assert any("appendonly" in str(file) for file in files)
        written = b"".join(file.read_bytes() for file in files) + logged
        assert CANARY.encode() not in written
        assert secret.encode() not in written
        assert b"ERROR" not in logged


async def test_the_operator_gets_both_addresses_and_renewing_them_ends_the_old_ones(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        _, shown, _ = await run("meeting", "links", "dialog", folder=tmp_path)
        secret = process.links[Role.CAPTIONER]
        assert f"/m/dialog/captions#{secret}" in shown
        assert f"/m/dialog/captions/{secret}?lang=" in shown
        captioner = await Captioner.join(process)
        async with process.http() as http:
            assert (await send(http, process, 1, "Före")).status_code == 200
            _, renewed, _ = await run("meeting", "links", "dialog", "--renew", folder=tmp_path)
            await captioner.until(lambda: captioner.closed == 4501)
            assert (await send(http, process, 2, "Efter")).status_code == 403
            fresh = re.search(r"(/m/dialog/captions/\S+)", renewed)
            assert fresh
            assert (await http.post(f"{fresh[1]}&seq=3&lang=sv-SE", content=b"Nytt")).status_code == 200
