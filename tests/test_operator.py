"""The operator: settings, meetings, links, and a service that stops gracefully and survives being killed."""

import asyncio
from pathlib import Path

import httpx
import pytest

from livechat.roles import Role
from tests.cast import Display, Moderator, Resident, new_secret, session
from tests.process import MEETING, Process, run
from web.meeting_file import read_meeting_file, set_up
from web.settings import from_environment
from web.texts import texts


async def test_a_meeting_is_made_listed_and_its_links_are_shown_again(tmp_path: Path) -> None:
    status, made, _ = await run("meeting", "new", str(MEETING), folder=tmp_path)
    assert status == 0
    assert all(
        page in made
        for page in (
            "/m/dialog\n",
            "/m/dialog/moderate#",
            "/m/dialog/chair#",
            "/m/dialog/politician#",
            "/m/dialog/display\n",
        )
    )
    _, listed, _ = await run("meeting", "list", folder=tmp_path)
    assert listed == "dialog\tinte öppnat\tStadsmiljönämnden: Politikerdialog\n"
    _, shown, _ = await run("meeting", "links", "dialog", folder=tmp_path, LIVECHAT_PUBLIC_URL="https://d.example")
    assert shown.splitlines() == made.replace("http://localhost:8000", "https://d.example").splitlines()[1:]
    _, renewed, _ = await run("meeting", "links", "dialog", "--renew", folder=tmp_path)
    assert renewed.splitlines()[0] == made.splitlines()[1]
    assert renewed.splitlines()[1] != made.splitlines()[2]
    status, _, error = await run("meeting", "new", str(MEETING), folder=tmp_path)
    assert (status, "dialog" in error) == (2, True)


async def test_links_made_with_another_key_are_not_shown_wrong(tmp_path: Path) -> None:
    await run("meeting", "new", str(MEETING), folder=tmp_path)
    _, shown, _ = await run("meeting", "links", "dialog", folder=tmp_path, LIVECHAT_SECRET="k" * 32)
    assert "#" not in shown
    assert "--renew" in shown


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "many"}, ["PORT", "many"]),
        ({"LIVECHAT_PORT": "70000"}, ["LIVECHAT_PORT", "70000"]),
        ({"LIVECHAT_PUBLIC_URL": "dialog.se"}, ["LIVECHAT_PUBLIC_URL", "dialog.se"]),
        ({"LIVECHAT_DATABASE": "x"}, ["LIVECHAT_DATABASE", "LIVECHAT_DATA"]),
        ({"LIVECHAT_LOG_LEVEL": "debug"}, ["LIVECHAT_LOG_LEVEL", "debug"]),
        ({"LIVECHAT_REDIS_URL": "http://kort"}, ["LIVECHAT_REDIS_URL", "redis+cluster://"]),
        ({"LIVECHAT_REDIS_URL": "redis://:kort@redis:port"}, ["LIVECHAT_REDIS_URL", "65535"]),
        ({"LIVECHAT_REDIS_URL": "redis+sentinel://:kort@one,two"}, ["LIVECHAT_REDIS_URL", "Sentinel"]),
        ({"LIVECHAT_REDIS_URL": "rediss://redis?kort=1"}, ["LIVECHAT_REDIS_URL", "ssl_ca_certs"]),
        ({"LIVECHAT_REDIS_WAIT": "-1"}, ["LIVECHAT_REDIS_WAIT", "0–9"]),
        ({"LIVECHAT_SECRET": "kort", "LIVECHAT_LANGUAGE": "no"}, ["LIVECHAT_SECRET", "LIVECHAT_LANGUAGE"]),
        ({"LIVECHAT_HOST": "203.0.113.1"}, ["203.0.113.1"]),
        ({"LIVECHAT_HOST": "unix:/nowhere/socket"}, ["unix:/nowhere/socket"]),
        ({"LIVECHAT_HOST": "unix:/" + "x" * 200}, ["unix:/x"]),
        ({"LIVECHAT_TRUSTED_PROXIES": "10.0.0.1, proxy"}, ["LIVECHAT_TRUSTED_PROXIES", "proxy"]),
        ({"LIVECHAT_DATA": ""}, ["LIVECHAT_DATA"]),
        ({"LIVECHAT_DATA": " "}, ["LIVECHAT_DATA"]),
    ],
)
async def test_wrong_settings_are_named_at_start(tmp_path: Path, environment: dict[str, str], named: list[str]) -> None:
    status, _, error = await run("serve", folder=tmp_path, **environment)
    assert status == 2
    assert all(word in error for word in named)
    assert "Traceback" not in error
    assert "kort" not in error


