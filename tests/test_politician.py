"""The politicians' view: the room's queue on a tablet of one's own, by a link of its own, and nothing to press."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from livechat.commands import PERMITTED, TakeSeat
from livechat.roles import Role
from tests.cast import KEY, Chair, Client, Display, Moderator, Politician, Resident, Service, new_secret, session
from tests.process import Process, run
from tests.test_queue import agree, approved, order
from web.meetings import Meetings


class Stranger(Client):
    """Somebody who opens a politician's line without a session."""

    role = Role.POLITICIAN


async def test_a_politician_sees_what_the_display_sees_in_the_same_order(service: Service) -> None:
    a, b, c = await approved(service, "Ett", "Två", "Tre")
    politician, display, chair = await Politician.join(service), await Display.join(service), await Chair.join(service)
    await chair.do("move_comment", comment=c, before=a)
    await chair.do("discuss_comment", comment=b)
    for client in (politician, display):
        await client.until(partial(client.sees, b, "discussing"))
    await agree([politician, display], [c, a])
    assert order(politician) == order(display)
    assert politician.entities == display.entities


async def test_a_politician_sees_nothing_that_waits_or_was_declined(service: Service) -> None:
    politician, resident, moderator = [await kind.join(service) for kind in (Politician, Resident, Moderator)]
    assert isinstance(resident, Resident)
    assert isinstance(moderator, Moderator)
    declined, pending = await resident.writes("Köp solglasögon"), await resident.writes("Ännu inte läst")
    await moderator.declines(declined)
    (shown,) = await approved(service, "Bänkar")
    await politician.until(lambda: politician.sees(shown))
    for hidden in (declined, pending, "solglasögon", "inte läst"):
        assert not any(hidden.encode() in raw for raw in politician.raw)


def test_no_command_is_a_politicians_to_give() -> None:
    assert {command for command, roles in PERMITTED.items() if Role.POLITICIAN in roles} == {TakeSeat}


async def test_whatever_a_politicians_tablet_says_is_refused(service: Service) -> None:
    (id,) = await approved(service, "Ett")
    politician = await Politician.join(service)
    commands: list[tuple[str, dict[str, Any]]] = [
        ("discuss_comment", {"comment": id}),
        ("move_comment", {"comment": id, "before": None}),
        ("undo_act", {"act": "a"}),
        ("set_current_item", {"item": None}),
        ("pause_intake", {}),
        ("decline_comment", {"comment": id, "reason": "duplicate"}),
        ("submit_comment", {"secret": new_secret(), "item": "1", "text": "Hej"}),
        ("issue_ballot", {}),
        ("watch", {"secrets": [new_secret()]}),
        ("claim", {"comment": id}),
    ]
    for type, fields in commands:
        assert (await politician.ask(type, **fields))["code"] == "not_permitted", type


async def test_the_view_needs_its_own_link_and_ends_with_it(service: Service) -> None:
    stranger = await Stranger.join(service)
    await stranger.until(lambda: stranger.closed is not None)
    assert stranger.closed == 4501
    politician = await Politician.join(service)
    async with service.http() as http:
        wrong = {"role": "politician", "secret": service.links[Role.CHAIR]}
        assert (await http.post("/m/dialog/session", json=wrong)).json()["code"] == "bad_link"
    await Meetings(service.hub.log, KEY, new_secret).renew_links("dialog")
    await politician.until(lambda: politician.closed is not None)
    assert politician.closed == 4501


async def test_the_politicians_link_is_renewed_without_disturbing_anybody_else(service: Service) -> None:
    politician, chair, moderator = [await kind.join(service) for kind in (Politician, Chair, Moderator)]
    meetings = Meetings(service.hub.log, KEY, new_secret)
    before = {link.role: link.url for link in await meetings.links("dialog", "")}
    await meetings.renew_links("dialog", {Role.POLITICIAN})
    await politician.until(lambda: politician.closed is not None)
    assert politician.closed == 4501
    await chair.do("pause_intake")
    await moderator.until(lambda: moderator.meeting["intake"] == "paused")
    after = {link.role: link.url for link in await meetings.links("dialog", "")}
    assert {role for role in before if before[role] != after[role]} == {Role.POLITICIAN}
    again = await session(service, Role.POLITICIAN, (after[Role.POLITICIAN] or "").partition("#")[2])
    assert (await Politician.join(service, cookie=again)).closed is None


@pytest.mark.parametrize("role", [Role.CHAIR, Role.MODERATOR])
async def test_a_politicians_session_opens_no_other_seat(service: Service, role: Role) -> None:
    cookie = await session(service, Role.POLITICIAN)
    kinds: dict[Role, type[Chair] | type[Moderator]] = {Role.CHAIR: Chair, Role.MODERATOR: Moderator}
    intruder = await kinds[role].join(service, cookie=cookie.replace("politician", role))
    await intruder.until(lambda: intruder.closed is not None)
    assert intruder.closed == 4501


async def test_politicians_are_told_of_the_moment_what_residents_are_told(service: Service) -> None:
    politician, moderator = await Politician.join(service), await Moderator.join(service)
    channel = service.hub.channels()[0]
    await moderator.until(lambda: moderator.live)
    told = channel.attendance.tell(Role.POLITICIAN)
    assert told == channel.attendance.tell(Role.RESIDENT)
    assert all(seat["role"] != "politician" for seat in moderator.live["here"])
    await politician.leave()


async def test_the_operator_prints_the_link_and_renews_it(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        secret = process.links[Role.POLITICIAN]
        politician = await Politician.join(process)
        assert politician.meeting["id"] == "dialog"
        _, renewed, _ = await run("meeting", "links", "dialog", "--renew", "politician", folder=tmp_path)
        assert "/m/dialog/politician#" in renewed
        assert secret not in renewed
        await politician.until(lambda: politician.closed is not None)
        assert politician.closed == 4501
