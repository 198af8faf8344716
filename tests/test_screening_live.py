"""Screening in a live meeting: who sees what was found, what the author is told, and what becomes of a fault."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from livechat.commands import Findings, SubmitComment, comment_id
from livechat.events import AgendaItem, Document, MeetingSetUp, ScreeningRules, Settings
from livechat.grounds import UNSCREENED
from livechat.meeting import Meeting, apply
from livechat.screening import LIMIT, Screening
from moderation import screening
from tests.cast import Chair, Client, Display, Moderator, Resident, Service, new_secret, serving

SETTINGS = Settings("Nämnden", "Dialog", "Höra", "Ordning", "Gator")
AGENDA = (
    AgendaItem("1", "Stationen, SMN 2031/77", documents=(Document("Plan", "https://handlingar.k.example/plan"),)),
    AgendaItem("2", "Lekplatser i parkerna"),
)

PUBLIC = {"kind", "id", "item", "text", "outcome", "place", "answered", "translation", "body", "similar", "member"}
"""The fields of a comment that everybody sees."""


def codes(comment: dict[str, Any] | None) -> list[str]:
    assert comment is not None
    return [flag["code"] for flag in comment["flags"]]


def screened(text: str, rules: ScreeningRules | None = None, screen: Screening | None = None) -> Findings:
    """What the screening of a meeting with these rules finds."""
    set_up = MeetingSetUp(announced=0, settings=replace(SETTINGS, screening=rules or ScreeningRules()), agenda=AGENDA)
    screen = screen or Screening(apply(Meeting("m", "e"), set_up))
    return screen.screened(SubmitComment(epoch="e", secret=new_secret(), item="1", text=text), minute=3).findings


def found(findings: Findings) -> set[str]:
    return {flag.code for flag in findings.flags}


async def test_what_was_found_is_for_the_desk_alone(service: Service) -> None:
    resident, neighbour = await Resident.join(service), await Resident.join(service, binary=True)
    moderator, chair, display = await Moderator.join(service), await Chair.join(service), await Display.join(service)
    text = "Ring mig på 070-174 06 22 om stationen"
    id = await resident.writes(text)
    await moderator.until(lambda: moderator.sees(id))
    comment = moderator.comment(id)
    assert comment is not None
    assert comment["flags"] == [{"code": "phone", "severity": "red", "spans": [[12, 25]]}]
    assert text[12:25] == "070-174 06 22"
    assert (comment["language"], comment["outside"]) == ("sv", False)
    await moderator.approves(id)
    others: list[Client] = [resident, neighbour, chair, display]
    for other in others:
        await other.until(lambda other=other: other.sees(id))  # type: ignore[misc]
        assert set(other.comment(id) or {}) == PUBLIC
        assert b"severity" not in b"".join(other.raw)
    async with service.http() as http:
        assert "severity" not in (await http.get("/m/dialog/state")).text


async def test_whoever_may_be_in_danger_is_offered_help_and_nobody_else_is(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    hurt = await resident.writes("Jag orkar inte leva längre")
    well = await resident.writes("Jag orkar inte vänta längre på bussen")
    await resident.until(lambda: hurt in resident.own and well in resident.own)
    assert [resident.mine(id)["help"] for id in (hurt, well)] == [True, False]
    await moderator.until(lambda: moderator.sees(hurt))
    assert (moderator.comment(hurt) or {})["flags"][0]["severity"] == "alarm"
    async with service.http() as http:
        form = {"secret": new_secret(), "item": "1", "text": "Jag vill ta livet av mig"}
        page = (await http.post("/m/dialog/comments", data=form)).text
        assert 'href="tel:112"' in page
        form = {"secret": new_secret(), "item": "1", "text": "Fler lampor tack"}
        assert 'href="tel:112"' not in (await http.post("/m/dialog/comments", data=form)).text


async def test_the_desk_sees_that_a_comment_came_again_but_not_after_it_was_taken_back(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    secret = new_secret()
    first = await resident.writes("Sätt upp fler lampor i gångtunneln", secret=secret)
    again = await resident.writes("Sätt upp fler lampor i gångtunneln!")
    await resident.do("withdraw_comment", secret=secret)
    third = await (await Resident.join(service)).writes("Sätt upp fler lampor i gångtunneln!!")
    await moderator.until(lambda: moderator.sees(third))
    assert not moderator.sees(first)
    assert codes(moderator.comment(again)) == codes(moderator.comment(third)) == ["near_duplicate"]


async def test_a_restarted_service_still_knows_what_came_before(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await (await Resident.join(service)).writes("Sätt upp fler lampor i gångtunneln")
    async with serving(tmp_path) as service:
        resident, moderator = await Resident.join(service), await Moderator.join(service)
        again = await resident.writes("Sätt upp fler lampor i gångtunneln.")
        await moderator.until(lambda: moderator.sees(again))
        assert codes(moderator.comment(again)) == ["near_duplicate"]


async def test_nobody_can_send_what_was_found_along(service: Service) -> None:
    resident = await Resident.join(service)
    fields = {"secret": new_secret(), "item": "1", "text": "Jag vet var du bor"}
    forged = await resident.ask("submit_screened", **fields, findings={"flags": []})
    assert forged["code"] == "unknown_type"
    added = await resident.ask("submit_comment", **fields, flags=[])
    assert (added["code"], added["field"]) == ("invalid", "flags")


async def test_a_comment_that_was_typed_in_is_screened_as_well(service: Service) -> None:
    moderator, secret = await Moderator.join(service), new_secret()
    await moderator.do("enter_comment", secret=secret, item="1", text="Jag vet var du bor", body="")
    id = comment_id(secret)
    await moderator.until(lambda: moderator.sees(id))
    assert codes(moderator.comment(id)) == ["threat"]


async def test_places_are_those_of_the_original_whatever_a_moderator_made_of_it(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    id = await resident.writes("Ring mig på 070-174 06 22 om stationen")
    await moderator.until(lambda: moderator.sees(id))
    await moderator.do("edit_comment", comment=id, revision=0, text="Ring mig om stationen")
    await moderator.until(lambda: (moderator.comment(id) or {})["original"] is not None)
    comment = moderator.comment(id) or {}
    [[start, end]] = comment["flags"][0]["spans"]
    assert comment["original"][start:end] == "070-174 06 22"


async def test_a_fault_in_screening_keeps_no_comment_from_its_moderator(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("livechat.screening.screening.screen", broken)
    monkeypatch.setattr("livechat.screening.language", broken)
    id = await resident.writes("Fler lampor tack")
    await moderator.until(lambda: moderator.sees(id))
    assert codes(moderator.comment(id)) == ["screening_failed"]


def test_a_rule_that_takes_too_long_is_told_and_the_rest_wait_no_longer() -> None:
    now = iter([0.0, 0.0, 0.0, LIMIT + 1])
    screen = Screening(apply(Meeting("m", "e"), MeetingSetUp(announced=0, settings=SETTINGS, agenda=AGENDA)))
    screen._timer = lambda: next(now, LIMIT + 1)
    assert found(screened("Jag vet var du bor, ring 070-174 06 22", screen=screen)) == {"threat", "screening_failed"}


def test_a_comment_that_came_past_screening_says_so() -> None:
    assert [flag.code for flag in UNSCREENED.flags] == ["screening_failed"]


def test_the_agenda_itself_may_be_named_and_linked_to() -> None:
    assert found(screened("Se SMN 2031/77 på https://handlingar.k.example/plan#s2")) == set()
    assert found(screened("Se SMN 2031/78 på https://handlingar.example/plan")) == {"case_number", "url"}


def test_a_comment_on_the_wrong_item_is_told_the_right_one() -> None:
    assert screened("Lekplatserna i parkerna är slitna").suggested == "2"


def test_a_comment_outside_the_remit_is_told_only_where_the_remit_is_known() -> None:
    rules = ScreeningRules(remit=("gata", "park", "lekplats"))
    assert screened("Sjukhusets väntetider är för långa", rules).outside
    assert not screened("Parken behöver bänkar", rules).outside
    assert not screened("Sjukhusets väntetider är för långa").outside


def test_rules_that_this_release_does_not_take_are_told_beside_every_comment() -> None:
    assert found(screened("Fler lampor tack", ScreeningRules(patterns=("(",)))) == {"screening_failed"}


def test_marks_that_deceive_are_told_though_they_are_cleaned_away() -> None:
    findings = screened("Fler\u202e lam\u200bpor tack")
    assert [(flag.code, flag.spans) for flag in findings.flags] == [("unicode_abuse", ())]


def test_no_word_of_the_comment_stands_in_what_was_found() -> None:
    text = "Grannen Lennart Påhittsson på Exempelgatan 3 super varje dag, ring 070-174 06 22 din idiot"
    known = {code.value for code in screening.Code} | {severity.value for severity in screening.Severity}
    for flag in screened(text).flags:
        assert {flag.code, flag.severity} <= known
        assert all(isinstance(place, int) for span in flag.spans for place in span)


async def test_what_a_moderator_writes_is_screened_as_well(service: Service) -> None:
    author, moderator = await Resident.join(service), await Moderator.join(service)
    id = await author.writes("Ring mig på 070-174 06 22 om stationen")
    await moderator.until(lambda: moderator.sees(id))
    await moderator.do("edit_comment", comment=id, text="Ring ███ eller mejla kim@annan.example")
    await moderator.until(lambda: (moderator.comment(id) or {}).get("original"))
    comment = moderator.comment(id) or {}
    assert codes(comment) == ["phone"]  # Of the text as it came.
    assert comment["shown_flags"] == [{"code": "email", "severity": "red", "spans": [[21, 38]]}]
    assert comment["text"][21:38] == "kim@annan.example"
    await moderator.do("edit_comment", comment=id, text=comment["original"])
    await moderator.until(lambda: (moderator.comment(id) or {})["original"] is None)
    assert (moderator.comment(id) or {})["shown_flags"] == []


async def test_an_edited_text_is_not_like_the_one_it_was_made_of(service: Service) -> None:
    author, moderator = await Resident.join(service), await Moderator.join(service)
    id = await author.writes("Sätt upp fler lampor i gångtunneln vid stationen")
    await moderator.until(lambda: moderator.sees(id))
    await moderator.do("edit_comment", comment=id, text="Sätt upp fler lampor i gångtunneln vid Stationen")
    await moderator.until(lambda: (moderator.comment(id) or {}).get("original"))
    assert (moderator.comment(id) or {})["shown_flags"] == []


async def test_nobody_says_by_wire_that_an_edit_was_screened(service: Service) -> None:
    author, moderator = await Resident.join(service), await Moderator.join(service)
    id = await author.writes("Något")
    await moderator.until(lambda: moderator.sees(id))
    forged = await moderator.ask("edit_screened", comment=id, text="Annat", findings={"flags": []})
    assert forged["type"] == "refused"
