"""The stream beside the comments, in real browsers: nothing of it before a resident agrees, and room to write."""

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser import browser_path
from tests.cast import FILE, Chair, Moderator, Resident, Service, serving, shown
from tests.test_stories import ARGUMENTS, LAPTOP, PHONE, Pages, keep, keeps_to_wcag, pages_of, write
from web.meeting_file import MeetingFile, StreamInFile

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]

KEYBOARD = 300
"""Pixels that a phone's keyboard takes from the page."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


class Host:
    """Somebody else's web server, which keeps what it was asked: paths, and the headers of each request."""

    def __init__(self, port: int) -> None:
        self.name = f"127.0.0.1:{port}"
        self.url = f"http://{self.name}"
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def paths(self) -> set[str]:
        return {path for path, _ in self.asked}


@asynccontextmanager
async def host() -> AsyncIterator[Host]:
    """Serves a page with a picture of the room, and a sound that a video player plays."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        path = lines[0].split()[1]
        there.asked.append((path, headers))
        kind, body = ANSWERS.get(path, ("text/plain", b""))
        status = "200 OK" if body else "404 Not Found"
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    there = Host(server.sockets[0].getsockname()[1])
    async with server:
        yield there


def sound() -> bytes:
    """Twenty seconds of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(3_000)
        out.writeframes(b"\x80" * 60_000)
    return file.getvalue()


ROOM = b'<!doctype html><html lang="sv"><title>Salen</title><body style="background:#246;color:#fff"><p>Bild</p></html>'
ANSWERS = {"/embed": ("text/html", ROOM), "/live.wav": ("audio/wav", sound())}


def streamed(link: str = "", video: str = "", embed: str = "") -> MeetingFile:
    return replace(FILE, stream=StreamInFile(link, video, embed))


async def fill(service: Service) -> None:
    """A page long enough to be scrolled."""
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    for number in range(8):
        await shown(resident, moderator, f"Kommentar {number} om stationen, gångtunneln, lamporna och bänkarna.")
    for client in (resident, moderator):
        await client.leave()


async def in_sight(page: Page, *selectors: str) -> None:
    """Each is wholly in the window, and below the one before it."""
    height, below = await page.evaluate("innerHeight"), 0.0
    for selector in selectors:
        box = await page.locator(selector).bounding_box()
        assert box, selector
        assert box["y"] >= below - 1, f"{selector} is covered"
        below = box["y"] + box["height"]
        assert below <= height + 1, f"{selector} is out of sight"


async def agree(page: Page) -> None:
    await page.get_by_role("button", name="Visa sändningen här").click()
    await expect(page.frame_locator("#stream iframe").get_by_text("Bild")).to_be_visible()


async def asks(pages: Pages, page: Page, name: str) -> None:
    await expect(page.locator("#stream")).to_contain_text(f"Bilden hämtas från {name}.")
    await expect(page.locator("#stream iframe, #stream video")).to_have_count(0)


async def test_nothing_comes_from_the_streams_host_before_a_resident_agrees(browser: Browser, tmp_path: Path) -> None:
    async with (
        host() as there,
        serving(tmp_path, file=streamed(link=f"{there.url}/page", embed=f"{there.url}/embed")) as service,
        pages_of(browser, service) as pages,
    ):
        resident = await pages.resident()
        await write(resident, "Syns bilden?")
        await expect(resident.get_by_text("Väntar på granskning")).to_be_visible()
        await asks(pages, resident, there.name)
        await keeps_to_wcag(resident)
        await keep(resident, "stream-asks-360")
        assert there.asked == []
        assert pages.requested == {f"127.0.0.1:{service.port}"}
        link = resident.get_by_role("link", name="Öppna i en egen flik")
        assert await link.get_attribute("href") == f"{there.url}/page"

        await agree(resident)
        assert there.paths <= {"/embed", "/favicon.ico"}
        for _, headers in there.asked:
            assert not {"referer", "cookie", "origin"} & set(headers)
        await resident.reload()
        await expect(resident.frame_locator("#stream iframe").get_by_text("Bild")).to_be_visible()
        await asks(pages, await pages.resident(), there.name)

        await resident.get_by_role("button", name="Stäng bilden").click()
        await asks(pages, resident, there.name)
        await agree(resident)
        await resident.get_by_role("button", name="Ny person").click()
        await asks(pages, resident, there.name)


