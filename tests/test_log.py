"""The contract of the log. Every store passes the same tests: add it to `STORES`."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from livechat.events import (
    AnyEvent,
    CommentEdited,
    CommentErased,
    CommentSubmitted,
    Entry,
    EpochForked,
    IntakeOpened,
    IntakePaused,
)
from livechat.log import Conflict, Log, TailMissing, Unavailable, bare, join, split
from livechat.log.redis import RedisLog
from livechat.log.sqlite import SqliteLog
from livechat.roles import Role, Seat
from tests.cast import until
from tests.golden import GOLDEN
from tests.servers import Deployment
from tests.stores import STORES, lose_pointer, lose_tail, sqlite, traces

OPENED, PAUSED = IntakeOpened(minute=1), IntakePaused(minute=2)
FORKED = EpochForked(epoch="e", minute=3)
ERASED = CommentErased(id=f"{1:032x}", minute=9)
SEAT = Seat(Role.MODERATOR, 1)


def said(text: str, number: int = 1) -> CommentSubmitted:
    return CommentSubmitted(id=f"{number:032x}", item="1", minute=3, text=text)


@pytest.fixture(params=STORES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(name: str) -> Callable[[Path], Log]:
    return STORES[name]


@pytest.fixture
async def log(store: Callable[[Path], Log], tmp_path: Path) -> AsyncIterator[Log]:
    made = store(tmp_path)
    await made.start("m", "e", [OPENED])
    yield made
    await made.close()


async def test_offsets_are_one_two_three_and_an_entry_holds_all_of_its_events(log: Log) -> None:
    assert await log.append("m", "e", [PAUSED], at=1) == 2
    assert await log.append("m", "e", [OPENED, said("hej")], at=2) == 3
    entries = [Entry(1, (OPENED,)), Entry(2, (PAUSED,)), Entry(3, (OPENED, said("hej")))]
    assert await log.read("m", "e") == entries
    assert await log.read("m", "e", after=1, limit=1) == entries[1:2]


@pytest.mark.parametrize("at", [0, 2, 99])
async def test_only_who_knows_the_end_may_append(log: Log, at: int) -> None:
    with pytest.raises(Conflict):
        await log.append("m", "e", [PAUSED], at=at)
    assert await log.read("m", "e") == [Entry(1, (OPENED,))]


async def test_of_many_writers_at_one_offset_exactly_one_wins(log: Log) -> None:
    tries = [log.append("m", "e", [said("jag", number)], at=1) for number in range(20)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 19 + ["int"]
    assert len(await log.read("m", "e")) == 2


async def test_an_old_epoch_takes_no_more(log: Log) -> None:
    await log.start("m", "f", [PAUSED], instead_of="e")
    assert await log.epoch("m") == "f"
    assert await log.read("m", "f") == [Entry(1, (PAUSED,))]
    with pytest.raises(Conflict):
        await log.append("m", "e", [PAUSED], at=1)


async def test_the_pointer_moves_only_from_where_one_thinks_it_is(log: Log) -> None:
    for expected in (None, "other"):
        with pytest.raises(Conflict):
            await log.start("m", "f", [PAUSED], instead_of=expected)
    assert await log.epoch("m") == "e"
    assert await log.epoch("nothing") is None


async def test_all_meetings_are_listed_and_apart(log: Log) -> None:
    await log.start("other", "e", [PAUSED])
    await log.append("other", "e", [said("annat")], at=1)
    assert await log.meetings() == ["m", "other"]
    assert await log.read("m", "e") == [Entry(1, (OPENED,))]


async def test_words_survive_a_new_start_of_the_service(store: Callable[[Path], Log], log: Log, tmp_path: Path) -> None:
    await log.append("m", "e", [said("åäö 🌳 \n \u05d0\x00")], at=1)
    again = store(tmp_path)
    assert (await again.read("m", "e", after=1))[0].events == (said("åäö 🌳 \n \u05d0\x00"),)
    await again.close()


async def test_a_follower_gets_what_is_there_and_what_comes_each_once(log: Log) -> None:
    written = [await log.append("m", "e", [said(f"{number}", number)], at=number) for number in range(1, 6)]
    following = asyncio.create_task(_follow(log, 1, until=len(written) * 2 + 1))
    for number in range(6, 11):
        await log.append("m", "e", [said(f"{number}", number)], at=number)
    entries = await asyncio.wait_for(following, 10)
    assert [entry.offset for entry in entries] == list(range(2, 12))


async def test_a_follower_hears_what_another_process_writes(
    store: Callable[[Path], Log], log: Log, tmp_path: Path
) -> None:
    following = asyncio.create_task(_follow(log, 1, until=2))
    other = store(tmp_path)
    await other.append("m", "e", [PAUSED], at=1)
    assert await asyncio.wait_for(following, 10) == [Entry(2, (PAUSED,))]
    await other.close()


async def test_following_ends_with_the_epoch(log: Log) -> None:
    following = asyncio.create_task(_follow(log, 0, until=99))
    await log.append("m", "e", [PAUSED], at=1)
    await log.start("m", "f", [OPENED], instead_of="e")
    assert [entry.offset for entry in await asyncio.wait_for(following, 10)] == [1, 2]


async def test_the_end_is_told_of_the_current_epoch_alone(log: Log) -> None:
    assert await log.end("m", "e") == 1
    await log.append("m", "e", [PAUSED], at=1)
    assert await log.end("m", "e") == 2
    await log.start("m", "f", [OPENED], instead_of="e")
    with pytest.raises(Conflict):
        await log.end("m", "e")


async def test_a_fork_moves_everything_and_leaves_nothing_behind(log: Log, name: str, tmp_path: Path) -> None:
    await log.append("m", "e", [said("hej")], at=1)
    await log.fork("m", "e", "f", [FORKED])
    assert await log.epoch("m") == "f"
    assert await log.read("m", "f") == [Entry(1, (OPENED,)), Entry(2, (said("hej"),)), Entry(3, (FORKED,))]
    assert await log.append("m", "f", [PAUSED], at=3) == 4
    with pytest.raises(Conflict):
        await log.append("m", "e", [PAUSED], at=2)
    assert traces(name, tmp_path, "e") == []


async def test_of_many_forks_exactly_one_wins(log: Log) -> None:
    tries = [log.fork("m", "e", f"f{number}", [FORKED]) for number in range(10)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 9 + ["NoneType"]
    epoch = await log.epoch("m")
    assert epoch == f"f{results.index(None)}"
    assert await log.read("m", epoch) == [Entry(1, (OPENED,)), Entry(2, (FORKED,))]


async def test_what_is_erased_folds_as_empty_and_its_entries_stay(log: Log) -> None:
    await log.append("m", "e", [said("hot"), said("hej", 2)], at=1)
    shown = CommentEdited(id=f"{1:032x}", by=SEAT, minute=4, text="redigerat")
    await log.append("m", "e", [shown], at=2)
    assert await log.append("m", "e", [ERASED], at=3) == 4
    blank = Entry(3, (msgspec.structs.replace(shown, text=""),))
    assert await log.read("m", "e", after=1) == [Entry(2, (said(""), said("hej", 2))), blank, Entry(4, (ERASED,))]
    await log.scrub("m")
    assert await log.end("m", "e") == 4


async def test_nothing_is_erased_by_who_loses_the_race(log: Log) -> None:
    await log.append("m", "e", [said("hot")], at=1)
    with pytest.raises(Conflict):
        await log.append("m", "e", [ERASED], at=1)
    assert (await log.read("m", "e", after=1))[0].events == (said("hot"),)


async def test_words_that_are_written_and_erased_in_one_entry_are_not_there(log: Log) -> None:
    await log.append("m", "e", [said("hot"), ERASED], at=1)
    assert (await log.read("m", "e", after=1))[0].events == (said(""), ERASED)


async def test_of_many_who_scrub_all_return(log: Log) -> None:
    await log.append("m", "e", [said("hot"), ERASED], at=1)
    await log.start("other", "e", [OPENED])
    await asyncio.gather(*(log.scrub(meeting) for meeting in ("m", "other", "m", "other")))
    await log.scrub("m")


async def test_of_what_is_erased_not_a_byte_is_left_in_a_file(tmp_path: Path) -> None:
    await _write_and_erase(sqlite(tmp_path), tmp_path)


async def test_of_what_is_erased_not_a_byte_is_left_in_the_append_only_file() -> None:
    with Deployment("valkey", "single") as servers:
        await _write_and_erase(RedisLog(servers.url), servers.nodes[0].folder)


async def _write_and_erase(log: Log, folder: Path) -> None:
    words = "jag vet var du bor " * 25  # Longer than what a page keeps in one place.
    await log.start("m", "e", [OPENED])
    for number in range(1, 40):
        await log.append("m", "e", [said(f"{words}{number}", number)], at=number)
    assert _holds(folder, words[:200])
    erased = [CommentErased(id=f"{number:032x}", minute=9) for number in range(1, 40)]
    await log.append("m", "e", erased, at=40)
    await log.scrub("m")
    await until(lambda: not _holds(folder, "vet var du"))  # Files are unlinked a moment after they are replaced.
    assert (await log.read("m", "e", after=1, limit=1))[0].events == (said(""),)
    await log.close()


def _holds(folder: Path, words: str) -> bool:
    return any(words.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_follower_that_is_ahead_of_the_log_is_told(log: Log, name: str, tmp_path: Path) -> None:
    await log.append("m", "e", [PAUSED], at=1)
    seen: list[Entry] = []
    following = asyncio.create_task(_follow(log, 0, until=99, seen=seen))
    await log.append("m", "e", [OPENED], at=2)
    await until(lambda: len(seen) == 3)
    lose_tail(name, tmp_path, keep=2)
    with pytest.raises(TailMissing):
        await asyncio.wait_for(following, 10)
    with pytest.raises(TailMissing):
        await _follow(log, 3, until=99)


# A file on the own disk loses nothing that a second writer could replace.
@pytest.mark.parametrize("name", sorted(STORES.keys() - {"sqlite"}), indirect=True)
async def test_nobody_goes_on_from_an_entry_that_another_has_replaced(
    log: Log, name: str, store: Callable[[Path], Log], tmp_path: Path
) -> None:
    seen: list[Entry] = []
    following = asyncio.create_task(_follow(log, 0, until=99, seen=seen))
    await log.append("m", "e", [PAUSED], at=1)
    await until(lambda: len(seen) == 2)
    lose_tail(name, tmp_path, keep=1)
    other = store(tmp_path)
    assert await other.append("m", "e", [PAUSED], at=1) == 2
    with pytest.raises(Conflict):
        await log.append("m", "e", [OPENED], at=2)
    with pytest.raises(Conflict):
        await log.end("m", "e")
    with pytest.raises(TailMissing):
        await asyncio.wait_for(following, 10)
    assert await other.append("m", "e", [OPENED], at=2) == 3
    await other.close()


async def test_a_meeting_that_vanished_is_no_conflict_but_a_failure(log: Log, name: str, tmp_path: Path) -> None:
    lose_pointer(name, tmp_path)
    for attempt in (log.append("m", "e", [PAUSED], at=1), log.end("m", "e"), _follow(log, 1, until=99)):
        with pytest.raises(Unavailable, match="gone"):
            await attempt
    with pytest.raises(Unavailable, match="gone"):
        await log.fork("m", "e", "f", [FORKED])


async def test_a_store_that_can_be_written_is_well(log: Log) -> None:
    await log.check()
    await log.check("m")


def test_a_file_that_is_no_log_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    path.write_bytes(b"this is a letter, not a database. " * 100)
    with pytest.raises(Unavailable, match=r"log\.sqlite"):
        SqliteLog(path)


async def test_words_are_nowhere_but_in_the_texts(tmp_path: Path) -> None:
    log = sqlite(tmp_path)
    await log.start("m", "e", [OPENED])
    await log.append("m", "e", [said("hemlighet")], at=1)
    with sqlite3.connect(tmp_path / "log.sqlite") as db:
        bodies = b"".join(body for (body,) in db.execute("SELECT body FROM entries"))
        texts = db.execute("SELECT kind, text FROM texts").fetchall()
        settings = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode",)]
    assert b"hemlighet" not in bodies
    assert texts == [("original", "hemlighet")]
    assert settings == ["wal"]
    await log.close()


async def _follow(log: Log, after: int, until: int, seen: list[Entry] | None = None) -> list[Entry]:
    entries = [] if seen is None else seen
    async for more in log.follow("m", "e", after=after):
        entries += more
        if entries[-1].offset >= until:
            break
    return entries


def test_every_event_can_be_written_and_read_back() -> None:
    assert {type(event) for event in GOLDEN} == set(AnyEvent.__args__)
    for event in GOLDEN:
        body, words = split([event])
        assert join(bare(body), {(piece.comment, piece.kind): piece.text for piece in words}) == (event,)
