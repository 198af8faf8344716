"""The chair's tablet in a real browser: order, acts and what can be undone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.browser import browser_path
from tests.cast import Chair, Clock, Moderator, Resident, serving
from tests.test_queue import approved
from tests.test_stories import ARGUMENTS, PHONE, TABLET, keep, keeps_to_wcag, pages_of

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

TEXTS = (
    "Det är mörkt i gångtunneln vid stationen. Kan ni sätta upp fler lampor?",
    "Fler bänkar på perrongen, tack. Det är långt att stå för den som är gammal.",
    "Cykelparkeringen är full redan klockan sju. När byggs den ut?",
)
TUNNEL, BENCHES, BICYCLES = ("gångtunneln", "bänkar", "Cykelparkeringen")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


def card(chair: Page, words: str) -> Locator:
    return chair.locator(".queue > ul > li.card").filter(has_text=words)


async def press(chair: Page, words: str, button: str) -> None:
    await card(chair, words).get_by_role("button", name=button, exact=True).click()


async def queue_is(places: list[Locator], *words: str) -> None:
    """Each of these lists shows the comments in this order."""
    for place in places:
        await expect(place).to_have_text([re.compile(re.escape(one)) for one in words])


async def test_the_chair_orders_the_queue_by_buttons_and_keys_and_all_pages_follow(
    browser: Browser, tmp_path: Path
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        ids = await approved(service, *TEXTS)
        chair, display, resident = await pages.chair(), await pages.display(), await pages.resident()
        places = [
            chair.locator(".queue > ul > li.card"),
            display.locator("#queue > li"),
            resident.locator("#shown li.comment"),
        ]
        await queue_is(places, TUNNEL, BENCHES, BICYCLES)
        await press(chair, BICYCLES, "Upp")
        await queue_is(places, TUNNEL, BICYCLES, BENCHES)
        await expect(card(chair, BICYCLES).get_by_role("button", name="Upp", exact=True)).to_be_focused()
        await press(chair, TUNNEL, "Sist i kön")
        await queue_is(places, BICYCLES, BENCHES, TUNNEL)
        await expect(card(chair, TUNNEL).get_by_role("button", name="Ned")).to_have_attribute("aria-disabled", "true")
        await card(chair, TUNNEL).get_by_role("button", name="Ta upp").focus()
        await chair.keyboard.press("Alt+ArrowUp")
        await queue_is(places, BICYCLES, TUNNEL, BENCHES)
        await chair.keyboard.press("Alt+ArrowUp")
        for _ in range(2):  # However quickly they follow each other.
            await chair.keyboard.press("Alt+ArrowDown")
        await queue_is(places, BICYCLES, BENCHES, TUNNEL)
        voter = await Resident.join(service)
        await voter.supports(ids[1])
        await queue_is(places, BICYCLES, BENCHES, TUNNEL)  # Nothing moves by itself.
        await chair.get_by_role("button", name="Efter röster").click()
        await queue_is(places, BENCHES, BICYCLES, TUNNEL)
        await chair.get_by_role("button", name="Äldst först").click()
        await queue_is(places, TUNNEL, BENCHES, BICYCLES)
        await resident.reload()
        await queue_is(places, TUNNEL, BENCHES, BICYCLES)


async def test_not_now_puts_what_is_under_discussion_last(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        await approved(service, *TEXTS)
        chair, display = await pages.chair(), await pages.display()
        await press(chair, TUNNEL, "Ta upp")
        await expect(display.locator("#spoken")).to_contain_text(TUNNEL)
        await chair.get_by_role("button", name="Inte nu").click()
        await queue_is([chair.locator(".queue > ul > li.card")], BENCHES, BICYCLES, TUNNEL)
        await expect(display.locator("#spoken")).not_to_be_visible()


async def test_who_works_with_keys_keeps_the_place_after_each_decision(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        await approved(service, *TEXTS)
        chair = await pages.chair()
        await card(chair, TUNNEL).get_by_role("button", name="Ta upp").focus()
        await chair.keyboard.press("Enter")
        spoken = chair.locator(".discussing li.card, .discussing article.card")
        await expect(spoken.get_by_role("button", name="Besvarad")).to_be_focused()
        await chair.keyboard.press("Enter")
        await expect(chair.get_by_role("heading", name="Kön")).to_be_focused()
        await chair.get_by_label("Besvaras av").first.focus()
        await chair.keyboard.press("Alt+ArrowDown")  # Opens the list; the queue stays.
        await queue_is([chair.locator(".queue > ul > li.card")], BENCHES, BICYCLES)


@pytest.mark.parametrize("size", [TABLET, PHONE], ids=["1024", "360"])
async def test_everything_the_chair_presses_is_large_enough_for_a_finger(
    browser: Browser, tmp_path: Path, size: dict[str, int]
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        ids = await approved(service, *TEXTS)
        await approved(service, "Rusta upp lekplatsen vid torget först.", item="2")
        worker = await Chair.join(service)
        await worker.do("set_current_item", item="1")
        await worker.do("discuss_comment", comment=ids[0])
        chair = await pages.chair(size)
        await expect(card(chair, BENCHES)).to_be_visible()
        for button in await chair.locator("main button:visible, main summary:visible, main select:visible").all():
            box = await button.bounding_box()
            assert box
            assert box["height"] >= 44, await button.inner_text()
            assert box["width"] >= 44, await button.inner_text()
        assert await chair.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await keeps_to_wcag(chair)
        await keep(chair, f"chair-queue-{size['width']}")


async def test_one_tap_takes_the_last_act_back_and_the_button_says_which(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        await approved(service, *TEXTS)
        chair, display = await pages.chair(), await pages.display()
        undo, queue = chair.locator("#undo"), chair.locator(".queue > ul > li.card")
        await expect(undo).to_have_text("Inget att ångra")
        await chair.get_by_role("button", name="Nästa: 2. Lekplatser").click()
        await expect(undo).to_have_text("Ångra: gick till punkt 2. Lekplatser")
        await press(chair, TUNNEL, "Ta upp")
        await expect(display.locator("#spoken")).to_contain_text(TUNNEL)
        await expect(undo).to_have_text(re.compile("^Ångra: tog upp ”Det är mörkt"))
        await chair.get_by_role("button", name="Besvarad", exact=True).click()
        await expect(undo).to_have_text(re.compile("^Ångra: besvarad, ”Det är mörkt"))
        await keep(chair, "chair-undo-1024")
        await undo.click()
        await expect(display.locator("#spoken")).to_contain_text(TUNNEL)
        await undo.click()
        await queue_is([queue], TUNNEL, BENCHES, BICYCLES)
        await expect(display.locator("#spoken")).not_to_be_visible()
        await undo.click()
        await expect(chair.get_by_role("button", name="Nästa: 2. Lekplatser")).to_be_visible()
        await expect(undo).to_have_text("Inget att ångra")


async def test_who_did_something_since_is_told_and_nothing_of_theirs_is_undone(
    browser: Browser, tmp_path: Path
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        ids = await approved(service, *TEXTS)
        chair, other, moderator = await pages.chair(), await Chair.join(service), await Moderator.join(service)
        await press(chair, TUNNEL, "Ta upp")
        await expect(chair.locator("#undo")).to_have_text(re.compile("^Ångra: tog upp"))
        await other.do("discuss_comment", comment=ids[1])
        await chair.locator("#undo").click()
        await expect(chair.locator("#trouble")).to_contain_text("Ingenting är ångrat")
        await expect(chair.locator("#undo")).to_have_text("Inget att ångra")
        await expect(chair.locator(".discussing .text")).to_contain_text(BENCHES)
        await keep(chair, "chair-acted-since-1024")
        await press(chair, BICYCLES, "Ta upp")
        await moderator.do("take_back_comment", comment=ids[2])
        await chair.locator("#undo").click()
        await expect(chair.locator("#trouble")).to_contain_text("har ändrat kommentaren sedan dess")


async def test_the_agenda_goes_one_step_on_or_back_with_one_tap(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        chair, resident = await pages.chair(PHONE), await Resident.join(service)
        await chair.get_by_role("button", name="Nästa: 2. Lekplatser").click()
        await resident.until(lambda: resident.meeting["item"] == "2")
        await expect(chair.get_by_role("button", name="Sista punkten")).to_have_attribute("aria-disabled", "true")
        await chair.get_by_role("button", name="Tillbaka: 1. Stationen").click()
        await resident.until(lambda: resident.meeting["item"] == "1")
        await expect(chair.get_by_role("button", name="Första punkten")).to_have_attribute("aria-disabled", "true")


async def test_the_chair_picks_who_answers_and_all_pages_say_so(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        await approved(service, *TEXTS)
        chair, display, resident = await pages.chair(), await pages.display(), await pages.resident()
        await card(chair, TUNNEL).get_by_label("Besvaras av").select_option("Anna Ek (S)")
        for page in (display, resident):
            await expect(page.get_by_text("besvaras av Anna Ek (S)").first).to_be_visible()
        await press(chair, TUNNEL, "Ta upp")
        await expect(display.locator("#stage")).to_contain_text("besvaras av Anna Ek (S)")
        await expect(chair.locator(".discussing").get_by_label("Besvaras av")).to_have_value("Anna Ek (S)")
        await keep(chair, "chair-assigned-1024")
        await keep(display, "display-assigned-1920")
        await chair.get_by_role("button", name="Besvarad", exact=True).click()
        await chair.get_by_text("1 besvarad").click()
        await expect(chair.get_by_text("besvarades av Anna Ek (S)")).to_be_visible()
        await expect(resident.get_by_text("besvarades av Anna Ek (S)")).to_be_visible()
        await resident.reload()
        await expect(resident.get_by_text("besvarades av Anna Ek (S)")).to_be_visible()


async def test_an_item_is_closed_for_comments_and_opened_again_and_the_draft_stays(
    browser: Browser, tmp_path: Path
) -> None:
    clock = Clock()
    async with serving(tmp_path, clock=clock, beat=0.2) as service, pages_of(browser, service) as pages:
        chair, resident = await pages.chair(), await pages.resident()
        draft, why = resident.get_by_label("Din kommentar"), resident.locator("#why")
        option = resident.locator("#item option[value='1']")
        await draft.fill("En tanke till om ljuset")
        await chair.get_by_role("button", name="Stäng punkt 1 för kommentarer").click()
        await expect(why).to_contain_text("stängs strax")
        await keep(chair, "chair-item-closed-1024")
        clock.ahead += 121
        await expect(option).to_have_text("1. Stationen (tar inte emot kommentarer)")
        await expect(why).to_contain_text("tar inte emot kommentarer just nu")
        await draft.press("Control+Enter")
        await expect(draft).to_have_value("En tanke till om ljuset")
        await keeps_to_wcag(resident)
        await keep(resident, "resident-item-closed-360")
        await chair.get_by_role("button", name="Öppna punkt 1 för kommentarer").click()
        await expect(option).to_have_text("1. Stationen")
        await expect(why).to_be_empty()
        await resident.get_by_role("button", name="Skicka", exact=True).click()
        await expect(resident.get_by_text("Väntar på granskning")).to_be_visible()


async def test_without_javascript_a_closed_item_says_so_and_gives_the_text_back(
    browser: Browser, tmp_path: Path
) -> None:
    clock = Clock()
    async with serving(tmp_path, clock=clock) as service, pages_of(browser, service) as pages:
        chair = await Chair.join(service)
        await chair.do("set_item_intake", item="1", open=False)
        clock.ahead += 180
        resident = await pages.resident(java_script_enabled=False)
        await expect(resident.locator("#item option[value='1']")).to_contain_text("tar inte emot kommentarer")
        await resident.get_by_label("Din kommentar").fill("Utan skript")
        await resident.get_by_role("button", name="Skicka", exact=True).click()
        await expect(resident.get_by_text("Punkten tar inte emot kommentarer just nu")).to_be_visible()
        await expect(resident.get_by_label("Din kommentar")).to_have_value("Utan skript")
        await resident.get_by_label("Gäller").select_option("2")
        await resident.get_by_role("button", name="Skicka igen").click()
        await expect(resident.get_by_text("Väntar på granskning")).to_be_visible()
        pages.trouble.clear()  # The refusal came as 409.
