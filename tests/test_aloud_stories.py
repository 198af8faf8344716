"""Reading aloud in real browsers. Headless ones have no voices, so each page is given some that keep what they say."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser import browser_path
from tests.cast import PATIENCE, Chair, Clock, Moderator, Resident, Service, serving, shown
from tests.test_stories import ARGUMENTS, keep, keeps_to_wcag, pages_of

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

TEXT = "Det är mörkt i gångtunneln vid stationen. Kan ni sätta upp fler lampor?"

# The parts of the Web Speech API that a page uses (W3C, SpeechSynthesis). `speech` is for the test: what is said aloud
# now, what was, and whether the browser lets the page speak before anybody has pressed anything.
VOICES = """
{
  const speech = (globalThis.speech = { voices: %s, allowed: true, said: [], now: null, silenced: 0 });
  const end = (name, detail) => {
    const utterance = speech.now;
    speech.now = null;
    utterance?.[name]?.(detail ?? {});
  };
  speech.end = () => end("onend");
  const synthesis = Object.assign(new EventTarget(), {
    getVoices: () => speech.voices,
    speak(utterance) {
      speech.now = utterance;
      if (!speech.allowed) return setTimeout(() => end("onerror", { error: "not-allowed" }));
      return speech.said.push(`${utterance.voice.name}: ${utterance.text}`);
    },
    cancel() {
      speech.silenced += 1;
      end("onerror", { error: "canceled" });
    },
  });
  addEventListener("pointerdown", () => (speech.allowed = true), true);
  Object.defineProperty(globalThis, "speechSynthesis", { value: synthesis });
  globalThis.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
}
"""
SWEDISH = """[
  { name: "Far away", lang: "sv-SE", localService: false, default: true },
  { name: "Alva", lang: "sv-SE", localService: true, default: false },
  { name: "Kate", lang: "en-GB", localService: true, default: false },
]"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def with_voices(page: Page, voices: str = SWEDISH) -> Page:
    await page.add_init_script(VOICES % voices)
    await page.reload()
    return page


async def discussed(service: Service, text: str = TEXT) -> tuple[Moderator, str]:
    chair, moderator = await Chair.join(service), await Moderator.join(service)
    id = await shown(await Resident.join(service), moderator, text)
    await chair.do("discuss_comment", comment=id)
    return moderator, id


async def said(page: Page, *texts: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await page.evaluate("speech.said") != list(texts):  # noqa: ASYNC110 - the page tells nobody
            await asyncio.sleep(0.02)


async def silent(page: Page) -> None:
    async with asyncio.timeout(PATIENCE):
        while await page.evaluate("speech.now !== null"):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)


