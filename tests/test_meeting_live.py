"""A comment's way from a resident's phone to the display in the room, over real websockets."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from livechat.roles import Role
from tests.cast import KEY, Chair, Client, Display, Moderator, Resident, Service, new_secret, serving, session
from web.meetings import Meetings

pytestmark = pytest.mark.parametrize("binary", [False, True], ids=["json", "msgpack"])


async def test_a_comment_waits_is_approved_discussed_and_answered(service: Service, binary: bool) -> None:
    resident, neighbour = [await Resident.join(service, binary=binary) for _ in range(2)]
    moderator, chair = await Moderator.join(service, binary=binary), await Chair.join(service, binary=binary)
    display = await Display.join(service, binary=binary)

    id = await resident.writes("Mer ljus i tunneln")
    await moderator.until(lambda: moderator.sees(id, "pending"))
    await resident.until(lambda: resident.mine(id).get("outcome") == "pending")

    await moderator.approves(id)
    for other in (resident, neighbour, chair, display):
        await other.until(partial(other.sees, id, "approved"))
    await resident.until(lambda: resident.mine(id).get("outcome") == "approved")

    await chair.do("discuss_comment", comment=id)
    await display.until(lambda: display.sees(id, "discussing"))
    await chair.do("answer_comment", comment=id)
    await display.until(lambda: display.sees(id, "answered"))
    await resident.until(lambda: resident.mine(id).get("answered") is not None)
    assert neighbour.own == {}


async def test_a_comment_goes_the_same_way_under_a_server_that_knows_nothing_of_ours(
    tmp_path: Path, binary: bool
) -> None:
    async with serving(tmp_path, ws="websockets-sansio") as service:
        resident, moderator = await Resident.join(service, binary=binary), await Moderator.join(service, binary=binary)
        chair, display = await Chair.join(service, binary=binary), await Display.join(service, binary=binary)
        id = await resident.writes("Mer ljus i tunneln")
        await moderator.until(lambda: moderator.sees(id, "pending"))
        await moderator.approves(id)
        await chair.until(lambda: chair.sees(id, "approved"))
        await chair.do("discuss_comment", comment=id)
        await chair.do("answer_comment", comment=id)
        await display.until(lambda: display.sees(id, "answered"))
        await resident.until(lambda: resident.mine(id).get("answered") is not None)
        stood = resident.offset
        later = await Resident.join(service, binary=binary, resume=resident)
        assert later.frames[0]["since"] == stood


async def test_a_declined_comment_never_reaches_anybody_but_its_author(service: Service, binary: bool) -> None:
    resident, neighbour = [await Resident.join(service, binary=binary) for _ in range(2)]
    moderator, chair = await Moderator.join(service, binary=binary), await Chair.join(service, binary=binary)
    display = await Display.join(service, binary=binary)

    declined = await resident.writes("Köp billiga solglasögon")
    await moderator.declines(declined, "advertising")
    await resident.until(lambda: resident.mine(declined).get("reason") == "advertising")
    shown = await resident.writes("Bänkar vid stationen")
    await moderator.approves(shown)

    for other in (neighbour, chair, display):
        await other.until(partial(other.sees, shown))
        assert not any("solglasögon".encode() in raw or declined.encode() in raw for raw in other.raw)


async def test_residents_cannot_tell_that_something_was_submitted_or_declined(service: Service, binary: bool) -> None:
    resident, neighbour = await Resident.join(service, binary=binary), await Resident.join(service, binary=binary)
    moderator = await Moderator.join(service, binary=binary)
    frames, offset = len(neighbour.frames), neighbour.offset
    for number in range(5):
        await moderator.declines(await resident.writes(f"Nej {number}"))
    shown = await resident.writes("Ja")
    await moderator.approves(shown)
    await neighbour.until(lambda: neighbour.sees(shown))
    assert (len(neighbour.frames), neighbour.offset) == (frames + 1, offset + 1)


async def test_a_comment_that_is_taken_back_vanishes_and_waits_again(service: Service, binary: bool) -> None:
    resident, moderator = await Resident.join(service, binary=binary), await Moderator.join(service, binary=binary)
    display = await Display.join(service, binary=binary)
    id = await resident.writes("Oj")
    await moderator.approves(id)
    await display.until(lambda: display.sees(id))
    await moderator.do("take_back_comment", comment=id)
    await display.until(lambda: not display.sees(id))
    await moderator.until(lambda: moderator.sees(id, "pending"))


async def test_an_author_withdraws_and_nobody_sees_it_any_more(service: Service, binary: bool) -> None:
    resident, moderator = await Resident.join(service, binary=binary), await Moderator.join(service, binary=binary)
    display, secret = await Display.join(service, binary=binary), new_secret()
    id = await resident.writes("Ångrar mig", secret=secret)
    await moderator.approves(id)
    await display.until(lambda: display.sees(id))
    await resident.do("withdraw_comment", secret=secret)
    await display.until(lambda: not display.sees(id))
    await moderator.until(lambda: not moderator.sees(id))
    await resident.until(lambda: resident.mine(id).get("outcome") == "withdrawn")


async def test_the_first_of_two_decisions_wins_and_the_second_is_told_by_whom(service: Service, binary: bool) -> None:
    resident = await Resident.join(service, binary=binary)
    first, second = [await Moderator.join(service, binary=binary) for _ in range(2)]
    for number in range(10):
        id = await resident.writes(f"Kommentar {number}")
        answers = await asyncio.gather(
            first.ask("approve_comment", comment=id, revision=0),
            second.ask("decline_comment", comment=id, revision=0, reason="duplicate"),
        )
        won, lost = sorted(answers, key=lambda answer: str(answer["type"]))
        assert (won["type"], lost["code"]) == ("ack", "already_decided")
        assert lost["by"] == {"role": "moderator", "seat": 1 if won is answers[0] else 2}
        assert lost["outcome"] == ("approved" if won is answers[0] else "declined")


async def test_the_chair_opens_pauses_and_turns_the_agenda(service: Service, binary: bool) -> None:
    resident, chair = await Resident.join(service, binary=binary), await Chair.join(service, binary=binary)
    await chair.do("set_current_item", item="2")
    await resident.until(lambda: resident.meeting["item"] == "2")
    await chair.do("pause_intake")
    await resident.until(lambda: resident.meeting["intake"] == "paused")
    refused = await resident.ask("submit_comment", secret=new_secret(), item="1", text="Hallå")
    assert refused["code"] == "comments_paused"
    await chair.do("open_intake")
    assert await resident.writes("Hallå igen")


async def test_only_one_comment_is_under_discussion(service: Service, binary: bool) -> None:
    resident, moderator = await Resident.join(service, binary=binary), await Moderator.join(service, binary=binary)
    chair = await Chair.join(service, binary=binary)
    one, two = await resident.writes("Ett"), await resident.writes("Två")
    await moderator.approves(one)
    await moderator.approves(two)
    await chair.do("discuss_comment", comment=one)
    await chair.do("discuss_comment", comment=two)
    await chair.until(lambda: chair.sees(two, "discussing"))
    assert chair.sees(one, "approved")


async def test_sending_again_gives_the_same_ack_and_one_comment(service: Service, binary: bool) -> None:
    resident, moderator = await Resident.join(service, binary=binary), await Moderator.join(service, binary=binary)
    secret = new_secret()
    ids = {await resident.writes("Samma", secret=secret) for _ in range(3)}
    after = await resident.writes("Efter")
    await moderator.until(lambda: moderator.sees(after))
    assert len(ids) == 1
    assert len(moderator.comments()) == 2


async def test_a_line_that_breaks_is_resumed_where_it_was(service: Service, binary: bool) -> None:
    resident, moderator = await Resident.join(service, binary=binary), await Moderator.join(service, binary=binary)
    display = await Display.join(service, binary=binary)
    kept, gone = await resident.writes("Kvar"), await resident.writes("Borta")
    for id in (kept, gone):
        await moderator.approves(id)
    await display.until(lambda: display.sees(gone))
    display.drop()
    await moderator.do("take_back_comment", comment=gone)
    new = await resident.writes("Ny")
    await moderator.approves(new)

    again = await Display.join(service, binary=binary, resume=display)
    first = again.frames[0]
    assert first["since"] == display.offset
    assert [entity["id"] for entity in first["put"]] == [new]
    assert first["drop"] == [f"comment:{gone}"]
    fresh = await Display.join(service, binary=binary)
    assert again.entities == fresh.entities


@pytest.mark.parametrize(
    "query", ["&v=2&epoch=another&offset=1", "&v=1&epoch={epoch}&offset=1", "&v=2&epoch={epoch}&offset=999999"]
)
async def test_what_is_not_known_here_starts_over(service: Service, binary: bool, query: str) -> None:
    display = await Display.join(service, binary=binary)
    again = await Display.join(service, binary=binary, query=query.format(epoch=display.epoch))
    assert again.frames[0]["since"] == 0
    assert again.entities == display.entities


async def test_an_author_who_comes_back_is_told_by_secret_and_never_by_id(service: Service, binary: bool) -> None:
    resident, moderator = await Resident.join(service, binary=binary), await Moderator.join(service, binary=binary)
    secret = new_secret()
    id = await resident.writes("Min", secret=secret)
    await resident.leave()
    await moderator.declines(id, "unreadable")

    again, stranger = await Resident.join(service, binary=binary), await Resident.join(service, binary=binary)
    unknown = new_secret()
    assert (await again.do("watch", secrets=[unknown, secret]))["ids"] == [None, id]
    await again.until(lambda: again.mine(id).get("reason") == "unreadable")
    assert (await stranger.do("watch", secrets=[id]))["ids"] == [None]
    assert stranger.own == {}


async def test_a_new_epoch_voids_what_was_before(tmp_path: Path, binary: bool) -> None:
    async with serving(tmp_path) as service:
        resident, moderator = await Resident.join(service, binary=binary), await Moderator.join(service, binary=binary)
        id = await resident.writes("Repetition")
        await moderator.approves(id)
        await resident.until(lambda: resident.sees(id))
        log, old = service.hub.log, resident.epoch
        first = (await log.read("dialog", old))[0]
        await log.start("dialog", "next", first.events[:1], instead_of=old)

        await resident.until(lambda: resident.epoch == "next")
        assert resident.comments() == {}
        refused = await resident.ask("submit_comment", epoch=old, secret=new_secret(), item="1", text="Sent")
        assert refused["code"] == "epoch_changed"
        await moderator.until(lambda: moderator.closed is not None)
        assert moderator.closed == 4501  # Sessions belong to an epoch.


async def test_a_sign_of_life_comes_to_all(tmp_path: Path, binary: bool) -> None:
    async with serving(tmp_path, beat=0.01) as service:
        everybody: list[Client] = [
            await Resident.join(service, binary=binary),
            await Display.join(service, binary=binary),
        ]
        for client in everybody:
            await client.until(partial(client.heard, "live"))
            assert {frame["type"] for frame in client.frames} == {"state", "live"}


async def test_renewed_links_end_the_sessions_that_were_opened_with_the_old(service: Service, binary: bool) -> None:
    moderator = await Moderator.join(service, binary=binary)
    await Meetings(service.hub.log, KEY, new_secret).renew_links("dialog")
    await moderator.until(lambda: moderator.closed is not None)
    assert moderator.closed == 4501
    fresh = {link.role: link.url for link in await Meetings(service.hub.log, KEY, new_secret).links("dialog", "")}
    cookie = await session(service, Role.MODERATOR, (fresh[Role.MODERATOR] or "").partition("#")[2])
    again = await Moderator.join(service, binary=binary, cookie=cookie)
    id = await (await Resident.join(service, binary=binary)).writes("Hej")
    await again.approves(id)
    await again.until(lambda: again.sees(id, "approved"))
    comment = again.comment(id)
    assert comment
    assert comment["by"] == {"role": "moderator", "seat": 2}  # Nobody gets the seat of somebody before.
