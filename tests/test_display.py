"""The screen in the room, set by chair and moderators, and unable to do anything but show. Over real lines."""

from functools import partial
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from livechat.commands import PERMITTED, AnyCommand
from livechat.roles import Role
from tests.cast import Chair, Client, Display, Moderator, Resident, Service, serving, shown


def screen(client: Client) -> dict[str, object]:
    return next((entity for entity in client.entities.values() if entity["kind"] == "display"), {})


def shows(client: Client, **fields: object) -> bool:
    return fields.items() <= screen(client).items()


async def test_chair_and_moderators_set_the_screen_and_each_sees_how_it_stands(service: Service) -> None:
    moderator, chair, display = await Moderator.join(service), await Chair.join(service), await Display.join(service)
    clients: list[Client] = [moderator, chair, display]
    for client in clients:
        assert shows(client, now="queue", blank=False, frozen=False, since=None, look="light", size="normal")
    await chair.do("set_display", shows="discussion", look="contrast")
    await moderator.do("set_display", size="largest")
    for client in clients:
        told = {"now": "discussion", "shows": "discussion", "look": "contrast", "size": "largest"}
        await client.until(partial(shows, client, **told))
    await moderator.do("set_display", blank=True)
    await chair.until(lambda: shows(chair, now="blank", shows="discussion"))
    await chair.do("set_display", blank=False)
    await display.until(lambda: shows(display, now="discussion"))


async def test_a_closed_item_beats_whatever_the_screen_is_set_to(service: Service) -> None:
    resident, moderator, chair = await Resident.join(service), await Moderator.join(service), await Chair.join(service)
    display = await Display.join(service)
    await shown(resident, moderator, "Redan uppe")
    await chair.do("set_display", shows="idle", frozen=True)
    await moderator.do("close_item", why="secrecy")
    await display.until(lambda: shows(display, now="closed", frozen=True) and display.meeting["closed"] == "secrecy")
    await chair.do("set_display", blank=True)
    await display.until(lambda: shows(display, blank=True))
    assert shows(display, now="closed")
    await moderator.do("reopen_item")
    await display.until(lambda: shows(display, now="blank") and display.meeting["closed"] is None)


async def test_a_frozen_screen_keeps_what_it_shows_until_it_is_released(service: Service) -> None:
    resident, moderator, chair = await Resident.join(service), await Moderator.join(service), await Chair.join(service)
    display = await Display.join(service)
    first, second = await shown(resident, moderator, "Första"), await shown(resident, moderator, "Andra")
    await resident.supports(first)
    await chair.do("set_current_item", item="1")
    await chair.do("discuss_comment", comment=first)
    await display.until(lambda: display.sees(first, "discussing") and display.tally(first) == 1)
    await chair.do("set_display", frozen=True)
    await display.until(lambda: shows(display, frozen=True))

    await chair.do("answer_comment", comment=first)
    await chair.do("discuss_comment", comment=second)
    await resident.supports(second)
    third = await shown(resident, moderator, "Tredje")
    await chair.do("set_current_item", item="2")
    await chair.until(lambda: chair.sees(second, "discussing") and chair.sees(third))
    for screen_of in (display, await Display.join(service), await Display.join(service, resume=display)):
        assert screen_of.sees(first, "discussing")
        assert screen_of.sees(second, "approved")
        assert not screen_of.sees(third)
        assert (screen_of.tally(first), screen_of.tally(second)) == (1, 0)
        assert screen_of.meeting["item"] == "1"

    await chair.do("set_display", frozen=False)
    await display.until(lambda: display.sees(third) and display.sees(second, "discussing"))
    assert display.sees(first, "answered")
    assert display.tally(second) == 1
    assert display.meeting["item"] == "2"
    fresh = await Display.join(service)
    assert fresh.entities == display.entities


