"""Support in real browsers: one tap gives it, one takes it back, and the number is the same on every page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.browser import browser_path
from tests.cast import Chair, Display, Resident, serving
from tests.process import Process
from tests.test_stories import ARGUMENTS, LAPTOP, PHONE, keep, pages_of, write
from tests.test_support import FORGED, approved

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

TEXTS = (
    "Det är mörkt i gångtunneln vid stationen. Kan ni sätta upp fler lampor?",
    "Fler bänkar på perrongen, tack. Det är långt att stå för den som är gammal.",
    "Cykelparkeringen är full redan klockan sju. När byggs den ut?",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


def about(page: Page, text: str) -> Locator:
    """The comment with this text among those that all see."""
    return page.locator("#shown li.comment").filter(has_text=text)


def button(page: Page, text: str) -> Locator:
    return about(page, text).locator("button.support")


async def presses(page: Page, text: str) -> None:
    """One tap, and what the page says about it until the server has answered."""
    await button(page, text).click()


async def is_pressed(page: Page, text: str, pressed: bool = True) -> None:
    await expect(button(page, text)).to_have_attribute("aria-pressed", str(pressed).lower())
    await expect(button(page, text)).to_have_text("Du stöder" if pressed else "Stöd")


async def numbers(pages: list[tuple[Page, Locator]], words: str) -> None:
    for _, place in pages:
        await expect(place).to_have_text(words)


async def test_two_browsers_vote_and_everybody_sees_one_number(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        ids = await approved(service, *TEXTS)
        chair_at_work = await Chair.join(service)
        await chair_at_work.do("set_current_item", item="1")
        await chair_at_work.do("discuss_comment", comment=ids[0])
        one, two = await pages.resident(), await pages.resident(LAPTOP)
        desk, chair, display = await pages.moderator(), await pages.chair(), await pages.display()
        await desk.locator("#tab-shown").click()
        everywhere = [
            (one, about(one, TEXTS[0]).locator("[data-part=tally]")),
            (two, about(two, TEXTS[0]).locator("[data-part=tally]")),
            (desk, desk.locator("#panel-shown li.comment").filter(has_text=TEXTS[0]).locator("[data-part=tally]")),
            (chair, chair.locator(".discussing [data-part=tally]")),
            (display, display.locator("#votes")),
        ]
        await is_pressed(one, TEXTS[0], False)
        await numbers(everywhere, "")
        await expect(display.locator("#votes")).to_be_hidden()
        await expect(about(one, TEXTS[0]).get_by_text("en röst per webbläsare")).to_be_visible()
        size = await button(one, TEXTS[0]).bounding_box()
        assert size
        assert min(size["width"], size["height"]) >= 44

        await presses(one, TEXTS[0])
        await is_pressed(one, TEXTS[0])
        await numbers(everywhere, "1 röst")
        await button(two, TEXTS[0]).focus()
        await two.keyboard.press("Space")
        await is_pressed(two, TEXTS[0])
        await numbers(everywhere, "2 röster")
        await presses(one, TEXTS[1])
        await is_pressed(one, TEXTS[1])
        crowd = [await Resident.join(service) for _ in range(11)]
        for number, voter in enumerate(crowd):
            await voter.supports(ids[0])
            if number < 4:
                await voter.supports(ids[1])
        await numbers(everywhere, "13 röster")
        for page, name in ((one, "resident-360"), (two, "resident-1280"), (desk, "moderator-1280")):
            await keep(page, f"support-{name}")
        await keep(chair, "support-chair-1024")
        await keep(display, "support-display-1920")

        await one.reload()
        await is_pressed(one, TEXTS[0])
        await is_pressed(one, TEXTS[1])
        await is_pressed(one, TEXTS[2], False)
        await presses(one, TEXTS[0])
        await is_pressed(one, TEXTS[0], False)
        await numbers(everywhere, "12 röster")
        await chair_at_work.do("answer_comment", comment=ids[0])
        await expect(button(two, TEXTS[0])).to_be_hidden()
        await numbers(everywhere[:3], "12 röster")
        await expect(display.locator("#queue [data-part=tally]").first).to_have_text("5 röster")
        await keep(display, "support-display-queue-1920")


async def test_the_tabs_of_one_browser_have_one_vote(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        (id,) = await approved(service, TEXTS[0])
        display, first = await Display.join(service), await pages.resident()
        await presses(first, TEXTS[0])
        await is_pressed(first, TEXTS[0])
        second = await first.context.new_page()
        await second.goto(first.url)
        await is_pressed(second, TEXTS[0])
        await presses(second, TEXTS[0])
        await is_pressed(second, TEXTS[0], False)
        await is_pressed(first, TEXTS[0], False)
        await display.until(lambda: display.tally(id) == 0)
        await presses(first, TEXTS[0])
        await is_pressed(second, TEXTS[0])
        await display.until(lambda: display.tally(id) == 1)
        stored = await first.evaluate("JSON.stringify(localStorage)")
        assert stored.count("livechat:dialog:ballot") == 1
        assert await first.evaluate("document.cookie") == ""


async def test_a_new_person_begins_with_an_empty_page_and_a_vote_of_their_own(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        (id,) = await approved(service, TEXTS[0])
        display, page = await Display.join(service), await pages.resident()
        await write(page, "Av den första personen")
        await expect(page.get_by_text("Väntar på granskning")).to_be_visible()
        await presses(page, TEXTS[0])
        await is_pressed(page, TEXTS[0])
        other = await page.context.new_page()
        await other.goto(page.url)
        await expect(other.get_by_text("Av den första personen")).to_be_visible()

        await page.get_by_label("Din kommentar").fill("Ett utkast som inte är skickat")
        await page.get_by_role("button", name="Ny person").click()
        await expect(page.get_by_text("Något är inte skickat än.")).to_be_visible()
        await keep(page, "support-new-person-360")
        await page.get_by_role("button", name="Nej, behåll").click()
        await expect(page.get_by_label("Din kommentar")).to_have_value("Ett utkast som inte är skickat")
        await page.get_by_role("button", name="Ny person").click()
        await page.get_by_role("button", name="Ja, töm sidan").click()
        for tab in (page, other):
            await expect(tab.locator("#line")).to_contain_text("Ansluten")
            await is_pressed(tab, TEXTS[0], False)
            await expect(tab.get_by_label("Din kommentar")).to_have_value("")
            await expect(tab.get_by_text("Av den första personen")).to_be_hidden()
            assert await tab.evaluate("localStorage.length") == 0
            assert "första" not in await tab.evaluate("JSON.stringify(sessionStorage)")
        await presses(page, TEXTS[0])
        await display.until(lambda: display.tally(id) == 2)
        await is_pressed(page, TEXTS[0])
        await page.get_by_role("button", name="Ny person").click()  # Nothing unsent: nothing is asked.
        await is_pressed(page, TEXTS[0], False)


async def test_a_vote_waits_for_the_line_and_says_so(browser: Browser, tmp_path: Path) -> None:
    async with Process(tmp_path) as process, pages_of(browser, process) as pages:
        await process.open_intake()
        (id,) = await approved(process, TEXTS[0])
        page = await pages.resident()
        await is_pressed(page, TEXTS[0], False)
        process.kill()
        await process.ended()
        await expect(page.locator("#line")).to_contain_text("Ingen kontakt")
        await presses(page, TEXTS[0])
        await expect(button(page, TEXTS[0])).to_have_text("Väntar på kontakt…")
        await expect(button(page, TEXTS[0])).to_have_attribute("aria-pressed", "false")
        await expect(about(page, TEXTS[0]).locator("[data-part=tally]")).to_have_text("")
        await keep(page, "support-lost-360")
        await process.start()
        display = await Display.join(process)
        await expect(button(page, TEXTS[0])).to_have_text("Du stöder", timeout=30_000)
        await display.until(lambda: display.tally(id) == 1)


async def test_where_websockets_are_blocked_one_can_still_vote(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        (id,) = await approved(service, TEXTS[0])
        display, page = await Display.join(service), await pages.resident()
        await page.add_init_script(
            "WebSocket = class { constructor() { setTimeout(() => this.onclose?.({code: 1006})) } }"
        )
        await page.reload()
        await expect(page.locator("#line")).to_contain_text("Ansluten", timeout=30_000)
        for pressed, votes in ((True, 1), (False, 0), (True, 1)):
            await presses(page, TEXTS[0])
            await is_pressed(page, TEXTS[0], pressed)
            await display.until(lambda votes=votes: display.tally(id) == votes)  # type: ignore[misc]
            words = "1 röst" if votes else ""
            await expect(about(page, TEXTS[0]).locator("[data-part=tally]")).to_have_text(words)


@pytest.mark.parametrize("epoch", ["ours", "another"])
async def test_a_ballot_that_is_not_valid_any_more_is_changed_without_a_word(
    browser: Browser, tmp_path: Path, epoch: str
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        (id,) = await approved(service, TEXTS[0])
        display, page = await Display.join(service), await pages.resident()
        held = {"epoch": display.epoch if epoch == "ours" else "another", "token": FORGED, "supports": []}
        await page.evaluate("held => localStorage.setItem('livechat:dialog:ballot', JSON.stringify(held))", held)
        await page.reload()
        await presses(page, TEXTS[0])
        await is_pressed(page, TEXTS[0])
        await expect(about(page, TEXTS[0]).locator("[data-part=trouble]")).to_be_hidden()
        await display.until(lambda: display.tally(id) == 1)
        assert FORGED not in await page.evaluate("JSON.stringify(localStorage)")


async def test_who_comes_too_late_is_told_in_words(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        await approved(service, TEXTS[0])
        page = await pages.resident()
        await presses(page, TEXTS[0])
        await is_pressed(page, TEXTS[0])
        await service.hub.log.forget_ballots("dialog", (await Display.join(service)).epoch)
        await presses(page, TEXTS[0])
        words = "Det går inte längre att stödja kommentarer i mötet."
        await expect(about(page, TEXTS[0]).get_by_text(words)).to_be_visible()
        await expect(about(page, TEXTS[0]).locator("[data-part=tally]")).to_have_text("1 röst")
        await keep(page, "support-closed-360")


@pytest.mark.parametrize(("language", "words"), [("en", "1 vote"), ("fi", "1 ääni")])
async def test_votes_are_counted_in_english_and_finnish_too(
    browser: Browser, tmp_path: Path, language: str, words: str
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        await approved(service, TEXTS[0])
        page = await pages.open(f"?lang={language}", PHONE)
        await button(page, TEXTS[0]).click()
        await expect(about(page, TEXTS[0]).locator("[data-part=tally]")).to_have_text(words)
        await expect(button(page, TEXTS[0])).to_have_attribute("aria-pressed", "true")


async def test_without_script_the_number_is_read_and_no_button_is_offered(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        (id,) = await approved(service, TEXTS[0])
        voter = await Resident.join(service)
        await voter.supports(id)
        page = await pages.resident(java_script_enabled=False)
        await expect(about(page, TEXTS[0]).get_by_text("1 röst", exact=True)).to_be_visible()
        await expect(button(page, TEXTS[0])).to_be_hidden()
        await expect(page.get_by_text("Ny person")).to_be_hidden()
