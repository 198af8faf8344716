"""nginx, too, keeps no trace of a viewer, and lets nobody pass for somebody else."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.cast import Client, Moderator, Resident, serving, shown
from tests.nginx import Arrivals, Nginx, needs_nginx, nginx, open_folder
from tests.process import Process

pytestmark = needs_nginx

PAGE = {"Accept": "text/html"}
HERE = "127.0.0.77"
CANARY = {
    "User-Agent": "kanarie-agent-7731",
    "X-Forwarded-For": "2001:db8:feed:7732::1",
    "X-Forwarded-Proto": "http",
    "Forwarded": "for=kanarie-7733",
    "X-Real-IP": "203.0.113.77",
    "Referer": "https://kanarie-7734.example/",
    "Accept-Language": "kanarie-7735",
    "Cookie": "spar=kanarie-7736",
}
MARKS = [b"kanarie", b"db8:feed:7732", b"203.0.113.77", HERE.encode(), b"hemlig-text"]

LEAKS: dict[str, tuple[str, str, set[bytes]]] = {
    "nothing": ("", "", set()),
    "an access log": ("access_log off;", "access_log seen.log;", {b"kanarie", b"hemlig-text", HERE.encode()}),
    "an error log": ("error_log /dev/null crit;", "error_log seen.log info;", {b"hemlig-text", HERE.encode()}),
    "bodies on disk": ("client_body_buffer_size 64k;", "client_body_in_file_only on;", {b"hemlig-text"}),
}
"""What a configuration may get wrong, and what the search below must then find."""


@pytest.mark.parametrize("leak", LEAKS)
async def test_nginx_keeps_no_trace_of_a_viewer(tmp_path: Path, leak: str) -> None:
    async with Process(tmp_path) as process:
        await process.open_intake()
        right, wrong, leaked = LEAKS[leak]
        async with nginx(process, change=lambda text: text.replace(right, wrong)) as door:
            await _visit(door)
            process.kill()
            await process.ended()
            async with visitor(door) as http:
                assert (await http.get("/m/dialog?hemlig-text")).status_code == 503
            traces = _traces(door)
            await door.stop()
            traces += _traces(door)
    found = {mark for mark in MARKS if any(mark in trace for trace in traces)}
    assert leaked <= found
    assert bool(leaked) == bool(found)
    assert not [mark for mark in MARKS if mark in process.logged()]


async def test_nobody_can_say_who_or_where_they_are(door: Nginx, arrivals: list[Arrivals]) -> None:
    async with visitor(door) as http:
        for path in ("/m/dialog", "/m/dialog/state", "/m/dialog/own"):
            await http.get(path)
    line = await connect(
        door.address("role=resident"),
        ssl=door.tls,
        additional_headers=CANARY,
        local_addr=(HERE, 0),
        family=socket.AF_INET,
    )
    await Client(line, door, binary=False).leave()
    scopes = [scope for seen in arrivals for scope in seen.scopes]
    assert len(scopes) == 4
    for scope in scopes:
        assert scope["client"][0] == HERE
        assert scope["scheme"] in ("https", "wss")
        assert not {b"forwarded", b"x-real-ip", b"user-agent", b"referer", b"accept-language"} & set(scope["headers"])


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_no_encrypted_line_is_tied_to_an_earlier_one(door: Nginx, version: ssl.TLSVersion) -> None:
    context = door.tls
    context.minimum_version = context.maximum_version = version
    first, reused = await asyncio.to_thread(_knock, context, door.port, None)
    assert (first.id, first.has_ticket, reused) == (b"", False, False)
    assert (await asyncio.to_thread(_knock, context, door.port, first))[1] is False


async def test_what_is_too_large_is_refused_in_words_and_never_written_down(door: Nginx) -> None:
    temporary = door.folder / "livechat-nginx"
    before = temporary.stat().st_mtime_ns

    async def without_length() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"hemlig-text" * 1000

    async with door.http() as http:
        for body in (b"x" * 20_000, b"x" * 60_000, b"x" * 1_000_000, without_length()):
            answer = await http.post("/m/dialog/comments", content=body)
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
            assert answer.json()["message"] == "Meddelandet är för stort."
            assert answer.headers["strict-transport-security"]
    assert temporary.stat().st_mtime_ns == before  # No file came or went.
    assert list(temporary.iterdir()) == []


async def test_the_service_may_listen_on_a_file(tmp_path: Path) -> None:
    seen = Arrivals()
    with open_folder() as folder:
        file = f"unix:{folder}/socket"
        async with (
            serving(tmp_path, host=file, around=seen.around) as service,
            nginx(service, upstreams=[file]) as door,
        ):
            resident, moderator = await Resident.join(door), await Moderator.join(door)
            await shown(resident, moderator, "Genom en fil")
            async with visitor(door) as http:
                assert (await http.get("/m/dialog")).status_code == 200
    assert seen.at("/m/dialog")[0]["client"][0] == HERE
    assert {scope["scheme"] for scope in seen.scopes} == {"https", "wss"}


def visitor(door: Nginx) -> httpx.AsyncClient:
    """Somebody with a marked address, agent and cookie."""
    transport = httpx.AsyncHTTPTransport(local_address=HERE, verify=door.tls)
    return door.http(transport=transport, headers={**CANARY, **PAGE})


def _knock(context: ssl.SSLContext, port: int, before: ssl.SSLSession | None) -> tuple[ssl.SSLSession, bool | None]:
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost", session=before) as line,
    ):
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 200")
        assert line.session
        return line.session, line.session_reused


async def _visit(door: Nginx) -> None:
    """All that a viewer can do, and do wrong."""
    async with visitor(door) as http:
        for path in (
            "/m/dialog",
            "/m/dialog/state",
            "/m/dialog/chair",
            "/m/nothing/hemlig-text",
            "/static/hemlig-text",
        ):
            await http.get(path)
        await http.post("/m/dialog/comments", data={"secret": "a" * 30, "item": "1", "text": "hemlig-text"})
        await http.post("/m/dialog/own", content=b"hemlig-text" * 4_000)
        await http.post("/m/dialog/own", content=b"hemlig-text" * 40_000)
    line = await connect(
        door.address("role=resident&hemlig-text"),
        ssl=door.tls,
        additional_headers=CANARY,
        local_addr=(HERE, 0),
        family=socket.AF_INET,
    )
    resident = Resident(line, door, binary=False)
    await resident.until(lambda: resident.frames)
    await resident.writes("hemlig-text som väntar")
    resident.drop()
    for sent in (b"GET /hemlig-text HTTP/1.1\r\n\r\n", b"\x16\x03\x01hemlig-text", b"hemlig-text\r\n\r\n"):
        await _hang_up(door.port, sent, None)
        await _hang_up(door.plain_port, sent, None)
        await _hang_up(door.port, sent, door.tls)
    await _hang_up(door.port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"hemlig-text" * 5000, door.tls)
    await _hang_up(
        door.port, b"POST /m/dialog/own HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nhemlig-text", door.tls
    )
    with pytest.raises(ssl.SSLError):
        await _hang_up(door.port, b"", ssl.create_default_context())


async def _hang_up(port: int, sent: bytes, tls: ssl.SSLContext | None) -> None:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=tls, server_hostname="localhost" if tls else None, local_addr=(HERE, 0)
    )
    writer.write(sent)
    if writer.can_write_eof():
        writer.write_eof()
    try:
        async with asyncio.timeout(1):
            await reader.read()
    except (OSError, TimeoutError):
        pass  # Some faults are answered by silence.
    writer.transport.abort()


def _traces(door: Nginx) -> list[bytes]:
    """All that nginx has written: its files, and those it holds open, also if they have no name any more."""
    ours = {door.folder / "nginx.conf", door.folder / "tls.pem"}
    traces = [path.read_bytes() for path in door.folder.rglob("*") if path.is_file() and path not in ours]
    if door.process.returncode is not None:
        return traces
    for process in (door.process.pid, *door.workers()):
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            if descriptor.is_file():
                assert str(descriptor.readlink()).startswith(str(door.folder)), descriptor.readlink()
                traces.append(descriptor.read_bytes())
    return traces