async def test_the_chairs_tablet_reads_what_is_under_discussion_and_stops(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        moderator, id = await discussed(service)
        chair = await with_voices(await pages.chair())
        here, stop = chair.get_by_role("button", name="Läs upp här"), chair.get_by_role("button", name="Sluta läsa")
        await here.click()
        await said(chair, f"Alva: {TEXT}")  # By the device's own voice, not by one that lives elsewhere.
        await expect(chair.get_by_text("Läses upp här.")).to_be_visible()
        await keepable(chair, "aloud-chair-1024")
        await stop.click()
        await silent(chair)
        await expect(here).to_be_visible()

        await here.focus()
        await chair.keyboard.press("Enter")
        await expect(stop).to_be_focused()
        await chair.evaluate("speech.end()")
        await expect(here).to_be_focused()  # It is over by itself.

        await here.click()
        await expect(stop).to_be_visible()
        await moderator.do("take_back_comment", comment=id)
        await silent(chair)
        await expect(here).to_be_hidden()


async def keepable(page: Page, name: str) -> None:
    await keeps_to_wcag(page)
    await keep(page, name)


async def test_a_long_comment_is_read_piece_by_piece_and_a_foreign_one_in_its_translation(
    browser: Browser, tmp_path: Path
) -> None:
    long = "Vi vill ha ljus i gångtunneln, " * 8 + "och det snart. Tack."
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        moderator, id = await discussed(service, long)
        chair = await with_voices(await pages.chair())
        await chair.get_by_role("button", name="Läs upp här").click()
        for _ in range(9):
            await chair.evaluate("speech.end()")
        pieces = await chair.evaluate("speech.said")
        assert " ".join(piece.removeprefix("Alva: ") for piece in pieces) == long
        assert max(len(piece) for piece in pieces) <= 190

        await moderator.do("translate_comment", comment=id, language="sv", text="Mer ljus, tack")
        await expect(chair.get_by_text("Mer ljus, tack")).to_be_visible()
        await chair.evaluate("speech.said.length = 0")
        await chair.get_by_role("button", name="Läs upp här").click()
        await said(chair, "Alva: Mer ljus, tack")
        await moderator.do("translate_comment", comment=id, language="sv", text="Mera ljus, tack")
        await silent(chair)  # These are not the words that everybody sees any more.


async def test_the_display_reads_when_the_chair_asks_and_falls_silent_behind_closed_doors(
    browser: Browser, tmp_path: Path
) -> None:
    clock = Clock()
    async with serving(tmp_path, beat=0.3, clock=clock) as service, pages_of(browser, service) as pages:
        await discussed(service)
        chair, display = await with_voices(await pages.chair()), await with_voices(await pages.display())
        await expect(display.locator("#spoken")).to_have_text(TEXT)
        ask = chair.get_by_role("button", name="Läs upp på skärmen")
        await ask.click()
        await said(display, f"Alva: {TEXT}")
        await expect(chair.get_by_text("Läses upp på skärmen.")).to_be_visible()
        await chair.get_by_role("button", name="Sluta läsa").click()
        await silent(display)
        await ask.click()
        await said(display, f"Alva: {TEXT}", f"Alva: {TEXT}")
        clock.ahead = 30
        await display.reload()  # What was asked for long ago is not begun anew.
        await expect(display.locator("#line")).to_have_attribute("data-line", "open")
        await chair.get_by_role("button", name="Sluta läsa").click()
        await ask.click()
        await said(display, f"Alva: {TEXT}")
        await chair.get_by_role("button", name="Stäng: sekretess").click()
        await silent(display)
        await expect(ask).to_be_hidden()
        assert await chair.evaluate("speech.said") == []


async def test_a_display_that_may_not_speak_says_so_and_begins_when_it_is_touched(
    browser: Browser, tmp_path: Path
) -> None:
    async with serving(tmp_path, beat=0.3) as service, pages_of(browser, service) as pages:
        await discussed(service)
        chair, display = await pages.chair(), await with_voices(await pages.display())
        await display.evaluate("speech.allowed = false")
        await expect(display.locator("#line")).to_have_attribute("data-line", "open")
        await chair.get_by_role("button", name="Läs upp på skärmen").click()
        hint = display.get_by_text("Skärmen får inte läsa upp än. Tryck en gång på den, eller på en tangent.")
        await expect(hint).to_be_visible()
        await keep(display, "aloud-display-1920")
        await display.mouse.click(600, 400)
        await said(display, f"Alva: {TEXT}")
        await expect(hint).to_be_hidden()


async def test_without_a_swedish_voice_the_page_says_so_in_words(browser: Browser, tmp_path: Path) -> None:
    only_far = '[{ name: "Far away", lang: "sv-SE", localService: false, default: true }]'
    async with serving(tmp_path, beat=0.3) as service, pages_of(browser, service) as pages:
        await discussed(service)
        chair = await with_voices(await pages.chair(), only_far)
        display = await with_voices(await pages.display(), "[]")
        lack = "Det finns ingen svensk röst på den här enheten."
        await expect(chair.get_by_text(lack)).to_be_visible()
        await keepable(chair, "aloud-chair-no-voice-1024")
        await expect(display.locator("#line")).to_have_attribute("data-line", "open")
        await chair.get_by_role("button", name="Läs upp på skärmen").click()
        await expect(display.get_by_text(lack)).to_be_visible()
        for page in (chair, display):
            assert await page.evaluate("speech.said") == []
        await expect(display.locator("#spoken")).to_be_visible()


async def test_a_device_that_cannot_speak_after_all_says_so(browser: Browser, tmp_path: Path) -> None:
    async with serving(tmp_path, beat=0.3) as service, pages_of(browser, service) as pages:
        await discussed(service)
        chair, display = await with_voices(await pages.chair()), await with_voices(await pages.display())
        for page, button in ((chair, "Läs upp här"), (display, "Läs upp på skärmen")):
            await expect(page.locator("#line")).to_have_attribute("data-line", "open")
            await chair.get_by_role("button", name=button).click()
            await said(page, f"Alva: {TEXT}")
            await page.evaluate("speech.now.onerror({ error: 'synthesis-failed' })")
            await expect(page.get_by_text("Enheten kunde inte läsa upp texten.")).to_be_visible()
        await chair.get_by_role("button", name="Sluta läsa").click()
        await chair.get_by_role("button", name="Läs upp här").click()
        await said(chair, f"Alva: {TEXT}", f"Alva: {TEXT}")  # Once more is worth a try.
