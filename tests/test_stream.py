"""The stream: what a meeting file may say of it, what a page may load for it, and that closed doors shut it."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from livechat.events import Stream
from tests.cast import FILE, Chair, Display, Resident, serving
from web.addresses import content_policy, host
from web.edge import CONTENT_POLICY, SECURITY_HEADERS
from web.meeting_file import StreamInFile, WrongMeetingFile, read_meeting_file
from web.texts import texts

WATCHED = replace(FILE, stream=StreamInFile(link="https://k.example/tv", embed="https://play.example:8443/live?id=1"))
DIALOG = (Path(__file__).parent / "dialog.toml").read_text()


def with_stream(folder: Path, table: str) -> Path:
    file = folder / "meeting.toml"
    file.write_text(f"{DIALOG}\n[stream]\n{table}\n")
    return file


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "behöver en adress"),
        ('video = "https://a.example/x.m3u8"\nembed = "https://a.example/x"', "inte båda"),
        ('embed = "http://play.example/1"', "”stream.embed” ska vara hel och börja med https://"),
        ('embed = "play.example/1"', "”play.example/1” är det inte"),
        ('video = "javascript:alert(1)"', "”stream.video”"),
        ('link = "https://göteborg.example/tv"', "”stream.link”"),
        ('embed = "https://play.example;script-src/"', "”stream.embed”"),
        ('embed = "https://user:word@play.example/"', "”stream.embed”"),
        ('embed = "https://play.example/ 1"', "”stream.embed”"),
        ('embed = "https://*/"', "”stream.embed”"),
        ('embed = "https://"', "”stream.embed”"),
        ('adress = "https://play.example/"', "fältet ”stream.adress” finns inte"),
        ("referrer = 1", "”stream.referrer” är av fel slag"),
    ],
)
def test_a_bad_address_is_refused_in_words_when_the_meeting_file_is_read(
    tmp_path: Path, table: str, sentence: str
) -> None:
    with pytest.raises(WrongMeetingFile, match=re.escape(sentence)):
        read_meeting_file(with_stream(tmp_path, table), texts("sv"))


def test_a_clerk_may_name_a_page_and_something_to_play(tmp_path: Path) -> None:
    file = with_stream(tmp_path, 'link = "https://k.example/tv"\nvideo = "https://cdn.k.example/a/live.m3u8?x=1"')
    assert read_meeting_file(file, texts("sv")).stream == StreamInFile(
        "https://k.example/tv", "https://cdn.k.example/a/live.m3u8?x=1"
    )


def test_a_page_may_load_from_the_one_host_in_the_one_place_and_from_nowhere_else() -> None:
    assert content_policy(None) == content_policy(Stream(link="https://k.example/tv")) == CONTENT_POLICY
    video = content_policy(Stream(video="https://CDN.k.example:8443/a;b.m3u8"))
    assert video == f"{CONTENT_POLICY}; media-src https://cdn.k.example:8443"
    embed = content_policy(Stream(link="https://k.example/tv", embed="https://play.example/1"))
    assert embed == f"{CONTENT_POLICY}; frame-src https://play.example"
    assert content_policy(Stream(embed="https://a.example; script-src *")) == CONTENT_POLICY
    assert host("https://play.example:8443/live") == "play.example:8443"


async def test_only_the_residents_page_may_load_the_stream(tmp_path: Path) -> None:
    async with serving(tmp_path, file=WATCHED) as service, service.http() as http:
        page = await http.get("/m/dialog")
        assert page.headers["content-security-policy"] == f"{CONTENT_POLICY}; frame-src https://play.example:8443"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "play.example:8443" in page.text
        assert "<iframe" not in page.text
        for path in ("", "/status", "/m/dialog/display", "/m/dialog/chair", "/m/dialog/moderate", "/m/nothing"):
            answer = await http.get(path)
            assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


async def test_closed_doors_shut_the_stream_for_everybody_and_it_comes_back_after(tmp_path: Path) -> None:
    async with serving(tmp_path, file=WATCHED) as service, service.http() as http:
        chair, resident, display = await Chair.join(service), await Resident.join(service), await Display.join(service)
        known = {
            "link": "https://k.example/tv",
            "video": "",
            "embed": "https://play.example:8443/live?id=1",
            "referrer": False,
        }
        shut = {"link": "", "video": "", "embed": "", "referrer": False}
        assert resident.meeting["stream"] == display.meeting["stream"] == known
        await chair.do("close_item", why="secrecy")
        for client in (resident, display):
            await client.until(lambda client=client: client.meeting["stream"] == shut)  # type: ignore[misc]
        late = await Resident.join(service)
        assert late.meeting["stream"] == shut
        page = await http.get("/m/dialog")
        assert "/live?id=1" not in page.text
        assert "Sändningen är avstängd" in page.text
        await chair.do("reopen_item")
        for client in (resident, late, display):
            await client.until(lambda client=client: client.meeting["stream"] == known)  # type: ignore[misc]


async def test_a_meeting_without_a_stream_says_nothing_of_one(tmp_path: Path) -> None:
    async with serving(tmp_path) as service, service.http() as http:
        chair = await Chair.join(service)
        assert chair.meeting["stream"] is None
        await chair.do("close_item", why="secrecy")
        assert chair.meeting["stream"] is None
        page = await http.get("/m/dialog")
        assert page.headers["content-security-policy"] == CONTENT_POLICY
