"""On what terms residents take part: closed items, pauses, a full queue, reports. Real clients of a real server."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest_asyncio

from tests.cast import Chair, Client, Display, Moderator, Resident, Service, new_secret, serving, shown
from web.limits import SHARED


@pytest_asyncio.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, beat=0.1) as running:
        yield running


async def code(client: Client, type: str, **fields: object) -> str:
    answer = await client.ask(type, **fields)
    assert answer["type"] == "refused", answer
    return str(answer["code"])


def _is_closed(client: Client) -> bool:
    return bool(client.meeting["closed"] == "secrecy")


async def write_in_vain(resident: Resident, text: str = "Hej") -> str:
    return await code(resident, "submit_comment", secret=new_secret(), item="1", text=text)


async def test_one_button_shuts_comments_and_ballots_and_tells_everybody_why(service: Service) -> None:
    resident, moderator, chair = await Resident.join(service), await Moderator.join(service), await Chair.join(service)
    display = await Display.join(service)
    id = await resident.writes("Mer ljus")
    await moderator.approves(id)
    await resident.takes_ballot()
    await chair.do("close_item", why="secrecy")
    clients: list[Client] = [resident, moderator, chair, display]
    for client in clients:
        await client.until(partial(_is_closed, client))
    assert await write_in_vain(resident) == "item_closed"
    assert await code(resident, "support_comment", comment=id, ballot=resident.ballot) == "item_closed"
    assert await code(resident, "issue_ballot") == "item_closed"
    assert await code(resident, "reopen_item") == "not_permitted"
    await moderator.do("reopen_item")
    await display.until(lambda: display.meeting["closed"] is None)
    await resident.writes("Nu igen")
    await resident.supports(id)


async def test_what_was_sent_before_the_doors_closed_is_acknowledged_again(service: Service) -> None:
    resident, chair = await Resident.join(service), await Chair.join(service)
    secret = new_secret()
    id = await resident.writes("Hann fram", secret=secret)
    await chair.do("close_item", why="exercise_of_authority")
    assert await resident.writes("Hann fram", secret=secret) == id


async def test_a_moderator_pauses_and_opens_but_not_what_the_chair_paused(service: Service) -> None:
    resident, moderator, chair = await Resident.join(service), await Moderator.join(service), await Chair.join(service)
    await moderator.do("pause_intake")
    await resident.until(lambda: resident.meeting["paused_by"] == "moderator")
    assert await write_in_vain(resident) == "comments_paused"
    await moderator.do("open_intake")
    await moderator.do("pause_intake")
    await chair.do("pause_intake")
    await resident.until(lambda: resident.meeting["paused_by"] == "chair")
    assert await code(moderator, "open_intake") == "not_permitted"
    await chair.do("open_intake")
    await resident.until(lambda: resident.meeting["paused_by"] is None)


async def test_a_full_queue_takes_no_more_until_somebody_has_decided(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    await moderator.do("limit_intake", most=2)
    first, second = await resident.writes("Ett"), await resident.writes("Två")
    secret = new_secret()
    answer = await resident.ask("submit_comment", secret=secret, item="1", text="Tre")
    assert (answer["code"], answer["retry_after"] > 0) == ("queue_full", True)
    await moderator.until(lambda: moderator.sees(second))
    assert [moderator.entities[f"comment:{id}"]["number"] for id in (first, second)] == [1, 2]
    await moderator.declines(first)
    await resident.writes("Tre", secret=secret)


async def test_in_slow_mode_a_sender_waits_and_what_is_sent_again_costs_nothing(service: Service) -> None:
    resident, other, chair = await Resident.join(service), await Resident.join(service), await Chair.join(service)
    await chair.do("set_slow_mode", seconds=60)
    await resident.until(lambda: resident.meeting["slow"] == 60)
    secret = new_secret()
    id = await resident.writes("Första", secret=secret)
    answer = await resident.ask("submit_comment", secret=new_secret(), item="1", text="Andra")
    assert (answer["code"], 50 < answer["retry_after"] <= 60) == ("too_fast", True)
    assert await resident.writes("Första", secret=secret) == id
    await other.writes("En annans första")
    await chair.do("set_slow_mode", seconds=0)
    await resident.writes("Andra, nu genast")


async def test_in_slow_mode_a_network_that_opens_many_connections_waits_too(service: Service) -> None:
    chair = await Chair.join(service)
    await chair.do("set_slow_mode", seconds=60)
    raiders = [await Resident.join(service) for _ in range(SHARED + 1)]
    for raider in raiders[:-1]:
        await raider.writes("Räd")
    assert await write_in_vain(raiders[-1]) == "too_fast"
    async with service.http() as http:
        body = {"secret": new_secret(), "item": "1", "text": "Räd", "epoch": chair.epoch}
        answer = await http.post("/m/dialog/comments", json=body)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_fast")


async def test_a_report_goes_over_plain_http_too(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    id = await resident.writes("Något")
    await moderator.approves(id)
    async with service.http() as http:
        body = {"comment": id, "reason": "unlawful", "epoch": resident.epoch}
        assert (await http.post("/m/dialog/report", json=body)).json()["type"] == "ack"
    await moderator.until(lambda: moderator.entities.get(f"report:{id}", {}).get("counts") == {"unlawful": 1})


async def test_a_report_by_form_is_answered_by_a_page(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    id = await shown(resident, moderator, "Visas")
    async with service.http() as http:
        done = await http.post("/m/dialog/report", data={"comment": id, "reason": "hate"})
        assert done.status_code == 200
        assert "Tack, kommentaren är anmäld" in done.text
        for form, status in (({"comment": "0" * 32, "reason": "hate"}, 404), ({"comment": id, "reason": "x"}, 400)):
            refused = await http.post("/m/dialog/report?lang=en", data=form)
            assert refused.status_code == status
            assert "has not been reported" in refused.text
    await moderator.until(lambda: moderator.entities.get(f"report:{id}", {}).get("counts") == {"hate": 1})


async def test_a_report_is_counted_for_moderators_and_for_nobody_else(service: Service) -> None:
    resident, moderator, chair = await Resident.join(service), await Moderator.join(service), await Chair.join(service)
    id = await resident.writes("Något hotfullt")
    assert await code(resident, "report_comment", comment=id, reason="threat") == "unknown_comment"
    await moderator.approves(id)
    for reason in ("threat", "threat", "personal_data"):
        await resident.do("report_comment", comment=id, reason=reason)
    await moderator.until(lambda: moderator.entities.get(f"report:{id}", {}).get("fresh") == 3)
    assert moderator.entities[f"report:{id}"]["counts"] == {"threat": 2, "personal_data": 1}
    await moderator.do("review_reports", comment=id)
    await moderator.until(lambda: moderator.entities[f"report:{id}"]["fresh"] == 0)
    await resident.do("report_comment", comment=id, reason="hate")
    await moderator.until(lambda: moderator.entities[f"report:{id}"]["fresh"] == 1)
    for other in (resident, chair):
        assert not any(b"report" in frame and b"counts" in frame for frame in other.raw)


async def test_reports_without_end_are_counted_to_ninety_nine(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    id = await resident.writes("Något")
    await moderator.approves(id)
    for _ in range(105):
        await resident.do("report_comment", comment=id, reason="hate")
    await moderator.until(lambda: moderator.entities.get(f"report:{id}", {}).get("fresh") == 99)
