"""Behind a real nginx with docs/nginx.conf: all that works without it works, encrypted."""

import asyncio
import re
import ssl
from functools import partial

import httpx
import msgspec
import pytest
import segno
from playwright.async_api import async_playwright, expect
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from livechat.roles import Role
from tests.browser import browser_path
from tests.cast import PATIENCE, Chair, Display, Moderator, Resident, shown
from tests.nginx import Arrivals, Nginx, needs_nginx
from web.edge import SECURITY_HEADERS

pytestmark = needs_nginx

PAGE = {"Accept": "text/html"}


async def test_a_meeting_is_held_through_the_proxy_at_whichever_process(door: Nginx, arrivals: list[Arrivals]) -> None:
    residents = [await Resident.join(door, binary=number % 2 == 1) for number in range(4)]
    moderator, chair, display = await Moderator.join(door), await Chair.join(door), await Display.join(door)
    ids = [await resident.writes("Fler lampor vid stationen") for resident in residents]
    for id in ids:
        await moderator.until(partial(moderator.sees, id, "pending"))
        await moderator.approves(id)
    for client in (*residents, chair, display):
        await client.until(lambda client=client: all(client.sees(id, "approved") for id in ids))  # type: ignore[misc]
    await chair.do("discuss_comment", comment=ids[0])
    await display.until(lambda: display.sees(ids[0], "discussing"))
    await residents[0].until(lambda: residents[0].mine(ids[0]).get("outcome") == "discussing")
    lines = [len(seen.at("/m/dialog/live")) for seen in arrivals]
    assert sum(lines) == 7
    assert min(lines) >= 2  # To where there are fewest, give or take a request that is just ending.
    assert {scope["scheme"] for seen in arrivals for scope in seen.at("/m/dialog/live")} == {"wss"}


async def test_lines_outlive_a_reload_and_are_resumed_after_a_restart(door: Nginx) -> None:
    resident, moderator = await Resident.join(door), await Moderator.join(door)
    await door.reload()
    id = await shown(resident, moderator, "Under ett certifikatbyte")
    late = await Display.join(door)  # With the new workers.
    assert late.sees(id)

    await door.stop()
    await resident.until(lambda: resident.closed is not None)
    await door.start()
    again, desk = await Resident.join(door, resume=resident), await Moderator.join(door, cookie=moderator.cookie)
    assert (again.frames[0]["since"], again.frames[0]["put"]) == (resident.offset, [])
    await desk.do("take_back_comment", comment=id)
    await again.until(lambda: not again.sees(id))


@pytest.mark.parametrize("http2", [False, True], ids=["http 1.1", "http 2"])
async def test_a_stream_of_events_comes_through_as_it_happens(door: Nginx, http2: bool) -> None:
    resident, moderator = await Resident.join(door), await Moderator.join(door)
    async with door.http(http2=http2) as http:
        async with http.stream("GET", "/m/dialog/events") as stream:
            assert stream.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
            lines = stream.aiter_lines()
            first = [await anext(lines) for _ in range(2)]
            id = await shown(resident, moderator, "Medan strömmen är öppen")
            async with asyncio.timeout(PATIENCE):
                async for line in lines:
                    if id in line:
                        break
        headers = {"Last-Event-ID": first[0].removeprefix("id: ")}
        async with http.stream("GET", "/m/dialog/events", headers=headers) as stream:
            lines = stream.aiter_lines()
            resumed = [await anext(lines) for _ in range(2)][1]
    frame = msgspec.json.decode(resumed.removeprefix("data: "))
    assert frame["since"] == msgspec.json.decode(first[1].removeprefix("data: "))["offset"]
    assert [entity["id"] for entity in frame["put"]] == [id]