@pytest.mark.parametrize("way", ["take_back_comment", "seal_comment", "merge_comment", "withdraw_comment"])
async def test_a_frozen_screen_never_keeps_a_text_that_is_gone_elsewhere(service: Service, way: str) -> None:
    resident, moderator, chair = await Resident.join(service), await Moderator.join(service), await Chair.join(service)
    display, secret = await Display.join(service), "a-secret-of-this-comment"
    id, other = await resident.writes("Ska bort", secret=secret), await shown(resident, moderator, "Står kvar")
    await moderator.approves(id)
    if way != "merge_comment":  # What is discussed is not merged.
        await chair.do("discuss_comment", comment=id)
    await display.until(lambda: display.sees(id, "approved" if way == "merge_comment" else "discussing"))
    await moderator.do("set_display", frozen=True)
    if way == "withdraw_comment":
        await resident.do(way, secret=secret)
    else:
        await moderator.do(way, comment=id, **({"into": other} if way == "merge_comment" else {}))
    await display.until(lambda: not display.sees(id))
    assert display.sees(other, "approved")
    late = await Display.join(service)
    assert b"Ska bort" not in b"".join(late.raw)
    if way == "take_back_comment":  # What went away while the screen stood still does not come up before its release.
        await moderator.approves(id)
        await chair.until(lambda: chair.sees(id))
        await moderator.do("set_display", size="large")
        await display.until(lambda: shows(display, size="large"))
        assert not display.sees(id)
        await moderator.do("set_display", frozen=False)
        await display.until(lambda: display.sees(id, "approved"))


async def test_the_screen_stands_as_it_was_set_after_a_restart(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        resident, moderator = await Resident.join(service), await Moderator.join(service)
        id = await shown(resident, moderator, "Uppe")
        await moderator.do("set_display", frozen=True, look="dark")
        later = await shown(resident, moderator, "Senare")
    async with serving(tmp_path) as service:
        display = await Display.join(service)
        assert shows(display, frozen=True, look="dark")
        assert display.sees(id)
        assert not display.sees(later)


async def test_a_frozen_screen_tells_residents_that_and_nothing_else(service: Service) -> None:
    resident, chair, display = await Resident.join(service), await Chair.join(service), await Display.join(service)
    await chair.do("set_display", frozen=True)
    await display.until(lambda: shows(display, frozen=True))
    await resident.until(lambda: shows(resident, frozen=True))
    assert resident.entities == display.entities


def test_no_command_is_permitted_to_the_display() -> None:
    assert not [kind.__name__ for kind, roles in PERMITTED.items() if Role.DISPLAY in roles]


async def test_the_display_is_refused_whatever_it_asks_for(service: Service) -> None:
    display, chair = await Display.join(service), await Chair.join(service)
    some: dict[str, object] = {
        **{"comment": "c", "into": "c", "channel": "c", "item": "1", "text": "x", "secret": "s" * 20, "language": "en"},
        **{
            "ballot": "0" * 64,
            "seconds": 0,
            "most": 0,
            "open": True,
            "how": "ballots",
            "texts": {"sv": "x"},
            "act": "a",
            "member": "",
            "before": None,
        },
    }
    reasons: dict[str, object] = {"decline_comment": "duplicate", "report_comment": "threat"}
    before = dict(chair.entities)
    for kind in get_args(AnyCommand):
        fields = {field.name: some.get(field.name) for field in msgspec.structs.fields(kind) if field.required}
        type = str(kind.__struct_config__.tag)
        fields |= {"epoch": display.epoch} | ({"reason": reasons[type]} if type in reasons else {})
        fields |= {"why": "secrecy"} if "why" in fields else {}
        assert (await display.ask(type, **fields))["code"] == "not_permitted", type
    assert (await display.ask("watch", secrets=[]))["code"] == "not_permitted"
    assert (await display.ask("claim", comment=None))["code"] == "not_permitted"
    assert chair.entities == before


async def test_where_websockets_are_blocked_the_display_gets_its_own_state(service: Service) -> None:
    chair = await Chair.join(service)
    await chair.do("set_display", look="dark")
    async with service.http() as http:
        async with http.stream("GET", "/m/dialog/events?role=display") as stream:
            line = await anext(line async for line in stream.aiter_lines() if line.startswith("data: "))
        refused = await http.get("/m/dialog/events?role=chair")
    kinds = {entity["kind"]: entity for entity in msgspec.json.decode(line.removeprefix("data: "))["put"]}
    assert kinds["display"]["look"] == "dark"
    assert refused.json()["code"] == "unknown_role"
