"""Disposal: a threat's words are gone when the day has come that they were kept until; that there was one stays."""

from collections.abc import Callable
from pathlib import Path

import pytest

from livechat.log import Log
from tests.cast import Clock, Moderator, Resident, Service, new_secret, serving, until
from tests.process import run
from tests.stores import STORES

DAYS = 30 * 24 * 60 * 60
"""Seconds for which `tests/dialog.toml` has threats kept."""

THREAT = "Jag vet var du bor, akta dig noga"


async def seal(service: Service, secret: str = "") -> str:
    author, moderator = await Resident.join(service), await Moderator.join(service)
    id = await author.writes(THREAT, secret=secret)
    await moderator.until(lambda: moderator.sees(id))
    await moderator.do("seal_comment", comment=id)
    await author.leave()
    await moderator.leave()
    return id


def words(service: Service, id: str) -> str:
    return service.hub.channels()[0].meeting.comments[id].text


@pytest.mark.parametrize("store", STORES.values(), ids=STORES.keys())
async def test_a_threat_is_kept_to_the_day_and_then_gone_for_all(store: Callable[[Path], Log], tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, log=store(tmp_path), beat=0.05, clock=clock) as service:
        author, secret = await Resident.join(service), new_secret()
        id = await author.writes(THREAT, secret=secret)
        await seal(service, secret)
        await author.until(lambda: author.mine(id).get("outcome") == "sealed")
        clock.ahead = DAYS - 3 * 60
        await author.until(lambda: author.heard("live"))
        assert words(service, id) == THREAT
        clock.ahead = DAYS + 60
        await author.until(lambda: author.mine(id).get("text") == "")
        assert author.mine(id)["outcome"] == "sealed"
        comment = service.hub.channels()[0].meeting.comments[id]
        assert (comment.text, comment.erased, comment.number) == ("", True, 1)
        assert not any(THREAT in str(entry) for entry in await service.hub.log.read("dialog", await epoch(service)))


async def test_two_processes_erase_once_and_both_forget(tmp_path: Path) -> None:
    clock = Clock()
    async with (
        serving(tmp_path, beat=0.05, clock=clock) as service,
        serving(tmp_path, beat=0.05, clock=clock) as other,
    ):
        id = await seal(service)
        await Resident.join(other)
        clock.ahead = DAYS + 60
        for each in (service, other):
            await until(lambda each=each: words(each, id) == "")  # type: ignore[misc]
        entries = await service.hub.log.read("dialog", await epoch(service))
        events = [type(event).__name__ for entry in entries for event in entry.events]
        assert events.count("CommentErased") == 1


async def test_what_nobody_asks_for_any_more_is_erased_too_and_in_bytes(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await seal(service)
    clock = Clock()
    clock.ahead = DAYS + 60
    assert holds(tmp_path, THREAT)
    async with serving(tmp_path, beat=0.05, clock=clock) as again:  # Nobody joins.
        await until(lambda: again.hub.channels())
        await until(lambda: not holds(tmp_path, THREAT))
    status, listed, _ = await run("meeting", "sealed", "dialog", folder=tmp_path, LIVECHAT_DATA=str(tmp_path))
    assert status == 0
    assert "raderad" in listed
    status, _, _ = await run("meeting", "sealed", "dialog", "--open", "1", folder=tmp_path, LIVECHAT_DATA=str(tmp_path))
    assert status != 0
    _, record, _ = await run("meeting", "record", "dialog", folder=tmp_path, LIVECHAT_DATA=str(tmp_path))
    assert "av sig självt;raderade det förseglade;1;" in record


async def test_what_has_been_erased_cannot_be_taken_back(tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, beat=0.05, clock=clock) as service:
        author, moderator = await Resident.join(service), await Moderator.join(service)
        id = await author.writes(THREAT)
        await moderator.until(lambda: moderator.sees(id))
        await moderator.do("seal_comment", comment=id)
        clock.ahead = DAYS + 60
        await until(lambda: words(service, id) == "")
        assert (await moderator.ask("take_back_comment", comment=id))["code"] == "wrong_outcome"
        assert not moderator.sees(id)


async def test_a_seal_that_was_taken_back_is_erased_on_no_day(tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, beat=0.05, clock=clock) as service:
        author, moderator = await Resident.join(service), await Moderator.join(service)
        other = await seal(service)
        id = await author.writes("Såg ut som ett hot")
        await moderator.until(lambda: moderator.sees(id))
        await moderator.do("seal_comment", comment=id)
        await moderator.do("take_back_comment", comment=id)
        clock.ahead = DAYS + 60
        await until(lambda: words(service, other) == "")
        assert words(service, id) == "Såg ut som ett hot"


async def epoch(service: Service) -> str:
    found = await service.hub.log.epoch("dialog")
    assert found
    return found


def holds(folder: Path, text: str) -> bool:
    return any(text.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())
