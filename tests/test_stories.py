"""Stories in real browsers: resident, moderator, chair and display side by side, as people use them.

Screenshots of every page are kept in `artefacts/` (ignored by git) for a person to look at.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from livechat.roles import Role
from tests.browser import browser_path
from tests.cast import Chair, Moderator, Resident, Service, serving
from tests.process import Process

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

ARTEFACTS = Path(__file__).parent.parent / "artefacts"
PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}
TABLET = {"width": 1024, "height": 768}
TELEVISION = {"width": 1920, "height": 1080}
OFFICE = "dialog.office.example"
"""A name that is not localhost: browsers trust it with less while there is no TLS."""

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    f"--host-resolver-rules=MAP {OFFICE} 127.0.0.1",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


class Pages:
    """Browser pages on one service; collects what went wrong in any of them."""

    def __init__(self, browser: Browser, service: Service) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.service = service
        self.trouble: list[str] = []
        self.requested: set[str] = set()

    async def open(self, path: str, size: dict[str, int], host: str = "127.0.0.1", **options: Any) -> Page:
        """A page in a browser profile of its own."""
        context = await self._browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        self._contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("request", lambda request: self.requested.add(request.url.split("/")[2]))
        await page.goto(f"http://{host}:{self.service.port}/m/dialog{path}")
        return page

    async def resident(self, size: dict[str, int] = PHONE, **options: Any) -> Page:
        return await self.open("", size, **options)

    async def moderator(self, size: dict[str, int] = LAPTOP, **options: Any) -> Page:
        return await self.open(f"/moderate#{self.service.links[Role.MODERATOR]}", size, **options)

    async def chair(self, size: dict[str, int] = TABLET, **options: Any) -> Page:
        return await self.open(f"/chair#{self.service.links[Role.CHAIR]}", size, **options)

    async def politician(self, size: dict[str, int] = TABLET, **options: Any) -> Page:
        return await self.open(f"/politician#{self.service.links[Role.POLITICIAN]}", size, **options)

    async def display(self, size: dict[str, int] = TELEVISION, **options: Any) -> Page:
        return await self.open("/display", size, **options)

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()

    def _said(self, kind: str, text: str) -> None:
        lost_line = "WebSocket" in text or "ERR_" in text
        if kind in ("error", "warning") and not lost_line:
            self.trouble.append(text)


@asynccontextmanager
async def pages_of(browser: Browser, service: Service) -> AsyncIterator[Pages]:
    pages = Pages(browser, service)
    try:
        yield pages
        assert pages.trouble == []
    finally:
        await pages.close()


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Din kommentar").fill(text)
    await page.get_by_role("button", name="Skicka", exact=True).click()


async def press_until(page: Page, key: str, shown: Locator) -> None:
    """Presses a key until something shows: the desk takes no decision just after the focus has moved."""
    while not await shown.count():
        await page.keyboard.press(key)


async def keeps_to_wcag(page: Page) -> None:
    """Fails where a machine finds a fault."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = await Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"], "iframes": False})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


async def keep(page: Page, name: str) -> None:
    whole = not name.startswith("display")
    await page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=whole, animations="disabled")