@pytest.mark.parametrize("proxies", ["", "*", "10.0.0.1", "10.0.0.0/8, ::1,2001:db8::/32"])
def test_proxies_are_named_by_address_or_network(proxies: str) -> None:
    assert from_environment({"LIVECHAT_TRUSTED_PROXIES": proxies}, texts("sv")).trusted_proxies == proxies


async def test_a_wrong_port_is_named_as_the_operator_set_it(tmp_path: Path) -> None:
    _, _, error = await run("serve", folder=tmp_path, PORT="many")
    assert error.startswith("PORT ")
    _, _, error = await run("serve", folder=tmp_path, LIVECHAT_PORT="many", PORT="8000")
    assert error.startswith("LIVECHAT_PORT ")


def test_the_unit_for_systemd_starts_the_service_with_settings_that_exist_and_keeps_no_memory_on_disk() -> None:
    unit = (MEETING.parent.parent / "docs" / "livechat@.service").read_text().replace("%i", "8000")
    lines = unit.splitlines()
    (given,) = [line.removeprefix("Environment=") for line in lines if line.startswith("Environment=")]
    settings = from_environment(dict(pair.split("=") for pair in given.split()), texts("sv"))
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 8000, "/var/lib/livechat")
    assert {"LimitCORE=0", "MemorySwapMax=0", "PrivateTmp=yes", "ProtectSystem=strict"} <= set(lines)


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        status, _, error = await run("serve", folder=tmp_path, PORT=str(process.port))
        assert (status, str(process.port) in error, "Traceback" in error) == (2, True, False)


async def test_the_service_listens_on_a_file_that_outlives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "socket"
    file.touch()
    status, _, error = await run("serve", folder=tmp_path, LIVECHAT_HOST=f"unix:{file}")
    assert (status, str(file) in error, file.is_file()) == (2, True, True)  # Not ours to remove.
    file.unlink()
    async with Process(tmp_path, LIVECHAT_HOST=f"unix:{file}") as process:
        process.kill()
        await process.ended()
        await process.start()
        status, _, error = await run("serve", folder=tmp_path, LIVECHAT_HOST=f"unix:{file}")
        assert (status, str(file) in error, "Traceback" in error) == (2, True, False)
        sent = {"X-Forwarded-Proto": "https", "Host": "dialog.kommunen.example"}
        async with process.http(headers=sent, transport=httpx.AsyncHTTPTransport(uds=str(file))) as http:
            assert "https://dialog.kommunen.example" in (await http.get("/status")).text


