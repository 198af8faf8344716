"""Rehearsals: everything works and is marked, and nothing is left when the meeting opens. One that has begun stays."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from livechat import events
from livechat.commands import ApproveComment, OpenIntake, OpenMeeting, SubmitComment, TakeSeat, comment_id
from livechat.epochs import current
from livechat.errors import Refused
from livechat.events import EpochForked, Event, LinksRenewed, MeetingSetUp, SeatTaken, StaffLink
from livechat.handle import handle
from livechat.meeting import Meeting, apply
from livechat.rehearsal import Begun, anew
from livechat.roles import RESIDENT, Actor, Role, Seat
from tests.cast import (
    FILE,
    KEY,
    Chair,
    Client,
    Display,
    Moderator,
    Resident,
    Service,
    new_secret,
    serving,
    session,
    shown,
)
from tests.process import Process, run
from tests.servers import Deployment, wait_for
from tests.stores import STORES
from tests.test_heart import CHAIR, EPOCH, MODERATORS, SET_UP, STAFF
from web.meetings import Meetings

SECRET = "secret-of-a-comment-0001"
PAGES = ("", "/moderate", "/chair", "/display")

# --- the heart ---


def rehearsed(*given: tuple[Any, Actor]) -> Meeting:
    """A rehearsal in which staff have taken their seats and then given these commands."""
    state = apply(Meeting("m", EPOCH), replace(SET_UP, rehearsal=True))
    seats = [
        (TakeSeat(epoch=EPOCH, link=link, session=who.session), who) for who, link in zip(STAFF, "mmc", strict=True)
    ]
    for command, who in [*seats, *given]:
        state = _after(state, handle(state, command, who, 1))
    return state


def _after(state: Meeting, events: tuple[Event, ...]) -> Meeting:
    for event in events:
        state = apply(state, event)
    return state


def opened(state: Meeting) -> Meeting:
    return _after(Meeting("m", "new"), handle(state, OpenMeeting(epoch=state.epoch), CHAIR, 9))


def test_the_meeting_begins_with_the_same_agenda_settings_links_and_seats_and_nothing_else() -> None:
    submit = SubmitComment(epoch=EPOCH, secret=SECRET, item="1", text="ord")
    approve = ApproveComment(epoch=EPOCH, comment=comment_id(SECRET))
    before = rehearsed((OpenIntake(epoch=EPOCH), CHAIR), (submit, RESIDENT), (approve, MODERATORS[0]))
    now = opened(before)
    expected = Meeting(
        *("m", "new"),
        settings=SET_UP.settings,
        agenda=SET_UP.agenda,
        links=SET_UP.links,
        sessions=before.sessions,
        seats=before.seats,
        instead_of=(EPOCH,),
    )
    assert now == expected


def test_what_is_still_under_way_from_the_rehearsal_is_refused_as_such() -> None:
    now = opened(_after(rehearsed(), (EpochForked(epoch="earlier", minute=1),)))
    for epoch, code in ((EPOCH, "rehearsal_over"), ("earlier", "rehearsal_over"), ("another", "epoch_changed")):
        with pytest.raises(Refused, match=code):
            handle(now, SubmitComment(epoch=epoch, secret=SECRET, item="1", text="ord"), RESIDENT, 1)


def test_revoked_seats_and_links_stay_revoked() -> None:
    renewed = LinksRenewed(links=(StaffLink(Role.CHAIR, "new", 10**6),))
    seat = SeatTaken(seat=Seat(Role.CHAIR, 2), session=CHAIR.session, expires=10**6)
    now = opened(_after(rehearsed(), (renewed, seat)))
    assert (now.links, set(now.sessions)) == (renewed.links, {CHAIR.session})


def test_only_a_rehearsal_or_a_meeting_in_which_nothing_has_happened_can_be_wiped() -> None:
    fresh = apply(Meeting("m", EPOCH), SET_UP)
    (set_up,) = anew(fresh, rehearsal=True)
    assert set_up == replace(SET_UP, rehearsal=True, instead_of=(EPOCH,))
    real = replace(rehearsed((OpenIntake(epoch=EPOCH), CHAIR)), rehearsal=False)
    for rehearsal in (True, False):
        with pytest.raises(Begun):
            anew(real, rehearsal=rehearsal)
    assert handle(real, OpenMeeting(epoch=EPOCH), CHAIR, 1) == ()
    for prepared in (
        events.NoticePosted(texts={"sv": "Vi börjar strax"}, minute=1),
        events.ItemIntakeSet(item="1", open=False, minute=1),
        events.SlowModeSet(seconds=30, by=Seat(Role.MODERATOR, 1), minute=1),
    ):
        with pytest.raises(Begun):
            anew(apply(fresh, prepared), rehearsal=True)


@pytest.mark.parametrize("who", [RESIDENT, *MODERATORS, Actor(Role.DISPLAY), Actor(Role.CHAIR, "nobody")])
def test_only_the_chair_opens_the_meeting(who: Actor) -> None:
    with pytest.raises(Refused):
        handle(rehearsed(), OpenMeeting(epoch=EPOCH), who, 1)


def test_an_old_log_is_of_no_rehearsal() -> None:
    assert not MeetingSetUp(announced=0, settings=SET_UP.settings, agenda=()).rehearsal


# --- the doors ---


async def rehearse(service: Service) -> None:
    assert await Meetings(service.hub.log, KEY, new_secret).rehearse("dialog")


@pytest.fixture(params=["sqlite", "redis-sentinel", "valkey-cluster"])
async def doors(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Service]]:
    """Two processes with a rehearsal."""
    log = STORES[request.param]
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(serving(tmp_path, log=log(tmp_path), begun=False)) for _ in range(2)]


async def test_both_processes_go_from_rehearsal_to_meeting_and_nobody_opens_anything_again(
    doors: list[Service],
) -> None:
    here, there = doors
    early = await Resident.join(there)
    await rehearse(here)
    await early.until(lambda: early.meeting["rehearsal"])
    resident, moderator, chair, display = (
        await Resident.join(here),
        await Moderator.join(there),
        await Chair.join(here),
        await Display.join(there),
    )
    everybody: list[Client] = [early, resident, moderator, chair, display]
    await chair.do("open_intake")
    kept = new_secret()
    id = await resident.writes("Bara på prov", secret=kept)
    await moderator.until(lambda: moderator.sees(id))
    await moderator.approves(id)
    await resident.until(lambda: resident.sees(id))
    await resident.supports(id)
    await display.until(lambda: display.tally(id) == 1)
    assert all(client.meeting["rehearsal"] for client in everybody)
    rehearsal, ballot = resident.epoch, resident.ballot

    await chair.do("open_meeting")
    for client in everybody:
        await client.until(lambda client=client: client.epoch != rehearsal)  # type: ignore[misc]
        first = next(frame for frame in client.frames if frame.get("epoch") == client.epoch)
        assert (first["since"], client.comments(), client.tally(id)) == (0, {}, 0)
        assert (client.meeting["rehearsal"], client.meeting["intake"]) == (False, "not_open")
        assert client.closed is None
    assert (await resident.do("watch", secrets=[kept]))["ids"] == [None]
    sent = {"secret": new_secret(), "item": "1", "text": "Ur utkorgen", "epoch": rehearsal}
    assert (await resident.ask("submit_comment", **sent))["code"] == "rehearsal_over"
    assert (await early.ask("submit_comment", **sent))["code"] == "rehearsal_over"

    await chair.do("open_intake")
    id = await resident.writes("På riktigt", secret=kept)
    await moderator.until(lambda: moderator.sees(id))
    await moderator.approves(id)
    await resident.until(lambda: resident.sees(id))
    assert (await resident.ask("support_comment", comment=id, ballot=ballot))["code"] == "bad_ballot"
    resident.ballot = ""
    await resident.supports(id)
    await display.until(lambda: display.tally(id) == 1)
    assert moderator.comments().keys() == display.comments().keys() == {f"comment:{id}"}


async def test_of_two_who_open_at_once_one_opens_and_both_are_there(doors: list[Service]) -> None:
    await rehearse(doors[0])
    chairs = [await Chair.join(door) for door in doors]
    rehearsal = chairs[0].epoch
    answers = await asyncio.gather(*(chair.ask("open_meeting", epoch=rehearsal) for chair in chairs))
    assert all(answer["type"] == "ack" or answer["code"] == "rehearsal_over" for answer in answers)
    assert any(answer["type"] == "ack" for answer in answers)
    for chair in chairs:
        await chair.until(lambda chair=chair: not chair.meeting["rehearsal"])  # type: ignore[misc]
    assert chairs[0].epoch == chairs[1].epoch
    assert (await chairs[0].do("open_meeting"))["type"] == "ack"  # Said again in the meeting, it changes nothing.
    assert (await Chair.join(doors[1])).epoch == chairs[1].epoch


async def test_while_many_write_each_comment_is_in_the_rehearsal_or_in_the_meeting(doors: list[Service]) -> None:
    await rehearse(doors[0])
    chair = await Chair.join(doors[0])
    await chair.do("open_intake")
    residents = [await Resident.join(door) for door in doors for _ in range(5)]
    rehearsal, taken = chair.epoch, []

    async def write(resident: Resident) -> None:
        while resident.epoch == rehearsal:
            answer = await resident.ask("submit_comment", secret=new_secret(), item="1", text="Hej", epoch=rehearsal)
            taken.append(answer.get("code", answer["type"]))

    writing = asyncio.gather(*(write(resident) for resident in residents))
    await residents[0].until(lambda: len(taken) > 20)
    await chair.do("open_meeting")
    await writing
    assert set(taken) <= {"ack", "rehearsal_over"}
    for door in doors:
        assert (await Moderator.join(door)).comments() == {}


@pytest.mark.parametrize("store", ["sqlite", "valkey-single"])
async def test_who_looks_while_a_rehearsal_begins_or_ends_sees_one_or_the_other(store: str, tmp_path: Path) -> None:
    log, other = STORES[store](tmp_path), STORES[store](tmp_path)
    meetings = Meetings(log, KEY, new_secret)
    await meetings.new(FILE)

    async def practise() -> None:
        for _ in range(25):
            assert await meetings.rehearse("dialog")
            assert await meetings.open("dialog")

    practising, seen = asyncio.create_task(practise()), set()
    while not practising.done():
        fold, listed = await current(other, "dialog"), await Meetings(other, KEY, new_secret).one("dialog")
        assert fold
        assert fold.meeting.settings.committee == listed.settings.committee == FILE.committee
        seen |= {fold.meeting.rehearsal, listed.rehearsal}
    await practising
    assert seen == {True, False}
    for each in (log, other):
        await each.close()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, begun=False) as running:
        yield running


async def test_every_page_says_so_also_without_script_and_in_its_title(service: Service) -> None:
    await rehearse(service)
    chair = await Chair.join(service)
    await chair.do("open_intake")
    form = {"secret": new_secret(), "item": "1", "text": "Utan skript", "epoch": chair.epoch}
    async with service.http(headers={"Accept": "text/html"}) as http:
        pages = [(await http.get(f"/m/dialog{page}?lang=sv")).text for page in PAGES]
        sent = (await http.post("/m/dialog/comments", data=form)).text
        for page in [*pages, sent]:
            assert "<title>REPETITION – " in page
            assert 'data-rehearsal=""' in page
        told = (await http.get("/status")).text.partition("REPETITION")[2]
        assert "1 möte övas just nu." in told
        assert "dialog" not in told  # Anybody may read that page.
        await chair.do("open_meeting")
        for page in PAGES:
            text = (await http.get(f"/m/dialog{page}")).text
            assert ("<title>REPETITION" in text, 'data-rehearsal=""' in text) == (False, False)
        assert "REPETITION" not in (await http.get("/status")).text


async def test_a_form_from_the_rehearsal_comes_back_with_its_text(service: Service) -> None:
    await rehearse(service)
    chair = await Chair.join(service)
    form = {"secret": new_secret(), "item": "1", "text": "Skrivet i repetitionen", "epoch": chair.epoch}
    async with service.http(headers={"Accept": "text/html"}) as http:
        assert f'name="epoch" value="{chair.epoch}"' in (await http.get("/m/dialog")).text
        await chair.do("open_meeting")
        await chair.do("open_intake")
        answer = await http.post("/m/dialog/comments", data=form)
        assert answer.status_code == 409
        assert "Repetitionen är slut" in answer.text
        assert ("Skrivet i repetitionen</textarea>" in answer.text, f'value="{chair.epoch}"' in answer.text) == (
            True,
            True,
        )
        assert (await http.post("/m/dialog/comments", data={**form, "epoch": chair.epoch})).status_code == 201


async def test_neither_ledger_nor_stream_nor_state_knows_of_the_rehearsal_any_more(service: Service) -> None:
    await rehearse(service)
    chair, resident, moderator = await Chair.join(service), await Resident.join(service), await Moderator.join(service)
    await chair.do("open_intake")
    for number in range(6):
        await shown(resident, moderator, f"Övning {number}")
    channel = service.hub.channels()[0]
    channel.attendance._ledger = None  # As if half a minute had passed.
    assert channel.attendance.tell(Role.RESIDENT)["ledger"]["received"] == 5
    async with service.http() as http:
        before = (await http.get("/m/dialog/state")).headers["etag"]
        async with http.stream("GET", "/m/dialog/events") as stream:
            lines = stream.aiter_lines()
            assert '"rehearsal":true' in await _data(lines)
            await chair.do("open_meeting")
            state = await _data(lines)
            while '"type":"state"' not in state:
                state = await _data(lines)
            assert ('"since":0' in state, '"rehearsal":false' in state, "Övning" in state) == (True, True, False)
        answer = await http.get("/m/dialog/state", headers={"If-None-Match": before})
        assert (answer.status_code, "Övning" in answer.text) == (200, False)
    assert channel.attendance.tell(Role.RESIDENT)["ledger"]["received"] == 0
    assert channel.attendance.tell(Role.MODERATOR)["ledger"]["received"] == 0


async def _data(lines: AsyncIterator[str]) -> str:
    async for line in lines:
        if line.startswith("data:"):
            return line
    raise AssertionError("the stream has ended")


async def test_who_was_shut_out_in_the_rehearsal_stays_out(service: Service) -> None:
    await rehearse(service)
    cookie = await session(service, Role.MODERATOR)
    meetings = Meetings(service.hub.log, KEY, new_secret)
    await meetings.renew_links("dialog")
    links = {link.role: str(link.url).partition("#")[2] for link in await meetings.links("dialog", "")}
    fresh = await session(service, Role.CHAIR, links[Role.CHAIR])
    chair = await Chair.join(service, cookie=fresh)
    await chair.do("open_meeting")
    assert (await Moderator.join(service, cookie=cookie)).frames[0]["code"] == "no_session"
    assert (await Chair.join(service, cookie=fresh)).meeting["rehearsal"] is False
    assert await session(service, Role.MODERATOR, links[Role.MODERATOR])


# --- the operator ---


async def test_the_operator_rehearses_and_opens_and_what_has_begun_is_not_wiped(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        status, said, _ = await run("meeting", "rehearse", "dialog", folder=tmp_path)
        assert (status, "meeting open dialog" in said) == (0, True)
        status, said, _ = await run("meeting", "rehearse", "dialog", folder=tmp_path)
        assert (status, "redan en repetition" in said) == (0, True)
        assert "REPETITION" in (await run("meeting", "list", folder=tmp_path))[1]
        resident, chair = await Resident.join(process), await Chair.join(process)
        await chair.do("open_intake")
        await resident.writes("Bara på prov")
        assert "är en repetition" in (await run("meeting", "record", "dialog", folder=tmp_path))[2]
        status, said, error = await run("meeting", "open", "dialog", folder=tmp_path)  # Nobody says yes.
        assert (status, "1 kommentar" in said, "Inget är ändrat" in error) == (1, True, True)
        status, said, _ = await run("meeting", "open", "dialog", "--yes", folder=tmp_path)
        assert (status, "Repetitionen är slut" in said) == (0, True)
        await resident.until(lambda: not resident.meeting["rehearsal"])
        status, said, _ = await run("meeting", "open", "dialog", "--yes", folder=tmp_path)
        assert (status, "ingen repetition" in said) == (0, True)

        moderator = await Moderator.join(process)
        await moderator.do("enter_comment", secret=new_secret(), item="1", text="Från en lapp, på riktigt")
        status, _, error = await run("meeting", "rehearse", "dialog", folder=tmp_path)
        assert (status, "kan inte bli en repetition" in error) == (2, True)
        await chair.do("open_intake")
        status, _, error = await run("meeting", "rehearse", "dialog", folder=tmp_path)
        assert (status, "kan inte bli en repetition" in error) == (2, True)
        status, record, error = await run("meeting", "record", "dialog", folder=tmp_path)
        assert (status, record.count("öppnade för kommentarer"), "repetition" in error) == (0, 1, False)
        assert len((await Moderator.join(process)).comments()) == 1
    status, _, error = await run("meeting", "rehearse", "nothing", folder=tmp_path)
    assert (status, "nothing" in error) == (2, True)


READER = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN")
db.execute("SELECT * FROM texts").fetchall()
print("reading", flush=True)
time.sleep(60)
"""
"""Stays where it is, which keeps SQLite from emptying its write-ahead log. Killed, it does not tidy up either."""

