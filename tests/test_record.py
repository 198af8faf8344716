"""The decision record: what, when and from which seat, and nothing of who wrote."""

import csv
from collections.abc import Iterable
from pathlib import Path

from livechat.events import AnyEvent, IntakePaused
from livechat.meeting import Meeting
from tests.cast import Chair, Moderator, Resident, new_secret
from tests.golden import GOLDEN
from tests.process import Process, run
from web.record import _safe, record
from web.texts import texts


def rows(history: Iterable[AnyEvent]) -> list[list[str]]:
    text = record(Meeting("m", "e"), history, texts("sv"))
    assert text.startswith("\ufeff")
    return list(csv.reader(text[1:].splitlines(), delimiter=";"))


def test_every_decision_stands_there_with_its_minute_and_seat() -> None:
    head, *lines = rows(GOLDEN)
    assert head == ["Tid", "Vem", "Vad", "Kommentar", "Punkt", "Närmare"]
    assert ["2026-09-21 16:17", "Moderator 2", "godkände", "1", "1. Ett", ""] in lines
    assert ["2026-09-21 16:17", "Moderator 2", "avslog", "2", "2. Två", "finns redan"] in lines
    assert ["2026-09-21 16:16", "Ordförande 1", "stängde punkten", "", "", "sekretess"] in lines
    assert ["2026-09-21 16:21", "Ordförande 1", "besvarade muntligt", "1", "1. Ett", ""] in lines


def test_what_residents_said_did_and_where_they_are_is_not_there() -> None:
    text = record(Meeting("m", "e"), GOLDEN, texts("sv"))
    for trace in ("Första", "Andra", "1" * 32, "2" * 32, "threat", "hot"):
        assert trace not in text


def test_a_pause_by_nobody_says_so() -> None:
    history = [GOLDEN[0], IntakePaused(minute=3, unattended=True)]
    assert rows(history)[-1] == [
        "2026-09-21 16:16",
        "av sig självt",
        "pausade kommentarerna",
        "",
        "",
        "ingen moderator var inne",
    ]


def test_no_cell_is_a_formula() -> None:
    assert _safe('=HYPERLINK("http://x")') == '\'=HYPERLINK("http://x")'
    for cell in ("+1", "-1", "@SUM(A1)", "\tx", "\rx"):
        assert _safe(cell) == "'" + cell
    assert _safe("1. Ett = två") == "1. Ett = två"


async def test_the_clerk_prints_it_on_the_command_line(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await process.open_intake()
        resident, moderator, chair = (
            await Resident.join(process),
            await Moderator.join(process),
            await Chair.join(process),
        )
        secret = new_secret()
        id = await resident.writes("Text som inte ska stå där", secret=secret)
        await moderator.declines(id)
        await chair.do("close_item", why="exercise_of_authority")
        status, printed, _ = await run("meeting", "record", "dialog", folder=tmp_path)
    assert status == 0
    assert "avslog;1;1. Stationen;utanför nämndens uppdrag" in printed
    assert "myndighetsutövning mot enskild" in printed
    assert "Text som" not in printed
    assert id not in printed
