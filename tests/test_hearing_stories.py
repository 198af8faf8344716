"""The agenda in time, in real browsers: the heading changes at once, the box to write in when it is heard."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import Browser, async_playwright, expect

from tests.browser import browser_path
from tests.cast import FILE, Chair, Moderator, serving
from tests.test_stories import ARGUMENTS, keep, pages_of, write

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

DELAY = 4


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def test_the_heading_moves_at_once_and_the_box_when_it_is_heard(browser: Browser, tmp_path: Path) -> None:
    async with (
        serving(tmp_path, file=replace(FILE, delay=DELAY)) as service,
        pages_of(browser, service) as pages,
    ):
        chair, moderator = await Chair.join(service), await Moderator.join(service)
        resident, writer = await pages.resident(), await pages.resident()
        display = await pages.display()
        for page in (resident, writer):
            await expect(page.locator("#line")).to_contain_text("Ansluten")
        await writer.get_by_label("Din kommentar").fill("Om stationen")
        await chair.do("set_current_item", item="2")
        for page in (resident, writer):
            await expect(page.locator("#now")).to_have_text("Pågår nu: 2. Lekplatser")
        await expect(display.locator("#idle-now")).to_have_text("Nu: 2. Lekplatser")
        newcomer = await pages.resident()
        for page in (resident, writer, newcomer):
            await expect(page.locator("#item")).to_have_value("1", timeout=1)
        await write(resident, "Det jag hörde nyss")
        await moderator.until(lambda: moderator.comments())
        assert [comment["item"] for comment in moderator.comments().values()] == ["1"]
        for page in (resident, newcomer):
            await expect(page.locator("#item")).to_have_value("2", timeout=DELAY * 3000)
        await expect(writer.locator("#item")).to_have_value("1")
        await expect(writer.get_by_text("Mötet har gått vidare till punkt 2.")).to_be_visible()
        await keep(writer, "moved-on-360")
        await writer.get_by_role("button", name="Skicka", exact=True).click()
        await write(newcomer, "Om lekplatserna")
        await moderator.until(lambda: len(moderator.comments()) == 3)
        assert {comment["text"]: comment["item"] for comment in moderator.comments().values()} == {
            "Det jag hörde nyss": "1",
            "Om stationen": "1",
            "Om lekplatserna": "2",
        }
