"""A hot evening in real browsers: what keeps a desk in command, and what everybody else is told of it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from livechat.attendance import CLAIM_LIFE, GRACE, LEDGER_EVERY
from tests.browser import browser_path
from tests.cast import Chair, Clock, Moderator, Resident, serving
from tests.test_stories import ARGUMENTS, ARTEFACTS, LAPTOP, PHONE, Pages, keep, pages_of, write

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]


COUNT_BEEPS = """() => {
  const start = OscillatorNode.prototype.start;
  window.beeps = 0;
  OscillatorNode.prototype.start = function () {
    window.beeps += 1;
    start.call(this);
  };
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def test_one_button_closes_the_item_on_all_four_pages(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, talking = (
            await Resident.join(service),
            await Moderator.join(service),
            await Chair.join(service),
        )
        ids = [await author.writes(f"Redan godkänd {number}") for number in range(3)]
        for id in ids:
            await moderator.approves(id)
        await talking.do("discuss_comment", comment=ids[0])
        resident, desk, chair, display = (
            await pages.resident(),
            await pages.moderator(),
            await pages.chair(),
            await pages.display(),
        )
        await expect(display.locator("#spoken")).to_have_text("Redan godkänd 0")
        await resident.get_by_label("Din kommentar").fill("Ett utkast")
        await chair.get_by_role("button", name="Stäng: sekretess").click()
        for page in (resident, desk, chair, display):
            await expect(page.get_by_text(re.compile("bakom stängda dörrar.*sekretess")).first).to_be_visible()
        for gone in ("Redan godkänd", "Stationen", "Skriv en kommentar"):
            await expect(display.get_by_text(gone).locator("visible=true")).to_have_count(0)
        await expect(resident.get_by_label("Din kommentar")).to_have_value("Ett utkast")
        await expect(resident.locator("#why")).to_contain_text("bakom stängda dörrar")
        await expect(resident.get_by_role("button", name="Stöd")).to_have_count(0)
        for page, name in ((resident, "resident-closed-360"), (desk, "moderator-closed-1280")):
            await keep(page, name)
        await expect(chair.locator("#intake-state")).to_contain_text("Stängt med punkten")
        await keep(chair, "chair-closed-1024")
        await keep(display, "display-closed-1920")
        await accessible(resident, desk, chair, display)
        await display.reload()
        await expect(display.get_by_role("heading", name="Stängd punkt")).to_be_visible()

        await desk.get_by_role("button", name="Öppna dörrarna igen").click()
        await expect(display.locator("#spoken")).to_have_text("Redan godkänd 0")
        await expect(resident.locator("#notice")).not_to_be_visible()
        await expect(resident.get_by_role("button", name="Stöd")).to_have_count(3)
        await resident.get_by_role("button", name="Skicka", exact=True).click()
        await expect(resident.get_by_text("Väntar på granskning").first).to_be_visible()


async def accessible(*pages: Page) -> None:
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for page in pages:
        found = await Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


async def test_the_oldest_is_always_in_sight_and_raises_an_alarm(browser: Browser, tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, beat=0.2, clock=clock) as service, pages_of(browser, service) as pages:
        author = await Resident.join(service)
        for number in range(30):
            await author.writes(f"Kommentar {number} om gångtunneln vid stationen och allt som är fel med den")
        desk, phone = await pages.moderator(LAPTOP), await pages.moderator(PHONE)
        await desk.evaluate(COUNT_BEEPS)
        await desk.locator("#steer summary").click()
        await desk.get_by_label("Larma med ljud också").check()
        assert await desk.evaluate("beeps") == 1  # So one hears what it will be like.
        await expect(desk.locator("#side-oldest")).to_have_text("under en minut")
        await expect(desk.locator("#oldest")).not_to_have_attribute("data-alarm", "")
        clock.ahead = 6 * 60
        for page in (desk, phone):
            await expect(page.locator("#side-oldest")).to_have_text("6 minuter")
            await expect(page.locator("#oldest")).to_contain_text("Väntar för länge")
            await page.mouse.wheel(0, 2000)
            await expect(page.locator("#oldest")).to_be_in_viewport()
        assert (await desk.title()).startswith("▲")
        assert await desk.evaluate("beeps") == 2
        await desk.get_by_label("Larma när någon har väntat").select_option("10")
        await expect(desk.locator("#oldest")).not_to_contain_text("Väntar för länge")
        await desk.reload()
        await expect(desk.locator("#side-oldest")).to_have_text("6 minuter")
        await expect(desk.locator("#oldest")).not_to_contain_text("Väntar för länge")
        await phone.evaluate("scrollTo(0, 600)")
        await expect(phone.locator("#oldest")).to_be_in_viewport()
        await phone.screenshot(path=ARTEFACTS / "moderator-alarm-360.png")


async def test_what_arrives_moves_nothing_and_is_marked_unread(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author = await Resident.join(service)
        for number in range(3):
            await author.writes(f"Kommentar {number}")
        desk = await pages.moderator()
        await expect(desk.get_by_role("tab", name="Väntar 3")).to_be_visible()
        await desk.keyboard.press("j")
        reading = desk.locator("#panel-pending li.comment:focus")
        await expect(reading).to_contain_text("Kommentar 1")
        box = await reading.bounding_box()
        for number in range(3, 9):
            await author.writes(f"Kommentar {number}")
        await expect(desk.get_by_role("tab", name="Väntar 9")).to_be_visible()
        await expect(reading).to_contain_text("Kommentar 1")
        assert await reading.bounding_box() == box
        await expect(desk.locator("#panel-pending li[data-unread]")).to_have_count(7)
        await expect(reading).not_to_have_attribute("data-unread", "")


async def test_a_second_desk_sees_what_the_first_reads_until_it_stops(browser: Browser, tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, clock=clock) as service, pages_of(browser, service) as pages:
        author, silent = await Resident.join(service), await Moderator.join(service)
        ids = [await author.writes(f"Kommentar {number}") for number in range(3)]
        desk, other = await pages.moderator(), await pages.moderator()
        await expect(desk.locator("#side-here")).to_have_text("Moderator 1, du, Moderator 3")
        await expect(other.locator("#panel-pending li").first).to_contain_text("Moderator 2 läser")
        await desk.keyboard.press("j")
        await expect(other.locator("#panel-pending li").nth(1)).to_contain_text("Moderator 2 läser")
        await expect(other.locator("#panel-pending li").first).not_to_contain_text("läser")
        await silent.do("claim", comment=ids[2])
        await expect(desk.locator("#panel-pending li").nth(2)).to_contain_text("Moderator 1 läser")
        await keep(desk, "moderator-claims-1280")
        clock.ahead = CLAIM_LIFE + 1  # It has said no more since, as a page that froze.
        await expect(desk.locator("#panel-pending li").nth(2)).not_to_contain_text("Moderator 1 läser")


async def test_desks_split_the_work_by_agenda_item(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author = await Resident.join(service)
        await author.writes("Om stationen", item="1")
        await author.writes("Om lekplatsen", item="2")
        desk = await pages.moderator()
        await desk.get_by_label("Granska", exact=True).select_option(label="2. Lekplatser")
        await expect(desk.get_by_text("Om stationen")).not_to_be_visible()
        await desk.reload()
        await expect(desk.get_by_text("Om lekplatsen")).to_be_visible()
        await expect(desk.get_by_text("Om stationen")).not_to_be_visible()
        await desk.get_by_label("Granska", exact=True).select_option(label="Alla punkter")
        await expect(desk.get_by_text("Om stationen")).to_be_visible()


async def test_without_a_moderator_it_is_said_and_then_intake_pauses(browser: Browser, tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, beat=0.2, clock=clock) as service, pages_of(browser, service) as pages:
        resident, chair = await pages.resident(), await pages.chair()
        moderator = await Moderator.join(service)
        await resident.get_by_label("Din kommentar").fill("Ett utkast")
        await expect(resident.locator("#notice")).not_to_be_visible()
        await moderator.leave()
        clock.ahead = GRACE + 1
        await expect(resident.locator("#notice")).to_contain_text("Ingen moderator är inne just nu.")
        await expect(chair.locator("#unattended")).to_be_visible()
        await keep(resident, "resident-unattended-360")
        clock.ahead = 11 * 60
        await expect(resident.locator("#why")).to_contain_text("pausade, för ingen moderator är inne")
        await expect(chair.locator("#intake-state")).to_contain_text("av sig självt")
        await expect(resident.get_by_label("Din kommentar")).to_have_value("Ett utkast")
        desk = await pages.moderator()
        await expect(desk.locator("#side-intake")).to_have_text("pausade: ingen moderator var inne")
        await expect(desk.locator("#line")).to_contain_text("Ansluten")
        await desk.keyboard.press("o")
        await expect(desk.locator("#side-intake")).to_have_text("öppna")
        await resident.get_by_role("button", name="Skicka", exact=True).click()
        await expect(resident.get_by_text("Väntar på granskning").first).to_be_visible()


async def test_a_report_lands_on_top_of_the_desk(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, neighbour = await Resident.join(service), await Resident.join(service)
        moderator = await Moderator.join(service)
        id = await author.writes("Jag vet var du bor")
        await moderator.approves(id)
        resident, desk = await pages.resident(), await pages.moderator()
        await resident.get_by_text("Anmäl", exact=True).click()
        await keep(resident, "resident-report-360")
        await resident.get_by_role("button", name="Hot").click()
        await expect(resident.get_by_text("Tack. En moderator tittar på kommentaren.")).to_be_visible()
        await neighbour.do("report_comment", comment=id, reason="threat")
        await neighbour.do("report_comment", comment=id, reason="personal_data")
        alarm = desk.get_by_role("region", name="Anmälda kommentarer")
        await expect(alarm).to_be_in_viewport()
        await expect(alarm).to_contain_text("anmäld 3 gånger: hot 2, personuppgifter 1")
        await keep(desk, "moderator-reported-1280")
        await alarm.get_by_role("button", name="Låt den vara").click()
        await expect(alarm).not_to_be_visible()
        await desk.get_by_role("tab", name="Visas 1").click()
        await expect(desk.locator("#panel-shown li.comment")).to_contain_text("anmäld 3 gånger")
        await neighbour.do("report_comment", comment=id, reason="hate")
        await alarm.get_by_role("button", name="Ta bort från alla skärmar").click()
        await expect(resident.get_by_text("Jag vet var du bor")).not_to_be_visible()
        await expect(alarm).not_to_be_visible()


async def test_in_slow_mode_a_comment_waits_in_the_outbox_and_goes_by_itself(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, desk, chair = await pages.resident(), await pages.moderator(), await Chair.join(service)
        await chair.do("set_slow_mode", seconds=3)
        await expect(resident.locator("#notice")).to_contain_text("3 sekunder mellan två kommentarer")
        await write(resident, "Den första")
        await expect(resident.get_by_text("Väntar på granskning").first).to_be_visible()
        await write(resident, "Den andra")
        await expect(resident.get_by_text("Väntar på att skickas igen")).to_be_visible()
        await expect(resident.get_by_text("Den skickas av sig själv")).to_be_visible()
        await keep(resident, "resident-slow-360")
        await expect(desk.get_by_text("Den andra")).to_be_visible(timeout=15_000)
        await desk.locator("#steer summary").click()
        await desk.get_by_label("Väntan mellan två kommentarer").select_option("60")
        await expect(resident.locator("#notice")).to_contain_text("60 sekunder")


async def test_when_the_queue_is_full_a_comment_waits_until_there_is_room(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, display = await Resident.join(service), await Moderator.join(service), await pages.display()
        before = await display.content()
        first = await author.writes("Fyller kön")
        await moderator.do("limit_intake", most=1)
        resident = await pages.resident()
        await write(resident, "Får inte plats")
        await expect(resident.get_by_text("moderatorerna inte hinner läsa fler")).to_be_visible()
        await keep(resident, "resident-queue-full-360")
        await resident.reload()
        await expect(resident.get_by_text("Får inte plats")).to_be_visible()
        assert await display.content() == before
        await moderator.declines(first)
        await expect(resident.get_by_text("Väntar på granskning").first).to_be_visible(timeout=30_000)
        await moderator.until(lambda: any(c["text"] == "Får inte plats" for c in moderator.comments().values()))


async def test_the_ledger_is_public_and_coarse(browser: Browser, tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, beat=0.2, clock=clock) as service, pages_of(browser, service) as pages:
        resident, author, moderator = (
            await pages.resident(),
            await Resident.join(service),
            await Moderator.join(service),
        )
        ids = [await author.writes(f"Kommentar {number}") for number in range(12)]
        for id in ids[:3]:
            await moderator.approves(id)
        for id in ids[3:9]:
            await moderator.declines(id, "outside_remit")
        clock.ahead = LEDGER_EVERY + 1
        ledger = resident.get_by_role("region", name="Så går det för kommentarerna")
        await expect(ledger.locator("[data-part=received]")).to_have_text("minst 10")
        await expect(ledger.locator("[data-part=shown]")).to_have_text("3")
        await expect(ledger.locator("[data-part=pending]")).to_have_text("färre än 5")
        await resident.get_by_text("Anmäl", exact=True).first.click()
        await accessible(resident)
        await expect(ledger.locator("[data-part=declined]")).to_have_text("minst 5 · utanför nämndens uppdrag: minst 5")
        await keep(resident, "resident-ledger-360")


async def test_a_desk_under_pressure_looks_as_it_should(browser: Browser, tmp_path: Path) -> None:
    clock = Clock()
    async with serving(tmp_path, clock=clock) as service, pages_of(browser, service) as pages:
        await _pressure(service, pages, clock)


async def _pressure(service: object, pages: Pages, clock: Clock) -> None:
    author, moderator = await Resident.join(pages.service), await Moderator.join(pages.service)
    texts = ["Det är mörkt i gångtunneln vid stationen.", "Kan bussen gå oftare på kvällen?", "Mer träd, tack."]
    ids = [await author.writes(text) for text in texts * 4]
    await moderator.approves(ids[0])
    await author.do("report_comment", comment=ids[0], reason="hate")
    await moderator.do("claim", comment=ids[2])
    await moderator.do("set_slow_mode", seconds=60)
    for size, name in ((LAPTOP, "1280"), (PHONE, "360")):
        desk = await pages.moderator(size)
        await expect(desk.get_by_role("tab", name="Väntar 11")).to_be_visible()
        await expect(desk.locator("#side-here")).to_contain_text("du")
        await expect(desk.locator("#panel-pending li").nth(1)).to_contain_text("Moderator 1 läser")
        await desk.locator("#steer summary").click()
        await keep(desk, f"moderator-pressure-{name}")
        await accessible(desk)
        assert await desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
