"""Agenda items that take comments, and items that take none: who says so, how long it takes, and who is told."""

from functools import partial
from pathlib import Path

from msgspec.structs import replace

from livechat.events import ItemIntakeSet
from livechat.meeting import Meeting, apply
from tests.cast import FILE, Chair, Client, Clock, Moderator, Resident, Service, new_secret, serving
from tests.process import Process, run
from web.meeting_file import set_up


def until(client: Client, item: str) -> int | None:
    end: int | None = client.entities[f"item:{item}"]["until"]
    return end


def is_closed(client: Client, item: str) -> bool:
    return until(client, item) is not None


async def write_on(resident: Resident, item: str, secret: str = "") -> dict[str, object]:
    return await resident.ask("submit_comment", secret=secret or new_secret(), item=item, text="Hej")


async def test_an_item_that_was_just_closed_takes_comments_for_a_minute_more(tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, clock=clock) as service:
        resident, chair = await Resident.join(service), await Chair.join(service)
        secret = new_secret()
        await chair.do("set_item_intake", item="1", open=False)
        await resident.until(partial(is_closed, resident, "1"))
        clock.ahead += 59
        assert (await write_on(resident, "1", secret))["type"] == "ack"
        clock.ahead += 62
        assert (await write_on(resident, "1"))["code"] == "item_takes_none"
        assert (await write_on(resident, "1", secret))["type"] == "ack"  # It was taken in time.
        assert (await write_on(resident, "2"))["type"] == "ack"
        await chair.do("set_item_intake", item="1", open=True)
        await resident.until(lambda: not is_closed(resident, "1"))
        assert (await write_on(resident, "1"))["type"] == "ack"


async def test_closing_again_gives_no_longer_grace(tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, clock=clock) as service:
        chair, moderator = await Chair.join(service), await Moderator.join(service)
        await chair.do("set_item_intake", item="1", open=False)
        await chair.until(partial(is_closed, chair, "1"))
        end = until(chair, "1")
        clock.ahead += 180
        await moderator.do("set_item_intake", item="1", open=False)
        assert until(await Resident.join(service), "1") == end


async def test_residents_do_not_open_items_and_unknown_ones_are_refused(service: Service) -> None:
    resident, chair = await Resident.join(service), await Chair.join(service)
    assert (await resident.ask("set_item_intake", item="1", open=False))["code"] == "not_permitted"
    assert (await chair.ask("set_item_intake", item="17", open=False))["code"] == "unknown_item"


async def test_what_was_said_on_paper_is_typed_in_on_a_closed_item(tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, clock=clock) as service:
        chair, moderator = await Chair.join(service), await Moderator.join(service)
        await chair.do("set_item_intake", item="2", open=False)
        clock.ahead += 180
        await moderator.do("enter_comment", secret=new_secret(), item="2", text="Från en lapp")


async def test_the_clerk_closes_an_item_from_the_command_line_and_everybody_is_told(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        resident = await Resident.join(process)
        assert await run("meeting", "comments", "dialog", "2", "close", folder=tmp_path) == (0, "", "")
        await resident.until(partial(is_closed, resident, "2"))
        await run("meeting", "comments", "dialog", "2", "open", folder=tmp_path)
        await resident.until(lambda: not is_closed(resident, "2"))
        status, _, said = await run("meeting", "comments", "dialog", "17", "close", folder=tmp_path)
        assert (status, "17" in said) == (2, True)


def test_a_meeting_file_says_which_items_take_comments_from_the_start() -> None:
    one, two = FILE.agenda
    event = set_up(replace(FILE, agenda=[one, replace(two, comments=False)], grace=3), 0, ())
    meeting = apply(Meeting("m", "e"), event)
    assert (meeting.takes_comments_on("1", 0), meeting.takes_comments_on("2", 0)) == (True, False)
    closed = apply(meeting, ItemIntakeSet(item="1", open=False, minute=10))
    assert [closed.takes_comments_on("1", minute) for minute in (10, 13, 14)] == [True, True, False]
    opened = apply(closed, ItemIntakeSet(item="2", open=True, minute=10))
    assert opened.takes_comments_on("2", 99)