async def test_the_page_may_not_load_from_any_other_host(browser: Browser, tmp_path: Path) -> None:
    async with (
        host() as there,
        host() as other,
        serving(tmp_path, file=streamed(embed=f"{there.url}/embed")) as service,
        pages_of(browser, service) as pages,
    ):
        resident = await pages.resident()
        await agree(resident)
        for element, address in (("iframe", f"{other.url}/embed"), ("video", f"{there.url}/live.wav")):
            await resident.evaluate(
                """([kind, address]) => new Promise((done) => {
                    addEventListener("securitypolicyviolation", () => done(), { once: true });
                    document.body.append(Object.assign(document.createElement(kind), { src: address }));
                })""",
                [element, address],
            )
        assert other.asked == []
        assert "/live.wav" not in there.paths
        assert all("Content Security Policy" in trouble for trouble in pages.trouble)
        pages.trouble.clear()


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 568}], ids=["360", "320"])
async def test_on_a_phone_the_stream_stays_in_sight_while_one_writes(
    browser: Browser, tmp_path: Path, size: dict[str, int]
) -> None:
    async with (
        host() as there,
        serving(tmp_path, file=streamed(embed=f"{there.url}/embed")) as service,
        pages_of(browser, service) as pages,
    ):
        await fill(service)
        resident = await pages.resident(size)
        await agree(resident)
        name = f"stream-{size['width']}"
        await keep(resident, name)
        await resident.locator("#ledger").scroll_into_view_if_needed()
        await in_sight(resident, "#stream .screen")
        await resident.get_by_label("Din kommentar").focus()
        await resident.set_viewport_size({"width": size["width"], "height": size["height"] - KEYBOARD})
        await resident.get_by_label("Din kommentar").press_sequentially("Jag ser och skriver samtidigt")
        await in_sight(resident, "#stream .screen", "#text", "#compose [type=submit]")
        await resident.screenshot(path=Path("artefacts") / f"{name}-writing.png")
        await keeps_to_wcag(resident)
        assert await resident.evaluate("document.documentElement.scrollWidth") <= size["width"]


async def test_on_a_laptop_stream_and_discussion_are_side_by_side(browser: Browser, tmp_path: Path) -> None:
    async with (
        host() as there,
        serving(tmp_path, file=streamed(embed=f"{there.url}/embed")) as service,
        pages_of(browser, service) as pages,
    ):
        await fill(service)
        resident = await pages.resident(LAPTOP)
        await agree(resident)
        screen, box = resident.locator("#stream .screen"), resident.locator("#text")
        left, right = await screen.bounding_box(), await box.bounding_box()
        assert left
        assert right
        assert left["x"] + left["width"] <= right["x"]
        await in_sight(resident, "#stream .screen")
        await in_sight(resident, "#compose [type=submit]")
        await resident.screenshot(path=Path("artefacts") / "stream-1280.png")
        await keeps_to_wcag(resident)
        await resident.locator("#ledger").scroll_into_view_if_needed()
        await in_sight(resident, "#stream .screen")