@pytest.mark.parametrize(("proxies", "scheme"), [("127.0.0.0/8", "https"), ("203.0.113.1", "http"), ("", "http")])
async def test_only_trusted_proxies_say_that_a_line_is_encrypted(tmp_path: Path, proxies: str, scheme: str) -> None:
    async with Process(tmp_path, LIVECHAT_TRUSTED_PROXIES=proxies) as process, process.http() as http:
        sent = {"X-Forwarded-Proto": "https", "Host": "dialog.kommunen.example"}
        assert f"{scheme}://dialog.kommunen.example" in (await http.get("/status", headers=sent)).text
        body = {"role": "moderator", "secret": process.links[Role.MODERATOR]}
        cookie = (await http.post("/m/dialog/session", json=body, headers=sent)).headers["set-cookie"]
        assert ("Secure" in cookie) is (scheme == "https")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("purpose", "meaning"), "meaning"),
        (('remit = "Gator, torg och parker."', ""), "remit"),
        (('id = "dialog"', 'id = "Dialog Nr 1"'), "id"),
        (('title = "Lekplatser"', "title = 7"), "agenda[1].title"),
        (('title = "Lekplatser"', 'title = ""'), "agenda[1].title"),
        (('id = "2"', 'id = "1"'), "1"),
        (("https://k.example/p", "javascript:alert(1)"), "javascript:alert(1)"),
        (("2026-12-08T17:30:00", "soon"), "TOML"),
        (("https://k.example/synpunkter", "javascript:alert(2)"), "javascript:alert(2)"),
        (('id = "forslag"', 'id = "synpunkter"'), "synpunkter"),
        (("individual_case", "because"), "reasons"),
        (("days = 30", "days = 0"), "days"),
        (("[[agenda]]", '[screening]\npatterns = ["gata", "("]\n[[agenda]]'), "screening.patterns[1]"),
        (("[[agenda]]", '[screening]\nnames = ["<b>"]\n[[agenda]]'), "screening.names[0]"),
        (("[[agenda]]", "[signals]\nleast = 1\n[[agenda]]"), "signals.least"),
        (("[[agenda]]", '[screening.words]\nfun = ["ha"]\n[[agenda]]'), "screening.words.fun"),
    ],
)
async def test_a_wrong_meeting_file_is_refused_by_field(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(MEETING.read_text().replace(*change, 1))
    status, _, error = await run("meeting", "new", str(file), folder=tmp_path)
    assert status == 2
    assert named in error
    assert "Traceback" not in error
    assert not (await run("meeting", "list", folder=tmp_path))[1]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-12-08T17:30:00", "2026-12-08T17:30"),
        ("2026-12-08T16:30:00Z", "2026-12-08T17:30"),
        ("2026-06-08T18:30:00+03:00", "2026-06-08T17:30"),
        ("2026-12-31T23:30:00Z", "2027-01-01T00:30"),
    ],
)
async def test_a_meeting_begins_when_a_clock_in_sweden_says_so(tmp_path: Path, written: str, shown: str) -> None:
    file = tmp_path / "dialog.toml"
    file.write_text(MEETING.read_text().replace("2026-12-08T17:30:00", written))
    assert set_up(read_meeting_file(file, texts("sv")), 0, ()).settings.starts == shown


def test_a_meeting_file_without_channels_refers_to_those_of_göteborg_and_an_empty_list_to_none(tmp_path: Path) -> None:
    file = tmp_path / "dialog.toml"
    said = texts("sv")
    whole = MEETING.read_text()
    assert [channel.id for channel in set_up(read_meeting_file(MEETING, said), 0, ()).settings.channels] == [
        "synpunkter",
        "forslag",
    ]
    before, _, rest = whole.partition("channels = [")
    after = rest.partition("\n]\n")[2]
    file.write_text(before + after)
    names = [channel.name for channel in set_up(read_meeting_file(file, said), 0, ()).settings.channels]
    assert names == ["Lämna synpunkter", "Göteborgsförslaget"]
    file.write_text(f"{before}channels = []\n{after}")
    assert set_up(read_meeting_file(file, said), 0, ()).settings.channels == ()


