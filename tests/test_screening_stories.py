"""Stories in real browsers: what screening found, at the moderator's desk, and help for whoever may need it."""

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from moderation.screening import Code
from tests.cast import Resident, serving
from tests.test_stories import browser, keep, pages_of, press_until, write

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

__all__ = ["browser"]


async def test_a_threat_stands_first_at_the_desk_and_is_told_in_words(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, desk = await Resident.join(service), await pages.moderator()
        await author.writes("Sätt upp fler lampor")
        await expect(desk.get_by_text("Sätt upp fler lampor")).to_be_visible()
        await author.writes("Vad händer med lekplatserna i parken?")
        await author.writes("Jag vet var du bor, akta dig noga")
        first = desk.locator("#panel-pending li.comment").first
        await expect(first.get_by_text("Jag vet var du bor")).to_be_visible()
        await expect(first.get_by_text("kan vara ett hot", exact=True)).to_be_visible()
        await expect(desk.locator("#side-alarming")).to_have_text("1")
        await expect(desk.locator("#announcer")).to_contain_text("kan vara ett hot")
        # The focus of who was reading stays where it was.
        await expect(desk.locator("li.comment[aria-current]")).to_contain_text("Sätt upp fler lampor")
        await keep(desk, "moderator-threat-1280")
        report = await Axe().run(desk)
        assert report.violations_count == 0, report.generate_report()


async def test_data_about_somebody_is_covered_until_a_moderator_asks(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, desk, resident = await Resident.join(service), await pages.moderator(), await pages.resident()
        await author.writes("Ring Kim 👍 på 070-174 06 22 om lamporna, vilken jävla röra")
        comment = desk.locator("#panel-pending li.comment")
        await expect(comment.locator(".text")).to_have_text(
            "Ring Kim 👍 på [telefonnummer] om lamporna, vilken jävla röra"
        )
        await expect(comment.locator("mark.grey")).to_have_text("jävla")
        assert "070-174" not in await desk.content()
        await keep(desk, "moderator-covered-1280")
        await press_until(desk, "v", comment.get_by_text("070-174 06 22"))
        await desk.keyboard.press("v")
        await expect(comment.locator(".text")).to_contain_text("[telefonnummer]")
        # To show it to all takes two deliberate presses.
        await press_until(desk, "a", comment.get_by_role("button", name="Godkänn ändå"))
        await expect(comment.get_by_text("De visas för alla om du godkänner den.")).to_be_visible()
        await desk.keyboard.press("Escape")
        await expect(comment.get_by_role("button", name="Godkänn", exact=True)).to_be_visible()
        await desk.keyboard.press("a")
        await desk.keyboard.press("a")
        await expect(resident.get_by_text("070-174 06 22")).to_be_visible()
        # Nothing of what was found goes along.
        assert "telefonnummer" not in await resident.locator("main").inner_text()


async def test_what_is_blacked_out_is_what_was_flagged_and_what_was_marked_beside_it(
    browser: Browser, tmp_path: Path
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, desk, resident = await Resident.join(service), await pages.moderator(), await pages.resident()
        await author.writes("Ring 070-174 06 22 om lamporna")
        comment = desk.locator("#panel-pending li.comment")
        await expect(comment.locator(".text")).to_have_text("Ring [telefonnummer] om lamporna")
        last = "e => getSelection().setBaseAndExtent(e.lastChild, 1, e.lastChild, 3)"
        await comment.locator(".text").evaluate(last)
        await desk.keyboard.press("b")
        await expect(comment.locator(".text")).to_have_text("Ring ███ ███ lamporna")
        # The original stays covered, and what is left can be shown to all with one press.
        await expect(comment.locator("[data-part=original-text]")).to_have_text("Ring [telefonnummer] om lamporna")
        await desk.keyboard.press("a")
        await expect(resident.get_by_text("Ring ███ ███ lamporna")).to_be_visible()


async def test_what_is_left_after_an_edit_is_covered_and_asked_about(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, desk, resident = await Resident.join(service), await pages.moderator(), await pages.resident()
        await author.writes("Lamporna är trasiga")
        comment = desk.locator("#panel-pending li.comment")
        await expect(comment.locator(".text")).to_have_text("Lamporna är trasiga")
        await press_until(desk, "e", comment.get_by_role("textbox"))
        await comment.get_by_role("textbox").fill("Lamporna är trasiga, ring 070-174 06 22 eller 070-174 06 23")
        await desk.keyboard.press("Control+Enter")
        await expect(comment.locator(".text")).to_have_text(
            "Lamporna är trasiga, ring [telefonnummer] eller [telefonnummer]"
        )
        assert "070-174" not in await desk.content()
        await keep(desk, "moderator-edited-covered-1280")
        await press_until(desk, "a", comment.get_by_role("button", name="Godkänn ändå"))
        await expect(resident.get_by_text("Lamporna är trasiga")).to_have_count(0)
        await desk.keyboard.press("Escape")
        # One key blacks out what is left, and then one press is enough.
        await desk.keyboard.press("b")
        await expect(comment.locator(".text")).to_have_text("Lamporna är trasiga, ring ███ eller ███")
        await press_until(desk, "a", resident.get_by_text("Lamporna är trasiga, ring ███ eller ███"))


async def test_a_threat_that_comes_in_does_not_move_what_is_being_read(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, desk = await Resident.join(service), await pages.moderator()
        for number in range(12):
            await author.writes(f"Förslag {number} om något helt annat")
        comments = desk.locator("#panel-pending li.comment")
        await expect(comments).to_have_count(12)
        await desk.locator("#panel-pending li.comment:nth-child(6)").click()
        reading = desk.locator("li.comment[aria-current]")
        await expect(reading).to_contain_text("Förslag 5")
        before = await reading.evaluate("e => e.getBoundingClientRect().top")
        await author.writes("Jag vet var du bor, akta dig noga")
        await expect(comments.first).to_contain_text("Jag vet var du bor")
        await expect(reading).to_contain_text("Förslag 5")
        assert abs(await reading.evaluate("e => e.getBoundingClientRect().top") - before) < 2


async def test_the_desk_sees_the_language_and_the_likely_item_beside_a_comment(
    browser: Browser, tmp_path: Path
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        author, desk = await Resident.join(service), await pages.moderator()
        await author.writes("Koulun piha on vaarallinen, milloin se korjataan?")
        await author.writes("Lekplatser behöver nya gungor", item="1")
        comments = desk.locator("#panel-pending li.comment")
        await expect(comments.nth(0).locator(".chips")).to_have_text("finska")
        await expect(comments.nth(0).locator(".text")).to_have_attribute("lang", "fi")
        await expect(comments.nth(1).locator(".chips")).to_have_text("hör kanske till 2. Lekplatser")


async def test_whoever_may_be_in_danger_is_told_whom_to_call(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident = await pages.resident()
        await write(resident, "Jag orkar inte leva längre, ingen bryr sig")
        own = resident.get_by_role("region", name="Dina kommentarer")
        for number in ("112", "90101", "1177"):
            await expect(own.get_by_role("link", name=number)).to_be_visible()
        await expect(resident.locator("#announcer")).to_contain_text("Ring 112")
        await keep(resident, "resident-help-360")
        report = await Axe().run(resident)
        assert report.violations_count == 0, report.generate_report()
        await resident.reload()
        await expect(own.get_by_role("link", name="112")).to_be_visible()
        assert pages.requested == {f"127.0.0.1:{service.port}"}


async def test_every_flag_has_words_on_the_desk(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        desk = await pages.moderator()
        await expect(desk.locator("#seat")).to_have_text("Moderator 1")
        loaded = await desk.evaluate("() => performance.getEntriesByType('resource').map(({name}) => name)")
        path = next(name for name in loaded if "/flags" in name)
        words = await desk.evaluate(
            "async ([path, codes]) => { const {flagInWords} = await import(path); return codes.map(flagInWords); }",
            [path, [code.value for code in Code]],
        )
        assert not set(words) & {code.value for code in Code if code not in ("personnummer",)}