async def test_closed_doors_take_the_stream_away_and_say_why_and_it_comes_back(
    browser: Browser, tmp_path: Path
) -> None:
    async with (
        host() as there,
        serving(tmp_path, file=streamed(embed=f"{there.url}/embed")) as service,
        pages_of(browser, service) as pages,
    ):
        chair, resident = await Chair.join(service), await pages.resident()
        await agree(resident)
        await chair.do("close_item", why="secrecy")
        await expect(resident.locator("#stream iframe")).to_have_count(0)
        await expect(resident.locator("#stream")).to_contain_text("Sändningen är avstängd")
        await expect(resident.get_by_role("link", name="Öppna i en egen flik")).to_be_hidden()
        await keep(resident, "stream-closed-360")
        late = await pages.resident()
        await expect(late.locator("#stream")).to_contain_text("Sändningen är avstängd")
        asked = len(there.asked)
        await chair.do("reopen_item")
        await expect(resident.frame_locator("#stream iframe").get_by_text("Bild")).to_be_visible()
        assert len(there.asked) > asked
        await asks(pages, late, there.name)


async def test_a_video_plays_in_the_browsers_own_player(browser: Browser, tmp_path: Path) -> None:
    async with (
        host() as there,
        serving(tmp_path, file=streamed(video=f"{there.url}/live.wav")) as service,
        pages_of(browser, service) as pages,
    ):
        resident = await pages.resident()
        await asks(pages, resident, there.name)
        assert there.asked == []
        await resident.get_by_role("button", name="Visa sändningen här").click()
        await resident.locator("#stream video").evaluate(
            "(video) => video.currentTime || new Promise((done) => video.addEventListener('timeupdate', done))"
        )
        assert there.paths == {"/live.wav"}
        assert all("referer" not in headers for _, headers in there.asked)
        await keeps_to_wcag(resident)


async def test_a_browser_that_cannot_play_the_stream_says_so_and_offers_the_link(
    browser: Browser, tmp_path: Path
) -> None:
    async with (
        host() as there,
        serving(tmp_path, file=streamed(video=f"{there.url}/live.m3u8")) as service,
        pages_of(browser, service) as pages,
    ):
        resident = await pages.resident()
        # Whether Chromium plays HLS depends on its version; here it is one that does not.
        await resident.evaluate("HTMLMediaElement.prototype.canPlayType = () => ''")
        await resident.get_by_role("button", name="Visa sändningen här").click()
        await expect(resident.get_by_text("Din webbläsare kan inte visa sändningen här.")).to_be_visible()
        await expect(resident.locator("#stream video")).to_have_count(0)
        link = resident.get_by_role("link", name="Öppna i en egen flik")
        assert await link.get_attribute("href") == f"{there.url}/live.m3u8"
        assert there.asked == []
        await keep(resident, "stream-cannot-360")


async def test_a_stream_that_is_not_there_is_said_in_words_and_can_be_tried_again(
    browser: Browser, tmp_path: Path
) -> None:
    async with (
        host() as there,
        serving(tmp_path, file=streamed(video=f"{there.url}/none.wav")) as service,
        pages_of(browser, service) as pages,
    ):
        resident = await pages.resident()
        await resident.get_by_role("button", name="Visa sändningen här").click()
        await expect(resident.get_by_text("Bilden går inte att visa just nu.")).to_be_visible()
        await resident.get_by_role("button", name="Visa sändningen här").click()
        await expect(resident.get_by_text("Bilden går inte att visa just nu.")).to_be_visible()
        assert len(there.asked) >= 2
        assert all("404" in trouble for trouble in pages.trouble)
        pages.trouble.clear()


async def test_without_javascript_the_stream_is_a_link(browser: Browser, tmp_path: Path) -> None:
    async with (
        host() as there,
        serving(tmp_path, file=streamed(embed=f"{there.url}/embed")) as service,
        pages_of(browser, service) as pages,
    ):
        resident = await pages.resident(java_script_enabled=False)
        link = resident.get_by_role("link", name="Öppna i en egen flik")
        assert await link.get_attribute("href") == f"{there.url}/embed"
        await expect(resident.get_by_role("button", name="Visa sändningen här")).to_be_hidden()
        assert there.asked == []
