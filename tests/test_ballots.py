"""The contract of ballots in the log, on every store, and what is left of them in the store itself."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import pytest

from livechat import ballots
from livechat.events import Entry, IntakeOpened, IntakePaused, TalliesCounted, Tally
from livechat.log import BallotsClosed, Cast, Conflict, Log
from livechat.log.redis import RedisLog
from livechat.log.sqlite import SqliteLog
from tests.servers import Deployment
from tests.stores import STORES

ONE, TWO, THREE = (f"{number:032x}" for number in (1, 2, 3))
SECRET = b"s" * ballots.SECRET_SIZE


def support(comment: str, *marks: int) -> list[Cast]:
    return [Cast(comment, _mark(mark), True) for mark in marks]


def take_back(comment: str, *marks: int) -> list[Cast]:
    return [Cast(comment, _mark(mark), False) for mark in marks]


def _mark(number: int) -> bytes:
    return number.to_bytes(ballots.MARK_SIZE, "big")


def counted(**sizes: int) -> TalliesCounted:
    ids = {"one": ONE, "two": TWO, "three": THREE}
    return TalliesCounted(tallies=tuple(Tally(ids[name], size) for name, size in sizes.items()))


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Callable[[Path], Log]:
    return STORES[request.param]


@pytest.fixture
async def log(store: Callable[[Path], Log], tmp_path: Path) -> AsyncIterator[Log]:
    made = store(tmp_path)
    await made.start("m", "e", [IntakeOpened(minute=1)])
    await made.ballot_secret("m", "e", fresh=SECRET)
    yield made
    await made.close()


async def written(log: Log, after: int = 1) -> list[Entry]:
    return await log.read("m", "e", after=after)


async def test_a_cast_writes_one_entry_with_the_sizes_of_the_sets_that_changed(log: Log) -> None:
    assert await log.cast("m", "e", support(ONE, 1, 2, 3) + support(TWO, 1), at=1) == 2
    assert await log.cast("m", "e", support(THREE, 9) + take_back(ONE, 2), at=2) == 3
    assert await written(log) == [Entry(2, (counted(one=3, two=1),)), Entry(3, (counted(one=2, three=1),))]


async def test_a_ballot_counts_once_however_often_it_is_cast(log: Log) -> None:
    assert await log.cast("m", "e", support(ONE, 1), at=1) == 2
    assert await log.cast("m", "e", support(ONE, 1), at=2) == 2
    assert await log.cast("m", "e", support(ONE, 1, 2) + take_back(TWO, 1), at=2) == 3
    assert await written(log) == [Entry(2, (counted(one=1),)), Entry(3, (counted(one=2),))]


async def test_what_is_taken_back_does_not_count_and_can_be_given_again(log: Log) -> None:
    assert await log.cast("m", "e", support(ONE, 1), at=1) == 2
    assert await log.cast("m", "e", take_back(ONE, 1), at=2) == 3
    assert await log.cast("m", "e", take_back(ONE, 1), at=3) == 3
    assert await log.cast("m", "e", support(ONE, 1), at=3) == 4
    assert [entry.events for entry in await written(log)] == [(counted(one=size),) for size in (1, 0, 1)]


async def test_a_cast_that_changes_nothing_writes_nothing(log: Log) -> None:
    assert await log.cast("m", "e", take_back(ONE, 1) + take_back(TWO, 2), at=1) == 1
    assert await log.cast("m", "e", [], at=1) == 1
    assert await written(log) == []


@pytest.mark.parametrize("at", [0, 2, 99])
async def test_a_cast_that_does_not_know_the_end_changes_no_set(log: Log, at: int) -> None:
    with pytest.raises(Conflict):
        await log.cast("m", "e", support(ONE, 1), at=at)
    assert await log.cast("m", "e", support(ONE, 2), at=1) == 2
    assert await written(log) == [Entry(2, (counted(one=1),))]


async def test_of_many_casts_at_one_offset_exactly_one_is_in_the_sets(log: Log) -> None:
    tries = [log.cast("m", "e", support(ONE, number), at=1) for number in range(20)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 19 + ["int"]
    await log.cast("m", "e", support(ONE, 99), at=2)
    assert [entry.events for entry in await written(log)] == [(counted(one=1),), (counted(one=2),)]


async def test_casts_and_other_entries_have_one_order(log: Log) -> None:
    assert await log.cast("m", "e", support(ONE, 1), at=1) == 2
    assert await log.append("m", "e", [IntakePaused(minute=2)], at=2) == 3
    assert await log.cast("m", "e", support(ONE, 2), at=3) == 4
    events = [entry.events for entry in await written(log)]
    assert events == [(counted(one=1),), (IntakePaused(minute=2),), (counted(one=2),)]


async def test_whatever_is_cast_a_tally_is_the_size_of_its_set(log: Log) -> None:
    chance, sets, at = random.Random(1), {ONE: set[int](), TWO: set[int](), THREE: set[int]()}, 1
    for _ in range(60):
        picked = {(chance.choice([ONE, TWO, THREE]), chance.randrange(40)) for _ in range(chance.randrange(12))}
        casts = [Cast(comment, _mark(mark), chance.random() < 0.6) for comment, mark in picked]
        for cast in casts:
            (sets[cast.comment].add if cast.supports else sets[cast.comment].discard)(int.from_bytes(cast.mark, "big"))
        at = await log.cast("m", "e", casts, at=at)
    told: dict[str, int] = {}
    for entry in await written(log):
        for event in entry.events:
            assert isinstance(event, TalliesCounted)
            told.update(event.tallies)
    assert told == {comment: len(marks) for comment, marks in sets.items()}


async def test_ballots_survive_a_new_start_of_the_service(
    store: Callable[[Path], Log], log: Log, tmp_path: Path
) -> None:
    await log.cast("m", "e", support(ONE, 1, 2), at=1)
    again = store(tmp_path)
    assert await again.ballot_secret("m", "e", fresh=b"another") == SECRET
    assert await again.cast("m", "e", support(ONE, 2, 3), at=2) == 3
    assert (await again.read("m", "e", after=2))[0].events == (counted(one=3),)
    await again.close()


async def test_all_processes_get_one_secret(store: Callable[[Path], Log], log: Log, tmp_path: Path) -> None:
    other = store(tmp_path)
    await log.start("n", "e", [IntakeOpened(minute=1)])
    tries = [each.ballot_secret("n", "e", fresh=bytes([n]) * 32) for n in range(5) for each in (log, other)]
    assert len(set(await asyncio.gather(*tries))) == 1
    await other.close()


async def test_a_new_epoch_begins_without_secret_and_without_ballots(log: Log) -> None:
    await log.cast("m", "e", support(ONE, 1), at=1)
    await log.start("m", "f", [IntakeOpened(minute=1)], instead_of="e")
    with pytest.raises(Conflict):
        await log.ballot_secret("m", "e", fresh=SECRET)
    with pytest.raises(Conflict):
        await log.cast("m", "e", support(ONE, 2), at=2)
    with pytest.raises(BallotsClosed):
        await log.cast("m", "f", support(ONE, 1), at=1)
    assert await log.ballot_secret("m", "f", fresh=b"new") == b"new"
    assert await log.cast("m", "f", support(ONE, 1), at=1) == 2
    assert (await log.read("m", "f", after=1))[0].events == (counted(one=1),)


async def test_once_ballots_are_forgotten_none_is_taken_and_the_tallies_stay(log: Log) -> None:
    await log.cast("m", "e", support(ONE, 1), at=1)
    for _ in range(2):  # It may be said again.
        await log.forget_ballots("m", "e")
        with pytest.raises(BallotsClosed):
            await log.cast("m", "e", support(ONE, 1), at=2)
        with pytest.raises(BallotsClosed):
            await log.ballot_secret("m", "e", fresh=SECRET)
    assert await written(log) == [Entry(2, (counted(one=1),))]
    assert await log.append("m", "e", [IntakePaused(minute=2)], at=2) == 3


async def test_forgetting_one_meeting_leaves_the_others_alone(log: Log) -> None:
    await log.start("n", "e", [IntakeOpened(minute=1)])
    await log.ballot_secret("n", "e", fresh=SECRET)
    await log.cast("n", "e", support(ONE, 1), at=1)
    await log.forget_ballots("m", "e")
    assert await log.cast("n", "e", support(ONE, 2), at=2) == 3
    assert (await log.read("n", "e", after=2))[0].events == (counted(one=2),)


async def test_ballots_go_along_when_the_log_goes_on_under_a_new_epoch(log: Log) -> None:
    await log.cast("m", "e", support(ONE, 1), at=1)
    await log.fork("m", "e", "f", [IntakePaused(minute=2)])
    assert await log.ballot_secret("m", "f", fresh=b"another" * 5) == SECRET
    assert await log.cast("m", "f", support(ONE, 1), at=3) == 3
    assert await log.cast("m", "f", support(ONE, 2), at=3) == 4
    assert (await log.read("m", "f", after=3))[0].events == (counted(one=2),)
    with pytest.raises(Conflict):
        await log.cast("m", "e", support(ONE, 3), at=2)


async def test_the_order_of_the_votes_is_nowhere_in_a_dump_of_the_store(
    store: Callable[[Path], Log], tmp_path: Path
) -> None:
    chance = random.Random(7)
    voters = [chance.randrange(2**128) for _ in range(300)]
    dumps = []
    for name, order in (("forth", voters), ("back", voters[::-1]), ("few", voters[:40]), ("wef", voters[39::-1])):
        log = store(tmp_path / name)
        await log.start("m", "e", [IntakeOpened(minute=1)])
        await log.ballot_secret("m", "e", fresh=SECRET)
        at = 1
        for voter in order:
            at = await log.cast("m", "e", support(random.Random(voter).choice([ONE, TWO]), voter), at=at)
        dumps.append(await _dump(log, tmp_path / name))
        await log.close()
    assert dumps[0] == dumps[1]
    assert dumps[2] == dumps[3]
    assert all(_mark(voter) in dumps[0] for voter in voters)


async def test_of_what_is_forgotten_not_a_byte_is_left_in_a_file(tmp_path: Path) -> None:
    log = STORES["sqlite"](tmp_path)
    await _vote_and_forget(log, tmp_path)


async def test_of_what_is_forgotten_not_a_byte_is_left_in_the_append_only_file() -> None:
    with Deployment("valkey", "single") as servers:
        await _vote_and_forget(RedisLog(servers.url), servers.nodes[0].folder)


async def _vote_and_forget(log: Log, folder: Path) -> None:
    secret, rng = random.Random(3).randbytes(32), random.Random(4)
    marks = [rng.randbytes(16) for _ in range(300)]
    await log.start("m", "e", [IntakeOpened(minute=1)])
    await log.ballot_secret("m", "e", fresh=secret)
    for number, mark in enumerate(marks, 1):
        await log.cast("m", "e", [Cast(ONE, mark, True)], at=number)
    assert _found(folder, [secret, *marks]) > 300
    await log.forget_ballots("m", "e")
    async with asyncio.timeout(10):
        while _found(folder, [secret, *marks]):  # noqa: ASYNC110 - files are unlinked a moment after they are replaced
            await asyncio.sleep(0.01)
    assert (await log.read("m", "e"))[-1].events == (counted(one=300),)
    await log.close()


def _found(folder: Path, wanted: Iterable[bytes]) -> int:
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return sum(stored.count(each) for each in wanted)


async def _dump(log: Log, folder: Path) -> bytes:
    """All of the ballots as the store gives them to whoever asks for everything."""
    if isinstance(log, SqliteLog):
        with sqlite3.connect(folder / "log.sqlite") as db:
            return b"".join(mark for (mark,) in db.execute("SELECT mark FROM ballots"))
    assert isinstance(log, RedisLog)
    key = f"{folder}:{{m}}:ballots:e"
    client = await log._servers.owner(key)
    kept: bytes = await client.dump(key)
    return kept + b"".join(await client.zrange(key, 0, -1))


async def test_only_ballots_that_were_issued_are_ours() -> None:
    issued = ballots.issue(SECRET, b"r" * ballots.RANDOM_SIZE)
    assert ballots.is_ours(SECRET, issued)
    assert not ballots.is_ours(b"another" + SECRET, issued)
    for place in range(64):
        forged = issued[:place] + ("0" if issued[place] != "0" else "1") + issued[place + 1 :]
        assert not ballots.is_ours(SECRET, forged)


async def test_the_marks_of_one_ballot_have_nothing_in_common() -> None:
    issued = [ballots.issue(SECRET, bytes([n]) * ballots.RANDOM_SIZE) for n in range(50)]
    marks = {ballots.mark(secret, ballot, id) for ballot in issued for id in (ONE, TWO) for secret in (SECRET, b"x")}
    assert len(marks) == 200
    assert {len(mark) for mark in marks} == {ballots.MARK_SIZE}
