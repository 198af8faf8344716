"""A rehearsal in real browsers: marked on every page, and wiped from all of them when the chair opens the meeting."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser import browser_path
from tests.cast import KEY, Service, new_secret, serving
from tests.test_stories import ARGUMENTS, LAPTOP, PHONE, Pages, keep, keeps_to_wcag, pages_of, press_until, write
from web.meetings import Meetings

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

TRIED = "Provkommentar: syns den här på skärmen i rummet?"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def rehearse(service: Service) -> None:
    assert await Meetings(service.hub.log, KEY, new_secret).rehearse("dialog")


async def opens(chair: Page) -> None:
    await chair.get_by_role("button", name="Öppna mötet på riktigt").click()
    await expect(chair.get_by_role("button", name="Nej, fortsätt öva")).to_be_focused()
    await chair.get_by_role("button", name="Ja, ta bort allt och öppna mötet").click()


async def opens_comments(chair: Page) -> None:
    await expect(chair.locator("#line")).to_have_attribute("data-line", "open")
    await chair.get_by_role("button", name="Öppna för kommentarer").click()
    await expect(chair.get_by_role("button", name="Pausa")).to_be_visible()


async def marked(page: Page) -> None:
    await expect(page.locator(".rehearsal-word")).to_be_visible()
    await expect(page.locator(".rehearsal-word")).to_be_in_viewport()
    assert (await page.title()).startswith("REPETITION – ")


async def unmarked(page: Page) -> None:
    await expect(page.locator(".rehearsal-word")).to_be_hidden()
    assert "REPETITION" not in await page.title()


async def test_from_the_rehearsal_to_the_opening_on_four_pages(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path, begun=False) as service, pages_of(browser, service) as pages:
        early = await pages.resident()  # There before the rehearsal begins.
        await unmarked(early)
        await rehearse(service)
        await marked(early)
        resident, neighbour = await pages.resident(), await pages.resident(LAPTOP)
        desk, chair, display = await pages.moderator(), await pages.chair(), await pages.display()
        everybody = [early, resident, neighbour, desk, chair, display]
        await opens_comments(chair)
        await chair.get_by_role("button", name="1. Stationen", exact=True).click()
        await write(resident, TRIED)
        pending = desk.get_by_role("tabpanel", name="Väntar")
        await expect(pending.get_by_text(TRIED)).to_be_visible()
        await desk.keyboard.press("a")
        for page in (resident, neighbour, chair, display):
            await expect(page.get_by_text(TRIED).last).to_be_visible()
        await neighbour.locator("#shown button.support").click()
        await expect(neighbour.locator("#shown button.support")).to_have_attribute("aria-pressed", "true")
        await chair.get_by_role("button", name="Ta upp").click()
        await expect(display.locator("#spoken")).to_have_text(TRIED)
        for page in everybody:
            await marked(page)
            await keeps_to_wcag(page)
        await resident.evaluate("scrollTo(0, 0)")
        for name, page in (("resident", resident), ("desk", desk), ("chair", chair), ("display", display)):
            await keep(page, f"rehearsal-{name}")
        await resident.evaluate("scrollTo(0, document.body.scrollHeight)")
        await marked(resident)
        await neighbour.get_by_label("Din kommentar").fill("Ett utkast som finns kvar")

        await chair.get_by_role("button", name="Öppna mötet på riktigt").click()
        await keep(chair, "rehearsal-chair-asked")
        await keeps_to_wcag(chair)
        await chair.get_by_role("button", name="Nej, fortsätt öva").click()
        await expect(display.locator("#spoken")).to_have_text(TRIED)
        await opens(chair)
        for page in everybody:
            await unmarked(page)
            await expect(page.get_by_text(TRIED)).to_have_count(0)
        for page in (resident, neighbour, desk, chair):
            await expect(page.locator("#rehearsal-over")).to_have_text(
                "Repetitionen är slut, och allt från den är borta. Nu gäller mötet på riktigt."
            )
        await expect(resident.get_by_role("region", name="Dina kommentarer")).to_be_hidden()
        await expect(neighbour.get_by_label("Din kommentar")).to_have_value("Ett utkast som finns kvar")
        await expect(display.get_by_text("Snart kan du skriva till nämnden")).to_be_visible()
        await expect(chair.get_by_text("Inte öppnat än")).to_be_visible()
        for page in everybody:
            await keeps_to_wcag(page)
        for name, page in (("resident", resident), ("desk", desk), ("chair", chair), ("display", display)):
            await keep(page, f"rehearsal-over-{name}")

        await opens_comments(chair)
        await write(neighbour, "Nu är det på riktigt")
        await expect(pending.get_by_text("Nu är det på riktigt")).to_be_visible()
        await press_until(desk, "a", display.get_by_text("Nu är det på riktigt"))
        await expect(display.get_by_text("Nu är det på riktigt")).to_be_visible()
        assert await desk.locator("#told").inner_text() == ""


async def test_what_waited_in_an_outbox_is_a_draft_after_the_opening(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path, begun=False) as service, pages_of(browser, service) as pages:
        await rehearse(service)
        resident, chair = await pages.resident(), await pages.chair()
        await opens_comments(chair)
        await write(resident, "Tagen emot i repetitionen")
        own = resident.get_by_role("region", name="Dina kommentarer")
        await expect(own.get_by_text("Väntar på granskning")).to_be_visible()
        await resident.context.set_offline(True)
        await write(resident, "Skriven utan kontakt")
        await expect(own.get_by_text("Skickas när kontakten är tillbaka")).to_be_visible()
        await opens(chair)
        await expect(chair.locator("#rehearsal-over")).not_to_be_empty()
        await opens_comments(chair)
        await resident.context.set_offline(False)
        await expect(resident.get_by_label("Din kommentar")).to_have_value("Skriven utan kontakt")
        await expect(resident.locator("#why")).to_contain_text("Repetitionen är slut.")
        await expect(resident.get_by_text("Tagen emot i repetitionen")).to_have_count(0)
        await keep(resident, "rehearsal-draft")
        await resident.get_by_role("button", name="Skicka", exact=True).click()
        await expect(own.get_by_text("Väntar på granskning")).to_be_visible()


async def test_a_tab_that_slept_through_the_opening_forgets_what_it_had_sent(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path, begun=False) as service, pages_of(browser, service) as pages:
        await rehearse(service)
        resident, chair = await pages.resident(), await pages.chair()
        await opens_comments(chair)
        await write(resident, "Tagen emot i repetitionen")
        own = resident.get_by_role("region", name="Dina kommentarer")
        await expect(own.get_by_text("Väntar på granskning")).to_be_visible()
        await resident.goto("about:blank")
        await opens(chair)
        await expect(chair.locator("#rehearsal-over")).not_to_be_empty()
        await resident.goto(f"{service.url}/m/dialog")
        await expect(resident.locator("#line")).to_have_attribute("data-line", "open")
        await expect(own).to_be_hidden()
        await expect(resident.get_by_text("Tagen emot i repetitionen")).to_have_count(0)


async def test_without_script_a_text_from_the_rehearsal_is_not_lost(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path, begun=False) as service, pages_of(browser, service) as pages:
        await rehearse(service)
        plain, chair = await pages.resident(PHONE, java_script_enabled=False), await pages.chair()
        await opens_comments(chair)
        await plain.reload()
        await marked(plain)
        await plain.get_by_label("Din kommentar").fill("Skriven på en sida utan skript")
        await opens(chair)
        await expect(chair.locator("#rehearsal-over")).not_to_be_empty()
        await opens_comments(chair)
        await plain.get_by_role("button", name="Skicka").click()
        await expect(plain.get_by_text("Repetitionen är slut.")).to_be_visible()
        await unmarked(plain)
        await keep(plain, "rehearsal-without-script")
        await plain.get_by_role("button", name="Skicka igen").click()
        await expect(plain.get_by_text("Den väntar på granskning.")).to_be_visible()
        pages.trouble = [said for said in pages.trouble if "409" not in said]  # That is the refusal.


async def test_a_long_desk_and_a_small_phone_keep_the_mark_in_sight(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path, begun=False) as service, pages_of(browser, service) as pages:
        await rehearse(service)
        narrow, still = await pages.resident({"width": 320, "height": 568}), await _dark(pages)
        for page in (narrow, still):
            await marked(page)
            await keeps_to_wcag(page)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await keep(narrow, "rehearsal-resident-320")
        await keep(still, "rehearsal-desk-dark")
        await narrow.keyboard.press("Tab")
        await expect(narrow.get_by_role("link", name="Hoppa till innehållet")).to_be_in_viewport()


async def _dark(pages: Pages) -> Page:
    return await pages.moderator(color_scheme="dark")
