"""Two processes on one log: what is said through one door is heard at the other, and the first decision stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.cast import Display, Moderator, Resident, Service, new_secret, serving
from tests.stores import STORES


@pytest.fixture(params=["sqlite", "redis-sentinel", "valkey-cluster"])
async def doors(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Service]]:
    log = STORES[request.param]
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(serving(tmp_path, log=log(tmp_path))) for _ in range(2)]


async def test_a_comment_goes_through_one_door_and_is_decided_at_the_other(doors: list[Service]) -> None:
    here, there = doors
    resident, moderator, display = await Resident.join(here), await Moderator.join(there), await Display.join(here)
    id = await resident.writes("Genom den ena dörren")
    await moderator.until(lambda: moderator.sees(id, "pending"))
    await moderator.approves(id)
    await display.until(lambda: display.sees(id))
    await resident.until(lambda: resident.mine(id).get("outcome") == "approved")


async def test_of_two_decisions_at_two_doors_exactly_one_stands(doors: list[Service]) -> None:
    resident = await Resident.join(doors[0])
    desks = [await Moderator.join(door) for door in doors]
    ids = [await resident.writes(f"Kommentar {number}") for number in range(20)]
    for desk in desks:
        await desk.until(lambda desk=desk: len(desk.comments()) == 20)  # type: ignore[misc]
    for id in ids:
        answers = await asyncio.gather(
            desks[0].ask("approve_comment", comment=id), desks[1].ask("decline_comment", comment=id, reason="duplicate")
        )
        assert sorted(answer["type"] for answer in answers) == ["ack", "refused"]
        lost = next(number for number, answer in enumerate(answers) if answer["type"] == "refused")
        assert (answers[lost]["code"], answers[lost]["by"]["seat"]) == ("already_decided", 2 - lost)
    fresh = [await Moderator.join(door) for door in doors]
    assert fresh[0].entities == fresh[1].entities


async def test_many_write_at_two_doors_and_every_comment_is_there_once(doors: list[Service]) -> None:
    residents = [await Resident.join(door) for door in doors for _ in range(5)]
    secrets = [new_secret() for _ in range(40)]

    async def write(resident: Resident) -> None:
        for number, secret in enumerate(secrets):
            await resident.writes(f"Kommentar {number}", secret=secret)

    await asyncio.gather(*(write(resident) for resident in residents))
    for door in doors:
        moderator = await Moderator.join(door)
        assert len(moderator.comments()) == len(secrets)


async def test_what_was_seen_at_one_door_is_resumed_at_the_other(doors: list[Service]) -> None:
    resident, moderator = await Resident.join(doors[0]), await Moderator.join(doors[0])
    id = await resident.writes("Hej")
    await moderator.approves(id)
    await resident.until(lambda: resident.sees(id))
    other = await Display.join(doors[1])
    await other.until(lambda: other.offset == resident.offset)
    again = await Resident.join(doors[1], resume=resident)
    assert (again.frames[0]["since"], again.frames[0]["put"]) == (resident.offset, [])
