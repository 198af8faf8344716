"""Who is here, who reads what, and what happens when nobody is at the desk. Real clients of a real server."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest_asyncio

from livechat.attendance import CLAIM_LIFE, GRACE, LEDGER_EVERY
from livechat.ledger import Ledger
from livechat.live.redis import RedisCounts
from livechat.log.redis import RedisLog
from livechat.moment import coarsely
from moderation.decisions import Outcome, Reason
from tests.cast import Chair, Clock, Display, Moderator, Resident, Service, new_secret, serving
from tests.servers import shared


@pytest_asyncio.fixture
async def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def service(tmp_path: Path, clock: Clock) -> AsyncIterator[Service]:
    async with serving(tmp_path, beat=0.1, clock=clock) as running:
        yield running


async def test_desks_see_who_is_here_and_who_reads_what(service: Service) -> None:
    resident, one, two = await Resident.join(service), await Moderator.join(service), await Moderator.join(service)
    id = await resident.writes("Vem läser den här?")
    await one.until(lambda: one.sees(id))
    await two.until(lambda: [each["seat"] for each in two.live.get("here", [])] == [1, 2])
    await one.do("claim", comment=id)
    first = {"comment": id, "by": {"role": "moderator", "seat": 1}}
    await two.until(lambda: two.live.get("reading") == [first])
    await one.do("claim", comment=None)
    await two.until(lambda: two.live.get("reading") == [])
    await one.do("claim", comment=id)
    await two.until(lambda: two.live.get("reading") == [first])
    await one.leave()
    await two.until(lambda: two.live.get("reading") == [] and len(two.live["here"]) == 1)


async def test_what_is_sealed_is_read_at_no_desk(service: Service) -> None:
    resident, one, two = await Resident.join(service), await Moderator.join(service), await Moderator.join(service)
    id = await resident.writes("Ett hot")
    await one.until(lambda: one.sees(id))
    await one.do("claim", comment=id)
    await two.until(lambda: two.live.get("reading"))
    await two.do("seal_comment", comment=id)
    await two.until(lambda: two.live["reading"] == [])
    assert (await one.ask("claim", comment=id))["code"] == "unknown_comment"


async def test_desks_on_two_processes_see_each_other_and_residents_learn_of_both(tmp_path: Path, clock: Clock) -> None:
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
        resident, one, two = await Resident.join(there), await Moderator.join(here), await Moderator.join(there)
        id = await resident.writes("Två processer")
        await one.until(lambda: one.sees(id))
        await two.until(lambda: len(two.live.get("here", [])) == 2)
        await one.do("claim", comment=id)
        await two.until(lambda: two.live.get("reading") == [{"comment": id, "by": {"role": "moderator", "seat": 1}}])
        await two.leave()
        clock.ahead = 11 * 60  # One desk is enough, wherever it is.
        frames = len(resident.frames)
        await resident.until(lambda: len(resident.frames) > frames + 5)
        assert resident.live["attended"] is True
        assert resident.meeting["intake"] == "open"


async def test_a_claim_that_is_not_said_again_expires(service: Service, clock: Clock) -> None:
    resident, one, two = await Resident.join(service), await Moderator.join(service), await Moderator.join(service)
    id = await resident.writes("Bortglömd")
    await one.do("claim", comment=id)
    await two.until(lambda: two.live.get("reading"))
    clock.ahead = CLAIM_LIFE + 1
    await two.until(lambda: two.live["reading"] == [])


async def test_a_claim_forbids_nobody_anything_and_is_no_event(service: Service) -> None:
    resident, one, two = await Resident.join(service), await Moderator.join(service), await Moderator.join(service)
    id = await resident.writes("Mjukt anspråk")
    await one.until(lambda: one.sees(id))
    before = service.hub.channels()[0].meeting.offset
    await one.do("claim", comment=id)
    assert service.hub.channels()[0].meeting.offset == before
    await two.approves(id)
    answer = await one.ask("decline_comment", comment=id, reason="duplicate", revision=0)
    assert (answer["code"], answer["by"], answer["outcome"]) == (
        "already_decided",
        {"role": "moderator", "seat": 2},
        "approved",
    )


async def test_only_moderators_claim_and_only_what_there_is(service: Service) -> None:
    resident, chair, moderator = await Resident.join(service), await Chair.join(service), await Moderator.join(service)
    for other in (resident, chair):
        assert (await other.ask("claim", comment=None))["code"] == "not_permitted"
    assert (await moderator.ask("claim", comment="nothing"))["code"] == "unknown_comment"


async def test_of_who_is_here_and_what_is_read_nobody_else_is_told(service: Service) -> None:
    resident, display, chair = await Resident.join(service), await Display.join(service), await Chair.join(service)
    moderator = await Moderator.join(service)
    await moderator.until(lambda: moderator.live)
    for other, told in (
        (resident, {"present", "attended", "ledger", "signals"}),
        (display, {"signals", "aloud"}),
        (chair, {"present", "attended", "ledger", "signals", "aloud", "here"}),
    ):
        await other.until(lambda other=other: other.live)  # type: ignore[misc]
        assert set(other.live) - {"type", "time", "saving"} == told


async def test_residents_learn_that_no_moderator_is_here(service: Service, clock: Clock) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    await resident.until(lambda: resident.live.get("attended") is True)
    await moderator.leave()
    clock.ahead = GRACE + 1
    await resident.until(lambda: resident.live["attended"] is False)
    assert resident.meeting["intake"] == "open"
    back = await Moderator.join(service, cookie=moderator.cookie)
    await resident.until(lambda: resident.live["attended"] is True)
    await back.leave()


async def test_without_a_moderator_intake_pauses_by_itself_and_opens_only_by_a_person(
    service: Service, clock: Clock
) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    id = await resident.writes("Väntar")
    await moderator.leave()
    await resident.until(lambda: resident.live)
    clock.ahead = 10 * 60 + 5
    await resident.until(lambda: resident.meeting["paused_by"] == "nobody")
    answer = await resident.ask("submit_comment", secret=new_secret(), item="1", text="För sent")
    assert answer["code"] == "comments_paused"
    assert not resident.sees(id)  # Nothing is published by anybody's absence.
    back = await Moderator.join(service, cookie=moderator.cookie)
    await resident.until(lambda: resident.live["attended"] is True)
    assert resident.meeting["intake"] == "paused"
    await back.do("open_intake")
    await resident.writes("Nu går det")


async def test_while_a_moderator_is_here_nothing_pauses(service: Service, clock: Clock) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    await moderator.until(lambda: moderator.live.get("here"))
    for minutes in range(5, 60, 5):
        clock.ahead = minutes * 60
        service.hub.channels()[0].attendance.count()
        frames = len(resident.frames)
        await resident.until(lambda frames=frames: len(resident.frames) > frames + 2)  # type: ignore[misc]
    assert resident.meeting["intake"] == "open"


async def test_the_public_ledger_ticks_coarsely_and_twice_a_minute(service: Service, clock: Clock) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    await resident.until(lambda: resident.live.get("ledger"))
    for number in range(7):
        last = await resident.writes(f"Nummer {number}")
    await moderator.approves(last)
    await moderator.until(lambda: moderator.live.get("ledger", {}).get("outcomes") == {"pending": 6, "approved": 1})
    assert resident.live["ledger"]["received"] == 0
    clock.ahead = LEDGER_EVERY + 1
    await resident.until(lambda: resident.live["ledger"]["received"] == 5)
    assert resident.live["ledger"]["outcomes"] == {"pending": 5, "approved": 1}
    assert resident.live["ledger"]["median_wait"] is None


def test_the_public_ledger_leaves_out_what_is_too_few_to_tell() -> None:
    ledger = Ledger(
        received=23,
        outcomes={Outcome.PENDING: 4, Outcome.DECLINED: 11, Outcome.ANSWERED: 8},
        declined={Reason.DUPLICATE: 9, Reason.ADVERTISING: 2},
        waits={0: 3, 4: 20},
    )
    assert coarsely(ledger) == {
        "received": 20,
        "outcomes": {"declined": 10, "answered": 8},
        "declined": {"duplicate": 5},
        "median_wait": 4,
    }