async def test_a_stop_closes_with_1012_and_all_come_back_to_what_was_there(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        resident, display = await Resident.join(process), await Display.join(process)
        moderator = await Moderator.join(process)
        await process.open_intake()
        shown = await resident.writes("Kvar")
        await moderator.approves(shown)
        await display.until(lambda: display.sees(shown))
        reader, writer = await asyncio.open_connection("127.0.0.1", process.port)  # A handshake that is too large.
        upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        writer.write(f"GET /m/dialog/live HTTP/1.1\r\nHost: x\r\n{upgrade}X: {'a' * 9000}\r\n\r\n".encode())
        assert b"431" in await reader.readline()
        process.stop()
        assert await process.ended() == 0
        writer.close()
        await display.until(lambda: display.closed is not None)
        assert (display.closed, resident.closed) == (1012, 1012)

        await process.start()
        again = await Display.join(process, resume=display)
        assert (again.frames[0]["since"], again.frames[0]["put"]) == (display.offset, [])
        assert again.sees(shown)
        same_seat = await Moderator.join(process, cookie=moderator.cookie)
        await same_seat.do("take_back_comment", comment=shown)


async def test_every_acknowledged_comment_is_there_once_after_a_kill(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await process.open_intake()
        residents = [await Resident.join(process) for _ in range(8)]
        outbox = {new_secret(): f"Kommentar {number}" for number in range(200)}
        acknowledged: set[str] = set()
        enough = asyncio.Event()

        async def write(resident: Resident, mine: list[str]) -> None:
            for secret in mine:
                acknowledged.add(await resident.writes(outbox[secret], secret=secret))
                if len(acknowledged) >= 70:
                    enough.set()

        secrets = list(outbox)
        writing = [asyncio.create_task(write(r, secrets[n::8])) for n, r in enumerate(residents)]
        await enough.wait()
        process.kill()
        await asyncio.gather(*writing, return_exceptions=True)
        await process.ended()
        assert 70 <= len(acknowledged) < 200

        await process.start()
        moderator = await Moderator.join(process)
        assert {f"comment:{id}" for id in acknowledged} <= set(moderator.comments())
        resident = await Resident.join(process)
        for secret, text in outbox.items():  # What the pages do: send the whole outbox again.
            await resident.writes(text, secret=secret)
        await moderator.until(lambda: len(moderator.comments()) >= 200)
        texts = sorted(comment["text"] for comment in moderator.comments().values())
        assert texts == sorted(outbox.values())


async def test_a_comment_that_the_log_cannot_take_is_refused_and_taken_later(tmp_path: Path) -> None:
    import sqlite3

    async with Process(tmp_path) as process:
        await process.open_intake()
        resident = await Resident.join(process)
        secret = new_secret()
        with sqlite3.connect(process.folder / "data" / "livechat.sqlite", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")  # Another program holds the file.
            answer = await resident.ask("submit_comment", secret=secret, item="1", text="Hej")
            assert (answer["code"], answer["retry_after"] > 0) == ("not_saved", True)
            other.execute("ROLLBACK")
        assert await resident.writes("Hej", secret=secret)


async def test_simulate_plays_comments_in_through_the_front_door(tmp_path: Path) -> None:
    comments = tmp_path / "comments.toml"
    comments.write_text('[[comment]]\nitem = "1"\ntext = "Ett"\n[[comment]]\nitem = "9"\ntext = "Två"\n')
    async with Process(tmp_path) as process:
        await process.open_intake()
        url = f"{process.url}/m/dialog"
        play = ("--comments", str(comments), "--pace", "0")
        status, out, _ = await run("simulate", url, *play, folder=tmp_path)
        assert (status, out.split()) == (0, ["1/2", "ack", "2/2", "unknown_item"])
        moderator = await Moderator.join(process)
        assert [comment["outcome"] for comment in moderator.comments().values()] == ["pending"]
        assert (await run("simulate", f"{process.url}/m/nothing", *play, folder=tmp_path))[0] == 2
        assert (await run("simulate", "dialog", *play, folder=tmp_path))[0] == 2


async def test_a_wrong_link_opens_nothing(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        with pytest.raises(AssertionError, match="bad_link"):
            await session(process, Role.CHAIR, process.links[Role.MODERATOR])
