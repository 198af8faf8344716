"""Notices in real browsers: written in a few taps, on every page at once, said aloud once, and gone when taken down."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser import browser_path
from tests.cast import Chair, serving
from tests.test_stories import ARGUMENTS, ARTEFACTS, LAPTOP, PHONE, keep, keeps_to_wcag, pages_of
from tests.test_support import approved

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

LONG = "Vi vill att gångtunneln vid stationen blir ljus och trygg, också sent på kvällen när bussarna går sällan. " * 5
SAID = """() => {
  window.said = [];
  new MutationObserver(() => window.said.push(document.getElementById("announcer").textContent))
    .observe(document.getElementById("announcer"), { childList: true, characterData: true, subtree: true });
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def unfold(page: Page) -> None:
    await page.get_by_text("Meddelande till alla").click()


async def test_the_chair_tells_everybody_of_a_pause(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path, beat=0.3) as service, pages_of(browser, service) as pages:
        (id,) = await approved(service, LONG[:500])
        talking = await Chair.join(service)
        await talking.do("discuss_comment", comment=id)
        phone, english = await pages.resident(), await pages.open("?lang=en", LAPTOP)
        desk, chair, display = await pages.moderator(), await pages.chair(), await pages.display()
        await expect(phone.locator("#line")).to_contain_text("Ansluten")
        await phone.evaluate(SAID)
        await unfold(chair)
        await chair.get_by_role("button", name="Paus", exact=True).click()
        await chair.get_by_role("button", name="Visa för alla").click()
        await expect(chair.get_by_text("Fyll i klockslaget först.")).to_be_visible()
        await chair.get_by_label("Till klockan").fill("18:30")
        await expect(chair.get_by_label("På svenska")).to_have_value("Paus till 18.30")
        await chair.get_by_role("button", name="Visa för alla").click()
        await expect(chair.get_by_text("Meddelandet visas nu för alla.")).to_be_visible()

        for page in (phone, display):
            await expect(page.locator("#staff-notice")).to_contain_text("Paus till 18.30")
        await expect(english.locator("#staff-notice")).to_contain_text("Break until 18:30")
        await expect(desk.get_by_text("Paus till 18.30")).to_have_count(1)
        await expect(display.locator("#spoken")).to_be_visible()
        for part in ("#spoken", "#staff-notice"):
            await expect(display.locator(part)).to_be_in_viewport(ratio=1)
        assert await display.evaluate(
            "document.getElementById('staff-notice').getBoundingClientRect().bottom"
            " <= document.getElementById('stage').getBoundingClientRect().top"
        )
        await expect(phone.locator("#announcer")).to_contain_text("Paus till 18.30")
        await unfold(desk)
        for page, name in ((phone, "resident-360"), (english, "resident-1280"), (desk, "moderator-1280")):
            await keep(page, f"notice-{name}")
        await keep(chair, "notice-chair-1024")
        await keep(display, "notice-display-1920")
        for page in (phone, desk, display):
            await keeps_to_wcag(page)

        await phone.reload()
        await expect(phone.locator("#staff-notice")).to_contain_text("Paus till 18.30")
        await expect(phone.locator("#line")).to_contain_text("Ansluten")
        await phone.evaluate(SAID)
        await desk.get_by_label("På svenska").fill("Pausen blir längre, till 18.45")
        await desk.get_by_role("button", name="Visa för alla").click()
        await expect(display.locator("#staff-notice")).to_contain_text("Pausen blir längre, till 18.45")
        await expect(english.locator("#staff-notice strong")).to_have_attribute("lang", "sv")
        await expect(phone.locator("#announcer")).to_contain_text("Pausen blir längre")
        assert len([words for words in await phone.evaluate("window.said") if "Paus" in words]) == 1

        await chair.get_by_role("button", name="Ta ner meddelandet").click()
        for page in (phone, english, display):
            await expect(page.locator("#staff-notice")).to_be_hidden()
        await expect(chair.get_by_role("button", name="Ta ner meddelandet")).to_be_hidden()
        await expect(chair.get_by_label("På svenska")).to_be_focused()


async def test_on_a_phone_a_notice_is_written_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        display, chair = await pages.display(), await pages.chair(PHONE)
        await expect(chair.get_by_text("Meddelande till alla")).to_be_visible()
        await chair.locator("#notice-panel summary").first.focus()
        await chair.keyboard.press("Enter")
        await chair.get_by_role("button", name="Ljudproblem, vi arbetar på det").focus()
        await chair.keyboard.press("Enter")
        await chair.keyboard.press("Enter")  # The focus has gone on to the button that shows it.
        await expect(display.locator("#staff-notice")).to_contain_text("Ljudproblem, vi arbetar på det")
        await keep(display, "notice-display-idle-1920")
        await keeps_to_wcag(chair)
        await chair.screenshot(path=ARTEFACTS / "notice-chair-360.png")
        for button in await chair.locator("#notice-panel button:visible").all():
            box = await button.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44
