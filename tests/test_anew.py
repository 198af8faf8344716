"""The contract of beginning anew, on every store: one step, seen by all, and not a byte of what was before is left."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import pytest

from livechat.events import CommentSubmitted, Entry, IntakeOpened, IntakePaused
from livechat.log import BallotsClosed, Cast, Conflict, Log, Unavailable
from livechat.log.redis import RedisLog
from livechat.scrubbing import scrub_all
from tests.cast import until
from tests.servers import Deployment
from tests.stores import STORES, lose_pointer, traces

OPENED, PAUSED = IntakeOpened(minute=1), IntakePaused(minute=2)
ONE = "1" * 32


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


def said(text: str, number: int = 1) -> CommentSubmitted:
    return CommentSubmitted(id=f"{number:032x}", item="1", minute=3, text=text)


async def test_what_was_is_gone_and_the_new_epoch_begins_with_its_first_entry(
    log: Log, name: str, tmp_path: Path
) -> None:
    await log.append("m", "e", [said("repeterat")], at=1)
    await log.ballot_secret("m", "e", fresh=b"s" * 32)
    assert await log.cast("m", "e", [Cast(ONE, b"m" * 16, True)], at=2) == 3
    await log.begin_anew("m", "e", "f", [PAUSED], at=3)
    assert await log.epoch("m") == "f"
    assert await log.read("m", "f") == [Entry(1, (PAUSED,))]
    assert await log.read("m", "e") == []
    assert traces(name, tmp_path, "e") == []
    assert await log.append("m", "f", [OPENED], at=1) == 2


async def test_the_ballots_of_what_was_count_no_more(log: Log) -> None:
    await log.ballot_secret("m", "e", fresh=b"s" * 32)
    await log.begin_anew("m", "e", "f", [PAUSED], at=1)
    with pytest.raises(Conflict):
        await log.ballot_secret("m", "e", fresh=b"s" * 32)
    with pytest.raises(BallotsClosed):
        await log.cast("m", "f", [Cast(ONE, b"m" * 16, True)], at=1)
    assert await log.ballot_secret("m", "f", fresh=b"new") == b"new"


@pytest.mark.parametrize("at", [0, 1, 3])
async def test_nothing_is_deleted_that_one_has_not_read(log: Log, at: int) -> None:
    await log.append("m", "e", [said("hej")], at=1)
    with pytest.raises(Conflict):
        await log.begin_anew("m", "e", "f", [PAUSED], at=at)
    with pytest.raises(Conflict):
        await log.begin_anew("m", "another", "f", [PAUSED], at=2)
    assert await log.read("m", "e") == [Entry(1, (OPENED,)), Entry(2, (said("hej"),))]


async def test_of_many_who_begin_anew_exactly_one_wins(log: Log) -> None:
    tries = [log.begin_anew("m", "e", f"f{number}", [PAUSED], at=1) for number in range(10)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 9 + ["NoneType"]
    assert await log.epoch("m") == f"f{results.index(None)}"


async def test_of_a_comment_and_a_new_beginning_exactly_one_comes_first(log: Log) -> None:
    results = await asyncio.gather(
        log.append("m", "e", [said("samtidigt")], at=1),
        log.begin_anew("m", "e", "f", [PAUSED], at=1),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Conflict) for result in results) == 1
    kept = [event for entry in await log.read("m", str(await log.epoch("m"))) for event in entry.events]
    assert kept in ([PAUSED], [OPENED, said("samtidigt")])


async def test_following_ends_where_another_process_begins_anew(
    store: Callable[[Path], Log], log: Log, tmp_path: Path
) -> None:
    other = store(tmp_path)

    async def follow() -> list[int]:
        return [entry.offset async for entries in log.follow("m", "e") for entry in entries]

    following = asyncio.create_task(follow())
    await log.append("m", "e", [said("hej")], at=1)
    await other.begin_anew("m", "e", "f", [PAUSED], at=2)
    assert (await asyncio.wait_for(following, 10))[:2] in ([1, 2], [1], [])
    with pytest.raises(Conflict):
        await log.append("m", "e", [OPENED], at=2)
    await other.close()


async def test_other_meetings_stay_as_they_are(log: Log) -> None:
    await log.start("n", "e", [OPENED])
    await log.append("n", "e", [said("annat")], at=1)
    await log.begin_anew("m", "e", "f", [PAUSED], at=1)
    await log.scrub("m")
    assert await log.read("n", "e") == [Entry(1, (OPENED,)), Entry(2, (said("annat"),))]


async def test_scrubbing_where_nothing_was_deleted_does_nothing(log: Log) -> None:
    await log.scrub("m")
    await log.begin_anew("m", "e", "f", [PAUSED], at=1)
    for _ in range(2):
        await log.scrub("m")
    await log.scrub("nothing")
    assert await log.read("m", "f") == [Entry(1, (PAUSED,))]


async def test_a_meeting_that_vanished_cannot_begin_anew(log: Log, name: str, tmp_path: Path) -> None:
    lose_pointer(name, tmp_path)
    with pytest.raises(Unavailable, match="gone"):
        await log.begin_anew("m", "e", "f", [PAUSED], at=1)


async def test_every_table_that_has_an_epoch_is_emptied_of_it(tmp_path: Path) -> None:
    log = STORES["sqlite"](tmp_path)
    await log.start("m", "e", [OPENED, said("hej")])
    await log.ballot_secret("m", "e", fresh=b"s")
    await log.cast("m", "e", [Cast(ONE, b"m" * 16, True)], at=1)
    await log.begin_anew("m", "e", "f", [PAUSED], at=2)
    await log.close()
    with sqlite3.connect(tmp_path / "log.sqlite") as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {table: {row[1] for row in db.execute(f"PRAGMA table_info({table})")} for table in tables}
        of_an_epoch = [table for table in tables if "epoch" in columns[table]]
        assert {"entries", "texts", "ballots", "ballot_secrets"} < set(of_an_epoch)
        assert [t for t in of_an_epoch if db.execute(f"SELECT 1 FROM {t} WHERE epoch = 'e'").fetchone()] == []


async def test_not_a_byte_is_left_in_the_file_also_after_a_crash_before_scrubbing(tmp_path: Path) -> None:
    await _rehearse_crash_and_scrub(STORES["sqlite"], tmp_path, tmp_path)


async def test_not_a_byte_is_left_in_the_append_only_file_also_after_a_crash_before_scrubbing(tmp_path: Path) -> None:
    with Deployment("valkey", "single") as servers:
        await _rehearse_crash_and_scrub(lambda _: RedisLog(servers.url), tmp_path, servers.nodes[0].folder)


async def _rehearse_crash_and_scrub(store: Callable[[Path], Log], path: Path, folder: Path) -> None:
    log, rng = store(path), random.Random(5)
    canaries = [f"kanarie-{rng.getrandbits(64):016x}" for _ in range(200)]
    secret, marks = rng.randbytes(32), [rng.randbytes(16) for _ in canaries]
    wanted = [secret, *marks, *(canary.encode() for canary in canaries)]
    await log.start("m", "e", [OPENED])
    await log.ballot_secret("m", "e", fresh=secret)
    for number, (canary, mark) in enumerate(zip(canaries, marks, strict=True)):
        await log.append("m", "e", [said(canary * (1 + number % 20), number)], at=2 * number + 1)
        await log.cast("m", "e", [Cast(ONE, mark, True)], at=2 * number + 2)
    await log.begin_anew("m", "e", "f", [PAUSED], at=2 * len(canaries) + 1)
    assert _found(folder, wanted) > 200  # It has not been scrubbed yet, and who should have done it is gone.

    other = store(path)
    await scrub_all(other)
    await until(lambda: not _found(folder, wanted))  # Files are unlinked a moment after they are replaced.
    assert await other.read("m", "f") == [Entry(1, (PAUSED,))]
    for each in (log, other):
        await each.close()


def _found(folder: Path, wanted: Iterable[bytes]) -> int:
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return sum(each in stored for each in wanted)