async def test_a_staff_session_is_for_encrypted_lines_and_holds_at_every_process(door: Nginx) -> None:
    async with door.http(http2=True) as http:
        answer = await http.post("/m/dialog/session", json={"role": "moderator", "secret": door.links[Role.MODERATOR]})
        cookie = answer.headers["set-cookie"]
        assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=strict", "Path=/m/dialog"))
        held = {"Cookie": cookie.partition(";")[0]}
        assert all(['data-seat="1"' in (await http.get("/m/dialog/moderate", headers=held)).text for _ in range(4)])
        assert "set-cookie" not in (await http.get("/m/dialog", headers=held)).headers
    desks = [await Moderator.join(door, cookie=held["Cookie"]) for _ in range(3)]
    assert {desk.closed for desk in desks} == {None}
    with pytest.raises(InvalidStatus):
        await connect(door.address("role=moderator"), ssl=door.tls, origin="https://evil.example")  # type: ignore[arg-type]
    ours = {"Origin": door.url, **held}
    own = Moderator(
        await connect(door.address("role=moderator"), ssl=door.tls, additional_headers=ours), door, binary=False
    )
    await own.until(lambda: own.frames)
    assert own.meeting


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/status",
        "/healthz",
        "/m/dialog",
        "/m/dialog/chair",
        "/m/dialog/display",
        "/m/dialog/state",
        "/m/nothing",
        "/static/x",
    ],
)
async def test_every_security_header_arrives_once(door: Nginx, path: str) -> None:
    async with door.http(http2=True, headers=PAGE) as http:
        for answer in (await http.get(path), await http.post(path, content=b"{}")):
            names = [name for name, _ in answer.headers.multi_items()]
            assert len(names) == len(set(names))
            assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
            assert re.search(r"\d", answer.headers["server"]) is None


async def test_the_code_on_the_wall_leads_to_the_encrypted_page(door: Nginx) -> None:
    async with door.http(headers=PAGE) as http:
        display, status = await http.get("/m/dialog/display"), await http.get("/status")
    code = segno.make(f"{door.url}/m/dialog", error="m", micro=False).svg_inline(border=4)
    assert code.partition(' d="')[2].partition('"')[0] in display.text
    assert door.url in status.text
    assert "TLS" not in status.text


async def test_plain_http_and_other_names_lead_nowhere_else(door: Nginx) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.get(
            f"http://127.0.0.1:{door.plain_port}/m/dialog?lang=fi", headers={"Host": "evil.example"}
        )
    assert (answer.status_code, answer.headers["location"]) == (301, "https://localhost/m/dialog?lang=fi")
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        await asyncio.open_connection("127.0.0.1", door.port, ssl=context, server_hostname="evil.example")


@pytest.mark.story
async def test_real_browsers_meet_over_tls(door: Nginx) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=browser_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        trouble: list[str] = []
        pages = []
        for path in ("", f"/moderate#{door.links[Role.MODERATOR]}", "/display"):
            context = await browser.new_context(ignore_https_errors=True)
            page = await context.new_page()
            page.on("console", lambda said: trouble.append(said.text) if said.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: trouble.append(str(error)))
            await page.goto(f"{door.url}/m/dialog{path}")
            pages.append(page)
        resident, desk, display = pages
        await expect(display.get_by_text(f"localhost:{door.port}/m/dialog")).to_be_visible()
        await resident.get_by_label("Din kommentar").fill("Fler lampor vid stationen")
        await resident.get_by_role("button", name="Skicka", exact=True).click()
        await expect(desk.get_by_role("tabpanel", name="Väntar").get_by_text("Fler lampor")).to_be_visible()
        while not await display.get_by_text("Fler lampor").count():
            await desk.keyboard.press("a")
        assert await display.evaluate("isSecureContext")
        large = "fetch('/m/dialog/own', {method: 'POST', body: 'x'.repeat(1e6)}).then((answer) => answer.json())"
        assert (await resident.evaluate(large))["code"] == "too_large"
        assert [text for text in trouble if "413" not in text] == []
        assert [cookie["secure"] for cookie in await desk.context.cookies()] == [True]
        assert await resident.context.cookies() == await display.context.cookies() == []
        await browser.close()
