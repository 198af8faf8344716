"""Captions in real browsers: a typist types, residents read, and choose how."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import Browser, async_playwright, expect

from livechat.roles import Role
from tests.browser import browser_path
from tests.cast import FILE, Captioner, Chair, Moderator, Resident, serving, shown
from tests.test_stories import ARGUMENTS, LAPTOP, PHONE, TELEVISION, keep, keeps_to_wcag, pages_of
from tests.test_stream_stories import KEYBOARD, agree, fill, host, in_sight
from web.meeting_file import StreamInFile

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

SPOKEN = "Då går vi vidare till frågan om stationen och hur vi kan göra gångtunneln tryggare på kvällen."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def test_what_a_typist_types_is_read_by_residents_who_choose_how(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        resident, chair = await pages.resident(), await Chair.join(service)
        typist = await pages.open(f"/captions#{service.links[Role.CAPTIONER]}", LAPTOP)
        await expect(typist.get_by_text("Skrivtolk 1")).to_be_visible()
        await expect(resident.locator("#captions")).to_be_hidden()
        box = typist.get_by_label("Skriv det som sägs")
        await box.fill(SPOKEN)
        await box.press("Enter")
        await expect(box).to_have_value("")
        await expect(typist.locator("#seen")).to_have_text(SPOKEN)
        await expect(resident.locator("#captions")).to_contain_text(SPOKEN)
        await box.press_sequentially("Ordet är")
        await box.press("Shift+Enter")
        await box.press_sequentially("fritt.")
        await box.press("Enter")
        await expect(resident.locator("#captions")).to_contain_text("Ordet är\nfritt.")
        for page, name in ((resident, "captions-360"), (typist, "typist-1280")):
            await keeps_to_wcag(page)
            await keep(page, name)

        said = resident.locator("#captions [data-part=said]")
        before = await said.bounding_box()
        await resident.get_by_role("button", name="Större text").click()
        after = await said.bounding_box()
        assert before
        assert after
        assert after["height"] > before["height"]
        await resident.get_by_role("button", name="Textning", exact=True).click()
        await expect(said).to_be_hidden()
        await resident.reload()
        await expect(resident.get_by_role("button", name="Textning", exact=True)).to_be_visible()
        await expect(said).to_be_hidden()
        assert await resident.evaluate("localStorage.length") == 0
        await resident.get_by_role("button", name="Textning", exact=True).click()
        await expect(said).to_contain_text("fritt.")

        await box.fill("Påbörjad rad")
        await chair.do("close_item", why="secrecy")
        await expect(resident.locator("#captions")).to_be_hidden()
        await expect(typist.get_by_text("Textningen är avstängd så länge.")).to_be_visible()
        await expect(box).to_have_value("")
        await box.press("Enter")
        await keep(typist, "typist-closed-1280")
        await chair.do("reopen_item")
        await expect(typist.get_by_text("Textningen är avstängd så länge.")).to_be_hidden()
        await box.fill("Välkomna tillbaka.")
        await box.press("Enter")
        await expect(said).to_have_text("Välkomna tillbaka.")


async def test_a_resident_chooses_among_the_languages_there_are(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        captioner, resident = await Captioner.join(service), await pages.resident()
        await captioner.types("Tervetuloa.", "fi")
        await captioner.types("Välkomna.", "sv")
        said = resident.locator("#captions [data-part=said]")
        await expect(said).to_have_text("Välkomna.")
        await resident.get_by_label("Textningens språk").select_option("fi")
        await expect(said).to_have_text("Tervetuloa.")
        assert await said.get_attribute("lang") == "fi"
        await keeps_to_wcag(resident)
        await resident.get_by_role("button", name="Ny person").click()
        await expect(said).to_have_text("Välkomna.")


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 568}], ids=["360", "320"])
async def test_picture_captions_and_box_fit_beside_the_keyboard(
    browser: Browser, tmp_path: Path, size: dict[str, int]
) -> None:
    async with host() as there:
        file = replace(FILE, stream=StreamInFile(embed=f"{there.url}/embed"))
        async with serving(tmp_path, file=file) as service, pages_of(browser, service) as pages:
            await fill(service)
            captioner, resident = await Captioner.join(service), await pages.resident(size)
            await agree(resident)
            await captioner.types(SPOKEN)
            await expect(resident.locator("#captions")).to_contain_text("stationen")
            await resident.locator("#ledger").scroll_into_view_if_needed()
            await in_sight(resident, "#stream .screen", "#captions [data-part=said]")
            await resident.get_by_label("Din kommentar").focus()
            await resident.set_viewport_size({"width": size["width"], "height": size["height"] - KEYBOARD})
            await resident.get_by_label("Din kommentar").press_sequentially("Jag läser och skriver samtidigt")
            await in_sight(resident, "#stream .screen", "#captions [data-part=said]", "#text", "#compose [type=submit]")
            await resident.screenshot(path=Path("artefacts") / f"captions-{size['width']}-writing.png")
            assert await resident.evaluate("document.documentElement.scrollWidth") <= size["width"]


async def test_captions_stand_below_everything_on_the_display(browser: Browser, tmp_path: Path) -> None:
    async with (
        serving(tmp_path, file=replace(FILE, captions_in_room=True)) as service,
        pages_of(browser, service) as pages,
    ):
        author, moderator, chair = (
            await Resident.join(service),
            await Moderator.join(service),
            await Chair.join(service),
        )
        captioner, display = await Captioner.join(service), await pages.display()
        await chair.do("set_current_item", item="1")
        ids = [await shown(author, moderator, f"Kan ni sätta upp fler lampor vid ingång {n}?") for n in range(4)]
        await chair.do("discuss_comment", comment=ids[0])
        await captioner.types(SPOKEN)
        await expect(display.locator("#captions")).to_contain_text("stationen")
        strip = await display.locator("#captions").bounding_box()
        assert strip
        assert strip["y"] + strip["height"] == TELEVISION["height"]
        for part in ("#words", ".join", "#next"):
            box = await display.locator(part).bounding_box()
            assert box
            assert box["y"] + box["height"] <= strip["y"]
        await keep(display, "display-captions-1920")
        await chair.do("close_item", why="secrecy")
        await expect(display.locator("#captions")).to_be_hidden()
