"""Notices: what staff tell everybody stands on every page until it is replaced or taken down."""

from pathlib import Path

import pytest

from tests.cast import Chair, Client, Display, Moderator, Resident, Service
from tests.process import Process, run
from web.notices import READY, ready
from web.texts import LANGUAGES

PAUSE = {"sv": "Paus till 18.30", "en": "Break until 18:30"}


def told(client: Client) -> dict[str, str]:
    notice = client.entities.get("notice:dialog")
    return dict(notice["texts"]) if notice else {}


async def test_what_the_chair_tells_is_told_everybody_until_it_is_replaced_and_taken_down(service: Service) -> None:
    chair, moderator = await Chair.join(service), await Moderator.join(service)
    everybody = [chair, moderator, await Resident.join(service), await Display.join(service, binary=True)]
    for staff, texts in ((chair, PAUSE), (moderator, {"sv": "Vi börjar strax"})):
        await staff.do("post_notice", texts=texts)
        for client in (*everybody, await Resident.join(service)):
            await client.until(lambda client=client, texts=texts: told(client) == texts)  # type: ignore[misc]
    await chair.do("take_down_notice")
    for client in (*everybody, await Resident.join(service)):
        await client.until(lambda client=client: not told(client))  # type: ignore[misc]


async def test_who_was_away_learns_what_is_told_now(service: Service) -> None:
    chair, resident = await Chair.join(service), await Resident.join(service)
    await chair.do("post_notice", texts=PAUSE)
    await resident.until(lambda: told(resident) == PAUSE)
    await resident.leave()
    await chair.do("take_down_notice")
    back = await Resident.join(service, resume=resident)
    assert not told(back)
    assert back.frames[0]["drop"] == ["notice:dialog"]


async def test_only_staff_put_notices_up(service: Service) -> None:
    for other in (await Resident.join(service), await Display.join(service)):
        assert (await other.ask("post_notice", texts=PAUSE))["code"] == "not_permitted"
        assert (await other.ask("take_down_notice"))["code"] == "not_permitted"


@pytest.mark.parametrize(
    ("texts", "code", "field"),
    [
        ({}, "empty_text", "texts.sv"),
        ({"en": "Break"}, "empty_text", "texts.sv"),
        ({"sv": " \u202e "}, "empty_text", "texts.sv"),
        ({"sv": "x" * 201}, "invalid", "texts.sv"),
        ({"sv": "Paus", "en": "x" * 201}, "invalid", "texts.en"),
        ({"sv": "Paus", "<b>": "Break"}, "invalid", "texts"),
        ("Paus", "invalid", "texts"),
    ],
)
async def test_a_notice_is_short_and_in_swedish_at_least(
    service: Service, texts: object, code: str, field: str
) -> None:
    chair = await Chair.join(service)
    answer = await chair.ask("post_notice", texts=texts)
    assert (answer["code"], answer["field"].partition("[")[0]) == (code, field)
    assert not told(chair)


async def test_words_are_cleaned_and_the_same_again_is_no_news(service: Service) -> None:
    chair, resident = await Chair.join(service), await Resident.join(service)
    await chair.do("post_notice", texts={"sv": "  Paus\u202e ", "en": " "})
    await resident.until(lambda: told(resident) == {"sv": "Paus"})
    (channel,) = service.hub.channels()
    before = channel.meeting.offset
    await chair.do("post_notice", texts={"sv": "Paus"})
    await chair.do("take_down_notice")
    await chair.do("take_down_notice")
    assert channel.meeting.offset == before + 1


async def test_a_page_without_scripts_has_it_in_its_language(service: Service) -> None:
    chair = await Chair.join(service)
    async with service.http() as http:
        assert "Meddelande från mötet" in (page := (await http.get("/m/dialog")).text)
        assert 'id="staff-notice" hidden' in page
        await chair.do("post_notice", texts={**PAUSE, "sv": "<b>Paus"})
        for path in ("/m/dialog", "/m/dialog?lang=fi", "/m/dialog/display"):
            assert '<strong data-part="words" lang="sv">&lt;b&gt;Paus</strong>' in (await http.get(path)).text
        english = (await http.get("/m/dialog?lang=en")).text
        assert '<strong data-part="words" lang="en">Break until 18:30</strong>' in english


async def test_the_clerk_tells_everybody_from_the_command_line_and_it_is_on_the_record(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        chair, resident = await Chair.join(process), await Resident.join(process)
        await chair.do("post_notice", texts={"sv": "=Paus"})
        command = ("meeting", "notice", "dialog")
        assert (await run(*command, "Vi börjar 18.00", "--fi", "Aloitamme 18.00", folder=tmp_path))[0] == 0
        await resident.until(lambda: told(resident) == {"sv": "Vi börjar 18.00", "fi": "Aloitamme 18.00"})
        status, _, error = await run(*command, "x" * 201, folder=tmp_path)
        assert (status, "texts.sv" in error, "Traceback" in error) == (2, True, False)
        assert (await run(*command, folder=tmp_path))[0] == 2
        assert (await run(*command, "--down", folder=tmp_path))[0] == 0
        await resident.until(lambda: not told(resident))
        _, record, _ = await run("meeting", "record", "dialog", folder=tmp_path)
    assert "Ordförande 1;satte upp ett meddelande till alla;;;'=Paus" in record
    assert ";satte upp ett meddelande till alla;;;Vi börjar 18.00" in record
    assert "tog ner meddelandet" in record


def test_ready_notices_are_there_in_every_language_with_the_place_for_the_time_kept() -> None:
    for notice, source in zip(ready(), READY, strict=True):
        assert set(notice) == set(LANGUAGES)
        assert {("%(time)s" in words) for words in notice.values()} == {"%(time)s" in source}
        assert all(0 < len(words) <= 200 for words in notice.values())
