"""The politicians' page in a real browser: the same order, one's own pace and size, and nothing that jumps."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser import browser_path
from tests.cast import Chair, Moderator, serving
from tests.test_queue import approved
from tests.test_stories import ARGUMENTS, LAPTOP, PHONE, TABLET, keep, keeps_to_wcag, pages_of

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

LONG = "Gatan är smal och bilarna står på trottoaren, så den som kommer med barnvagn får gå ut i körbanan. "


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def texts(page: Page) -> list[str]:
    return await page.locator("#queue li.card .text").all_inner_texts()


async def top_of(page: Page, words: str) -> float:
    box = await page.locator("#queue li.card").filter(has_text=words).bounding_box()
    assert box
    return box["y"]


async def test_a_politician_reads_the_queue_under_its_items_and_sees_who_answers(
    browser: Browser, tmp_path: Path
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        one, two, three = await approved(service, "Mer ljus i tunneln", "Fler bänkar", "Cykelställ")
        await approved(service, "Lekplatsen vid torget", item="2")
        politician, chair = await pages.politician(), await Chair.join(service)
        await expect(politician.locator("#queue li.card")).to_have_count(4)
        await chair.do("move_comment", comment=three, before=one)
        await chair.do("assign_comment", comment=two, member="Anna Ek (S)")
        await chair.do("discuss_comment", comment=two)
        await expect(politician.locator("#discussing .text")).to_have_text("Fler bänkar")
        await expect(politician.locator("#discussing")).to_contain_text("besvaras av Anna Ek (S)")
        assert await texts(politician) == ["Cykelställ", "Mer ljus i tunneln", "Lekplatsen vid torget"]
        await chair.do("set_current_item", item="2")
        await expect(politician.locator("#queue h3").first).to_contain_text("2. Lekplatser")
        assert await texts(politician) == ["Lekplatsen vid torget", "Cykelställ", "Mer ljus i tunneln"]
        await chair.do("answer_comment", comment=two)
        await politician.get_by_text("1 besvarad").click()
        await expect(politician.get_by_text("besvarades av Anna Ek (S)")).to_be_visible()
        assert await politician.locator("#reading button").count() == 0  # Nothing to press.


async def test_what_one_reads_stays_where_it_is(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        ids = await approved(service, *(f"Nummer {number}. {LONG * 3}" for number in range(8)))
        politician, chair = await pages.politician(PHONE), await Chair.join(service)
        moderator = await Moderator.join(service)
        await expect(politician.locator("#queue li.card")).to_have_count(8)
        await politician.locator("#queue li.card").nth(4).scroll_into_view_if_needed()
        await politician.evaluate("scrollBy(0, 120)")
        before = await top_of(politician, "Nummer 4.")
        await chair.do("discuss_comment", comment=ids[7])  # Fills the top of the page.
        await expect(politician.locator("#discussing .text")).to_contain_text("Nummer 7.")
        assert abs(await top_of(politician, "Nummer 4.") - before) < 2
        await moderator.do("take_back_comment", comment=ids[0])  # Above: it vanishes.
        await expect(politician.get_by_text("Nummer 0.")).to_have_count(0)
        assert abs(await top_of(politician, "Nummer 4.") - before) < 2
        await chair.do("move_comment", comment=ids[6], before=ids[1])  # From below to above.
        await expect(politician.locator("#queue li.card").first).to_contain_text("Nummer 6.")
        assert abs(await top_of(politician, "Nummer 4.") - before) < 2
        await politician.get_by_role("link", name="Till det som diskuteras").click()
        await expect(politician.locator("#discussing .text")).to_be_in_viewport()


async def test_the_text_size_is_ones_own_and_stays_in_the_tab(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        await approved(service, LONG * 4)
        politician = await pages.politician({"width": 320, "height": 568})
        text = politician.locator("#queue .text")
        await expect(text).to_be_visible()
        size = "e => parseFloat(getComputedStyle(e).fontSize)"
        before = await text.evaluate(size)
        larger = politician.get_by_role("button", name="Större text")
        await larger.focus()
        for _ in range(5):
            await politician.keyboard.press("Enter")
        await expect(larger).to_have_attribute("aria-disabled", "true")
        assert await text.evaluate(size) > 1.5 * before
        assert await politician.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await politician.reload()
        await expect(text).to_be_visible()
        assert await text.evaluate(size) > 1.5 * before
        assert await politician.evaluate("Object.keys(localStorage).length") == 0


@pytest.mark.parametrize("size", [TABLET, PHONE, LAPTOP], ids=["1024", "360", "1280"])
async def test_the_page_is_fit_to_be_read(browser: Browser, tmp_path: Path, size: dict[str, int]) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        ids = await approved(
            service,
            "Det är mörkt i gångtunneln vid stationen. Kan ni sätta upp fler lampor?",
            "Fler bänkar på perrongen, tack. Det är långt att stå för den som är gammal.",
            LONG * 4,
        )
        await approved(service, "Rusta upp lekplatsen vid torget först. Där finns flest barn.", item="2")
        chair = await Chair.join(service)
        await chair.do("discuss_comment", comment=ids[0])
        await chair.do("assign_comment", comment=ids[0], member="Bo Berg (M)")
        await chair.do("answer_comment", comment=ids[1])
        politician = await pages.politician(size)
        await expect(politician.locator("#discussing .text")).to_be_visible()
        await keeps_to_wcag(politician)
        for button in await politician.locator("header button, summary").all():
            box = await button.bounding_box()
            assert box
            assert box["height"] >= 44
        await keep(politician, f"politician-{size['width']}")


async def test_without_a_link_the_page_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        await approved(service, "Mer ljus")
        stranger = await pages.open("/politician", TABLET)
        await expect(stranger.get_by_text("Du behöver din personliga länk")).to_be_visible()
        await expect(stranger.get_by_text("Mer ljus")).to_have_count(0)
