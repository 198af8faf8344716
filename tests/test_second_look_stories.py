"""Stories in real browsers: the own browser finds data about somebody before a comment is sent, and only asks."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from benchmarks.screening import SEEN, UNSEEN, Case, cases
from moderation.screening import screen
from tests.cast import Moderator, serving
from tests.test_stories import browser, keep, keeps_to_wcag, pages_of, write

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

__all__ = ["browser"]

KINDS = {"personnummer", "phone", "email", "payment", "plate"}
SMALL = {"width": 320, "height": 640}

# What is plain of what screening finds: the rest is for the server and for people.
PLAIN = {
    "personnummer": re.compile(r"(?:18|19|20)?[0-9]{6}[-+]?[0-9]{4}"),
    "phone": re.compile(r"07\d[- ]?\d{3} ?\d{2} ?\d{2}|\+46 ?7\d ?\d{3} ?\d{2} ?\d{2}"),
    "email": re.compile(r"[a-z0-9.]+@[a-z0-9-]+\.[a-z]{2,3}"),
    "payment": re.compile(r"\d{4} \d{4} \d{4} \d{4}|\d{16}"),
    "plate": re.compile(r"[A-Z]{3} ?\d{2}[0-9A-Z]"),
}


@pytest_asyncio.fixture(loop_scope="module")
async def found(browser: Browser, tmp_path: Path) -> AsyncIterator[list[tuple[Case, set[str]]]]:
    """What the browser finds in every comment that screening is measured by."""
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        page, all_cases = await pages.resident(), [*cases(SEEN), *cases(UNSEEN)]
        codes = await page.evaluate(
            """async (texts) => {
                const modules = [...document.querySelectorAll("link[rel=modulepreload]")].map(({ href }) => href);
                const { identityIn } = await import(modules.find((href) => href.includes("/identity")));
                return texts.map((text) => identityIn(text).map(({ code }) => code));
            }""",
            [case.text for case in all_cases],
        )
        yield [(case, set(some)) for case, some in zip(all_cases, codes, strict=True)]


async def test_the_browser_finds_nothing_that_the_server_does_not(found: list[tuple[Case, set[str]]]) -> None:
    assert [
        case.text
        for case, codes in found
        if codes - {flag.code.value for flag in screen(case.text)} or codes & case.must_not
    ] == []


async def test_the_browser_finds_what_is_written_plainly(found: list[tuple[Case, set[str]]]) -> None:
    wanted = missed = 0
    for case, codes in found:
        for flag in screen(case.text):
            words = [case.text[span.start : span.end] for span in flag.spans]
            plain = PLAIN.get(flag.code.value)
            if plain and any(plain.fullmatch(each) for each in words):
                wanted += 1
                missed += flag.code.value not in codes
    assert wanted > 70
    assert missed <= 0.05 * wanted


async def test_a_resident_is_asked_before_a_number_is_sent_and_takes_it_out(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, moderator = await pages.resident(), await Moderator.join(service)
        await write(resident, "Ring mig på 070-174 06 22 om lamporna")
        question = resident.get_by_role("region", name="Vill du ta bort något innan du skickar?")
        await expect(question.get_by_text("telefonnummer: 070-174 06 22")).to_be_visible()
        await expect(question.get_by_text("allmän handling")).to_be_visible()
        await expect(question.get_by_text("Vänd dig hit i stället")).to_be_visible()
        await expect(question.get_by_role("link", name="Lämna synpunkter")).to_be_visible()
        await expect(question.get_by_role("heading")).to_be_focused()
        await keep(resident, "resident-second-look-360")
        await keeps_to_wcag(resident)
        await question.get_by_role("button", name="Ändra texten").click()
        await expect(question).to_be_hidden()
        # What was found is selected: one key takes it out.
        await expect(resident.get_by_label("Din kommentar")).to_be_focused()
        await resident.keyboard.press("Backspace")
        await resident.get_by_role("button", name="Skicka", exact=True).click()
        await moderator.until(moderator.comments)
        assert [comment["text"] for comment in moderator.comments().values()] == ["Ring mig på  om lamporna"]


async def test_by_keyboard_alone_it_is_sent_anyway(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, moderator = await pages.resident(SMALL), await Moderator.join(service)
        box = resident.get_by_label("Din kommentar")
        await box.fill("Föreningen nås på forening@annan.example, välkomna alla")
        await box.press("Control+Enter")
        question = resident.locator("#second-look")
        await expect(question).to_be_visible()
        await keep(resident, "resident-second-look-320")
        assert await resident.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
        await _tab_to(resident, "Skicka ändå")
        await resident.keyboard.press("Enter")
        await expect(question).to_be_hidden()
        await expect(box).to_have_value("")
        await expect(box).to_be_focused()
        await moderator.until(moderator.comments)


async def test_what_names_nobody_is_sent_at_once(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, moderator = await pages.resident(), await Moderator.join(service)
        await write(resident, "Dnr SN 2031/926 kostade 2 500 000 kr och gav 300 elever plats, org.nr 556016-0680")
        await moderator.until(moderator.comments)
        await expect(resident.locator("#second-look")).to_be_hidden()


async def test_where_the_look_does_not_load_comments_are_sent_all_the_same(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        moderator = await Moderator.join(service)
        resident = await pages.resident()
        await resident.route(re.compile("identity"), lambda route: route.abort())
        await resident.reload()
        await write(resident, "Ring mig på 070-174 06 22 om lamporna")
        await moderator.until(moderator.comments)


async def _tab_to(page: Page, name: str) -> None:
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"the button {name!r} cannot be reached")
