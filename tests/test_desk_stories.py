# ruff: noqa: F811 - `browser` is also a parameter
"""Stories from the desk in real browsers: what a moderator does by keyboard, and what everybody else then sees."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.cast import Chair, Moderator, Resident, serving
from tests.test_stories import (
    LAPTOP,
    PHONE,
    TELEVISION,
    browser,  # noqa: F401 - a fixture
    keep,
    keeps_to_wcag,
    pages_of,
    press_until,
    write,
)

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

FOCUSED = "#panel-pending li.comment[aria-current]"


async def test_a_name_is_taken_out_before_anybody_sees_it(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, desk, display = await pages.resident(), await pages.moderator(), await pages.display()
        await write(resident, "Bo Ek på Storgatan 3 parkerar fel")
        await expect(desk.get_by_text("Bo Ek")).to_be_visible()
        await desk.keyboard.press("e")
        field = desk.locator(f"{FOCUSED} textarea")
        await expect(field).to_be_focused()
        await desk.keyboard.press("Control+Home")
        for _ in "Bo Ek":
            await desk.keyboard.press("Shift+ArrowRight")
        await desk.keyboard.press("Alt+b")
        await expect(field).to_have_value("███ på Storgatan 3 parkerar fel")
        await keep(desk, "desk-edit-1280")
        await desk.keyboard.press("Control+Enter")
        await expect(desk.get_by_text("Redigerad. Så här stod det:")).to_be_visible()
        # The address is still there, so it takes two presses.
        await press_until(desk, "a", desk.get_by_role("button", name="Godkänn ändå"))
        await desk.keyboard.press("a")
        await expect(display.get_by_text("███ på Storgatan 3 parkerar fel")).to_be_visible()
        assert "Bo Ek" not in await display.content()
        await expect(resident.get_by_text("Redigerad av en moderator")).to_be_visible()
        await expect(resident.get_by_text("███ på Storgatan 3").first).to_be_visible()
        await keep(resident, "own-edited-360")


async def test_what_a_moderator_marks_is_blacked_out_with_one_key(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, desk = await Resident.join(service), await pages.moderator()
        await author.writes("Lampan är trasig nu")
        text = desk.locator(f"{FOCUSED} [data-part=text]")
        await expect(text).to_have_text("Lampan är trasig nu")
        await text.evaluate("e => getSelection().setBaseAndExtent(e.firstChild, 7, e.firstChild, 16)")
        await desk.keyboard.press("b")
        await expect(text).to_have_text("Lampan ███ nu")
        await expect(desk.locator("#undo:not([aria-disabled])")).to_be_visible()  # The answer has come.
        await desk.keyboard.press("u")
        await expect(text).to_have_text("Lampan är trasig nu")
        await expect(desk.locator("#told")).to_contain_text("Ångrat: redigeringen")


async def test_whatever_was_flagged_is_blacked_out_to_the_letter(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        desk = await pages.moderator()
        masked = """async ([text, comment]) => {
          const page = document.querySelector("script[type=module]").src;
          const { masked, flaggedSpans } = await import(page.replace("moderator.js", "masking.js"));
          return masked(text, flaggedSpans(comment));
        }"""
        for flags, shown in (
            ([], "😀 Bo Ek, 070-12 och Bo"),
            ([{"severity": "red", "spans": [[2, 7]]}], "😀 ███, 070-12 och Bo"),
            ([{"code": "person_name", "spans": [[20, 22], [2, 7]]}], "😀 ███, 070-12 och ███"),
            ([{"severity": "red", "spans": [[2, 9]]}, {"severity": "red", "spans": [[4, 15]]}], "😀 ███ och Bo"),
            (
                [{"severity": "red", "spans": [[2, 7], [9, 15]]}, {"severity": "grey", "spans": [[0, 22]]}],
                "😀 ███, ███ och Bo",
            ),
        ):
            assert await desk.evaluate(masked, ["😀 Bo Ek, 070-12 och Bo", {"flags": flags}]) == shown


async def test_who_is_referred_gets_the_link_and_the_own_text_to_copy(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, desk = (
            await pages.resident(permissions=["clipboard-read", "clipboard-write"]),
            await pages.moderator(),
        )
        await write(resident, "Bussen går för sällan")
        await expect(desk.get_by_text("Bussen")).to_be_visible()
        await desk.keyboard.press("r")
        await expect(desk.get_by_role("button", name="Lämna synpunkter")).to_be_visible()
        await keep(desk, "desk-refer-1280")
        await desk.keyboard.press("1")
        link = resident.get_by_role("link", name="Gå till Lämna synpunkter")
        await expect(link).to_have_attribute("href", "https://k.example/synpunkter")
        await expect(resident.get_by_text("Där får du svar.")).to_be_visible()
        await resident.get_by_role("button", name="Kopiera min text").click()
        await expect(resident.get_by_text("Texten är kopierad.").first).to_be_visible()
        assert await resident.evaluate("navigator.clipboard.readText()") == "Bussen går för sällan"
        await keep(resident, "own-referred-360")


async def test_the_meeting_s_own_words_are_said_to_who_is_declined(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, desk = await pages.resident(), await pages.moderator()
        await write(resident, "Mitt bygglov")
        await expect(desk.get_by_text("Mitt bygglov")).to_be_visible()
        await desk.keyboard.press("d")
        await desk.keyboard.press("1")
        await expect(resident.get_by_text("Ring kontaktcenter så får du hjälp med ditt ärende.")).to_be_visible()


async def test_two_that_say_the_same_become_one_and_both_authors_are_told(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        first, second = await pages.resident(), await pages.resident()
        desk, display = await pages.moderator(), await pages.display()
        await write(first, "Fler lampor i tunneln, tack")
        await expect(desk.get_by_role("tab", name="Väntar 1")).to_be_visible()
        await write(second, "Det behövs fler lampor i tunneln")
        await expect(desk.get_by_role("tab", name="Väntar 2")).to_be_visible()
        await desk.keyboard.press("a")
        await expect(display.get_by_text("Fler lampor i tunneln, tack")).to_be_visible()
        await press_until(desk, "m", desk.locator("[role=combobox]"))
        await desk.keyboard.type("tack")
        await expect(desk.locator("[role=listbox]").get_by_role("option")).to_have_count(1)
        await keep(desk, "desk-merge-1280")
        await desk.keyboard.press("Enter")
        await expect(display.get_by_text("och 1 liknande")).to_be_visible()
        own = second.get_by_role("region", name="Dina kommentarer")
        await expect(own.get_by_text("Hoplagd med en liknande kommentar: visas i kön")).to_be_visible()
        await expect(own.get_by_text("Fler lampor i tunneln, tack")).to_be_visible()
        await keep(second, "own-merged-360")
        await desk.keyboard.press("u")
        await expect(own.get_by_text("Väntar på granskning", exact=True)).to_be_visible()


async def test_a_translation_stands_under_the_original_in_the_room(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, chair = await Resident.join(service), await Chair.join(service)
        resident, desk, display = await pages.resident(), await pages.moderator(), await pages.display(TELEVISION)
        id = await author.writes("Tunnelissa on pimeää, tarvitaan lisää valoja")
        await expect(desk.get_by_text("Tunnelissa")).to_be_visible()
        await desk.keyboard.press("l")
        await expect(desk.locator(f"{FOCUSED} textarea")).to_be_focused()
        await desk.keyboard.type("Det är mörkt i tunneln, det behövs fler lampor")
        await keep(desk, "desk-translate-1280")
        await desk.keyboard.press("Control+Enter")
        await expect(desk.get_by_text("Översatt till svenska:")).to_be_visible()
        await press_until(desk, "a", display.get_by_text("Det är mörkt i tunneln"))
        await expect(resident.get_by_text("Översatt till svenska:")).to_be_visible()
        words = resident.get_by_text("Det är mörkt i tunneln")
        await expect(words).to_have_attribute("lang", "sv")
        await chair.do("discuss_comment", comment=id)
        await expect(display.locator("#words")).to_contain_text("Det är mörkt i tunneln")
        await keep(display, "display-translated-1920")


async def test_a_translation_of_500_characters_fits_under_500_others(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, chair = (
            await Resident.join(service),
            await Moderator.join(service),
            await Chair.join(service),
        )
        text = ("Gatubelysningen är trasig och övergångsstället syns inte. " * 9)[:499] + "."
        id = await author.writes(text)
        await moderator.do("translate_comment", comment=id, language="en", text=text)
        await moderator.approves(id)
        await chair.do("discuss_comment", comment=id)
        for size, name in ((TELEVISION, "1920"), ({"width": 1080, "height": 1920}, "portrait")):
            display = await pages.display(size)
            await expect(display.locator("#spoken")).to_have_text(text)
            fits = "e => e.scrollHeight <= e.parentElement.clientHeight + 1"
            assert await display.locator("#words").evaluate(fits), name
            await keep(display, f"display-translated-long-{name}")


async def test_a_slip_from_the_room_is_typed_in_and_says_whom_it_comes_from(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        desk, resident = await pages.moderator(), await pages.resident()
        await expect(desk.locator("#line")).to_contain_text("Ansluten")
        await desk.keyboard.press("n")
        await desk.keyboard.type("Ramp vid ingången, tack")
        await desk.get_by_label("Framfört av").select_option("Pensionärsrådet")
        await desk.get_by_label("Kommentaren").press("Control+Enter")
        await expect(desk.get_by_text("Inskriven. Den väntar på granskning")).to_be_visible()
        await keep(desk, "desk-enter-1280")
        await desk.keyboard.press("Escape")
        await expect(desk.get_by_text("inskriven av Moderator 1 · framfört av Pensionärsrådet")).to_be_visible()
        await press_until(desk, "a", resident.get_by_text("framfört av Pensionärsrådet"))


async def test_a_threat_is_gone_from_every_desk_with_one_key_and_a_slip_of_it_undone(
    browser: Browser,
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, desk, other = await pages.resident(), await pages.moderator(), await pages.moderator()
        await write(resident, "Ett hot")
        for page in (desk, other):
            await expect(page.get_by_text("Ett hot")).to_be_visible()
        await desk.keyboard.press("s")
        for page in (desk, other):
            await expect(page.locator("li.comment")).to_have_count(0)
        await expect(desk.locator("#told")).to_contain_text("sparas för Säkerhetssamordnaren i 30 dagar")
        await expect(resident.get_by_text("Borttagen: bedömd som hot")).to_be_visible()
        await expect(resident.get_by_role("button", name="Ta tillbaka")).not_to_be_visible()
        await keep(resident, "own-sealed-360")
        await desk.keyboard.press("u")
        await expect(other.locator("li.comment").get_by_text("Ett hot")).to_be_visible()
        await expect(resident.get_by_text("Väntar på granskning", exact=True)).to_be_visible()


async def test_five_are_chosen_and_declined_at_once_and_that_is_undone_at_once(
    browser: Browser,
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, watching, desk = await Resident.join(service), await Moderator.join(service), await pages.moderator()
        ids = [await author.writes(f"Reklam {number}") for number in range(6)]
        await expect(desk.get_by_role("tab", name="Väntar 6")).to_be_visible()
        for _ in range(5):
            await desk.keyboard.press("x")
            await desk.keyboard.press("j")
        await expect(desk.get_by_text("5 valda. Nästa beslut gäller alla.").first).to_be_visible()
        await keep(desk, "desk-batch-1280")
        await desk.keyboard.press("d")
        await desk.keyboard.press("7")
        await watching.until(lambda: all(watching.sees(id, "declined") for id in ids[:5]))
        assert watching.sees(ids[5], "pending")
        await expect(desk.get_by_role("tab", name="Visas inte 5")).to_be_visible()
        await expect(desk.locator("#undo:not([aria-disabled])")).to_be_visible()  # Every answer has come.
        await desk.keyboard.press("u")
        await watching.until(lambda: all(watching.sees(id, "pending") for id in ids))
        await expect(desk.locator("#told")).to_have_text("Ångrat: avslaget, 5 kommentarer.")


async def test_all_that_say_the_same_are_chosen_with_one_key_and_become_one(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, watching, desk = await Resident.join(service), await Moderator.join(service), await pages.moderator()
        ids = [await author.writes(f"Fler lampor i tunneln vid stationen{end}") for end in (".", ", tack", " nu")]
        other = await author.writes("Bänkarna i parken är trasiga")
        await expect(desk.get_by_role("tab", name="Väntar 4")).to_be_visible()
        await desk.keyboard.press("g")
        await expect(desk.locator("#choosing")).to_contain_text("3 valda")
        await desk.keyboard.press("m")
        await expect(desk.locator("[role=listbox]").get_by_role("option").first).to_be_visible()
        await desk.keyboard.press("Enter")
        await watching.until(lambda: sum(watching.sees(id, "merged") for id in ids) == 2)
        carrier = next(id for id in ids if watching.sees(id, "pending"))
        await watching.until(lambda: (watching.comment(carrier) or {})["similar"] == 2)
        assert watching.sees(other, "pending")


async def test_what_one_writes_stays_and_its_keys_decide_nothing_when_a_colleague_is_first(
    browser: Browser,
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, colleague, desk = await Resident.join(service), await Moderator.join(service), await pages.moderator()
        ids = [await author.writes(f"Kommentar {number}") for number in range(2)]
        await expect(desk.get_by_role("tab", name="Väntar 2")).to_be_visible()
        await desk.keyboard.press("e")
        field = desk.locator(f"{FOCUSED} textarea")
        await desk.keyboard.type("Halv")
        await colleague.declines(ids[0])
        await expect(desk.get_by_text("Moderator 1 hann före: avslagen.").first).to_be_visible()
        await desk.keyboard.type("adda")
        await expect(field).to_have_value(re.compile("Halvadda"))
        await desk.keyboard.press("Escape")
        await expect(desk.get_by_role("tab", name="Väntar 1")).to_be_visible()
        assert colleague.sees(ids[1], "pending")


@pytest.mark.parametrize(
    ("key", "scheme"), [("r", "light"), ("m", "dark"), ("e", "light"), ("l", "dark"), ("n", "light")]
)
async def test_every_panel_of_the_desk_keeps_to_wcag(browser: Browser, tmp_path: Path, scheme: str, key: str) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator = await Resident.join(service), await Moderator.join(service)
        ids = [await author.writes(f"Kommentar om lampor {number}" * 4) for number in range(4)]
        await moderator.do("edit_comment", comment=ids[0], text="Redigerad")
        await moderator.do("translate_comment", comment=ids[0], language="fi", text="Muokattu")
        for size, name in ((LAPTOP, "1280"), (PHONE, "360"), ({"width": 320, "height": 568}, "320")):
            desk = await pages.moderator(size, color_scheme=scheme)
            await expect(desk.get_by_role("tab", name="Väntar 4")).to_be_visible()
            await desk.keyboard.press(key)
            await expect(desk.locator("#enter:visible, .panel:visible")).to_have_count(1)
            assert await desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            await keeps_to_wcag(desk)
            await keep(desk, f"desk-{key}-{scheme}-{name}")