async def test_from_a_residents_phone_to_the_display_in_the_room(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, neighbour = await pages.resident(), await pages.resident(LAPTOP)
        desk, chair, display = await pages.moderator(), await pages.chair(), await pages.display()
        text = "Det är mörkt i gångtunneln vid stationen. Kan ni sätta upp fler lampor?"

        await expect(resident.get_by_text("Stadsmiljönämnden").first).to_be_visible()
        await expect(resident.get_by_text("Nämnden vill höra vad du tycker om stationen.").first).to_be_visible()
        await expect(display.get_by_text(f"127.0.0.1:{service.port}/m/dialog")).to_be_visible()
        await chair.get_by_role("button", name="1. Stationen").click()
        await expect(resident.locator("#item")).to_have_value("1")
        await write(resident, text)
        own = resident.get_by_role("region", name="Dina kommentarer")
        await expect(own.get_by_text("Väntar på granskning")).to_be_visible()

        pending = desk.get_by_role("tabpanel", name="Väntar")
        await expect(pending.get_by_text(text)).to_be_visible()
        for other in (neighbour, chair, display):
            assert text not in await other.content()
        await desk.keyboard.press("a")
        for other in (resident, neighbour, chair, display):
            await expect(other.get_by_text(text).last).to_be_visible()
        await expect(own.get_by_text("Visas i kön")).to_be_visible()

        await chair.get_by_role("button", name="Ta upp").click()
        await expect(display.locator("#spoken")).to_have_text(text)
        await expect(own.get_by_text("Diskuteras nu")).to_be_visible()
        for page, name in ((resident, "resident-360"), (neighbour, "resident-1280"), (desk, "moderator-1280")):
            await keep(page, name)
        await keep(chair, "chair-1024")
        await keep(display, "display-1920")
        await chair.get_by_role("button", name="Besvarad", exact=True).click()
        await expect(own.get_by_text(re.compile(r"Besvarades i mötet kl\. \d\d\.\d\d"))).to_be_visible()
        await expect(display.locator("#spoken")).not_to_be_visible()
        assert pages.requested == {f"127.0.0.1:{service.port}"}


async def test_a_declined_comment_is_told_to_its_author_with_the_reason(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, desk = await pages.resident(), await pages.moderator()
        await write(resident, "Min granne har fel parkeringsplats")
        await expect(desk.get_by_text("Min granne")).to_be_visible()
        await desk.keyboard.press("d")
        await keep(desk, "moderator-reasons-1280")
        await desk.keyboard.press("1")
        await expect(resident.get_by_text("Visas inte:")).to_be_visible()
        await keep(resident, "resident-declined-360")
        await desk.get_by_role("tab", name="Visas inte").click()
        await desk.get_by_role("button", name="Ta tillbaka").click()
        await expect(resident.get_by_text("Väntar på granskning")).to_be_visible()


async def test_of_two_desks_the_second_is_told_what_happened_and_by_whom(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, first = await Resident.join(service), await Moderator.join(service)
        desk = await pages.moderator()
        await expect(desk.locator("#seat")).to_have_text("Moderator 2")
        id = await author.writes("Vem hinner först?")
        await expect(desk.get_by_text("Vem hinner först?")).to_be_visible()
        # What the other decides does not come through to this desk before it decides.
        service.hub.channels()[0].fanout.publish = lambda *_: None  # type: ignore[method-assign]
        await first.approves(id)
        await desk.keyboard.press("d")
        await desk.keyboard.press("5")
        await expect(desk.get_by_text("Moderator 1 hann före: godkänd").first).to_be_visible()
        await keep(desk, "moderator-race-1280")


async def test_nothing_is_lost_when_the_line_breaks_or_the_page_reloads(browser: Browser, tmp_path: Path) -> None:
    async with Process(tmp_path) as process, pages_of(browser, process) as pages:
        await process.open_intake()
        resident = await pages.resident()
        await expect(resident.locator("#line")).to_contain_text("Ansluten")
        await resident.get_by_label("Din kommentar").fill("Ett utkast")
        await resident.reload()
        await expect(resident.get_by_label("Din kommentar")).to_have_value("Ett utkast")

        process.kill()
        await process.ended()
        await expect(resident.locator("#line")).to_contain_text("Ingen kontakt")
        await write(resident, "Skriven utan kontakt")
        await expect(resident.get_by_text("Skickas när kontakten är tillbaka")).to_be_visible()
        await keep(resident, "resident-lost-360")
        await resident.get_by_label("Din kommentar").fill("Nästa utkast")

        await process.start()
        await expect(resident.get_by_text("Väntar på granskning")).to_be_visible(timeout=30_000)
        await expect(resident.locator("#line")).to_contain_text("Ansluten")
        await expect(resident.get_by_label("Din kommentar")).to_have_value("Nästa utkast")
        await resident.reload()
        await expect(resident.get_by_text("Väntar på granskning")).to_be_visible()
        moderator = await Moderator.join(process)
        assert [comment["text"] for comment in moderator.comments().values()] == ["Skriven utan kontakt"]


async def test_the_display_says_since_when_it_shows_old_state_and_recovers(browser: Browser, tmp_path: Path) -> None:
    async with Process(tmp_path) as process, pages_of(browser, process) as pages:
        await process.open_intake()
        author, moderator = await Resident.join(process), await Moderator.join(process)
        id = await author.writes("Fler bänkar, tack")
        await moderator.approves(id)
        display = await pages.display()
        await expect(display.get_by_text("Fler bänkar, tack")).to_be_visible()
        process.kill()
        await process.ended()
        await expect(display.get_by_text(re.compile(r"Visar läget \d\d\.\d\d"))).to_be_visible()
        await expect(display.get_by_text("Fler bänkar, tack")).to_be_visible()
        await keep(display, "display-lost-1920")
        await process.start()
        moderator = await Moderator.join(process, cookie=moderator.cookie)
        await moderator.do("take_back_comment", comment=id)
        await expect(display.get_by_text("Fler bänkar, tack")).not_to_be_visible(timeout=30_000)
        await expect(display.get_by_text("Visar läget")).not_to_be_visible()


async def test_on_the_office_network_without_tls_everything_works(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, display = await pages.resident(host=OFFICE), await pages.display(host=OFFICE)
        desk, chair = await pages.moderator(host=OFFICE), await pages.chair(host=OFFICE)
        assert await resident.evaluate("window.isSecureContext") is False
        await write(resident, "Hej från kontoret")
        await expect(desk.get_by_text("Hej från kontoret")).to_be_visible()
        await desk.keyboard.press("a")
        await chair.get_by_role("button", name="Ta upp").click()
        await expect(display.locator("#spoken")).to_have_text("Hej från kontoret")
        await display.goto(f"http://{OFFICE}:{service.port}/status")
        await expect(display.get_by_text("TLS").first).to_be_visible()


async def test_where_websockets_are_blocked_the_page_falls_back(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        moderator = await Moderator.join(service)
        resident = await pages.resident()
        await resident.add_init_script(
            "WebSocket = class { constructor() { setTimeout(() => this.onclose?.({code: 1006})) } }"
        )
        await resident.reload()
        await write(resident, "Genom brandväggen")
        await expect(resident.get_by_text("Väntar på granskning")).to_be_visible(timeout=30_000)
        (id,) = [comment["id"] for comment in moderator.comments().values()]
        await moderator.approves(id)
        await expect(resident.get_by_text("Visas i kön")).to_be_visible(timeout=30_000)


async def test_without_javascript_one_can_read_and_write(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator = await Resident.join(service), await Moderator.join(service)
        await moderator.approves(await author.writes("Redan godkänd"))
        resident = await pages.resident(java_script_enabled=False)
        await expect(resident.get_by_text("Redan godkänd")).to_be_visible()
        await resident.get_by_label("Gäller").select_option("2")
        await write(resident, "Utan skript")
        await expect(resident.get_by_text("Väntar på granskning")).to_be_visible()
        await moderator.until(lambda: len(moderator.comments()) == 2)


async def test_without_javascript_one_can_report_what_should_not_be_there(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator = await Resident.join(service), await Moderator.join(service)
        id = await author.writes("Redan godkänd")
        await moderator.approves(id)
        resident = await pages.resident(java_script_enabled=False)
        await resident.get_by_text("Anmäl", exact=True).click()
        await keep(resident, "resident-report-without-script-360")
        await resident.get_by_role("button", name="Personuppgifter").click()
        await expect(resident.get_by_role("heading", name="Tack, kommentaren är anmäld")).to_be_visible()
        await keep(resident, "resident-reported-without-script-360")
        await moderator.until(lambda: moderator.entities.get(f"report:{id}", {}).get("fresh") == 1)
        await resident.get_by_role("link", name="Tillbaka till mötet").click()
        await expect(resident.get_by_text("Redan godkänd")).to_be_visible()


async def test_a_pause_is_said_in_words_and_the_draft_stays(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, chair = await pages.resident(), await pages.chair()
        await resident.get_by_label("Din kommentar").fill("Halvfärdig")
        await chair.get_by_role("button", name="Pausa").click()
        await expect(resident.locator("#why")).to_contain_text("pausat")
        await expect(resident.get_by_label("Din kommentar")).to_have_value("Halvfärdig")
        await chair.get_by_role("button", name="Öppna").click()
        await expect(resident.locator("#why")).to_be_empty()


async def test_an_author_takes_a_comment_back(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, display, moderator = await pages.resident(), await pages.display(), await Moderator.join(service)
        await write(resident, "Jag ångrar mig")
        await moderator.until(lambda: moderator.comments())
        await moderator.approves(next(iter(moderator.comments().values()))["id"])
        await expect(display.get_by_text("Jag ångrar mig")).to_be_visible()
        await resident.get_by_role("button", name="Ta tillbaka").click()
        await resident.get_by_role("button", name="Ja, ta tillbaka").click()
        await expect(resident.get_by_text("Tillbakatagen")).to_be_visible()
        await expect(display.get_by_text("Jag ångrar mig")).not_to_be_visible()


async def test_a_comment_of_500_characters_fits_on_the_display(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, chair = [await kind.join(service) for kind in (Resident, Moderator, Chair)]
        assert isinstance(author, Resident)
        text = ("Gatubelysningen är trasig och övergångsstället syns inte. " * 9)[:499] + "."
        ids = [await author.writes(text), *[await author.writes(f"Nästa {n}: {text}"[:400].strip()) for n in range(6)]]
        for id in ids:
            await moderator.do("approve_comment", comment=id)
        await chair.do("discuss_comment", comment=ids[0])
        for id in ids:
            await author.supports(id)
        for size, name in (
            ({"width": 1280, "height": 720}, "1280"),
            (TELEVISION, "full-1920"),
            ({"width": 3840, "height": 2160}, "3840"),
            ({"width": 1080, "height": 1920}, "portrait"),
        ):
            display = await pages.display(size)
            await expect(display.locator("#spoken")).to_have_text(text)
            fits = "e => e.scrollHeight <= e.parentElement.clientHeight + 1"
            assert await display.locator("#spoken").evaluate(fits), name
            assert await display.evaluate("document.documentElement.scrollHeight <= innerHeight"), name
            await keep(display, f"display-{name}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_keeps_to_wcag_22_aa_as_far_as_a_machine_can_tell(
    browser: Browser, tmp_path: Path, scheme: str
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, chair = (
            await Resident.join(service),
            await Moderator.join(service),
            await Chair.join(service),
        )
        ids = [await author.writes(f"Kommentar {number}") for number in range(5)]
        for id in ids[:3]:
            await moderator.approves(id)
        await moderator.declines(ids[3])
        await asyncio.gather(*(author.supports(id) for id in ids[:2]))
        await chair.do("discuss_comment", comment=ids[0])
        await chair.do("answer_comment", comment=ids[1])
        resident = await pages.resident(color_scheme=scheme)
        await write(resident, "En till")
        await expect(resident.get_by_text("Väntar på granskning")).to_be_visible()
        await resident.get_by_role("button", name="Stöd").first.click()
        await expect(resident.get_by_role("button", name="Du stöder")).to_have_attribute("aria-pressed", "true")
        desk = await pages.moderator(color_scheme=scheme)
        await expect(desk.get_by_role("tab", name="Väntar 2")).to_be_visible()
        await desk.keyboard.press("d")
        opened = [
            resident,
            desk,
            await pages.chair(color_scheme=scheme),
            await pages.politician(color_scheme=scheme),
            await pages.display(color_scheme=scheme),
            await pages.open("/../..", PHONE, color_scheme=scheme),
            await pages.open("/../../status", PHONE, color_scheme=scheme),
            await pages.open("/../nothing", PHONE, color_scheme=scheme),
        ]
        for page in opened:
            await keeps_to_wcag(page)
        pages.trouble.clear()  # The address that leads nowhere answers 404.


@pytest.mark.parametrize("size", [{"width": 320, "height": 568}, PHONE, LAPTOP], ids=["320", "360", "1280"])
async def test_no_page_has_to_be_scrolled_sideways(browser: Browser, tmp_path: Path, size: dict[str, int]) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator = await Resident.join(service), await Moderator.join(service)
        long = await author.writes("Donaudampfschifffahrtsgesellschaft" * 10)
        await moderator.approves(long)
        await author.supports(long)
        await author.writes("Väntar" * 60)
        opened = [
            await pages.resident(size),
            await pages.moderator(size),
            await pages.chair(size),
            await pages.politician(size),
        ]
        for page in opened:
            await expect(page.get_by_text(re.compile("Donau|Väntar")).first).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


async def test_a_moderator_needs_no_mouse(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author = await Resident.join(service)
        ids = [await author.writes(f"Kommentar {number}") for number in range(4)]
        desk, watching = await pages.moderator(), await Moderator.join(service)
        await expect(desk.get_by_role("tab", name="Väntar 4")).to_be_visible()
        await desk.keyboard.press("j")
        await desk.keyboard.press("a")  # The second.
        await watching.until(lambda: watching.sees(ids[1], "approved"))
        await desk.keyboard.press("Control+a")  # Not ours.
        await expect(desk.locator("#panel-pending li.comment:focus")).to_have_text(re.compile("Kommentar 2"))
        await press_until(desk, "d", desk.locator("#panel-pending [data-part=reasons]:visible"))
        await desk.keyboard.press("Escape")
        await desk.keyboard.press("k")
        await desk.keyboard.press("d")
        await desk.keyboard.press("7")
        await watching.until(lambda: watching.sees(ids[0], "declined"))
        declined = watching.comment(ids[0])
        assert declined
        assert declined["reason"] == "advertising"
        assert watching.sees(ids[2], "pending")
        assert watching.sees(ids[3], "pending")


@pytest.mark.parametrize("language", ["en", "fi"])
async def test_the_page_speaks_english_and_finnish_too(browser: Browser, tmp_path: Path, language: str) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident = await pages.open(f"?lang={language}", PHONE)
        assert await resident.locator("html").get_attribute("lang") == language
        await resident.locator("#text").fill("Hello")
        await resident.locator("#compose [type=submit]").click()
        said = {"en": "Waiting to be reviewed", "fi": "Odottaa tarkistusta"}[language]
        await expect(resident.get_by_text(said)).to_be_visible()
        await keep(resident, f"resident-{language}-360")
