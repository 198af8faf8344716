"""The screen in the room in a real browser: set from the chair's and the desk's pages, and never in need of a hand."""

import asyncio
import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from tests.browser import browser_path
from tests.cast import Chair, Moderator, Resident, Service, serving
from tests.process import Process
from tests.test_stories import ARGUMENTS, LAPTOP, PHONE, TELEVISION, Pages, keep, keeps_to_wcag, pages_of

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

SIZES = {
    "1280": {"width": 1280, "height": 720},
    "1920": TELEVISION,
    "3840": {"width": 3840, "height": 2160},
    "portrait": {"width": 1080, "height": 1920},
}
LONG = (
    "Gångtunneln vid stationen är mörk redan klockan fyra på vintern, och många tar hellre vägen över spåren. "
    "Kan nämnden sätta upp lampor som tänds när någon kommer, och samtidigt röja buskarna vid nedfarten? Det vore "
    "också bra med en spegel i kröken, för cyklister kommer fort där och de som går med barnvagn ser dem inte i tid. "
    "Skolan har frågat om samma sak två gånger utan att få något svar, och nu undrar vi föräldrar när det blir av "
    "och vem som bestämmer. Tack för att ni lyssnar på oss i kväll."
)
FINNISH = (
    "Aseman alikulkutunneli on talvella pimeä jo kello neljältä, ja moni kulkee mieluummin ratojen yli. Voiko "
    "lautakunta asentaa lamppuja, jotka syttyvät kun joku tulee, ja samalla raivata pensaat luiskan vierestä? Myös "
    "peili mutkaan olisi hyvä, sillä pyöräilijät tulevat siinä kovaa vauhtia."
)
TEXTS = [
    "Fler bänkar längs gågatan, tack.",
    "Bussen mot centrum är ofta full på morgonen. Kan den gå tätare mellan sju och åtta?",
    "När får lekplatsen vid Norra torget nya gungor?",
    "Det behövs ett övergångsställe vid förskolan. Barnen springer över gatan till hållplatsen varje dag, och "
    "bilarna håller inte farten.",
    "Varför plogas cykelbanan efter körbanan?",
]

