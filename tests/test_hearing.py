"""The agenda in time: a comment is about the item that its author was hearing, unless the author says which."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from livechat.hearing import Hearing
from tests.cast import FILE, Chair, Clock, Moderator, Resident, Service, new_secret, serving
from tests.stores import STORES
from web.meeting_file import WrongMeetingFile, read_meeting_file
from web.texts import texts


class Room(NamedTuple):
    """A meeting that has just turned to its second item."""

    service: Service
    clock: Clock
    resident: Resident
    moderator: Moderator
    chair: Chair

    async def item_of(self, item: str | None = None, **more: str) -> str:
        """Sends a comment; gives the item that it is about."""
        secret = more.get("secret", new_secret())
        answer = await self.resident.do("submit_comment", secret=secret, text="Hej", item=item)
        id = str(answer["id"])
        await self.resident.until(lambda: self.resident.mine(id))
        await self.moderator.until(lambda: self.moderator.sees(id))
        about = self.moderator.comment(id)
        assert about
        assert about["item"] == self.resident.mine(id)["item"]
        return str(about["item"])


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    clock = Clock()
    async with serving(tmp_path, clock=clock) as service:
        resident, moderator, chair = (
            await Resident.join(service),
            await Moderator.join(service),
            await Chair.join(service),
        )
        await chair.do("set_current_item", item="2")
        await resident.until(lambda: resident.meeting["item"] == "2")
        yield Room(service, clock, resident, moderator, chair)


async def test_a_comment_sent_within_the_delay_is_about_the_item_that_was_heard(room: Room) -> None:
    assert room.resident.meeting["delay"] == 10
    assert await room.item_of() == "1"
    room.clock.ahead += 9
    assert await room.item_of() == "1"
    room.clock.ahead += 1
    assert await room.item_of() == "2"


async def test_an_item_that_is_chosen_always_wins(room: Room) -> None:
    assert await room.item_of("2") == "2"
    room.clock.ahead += 11
    assert await room.item_of("1") == "1"


async def test_a_comment_that_is_sent_again_keeps_the_item_it_had(room: Room) -> None:
    secret = new_secret()
    assert await room.item_of(secret=secret) == "1"
    room.clock.ahead += 11
    assert await room.item_of(secret=secret) == "1"
    assert await room.item_of("2", secret=secret) == "1"
    assert len(room.moderator.comments()) == 1


async def test_over_plain_http_and_on_a_new_page_the_item_heard_is_the_same(room: Room) -> None:
    async with room.service.http() as http:
        assert '<option value="1" selected>' in (await http.get("/m/dialog")).text
        body = {"secret": new_secret(), "text": "Via http", "epoch": room.resident.epoch}
        id = (await http.post("/m/dialog/comments", json=body)).json()["id"]
        await room.moderator.until(lambda: room.moderator.sees(id))
        assert (room.moderator.comment(id) or {})["item"] == "1"
        room.clock.ahead += 11
        page = (await http.get("/m/dialog")).text
        assert '<option value="2" selected>' in page
        assert 'data-heard="2" data-late="0.0"' in page


async def test_before_the_meeting_comes_to_an_item_a_comment_is_about_the_first(tmp_path: Path) -> None:
    async with serving(tmp_path, begun=False) as service:
        resident, chair, moderator = (
            await Resident.join(service),
            await Chair.join(service),
            await Moderator.join(service),
        )
        await chair.do("open_intake")
        assert await Room(service, Clock(), resident, moderator, chair).item_of() == "1"


async def test_without_a_delay_the_current_item_is_heard_at_once(tmp_path: Path) -> None:
    async with serving(tmp_path, file=replace(FILE, delay=0)) as service:
        resident, chair, moderator = (
            await Resident.join(service),
            await Chair.join(service),
            await Moderator.join(service),
        )
        await chair.do("set_current_item", item="2")
        assert await Room(service, Clock(), resident, moderator, chair).item_of() == "2"


async def test_at_another_door_the_same_item_is_heard(tmp_path: Path) -> None:
    store = STORES["valkey-single"]
    async with serving(tmp_path, log=store(tmp_path)) as here, serving(tmp_path, log=store(tmp_path)) as there:
        chair, resident, moderator = await Chair.join(here), await Resident.join(there), await Moderator.join(there)
        await chair.do("set_current_item", item="2")
        await resident.until(lambda: resident.meeting["item"] == "2")
        assert await Room(there, Clock(), resident, moderator, chair).item_of() == "1"


def test_what_is_heard_is_what_was_current_so_long_ago() -> None:
    hearing = Hearing("1", 10)
    assert (hearing.item(0), hearing.late(0)) == ("1", 0)
    for now, item in ((100, "2"), (104, "3"), (106, None), (109, "1")):
        hearing.turn(item, now)
    assert [hearing.late(now) for now in (109, 115, 119, 500)] == [10, 4, 0, 0]
    heard = [hearing.item(now) for now in (109, 110, 113, 114, 116, 118, 119, 500)]
    assert heard == ["1", "2", "2", "3", None, None, "1", "1"]


def test_a_delay_that_cannot_be_is_refused_in_the_meeting_file(tmp_path: Path) -> None:
    dialog = (Path(__file__).parent / "dialog.toml").read_text()
    for delay in ("-1", "301", '"tio"'):
        file = tmp_path / "meeting.toml"
        file.write_text(f"delay = {delay}\n{dialog}")
        with pytest.raises(WrongMeetingFile, match="delay"):
            read_meeting_file(file, texts("sv"))
