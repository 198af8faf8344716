"""Signals in real browsers: a tap at home, a calm line in the room, and nothing that stays."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from livechat.attendance import RESIDENTS_EVERY
from livechat.signals import LIFE
from tests.browser import browser_path
from tests.cast import Chair, Clock, Resident, serving
from tests.test_stories import ARGUMENTS, ARTEFACTS, LAPTOP, keep, keeps_to_wcag, pages_of
from tests.test_support import approved

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

TEXT = "Det är mörkt i gångtunneln vid stationen. Kan ni sätta upp fler lampor?"
NO_WEBSOCKETS = "WebSocket = class { constructor() { setTimeout(() => this.onclose?.({code: 1006})) } }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def tap(page: Page, name: str, pressed: bool) -> None:
    button = page.get_by_role("button", name=name)
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", str(pressed).lower())


async def test_the_room_learns_that_those_at_home_cannot_hear(browser: Browser, tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, beat=0.2, clock=clock) as service, pages_of(browser, service) as pages:
        ids = await approved(service, TEXT)
        talking = await Chair.join(service)
        await talking.do("set_current_item", item="1")
        await talking.do("discuss_comment", comment=ids[0])
        phone, laptop = await pages.resident(), await pages.resident(LAPTOP)
        desk, chair, display = await pages.moderator(), await pages.chair(), await pages.display()
        await expect(phone.get_by_role("button", name="Hör inte")).to_be_in_viewport()
        for name in ("Hör inte", "För fort", "Förstår inte"):
            box = await phone.get_by_role("button", name=name).bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44
        await expect(display.locator("#spoken")).to_have_text(TEXT)
        answer = chair.get_by_role("button", name="Besvarad")
        place = await answer.bounding_box()
        spoken = await display.locator("#spoken").bounding_box()

        await tap(phone, "Hör inte", True)
        await expect(phone.locator("#signals-told")).to_contain_text("Räknat i en minut.")
        await tap(laptop, "Hör inte", True)
        await tap(laptop, "Hör inte", False)
        crowd = [await Resident.join(service) for _ in range(5)]
        for one in crowd:
            await one.signals("inaudible")
        for page in (chair, display):
            await expect(page.locator("#signals")).to_have_text("6 på distans hör inte")
        await expect(desk.locator("#signals")).to_have_text("6 hör inte")
        assert await answer.bounding_box() == place  # Nothing moved.
        assert await display.locator("#spoken").bounding_box() == spoken
        await expect(chair.get_by_role("status").filter(has_text="6 på distans hör inte")).to_be_visible()
        await expect(phone.locator("#announcer")).to_contain_text("Rummet ser nu att flera inte hör.")
        clock.ahead = RESIDENTS_EVERY + 1
        for page in (phone, laptop):
            await expect(page.locator("#signals-told")).to_have_text("Rummet ser nu att flera inte hör.")
        await keeps_to_wcag(phone)
        for page in (desk, chair, display):
            await keeps_to_wcag(page)
        await phone.screenshot(path=ARTEFACTS / "signals-resident-first-360.png")
        for page, name in ((phone, "resident-360"), (laptop, "resident-1280"), (desk, "moderator-1280")):
            await keep(page, f"signals-{name}")
        await keep(chair, "signals-chair-1024")
        await keep(display, "signals-display-1920")

        for one in crowd:
            await one.signals("hurried")
        await expect(display.locator("#signals")).to_have_text("På distans: 6 hör inte · 5: för fort")
        await keep(display, "signals-display-two-1920")
        await talking.do("close_item", why="secrecy")
        for page in (chair, display):
            await expect(page.locator("#signals")).to_be_hidden()
        await expect(desk.locator("#signals")).to_have_text("–")
        await expect(phone.get_by_role("button", name="Hör inte")).to_be_hidden()
        await talking.do("reopen_item")
        await expect(display.locator("#signals")).to_contain_text("6 hör inte")
        clock.ahead = LIFE + 10
        await expect(display.locator("#signals")).to_be_hidden()


async def test_a_tap_ends_by_itself_and_is_said_again_on_a_new_line(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path, beat=0.2) as service, pages_of(browser, service) as pages:
        phone, display = await pages.resident(), await pages.display()
        crowd = [await Resident.join(service) for _ in range(2)]
        for one in crowd:
            await one.signals("unclear")
        await phone.clock.install()
        await phone.get_by_role("button", name="Förstår inte").focus()
        await phone.keyboard.press("Space")
        await expect(display.locator("#signals")).to_have_text("3 på distans förstår inte")

        await phone.context.set_offline(True)
        await phone.evaluate("dispatchEvent(new Event('offline'))")
        await expect(phone.locator("#line")).to_contain_text("Du är inte uppkopplad")
        await expect(display.locator("#signals")).to_be_hidden()
        await phone.context.set_offline(False)
        await phone.evaluate("dispatchEvent(new Event('online'))")
        await expect(display.locator("#signals")).to_have_text("3 på distans förstår inte")

        await phone.clock.fast_forward(LIFE * 1000)
        await expect(phone.get_by_role("button", name="Förstår inte")).to_have_attribute("aria-pressed", "false")
        await expect(phone.locator("#signals-told")).to_contain_text("Tryck igen om det fortfarande är svårt.")


async def test_where_websockets_are_blocked_a_tap_counts_too_and_nothing_of_it_stays_in_the_browser(
    browser: Browser, tmp_path: Path
) -> None:
    async with serving(tmp_path, beat=0.2) as service, pages_of(browser, service) as pages:
        phone, display = await pages.resident(), await pages.display()
        await phone.add_init_script(NO_WEBSOCKETS)
        await phone.reload()
        for one in [await Resident.join(service) for _ in range(2)]:
            await one.signals("inaudible")
        await expect(phone.locator("#line")).to_contain_text("Ansluten", timeout=30_000)
        await tap(phone, "Hör inte", True)
        await expect(display.locator("#signals")).to_have_text("3 på distans hör inte")
        await expect(phone.locator("#signals-told")).to_contain_text(re.compile("Rummet ser nu att flera inte hör"))
        await tap(phone, "Hör inte", False)
        await expect(display.locator("#signals")).to_be_hidden()
        kept = await phone.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
        assert "inaudible" not in kept