CANARIES = ("kanarie-original", "kanarie-redigerad", "kanarie-translation", "kanarie-avslagen", "kanarie-hot")


async def test_of_a_rehearsal_not_a_byte_is_left_after_the_opening(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await run("meeting", "rehearse", "dialog", folder=tmp_path)
        chair, secret = await _rehearse_with_canaries(process)
        assert all(_in_files(tmp_path, canary) for canary in (*CANARIES, secret))
        await chair.do("open_meeting")
        await _gone(tmp_path, secret)
        resident = await Resident.join(process)
        await chair.do("open_intake")
        await resident.writes("På riktigt")
        assert _in_files(tmp_path, "På riktigt")
        process.stop()
        await process.ended()
    await _gone(tmp_path, secret)


async def test_of_a_rehearsal_not_a_byte_is_left_in_redis_after_the_opening(tmp_path: Path) -> None:
    with Deployment("valkey", "single") as servers:
        folder = servers.nodes[0].folder
        async with Process(tmp_path, LIVECHAT_REDIS_URL=servers.url) as process:
            await run("meeting", "rehearse", "dialog", folder=tmp_path, LIVECHAT_REDIS_URL=servers.url)
            chair, _ = await _rehearse_with_canaries(process)
            assert all(_in_files(folder, canary) for canary in CANARIES)
            await chair.do("open_meeting")
            await _gone(folder)
            await asyncio.to_thread(wait_for, lambda: not servers.nodes[0].ask.keys("*unscrubbed"), "scrubbed")
            kept = b" ".join(servers.nodes[0].ask.keys("*"))
            assert (kept.count(b":entries:"), kept.count(b":texts:")) == (1, 0)


async def test_a_service_that_is_killed_while_it_opens_finishes_when_it_starts(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await run("meeting", "rehearse", "dialog", folder=tmp_path)
        chair, secret = await _rehearse_with_canaries(process)
        rehearsal = chair.epoch
        reader = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", READER, str(tmp_path / "data" / "livechat.sqlite")), stdout=asyncio.subprocess.PIPE
        )
        assert reader.stdout
        assert await reader.stdout.readline() == b"reading\n"
        await chair.do("open_meeting")
        await chair.until(lambda: chair.epoch != rehearsal)
        for each in (process.process, reader):
            each.kill()
            await each.wait()
        assert all(_in_files(tmp_path, canary) for canary in CANARIES)
        await process.start()
        await _gone(tmp_path, secret)  # Before anybody has asked for the meeting.
        assert (await Chair.join(process, cookie=chair.cookie)).meeting["rehearsal"] is False


@pytest.mark.parametrize("late", range(4))
async def test_a_service_that_is_killed_at_any_moment_has_opened_or_not(tmp_path: Path, late: int) -> None:
    async with Process(tmp_path) as process:
        await run("meeting", "rehearse", "dialog", folder=tmp_path)
        chair, secret = await _rehearse_with_canaries(process)
        command = {"type": "open_meeting", "ref": "open", "epoch": chair.epoch}
        await chair.send(command)
        await asyncio.sleep(late * 0.002)
        process.kill()
        await process.ended()
        await process.start()
        moderator = await Moderator.join(process)
        if moderator.meeting["rehearsal"]:
            assert len(moderator.comments()) == 4  # One is sealed.
            await (await Chair.join(process)).do("open_meeting")
        else:
            assert moderator.comments() == {}
        await _gone(tmp_path, secret)


async def _rehearse_with_canaries(process: Service) -> tuple[Chair, str]:
    """A rehearsal with a marked text of every kind; gives the chair, and what proves who wrote one."""
    chair, resident, moderator = await Chair.join(process), await Resident.join(process), await Moderator.join(process)
    await chair.do("open_intake")
    original, edited, declined, sealed = [
        await resident.writes(text)
        for text in ("kanarie-original", "kanarie-ska redigeras", "kanarie-avslagen", "kanarie-hot")
    ]
    await moderator.until(lambda: moderator.sees(sealed))
    await moderator.do("edit_comment", comment=edited, text="kanarie-redigerad " * 20)
    for id in (original, edited):
        await moderator.approves(id)
    await moderator.do("translate_comment", comment=original, language="en", text="kanarie-translation")
    await moderator.declines(declined)
    await moderator.do("seal_comment", comment=sealed)
    await moderator.do("enter_comment", secret=new_secret(), item="1", text="kanarie-lapp")
    await resident.until(lambda: resident.sees(original))
    await resident.supports(original)
    await resident.leave()
    await moderator.leave()
    return chair, original


def _in_files(folder: Path, word: str) -> bool:
    return any(word.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def _gone(folder: Path, *more: str) -> None:
    async with asyncio.timeout(15):
        while any(_in_files(folder, word) for word in ("kanarie", *more)):  # noqa: ASYNC110 - no frame tells of it
            await asyncio.sleep(0.02)


async def test_an_opening_that_the_store_lost_is_made_good_with_all_that_was_said_since(tmp_path: Path) -> None:
    log = STORES["valkey-single"](tmp_path)
    async with serving(tmp_path, log=log, begun=False) as service:
        await rehearse(service)
        chair, resident, moderator = (
            await Chair.join(service),
            await Resident.join(service),
            await Moderator.join(service),
        )
        await chair.do("open_intake")
        await resident.writes("Bara på prov")
        rehearsal = chair.epoch
        before = await _dump(log, tmp_path)
        await chair.do("open_meeting")
        await chair.until(lambda: chair.epoch != rehearsal)
        await resident.until(lambda: resident.epoch != rehearsal)
        await chair.do("open_intake")
        id = await resident.writes("På riktigt, strax före avbrottet")
        real = chair.epoch
        await _restore(log, tmp_path, before)
        for client in (chair, resident, moderator):
            await client.until(lambda client=client: client.epoch not in (rehearsal, real))  # type: ignore[misc]
            assert (client.meeting["rehearsal"], client.meeting["intake"]) == (False, "open")
        await moderator.until(lambda: moderator.sees(id))
        assert len(moderator.comments()) == 1
        await resident.do("submit_comment", secret=new_secret(), item="1", text="Ur utkorgen", epoch=real)


async def _dump(log: Any, prefix: Path) -> dict[bytes, bytes]:
    client = await log._servers.owner("")
    return {key: await client.dump(key) for key in await client.keys(f"{prefix}:{{dialog}}:*")}


async def _restore(log: Any, prefix: Path, kept: dict[bytes, bytes]) -> None:
    client = await log._servers.owner("")
    step = client.pipeline(transaction=True)
    for key in await client.keys(f"{prefix}:{{dialog}}:*"):
        step.delete(key)
    for key, value in kept.items():
        step.restore(key, 0, value)
    await step.execute()