BRAND = "document.body.dataset.brand = 'this very document'"
"""By it one sees whether a page was loaded anew."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def cast(service: Service) -> tuple[Resident, Moderator, Chair]:
    return await Resident.join(service), await Moderator.join(service), await Chair.join(service)


async def queued(author: Resident, moderator: Moderator, texts: list[str], item: str = "1") -> list[str]:
    ids = [await author.writes(text, item=item) for text in texts]
    for id in ids:
        await moderator.approves(id)
    return ids


async def test_the_chair_sets_the_screen_and_reads_what_it_shows(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, _ = await cast(service)
        chair, display = await pages.chair(), await pages.display()
        now = chair.locator("#display-now")
        await expect(now).to_have_text("Skärmen visar startbilden, tills en kommentar kommer upp.")
        (first, _) = await queued(author, moderator, ["Uppe nu", "I kön"])
        await expect(now).to_have_text("Skärmen visar kön.")
        await chair.get_by_role("button", name="Ta upp").first.click()
        await expect(now).to_have_text("Skärmen visar kommentaren som diskuteras, och kön.")
        await expect(display.locator("#spoken")).to_have_text("Uppe nu")

        await chair.get_by_role("button", name="Släck skärmen").click()
        await expect(now).to_have_text("Skärmen är släckt. Ingenting visas.")
        await expect(display.locator("#board")).to_have_attribute("data-stage", "blank")
        assert await display.evaluate("document.querySelector('#board').innerText.trim()") == ""
        assert "Uppe nu" not in await display.locator("#board").inner_html()
        black = "getComputedStyle(document.querySelector('#board')).backgroundColor"
        assert await display.evaluate(black) == "rgb(0, 0, 0)"
        await chair.get_by_role("button", name="Tänd skärmen").click()
        await expect(display.locator("#spoken")).to_have_text("Uppe nu")

        await chair.get_by_text("Välj vad den visar och hur").click()
        await chair.get_by_label("Den visar").select_option("bara kommentaren")
        await expect(display.locator("#next")).not_to_be_visible()
        await expect(display.locator("#spoken")).to_be_visible()
        await expect(now).to_have_text("Skärmen visar kommentaren som diskuteras.")
        await chair.get_by_label("Färger").select_option("hög kontrast")
        await expect(display.locator("html")).to_have_attribute("data-look", "contrast")
        before = await height(display, "#item")
        await chair.get_by_label("Text").select_option("störst")
        await expect(display.locator("html")).to_have_attribute("data-size", "largest")
        assert await height(display, "#item") > before * 1.3
        await keep(chair, "chair-display-1024")
        await chair.get_by_label("Den visar").select_option("startbilden")
        await expect(display.get_by_role("heading", name="Så gör du")).to_be_visible()
        await expect(display.locator("#spoken")).not_to_be_visible()
        assert "Uppe nu" not in await display.locator("#board").inner_html()
        await moderator.until(lambda: moderator.sees(first, "discussing"))
        await display.reload()
        await expect(display.locator("html")).to_have_attribute("data-look", "contrast")
        await expect(display.get_by_role("heading", name="Så gör du")).to_be_visible()


async def test_the_desk_sets_the_screen_with_the_keyboard(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        desk, display = await pages.moderator(), await pages.display()
        blank = desk.get_by_role("button", name="Släck skärmen")
        await blank.focus()
        await desk.keyboard.press("Enter")
        await expect(display.locator("#board")).to_have_attribute("data-stage", "blank")
        await expect(desk.locator("#display-now")).to_have_text("Skärmen är släckt. Ingenting visas.")
        await desk.get_by_role("button", name="Tänd skärmen").press("Space")
        await expect(display.locator("#board")).to_have_attribute("data-stage", "idle")
        await desk.get_by_text("Välj vad den visar och hur").press("Enter")
        await desk.get_by_label("Färger").press("ArrowDown")
        await expect(display.locator("html")).to_have_attribute("data-look", "dark")
        await expect(desk.get_by_label("Färger")).to_have_value("dark")
        await keep(desk, "moderator-display-1280")
        await keeps_to_wcag(desk)


@pytest.mark.parametrize("size", [{"width": 1024, "height": 768}, LAPTOP, PHONE, {"width": 320, "height": 568}])
async def test_the_controls_are_large_enough_for_a_finger(
    browser: Browser, tmp_path: Path, size: dict[str, int]
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        chair = await pages.chair(size)
        await chair.get_by_text("Välj vad den visar och hur").click()
        controls = chair.locator("#room-display :is(button, select, summary)")
        await expect(controls).to_have_count(6)
        for control in await controls.all():
            box = await control.bounding_box()
            assert box
            assert box["height"] >= 44, await control.get_attribute("id")
        assert await chair.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await keep(chair, f"chair-display-{size['width']}")
        await keeps_to_wcag(chair)


async def test_a_frozen_screen_stands_still_and_drops_what_is_taken_back(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, talking = await cast(service)
        spoken, waits = await queued(author, moderator, ["Står på skärmen", "Väntar i kön"])
        await talking.do("discuss_comment", comment=spoken)
        chair, display = await pages.chair(), await pages.display()
        await expect(display.get_by_text("Väntar i kön")).to_be_visible()
        await chair.get_by_role("button", name="Frys skärmen").click()
        await expect(display.get_by_text(re.compile(r"Skärmen står still sedan \d\d\.\d\d"))).to_be_visible()
        await expect(chair.locator("#display-now")).to_contain_text("Skärmen står still sedan")
        await talking.do("answer_comment", comment=spoken)
        await queued(author, moderator, ["Ny under tiden"])
        await expect(chair.get_by_text("Ny under tiden")).to_be_visible()
        await keep(display, "display-frozen-1920")
        for moment in ("as it was", "opened again"):
            await expect(display.locator("#spoken"), moment).to_have_text("Står på skärmen")
            await expect(display.get_by_text("Ny under tiden"), moment).to_have_count(0)
            await display.reload()
        await moderator.do("take_back_comment", comment=waits)
        await expect(display.get_by_text("Väntar i kön")).to_have_count(0)
        await moderator.do("take_back_comment", comment=spoken)
        await expect(display.locator("#spoken")).to_have_text("")
        assert "Står på skärmen" not in await display.locator("#board").inner_html()
        await chair.get_by_role("button", name="Släpp skärmen").click()
        await expect(display.get_by_text("Ny under tiden")).to_be_visible()
        await expect(display.locator("#frozen")).not_to_be_visible()


async def test_the_idle_screen_says_who_asks_why_and_how(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        _, _, chair = await cast(service)
        await chair.do("set_current_item", item="1")
        for name, size in SIZES.items():
            display = await pages.display(size)
            for said in ("Stadsmiljönämnden", "Nämnden vill höra vad du tycker om stationen.", "Så gör du"):
                await expect(display.get_by_text(said)).to_be_visible()
            await expect(display.get_by_role("heading", name="Politikerdialog")).to_be_visible()
            await expect(display.get_by_text("Nu: 1. Stationen")).to_be_visible()
            await expect(display.get_by_text(f"127.0.0.1:{service.port}/m/dialog")).to_be_visible()
            await expect(display.locator("#idle li")).to_have_count(3)
            code = await display.locator(".code svg").bounding_box()
            assert code
            assert code["width"] >= 0.3 * min(size.values())
            assert await nothing_is_cut_off(display, "#welcome"), name
            await keep(display, f"display-idle-{name}")


@pytest.mark.parametrize(
    ("name", "look"), [*((name, "light") for name in SIZES), ("1920", "dark"), ("1280", "contrast")]
)
async def test_a_long_comment_is_read_from_the_far_end_of_the_room(
    browser: Browser, tmp_path: Path, name: str, look: str
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, chair = await cast(service)
        long, *rest = await queued(author, moderator, [LONG[:500], *TEXTS])
        await chair.do("set_current_item", item="1")
        await chair.do("discuss_comment", comment=long)
        await asyncio.gather(*(author.supports(id) for id in (long, *rest[:2])))
        await moderator.do("merge_comment", comment=rest[1], into=long)
        await chair.do("set_display", look=look)
        display = await pages.display(SIZES[name])
        side = min(SIZES[name].values())
        for size in ("small", "normal", "large", "largest"):
            await chair.do("set_display", size=size)
            await expect(display.locator("html")).to_have_attribute("data-size", size)
            await expect(display.locator("#spoken")).to_have_text(LONG[:500])
            assert await nothing_is_cut_off(display, "#words"), size
            # A capital of 0.7 × 62 pixels is 38 mm on a screen of 75 inches: 16 minutes of arc at 8 metres.
            assert await font_size(display, "#spoken") >= side * 0.0575, size
            await expect(display.locator("#votes")).to_have_text("1 röst, och 1 på en liknande kommentar")
            await expect(display.locator(".address")).to_be_visible()
            await keep(display, f"display-{look}-{name}-{size}")
        await chair.do("set_display", size="normal")
        await moderator.do("translate_comment", comment=long, language="fi", text=FINNISH)
        await expect(display.get_by_text("Aseman alikulkutunneli")).to_be_visible()
        assert await nothing_is_cut_off(display, "#words")
        await keep(display, f"display-{look}-{name}-translated")
        await keeps_to_wcag(display)


async def test_a_short_comment_shares_the_screen_with_the_queue(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, chair = await cast(service)
        first, *_ = await queued(author, moderator, TEXTS)
        await queued(author, moderator, ["Om en annan punkt"], item="2")
        await chair.do("set_current_item", item="1")
        await chair.do("discuss_comment", comment=first)
        for name, size in SIZES.items():
            for look in ("light", "dark", "contrast"):
                await chair.do("set_display", look=look)
                display = await pages.display(size)
                await expect(display.locator("html")).to_have_attribute("data-look", look)
                await expect(display.locator("#spoken")).to_have_text(TEXTS[0])
                await expect(display.locator("#queue li").first).to_contain_text("Bussen mot centrum")
                await expect(display.locator("#more")).to_have_text(re.compile(r"och \d till"))
                assert await font_size(display, "#spoken") >= min(size.values()) * 0.1
                await keep(display, f"display-short-{look}-{name}")


async def test_the_queue_turns_its_pages_slowly_and_stands_still_when_frozen(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, chair = await cast(service)
        await queued(author, moderator, [f"Kommentar {number}. {TEXTS[number % 5]}" for number in range(14)])
        await queued(author, moderator, ["Den nuvarande punkten först"], item="2")
        await chair.do("set_current_item", item="2")
        display = await at_another_pace(pages)
        await expect(display.locator("#more")).to_have_text(re.compile("Sida 1 av [2-6]"))
        await keep(display, "display-queue-1920")
        visible = display.locator("#queue li:visible")
        await expect(visible.first).to_contain_text("Den nuvarande punkten först")
        first_page = await visible.all_inner_texts()
        total = int((await display.locator("#more").inner_text()).split()[-1])
        seen = list(first_page)
        for page in range(2, total + 1):
            await display.clock.run_for(15_100)
            await expect(display.locator("#more")).to_have_text(f"Sida {page} av {total}")
            assert await nothing_is_cut_off(display, "#queue")
            seen += await visible.all_inner_texts()
        assert len(seen) == len(set(seen)) == 15
        await display.clock.run_for(15_100)
        assert await visible.all_inner_texts() == first_page
        await chair.do("set_display", frozen=True)
        await expect(display.locator("#frozen")).to_be_visible()
        await display.clock.run_for(60_000)
        assert await visible.all_inner_texts() == first_page


async def at_another_pace(pages: Pages) -> Page:
    """A display whose timers a test turns on."""
    display = await pages.display()
    await display.clock.install()
    await display.reload()
    await expect(display.locator("#line")).to_have_attribute("data-line", "open")
    return display


async def test_an_answered_comment_leaves_calmly_and_a_withdrawn_one_at_once(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, chair = await cast(service)
        ids = await queued(author, moderator, ["Besvaras", "Tas tillbaka", "Besvaras utan rörelse"])
        moving, still = await pages.display(), await pages.display(reduced_motion="reduce")
        for page in (moving, still):
            await page.evaluate(
                """() => {
                  window.left = 0;
                  new MutationObserver(() => (window.left += document.getElementById("stage").dataset.leaving === ""))
                    .observe(document.getElementById("stage"), { attributes: true, attributeFilter: ["data-leaving"] });
                }"""
            )
        await chair.do("discuss_comment", comment=ids[0])
        for page in (moving, still):
            await expect(page.locator("#spoken")).to_have_text("Besvaras")
        await chair.do("answer_comment", comment=ids[0])
        for page in (moving, still):
            await expect(page.locator("#spoken")).to_have_text("")
        assert [await page.evaluate("window.left") for page in (moving, still)] == [1, 0]
        assert await still.evaluate("document.getAnimations().length") == 0

        await chair.do("discuss_comment", comment=ids[1])
        await expect(moving.locator("#spoken")).to_have_text("Tas tillbaka")
        await moderator.do("take_back_comment", comment=ids[1])
        await expect(moving.locator("#spoken")).to_have_text("")
        assert await moving.evaluate("window.left") == 1


async def test_a_comment_that_is_taken_back_while_it_leaves_is_gone_at_once(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, chair = await cast(service)
        (id,) = await queued(author, moderator, ["På väg bort"])
        await chair.do("discuss_comment", comment=id)
        display = await at_another_pace(pages)
        await expect(display.locator("#spoken")).to_have_text("På väg bort")
        await chair.do("answer_comment", comment=id)
        await expect(display.locator("#stage")).to_have_attribute("data-leaving", "")
        await moderator.do("take_back_comment", comment=id)
        await expect(display.locator("#spoken")).to_have_text("")


async def test_the_display_has_nothing_to_press(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, chair = await cast(service)
        (id, *_) = await queued(author, moderator, TEXTS)
        display = await pages.display()
        for stage in ("queue", "spoken"):
            await expect(display.locator("#board")).to_have_attribute("data-stage", stage)
            found = "a, button, input, select, textarea, summary, iframe, [tabindex], [contenteditable], [onclick]"
            assert await display.locator(found).count() == 0
            await display.keyboard.press("Tab")
            assert await display.evaluate("document.activeElement === document.body")
            await chair.do("discuss_comment", comment=id)


async def test_network_pulled_server_killed_and_replaced_the_screen_needs_no_hand(
    browser: Browser, tmp_path: Path
) -> None:
    async with Process(tmp_path) as process, pages_of(browser, process) as pages:
        await process.open_intake()
        author, moderator, chair = await cast(process)
        before, gone = await queued(author, moderator, ["Före avbrottet", "Tas tillbaka under avbrottet"])
        display = await pages.display()
        await expect(display.get_by_text("Före avbrottet")).to_be_visible()
        await display.context.set_offline(True)
        process.kill()
        await process.ended()
        await expect(display.get_by_text(re.compile(r"Ingen kontakt. Visar läget \d\d\.\d\d"))).to_be_visible(
            timeout=30_000
        )
        await keep(display, "display-offline-1920")
        await process.start()
        moderator = await Moderator.join(process, cookie=moderator.cookie)
        chair = await Chair.join(process, cookie=chair.cookie)
        await moderator.do("take_back_comment", comment=gone)
        await chair.do("discuss_comment", comment=before)
        await expect(display.get_by_text("Tas tillbaka under avbrottet")).to_be_visible()  # It cannot know better,
        await expect(display.get_by_text("Visar läget")).to_be_visible(timeout=30_000)  # and says so.
        await display.evaluate(BRAND)
        await display.context.set_offline(False)
        await expect(display.locator("#spoken")).to_have_text("Före avbrottet", timeout=30_000)
        await expect(display.get_by_text("Tas tillbaka under avbrottet")).to_have_count(0)
        await expect(display.get_by_text("Visar läget")).not_to_be_visible()
        await expect(display.locator("body[data-brand]")).to_have_count(1)


@pytest.mark.parametrize("mark", ["data-page", "data-version"])
async def test_after_a_redeploy_the_screen_takes_the_new_page_by_itself(
    browser: Browser, tmp_path: Path, mark: str
) -> None:
    async with Process(tmp_path) as process, pages_of(browser, process) as pages:
        await process.open_intake()
        author, moderator, _ = await cast(process)
        await queued(author, moderator, ["Står kvar"])
        display = await pages.display()
        await of_the_release_before(display, mark)
        await expect(display.get_by_text("Står kvar")).to_be_visible()
        process.kill()
        await process.ended()
        await process.start()
        await expect(display.locator("body[data-brand]")).to_have_count(0, timeout=60_000)
        await expect(display.locator("#line")).to_have_attribute("data-line", "open")
        await expect(display.get_by_text("Står kvar")).to_be_visible()
        # It is of this release now, and stays.
        await display.evaluate(BRAND)
        process.stop()
        await process.ended()
        await process.start()
        async with display.expect_response("**/display", timeout=60_000) as looked:
            await expect(display.locator("#line")).to_have_attribute("data-line", "open", timeout=30_000)
        assert (await looked.value).ok
        await expect(display.locator("body[data-brand]")).to_have_count(1)


async def of_the_release_before(page: Page, mark: str) -> None:
    """Loads the page as if another release had made it, this once."""
    await page.add_init_script(
        f"""if (!sessionStorage.loaded) {{
          sessionStorage.loaded = "once";
          new MutationObserver((changes, observer) => {{
            if (!document.body) return;
            document.body.setAttribute("{mark}", "0");
            observer.disconnect();
          }}).observe(document, {{ childList: true, subtree: true }});
        }}"""
    )
    await page.reload()
    await page.evaluate(BRAND)


async def test_the_screen_never_changes_a_page_for_an_error(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, moderator, _ = await cast(service)
        await queued(author, moderator, ["Står kvar"])
        display = await pages.display()
        await display.clock.install()
        await of_the_release_before(display, "data-version")
        await expect(display.locator("#line")).to_have_attribute("data-line", "outdated")
        for status, body in ((502, "<h1>Bad Gateway</h1>"), (200, "<h1>Logga in</h1>")):
            await display.route("**/display", partial(answers, status=status, body=body))
            async with display.expect_response("**/display"):
                await display.clock.run_for(31_000)
            await expect(display.get_by_text("Står kvar")).to_be_visible()
            await display.unroute("**/display")
        await expect(display.locator("body[data-brand]")).to_have_count(1)
        pages.trouble.clear()  # The gateway's 502.
        await display.clock.run_for(61_000)
        await expect(display.locator("body[data-brand]")).to_have_count(0)
        await expect(display.get_by_text("Står kvar")).to_be_visible()


async def answers(route: Route, status: int, body: str) -> None:
    await route.fulfill(status=status, content_type="text/html", body=body)


async def height(page: Page, selector: str) -> float:
    box = await page.locator(selector).bounding_box()
    assert box
    return box["height"]


async def font_size(page: Page, selector: str) -> float:
    return float(await page.locator(selector).evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))


async def nothing_is_cut_off(page: Page, selector: str) -> bool:
    """Whether all of the element stands inside the room it has, and the page inside the screen."""
    fits = "e => e.scrollHeight <= e.parentElement.clientHeight + 1 && e.scrollWidth <= e.parentElement.clientWidth + 1"
    whole = "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    return bool(await page.locator(selector).evaluate(fits)) and bool(await page.evaluate(whole))
