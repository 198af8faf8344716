"""No trace of a viewer, and none of what nobody has approved: in what is stored, logged or sent."""

import ast
import logging
import logging.config
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from livechat.comment import Comment
from livechat.signals import Signal
from tests.cast import Client, Display, Moderator, Resident, new_secret, serving
from tests.process import Process
from web.limits import KEY_LIFE, NETWORK, Limits
from web.serve import LOGGING

ROOT = Path(__file__).parent.parent
CANARY = {
    "User-Agent": "kanarie-agent-7731",
    "X-Forwarded-For": "2001:db8:feed:7732::1",
    "Forwarded": "for=kanarie-7733",
    "X-Real-IP": "203.0.113.77",
    "Referer": "https://kanarie-7734.example/",
    "Accept-Language": "kanarie-7735",
    "Cookie": "spar=kanarie-7736",
}
ADDRESS = "127.0.0.77"
# Longer than chance makes them: four digits alone turn up in hashes now and then.
MARKS = [b"kanarie", b"db8:feed:7732", b"203.0.113.77", ADDRESS.encode(), b"hemlig-text"]


async def test_no_address_agent_or_pending_text_is_logged_or_stored_beside_the_texts(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await process.open_intake()
        author, moderator = await Resident.join(process), await Moderator.join(process)
        published = await author.writes("Redan godkänd")
        await moderator.approves(published)
        await moderator.do("set_slow_mode", seconds=1)
        await moderator.do("claim", comment=published)
        async with process.http(headers=CANARY, transport=httpx.AsyncHTTPTransport(local_address=ADDRESS)) as http:
            for path in ("/", "/m/dialog", "/m/nothing/hemlig-text", "/m/dialog/state", "/healthz", "/status"):
                await http.get(path, headers={"Accept": "text/html"})
            await http.post("/m/dialog/comments", content=b'{"hemlig-text": \xff}')
            await http.post("/m/dialog/own", content=b"hemlig-text" * 5000)
            report = {"comment": published, "reason": "threat", "epoch": author.epoch}
            assert (await http.post("/m/dialog/report", json=report)).status_code == 200
            signal = {"line": "kanarie-7737-kanarie-7738", "signal": "inaudible"}
            assert (await http.post("/m/dialog/signal", json=signal)).status_code == 200
            assert (await http.post("/m/dialog/signal", json={**signal, "signal": "hemlig-text"})).status_code == 400
        line = await connect(process.address("role=resident"), additional_headers=CANARY, local_addr=(ADDRESS, 0))
        resident = Resident(line, process, binary=False)
        await resident.until(lambda: resident.frames)
        await resident.writes("hemlig-text som väntar")
        for each in Signal:
            await resident.signals(each)
        await line.send('{"type":"hemlig-text"')
        await line.send(b"\xffhemlig-text")
        await resident.ask("hemlig-text")
        await line.send("hemlig-text" * 5000)
        await resident.until(lambda: resident.closed is not None)
        dead = await connect(process.address("role=resident"), additional_headers=CANARY, local_addr=(ADDRESS, 0))
        dead.transport.abort()
        process.stop()
        await process.ended()
    logged = process.logged()
    assert not [mark for mark in MARKS if mark in logged]
    stored = b"".join(path.read_bytes() for path in process.folder.rglob("*") if path.is_file() and path != process.out)
    assert [mark for mark in MARKS if mark in stored] == [b"hemlig-text"]
    assert b"reading:" not in stored  # Who reads what is nobody's history.
    assert not [each for each in Signal if each.encode() in stored + logged]
    assert stored.count(b"hemlig-text") <= 2  # The texts table, and its page in the write-ahead log.


async def test_a_meeting_in_which_residents_signal_leaves_the_same_as_one_in_which_they_do_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.config.dictConfig(LOGGING)
    (tmp_path / "quiet").mkdir()
    async with serving(tmp_path / "quiet"):
        pass
    shutil.copytree(tmp_path / "quiet", tmp_path / "loud")
    secrets = [new_secret() for _ in range(3)]
    left = []
    for name in ("quiet", "loud"):
        async with serving(tmp_path / name, beat=0.05, clock=lambda: 1_790_000_000.0) as service:
            residents, display = [await Resident.join(service) for _ in secrets], await Display.join(service)
            for resident, secret in zip(residents, secrets, strict=True):
                await resident.writes("Samma ord", secret=secret)
                if name == "loud":
                    await resident.signals("inaudible")
            if name == "loud":
                await display.until(lambda display=display: display.live.get("signals") == {"inaudible": 3})  # type: ignore[misc]
        left.append((dump(tmp_path / name / "livechat.sqlite"), capfd.readouterr().err.replace(str(service.port), "")))
    assert left[0] == left[1]
    assert b"Samma ord" in repr(left[0]).encode()


def dump(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(file)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: sorted(db.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}


async def test_a_bug_is_logged_by_type_and_place_and_never_with_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.config.dictConfig(LOGGING)

    def broken(*_: object) -> None:
        raise KeyError("hemlig-text")

    async with serving(tmp_path) as service:
        resident, other = await Resident.join(service), await Resident.join(service)
        monkeypatch.setattr("livechat.commits.handle", broken)
        command = {"type": "submit_comment", "ref": "1", "epoch": resident.epoch, "item": "1", "text": "hemlig-text"}
        await resident.send({**command, "secret": new_secret()})
        await resident.until(lambda: resident.closed is not None)
        assert resident.closed == 1011
        monkeypatch.undo()
        assert await other.writes("Det gick bra för mig")
    logged = capfd.readouterr().err
    assert "KeyError at" in logged
    assert "hemlig" not in logged


async def test_residents_and_the_display_get_no_cookie_and_no_trace_of_each_other(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await Moderator.join(service)
        async with service.http(headers={"Accept": "text/html"}) as http:
            for path in ("/m/dialog", "/m/dialog/display", "/m/dialog/state", "/"):
                assert "set-cookie" not in (await http.get(path)).headers
        line = await connect(service.address("role=resident"))
        assert "set-cookie" not in (line.response.headers if line.response else {})
        await Client(line, service, binary=False).leave()


def test_only_the_edge_and_the_server_know_of_addresses_and_agents() -> None:
    words = {"client", "user-agent", "x-forwarded-for", "referer", "accept-language", "cookie"}
    for path in sorted([*ROOT.glob("livechat/**/*.py"), *ROOT.glob("web/*.py"), *ROOT.glob("moderation/*.py")]):
        if path.name in ("edge.py", "handshake.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value.lower() not in words, f"{path.name}:{node.lineno}"
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("client", "cookies", "exception"), f"{path.name}:{node.lineno}"
            if isinstance(node, ast.keyword):
                assert node.arg != "exc_info", f"{path.name}:{node.value.lineno}"


def test_what_is_printed_of_a_comment_is_not_its_text() -> None:
    assert "hemlig" not in repr(Comment("1", "1", "hemlig", 1, 1))


def test_an_address_is_cut_to_its_network_and_forgotten_within_the_hour() -> None:
    now = 0.0
    limits = Limits(lambda: now)
    assert limits.key("203.0.113.7") != limits.key("203.0.113.8")
    assert limits.key("2001:db8:1:2::1") == limits.key("2001:db8:1:2:ffff::9")
    assert limits.key("2001:db8:1:2::1") != limits.key("2001:db8:1:3::1")
    assert limits.key("::ffff:203.0.113.7") == limits.key("203.0.113.7")
    before = limits.key("203.0.113.7")
    now = KEY_LIFE
    assert limits.key("203.0.113.7") != before


def test_limits_slow_down_and_never_lock_out() -> None:
    now = 0.0
    limits = Limits(lambda: now)
    key = limits.key("203.0.113.7")
    assert {limits.take(key) for _ in range(int(NETWORK.burst))} == {0}
    wait = limits.take(key)
    assert 0 < wait <= 1
    now += wait
    assert limits.take(key) == 0
    assert limits.take(limits.key("203.0.113.8")) == 0
