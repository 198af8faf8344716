"""A meeting without a websocket: pages, state, streams, forms and staff sessions over plain HTTP."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from livechat.messages import VERSION
from livechat.roles import Role
from tests.cast import PATIENCE, Moderator, Resident, Service, new_secret, session
from web.limits import GUESSES

PAGE = {"Accept": "text/html"}


async def test_the_state_is_the_same_as_over_the_websocket_and_cacheable(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    id = await resident.writes("Hej")
    async with service.http() as http:
        before = await http.get("/m/dialog/state")
        await moderator.approves(id)
        after = await http.get("/m/dialog/state")
        again = await http.get("/m/dialog/state", headers={"If-None-Match": after.headers["etag"]})
    await resident.until(lambda: resident.sees(id))
    assert before.headers["etag"] != after.headers["etag"]
    assert {f"{e['kind']}:{e['id']}": e for e in after.json()["put"]} == resident.entities
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ("{}", 304),
        ("W/{}", 304),
        ('"1:b64,x:2", W/"", {}', 304),
        ('"other",W/{},"another"', 304),
        ("*", 304),
        ('"other"', 200),
        ('"x{}', 200),
        ('"*"', 200),
        ("", 200),
        (",", 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_who_has_the_state_already_gets_no_bytes(service: Service, method: str, named: str, status: int) -> None:
    async with service.http() as http:
        whole = await http.get("/m/dialog/state")
        headers = {"If-None-Match": named.replace("{}", whole.headers["etag"])}
        answer = await http.request(method, "/m/dialog/state", headers=headers)
    assert answer.status_code == status
    same = ["etag", "cache-control", *(["content-length", "content-type"] if status == 200 else [])]
    assert [answer.headers[name] for name in same] == [whole.headers[name] for name in same]
    assert answer.content == (whole.content if (status, method) == (200, "GET") else b"")


async def test_what_a_client_has_may_stand_in_several_headers(service: Service) -> None:
    async with service.http() as http:
        etag = (await http.get("/m/dialog/state")).headers["etag"]
        several = [("If-None-Match", '"other"'), ("If-None-Match", etag)]
        assert (await http.get("/m/dialog/state", headers=several)).status_code == 304


async def test_the_state_is_the_same_bytes_for_everybody(service: Service) -> None:
    moderator, resident = await Moderator.join(service), await Resident.join(service)
    await moderator.approves(await resident.writes("Hej"))
    await resident.writes("Väntar")
    asked: list[dict[str, str]] = [{}, {"Cookie": moderator.cookie}, {"Accept": "text/html"}, {"Accept-Language": "fi"}]
    async with service.http() as http:
        answers = [await http.get(f"/m/dialog/state{query}", headers=h) for h in asked for query in ("", "?lang=fi")]
    assert len({answer.content for answer in answers}) == 1
    assert len({frozenset(answer.headers.items()) - {("date", answer.headers["date"])} for answer in answers}) == 1
    assert "vary" not in answers[0].headers


async def test_the_etag_does_not_tell_that_something_was_submitted_or_declined(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    async with service.http() as http:
        before = (await http.get("/m/dialog/state")).headers["etag"]
        await moderator.declines(await resident.writes("Hej"))
        assert (await http.get("/m/dialog/state")).headers["etag"] == before


async def test_a_stream_brings_what_changes_and_is_resumed(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    async with service.http() as http:
        async with http.stream("GET", "/m/dialog/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            events = _events(stream)
            first_id, first = await anext(events)
            assert first["since"] == 0
            id = await resident.writes("Hej")
            await moderator.approves(id)
            _, second = await anext(events)
            assert [entity["id"] for entity in second["put"]] == [id]
        async with http.stream("GET", "/m/dialog/events", headers={"Last-Event-ID": first_id}) as stream:
            _, resumed = await anext(_events(stream))
            assert (resumed["since"], [entity["id"] for entity in resumed["put"]]) == (first["offset"], [id])


async def test_a_stream_of_another_wire_or_epoch_starts_over(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    id = await resident.writes("Hej")
    await moderator.approves(id)
    await resident.until(lambda: resident.sees(id))
    stands, wire = f"{resident.epoch}:{resident.offset}".encode(), f"{VERSION}:".encode()
    others = [b"0:" + stands, stands, wire + b"another:1", wire + stands + b"9", b"1", wire + b"\xb2", b"x:\xb2"]
    async with service.http() as http:
        for named in others:
            async with http.stream("GET", "/m/dialog/events", headers={b"Last-Event-ID": named}) as stream:
                assert (await anext(_events(stream)))[1]["since"] == 0
        async with http.stream("GET", "/m/dialog/events", headers={b"Last-Event-ID": wire + stands}) as stream:
            assert (await anext(_events(stream)))[1]["since"] == resident.offset


async def test_a_comment_can_be_sent_as_json_and_followed_by_its_secret(service: Service) -> None:
    moderator, secret = await Moderator.join(service), new_secret()
    body = {"secret": secret, "item": "1", "text": "Via http", "epoch": moderator.epoch, "ref": "q"}
    async with service.http() as http:
        sent = [await http.post("/m/dialog/comments", json=body) for _ in range(2)]
        assert [answer.status_code for answer in sent] == [201, 201]
        assert sent[0].json() == sent[1].json()
        await moderator.declines(sent[0].json()["id"], "individual_case")
        own = (await http.post("/m/dialog/own", json={"secrets": [secret, new_secret()]})).json()
        gone = await http.post("/m/dialog/withdraw", json={"secret": secret})
        unknown = await http.post("/m/dialog/withdraw", json={"secret": new_secret()})
    assert (gone.status_code, unknown.status_code) == (200, 404)
    assert [(c["text"], c["outcome"], c["reason"]) for c in own["put"]] == [("Via http", "declined", "individual_case")]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/m/dialog/comments", b"{", 400, "malformed"),
        ("/m/dialog/comments", b'{"secret":"x"}', 400, "invalid"),
        ("/m/dialog/comments", b'{"secret":"aaaaaaaaaaaaaaaaaaaaaaaa","item":"9","text":"x"}', 400, "unknown_item"),
        ("/m/dialog/comments", b'{"secret":"aaaaaaaaaaaaaaaaaaaaaaaa","item":"1","text":" "}', 400, "empty_text"),
        ("/m/dialog/comments", b"x" * 20_000, 413, "too_large"),
        ("/m/nothing/comments", b'{"secret":"aaaaaaaaaaaaaaaaaaaaaaaa","item":"1","text":"x"}', 404, "unknown_meeting"),
        ("/m/dialog/comments", b'{"text":"\xff"}', 400, "malformed"),
        ("/m/dialog/session", b'{"\xff":1}', 400, "malformed"),
        ("/m/dialog/own", b'{"secrets":7}', 400, "invalid"),
        ("/m/dialog/session", b"[]", 400, "invalid"),
        ("/m/dialog/session", b'{"role":"moderator","secret":"guess"}', 403, "bad_link"),
        ("/m/dialog/session", b'{"role":"resident","secret":"guess"}', 403, "not_permitted"),
        ("/m/nothing/session", b'{"role":"moderator","secret":"guess"}', 404, "unknown_meeting"),
    ],
)
async def test_what_cannot_be_done_over_http_is_refused(
    service: Service, path: str, body: bytes, status: int, code: str
) -> None:
    async with service.http() as http:
        answer = await http.post(path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]


@pytest.mark.parametrize("page", ["", "/moderate", "/chair", "/politician", "/display", "?lang=en", "?lang=fi"])
async def test_every_page_opens_with_a_strict_policy_and_no_cookie(service: Service, page: str) -> None:
    async with service.http(headers=PAGE) as http:
        answer = await http.get(f"/m/dialog{page}")
        assert answer.status_code == 200
        assert "Stadsmiljönämnden" in answer.text
        assert "set-cookie" not in answer.headers
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for address in _addresses(answer.text):
            asset = await http.get(address)
            assert (asset.status_code, "immutable" in asset.headers["cache-control"]) == (200, True)


@pytest.mark.parametrize("path", ["/", "/status", "/healthz"])
async def test_the_operators_pages_are_well(service: Service, path: str) -> None:
    async with service.http(headers=PAGE) as http:
        assert (await http.get(path)).status_code == 200


async def test_the_operators_page_says_that_tls_is_missing_under_another_name(service: Service) -> None:
    async with service.http(headers=PAGE) as http:
        assert "TLS" not in (await http.get("/status")).text
        assert "TLS" in (await http.get("/status", headers={"Host": "dialog.kommunen.example"})).text


@pytest.mark.parametrize(("path", "status"), [("/m/nothing", 404), ("/nothing", 404), ("/m/dialog/comments", 405)])
async def test_a_wrong_address_gets_a_page_in_plain_swedish(service: Service, path: str, status: int) -> None:
    async with service.http(headers=PAGE) as http:
        answer = await http.get(path)
    assert answer.status_code == status
    assert '<html lang="sv"' in answer.text
    assert "Det gick inte" in answer.text


async def test_headers_without_end_are_cut_off(service: Service) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 400_000)
    assert b"400" in await reader.readline()
    writer.close()


async def test_who_takes_too_long_over_the_headers_is_let_go_and_nobody_else(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.protocol.HEAD_PATIENCE", 0.5)
    whole, half = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX: "
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    async with service.http() as http, http.stream("GET", "/m/dialog/events") as stream:
        events = _events(stream)
        await anext(events)
        started = (b"", half, whole + half, whole + b"\r\n", b"\r\n")
        silent, slow, second, blank, nothing = await asyncio.gather(*(_after(service, sent) for sent in started))
        assert (silent, nothing) == (b"", b"")
        assert slow.startswith(b"HTTP/1.1 408 ")
        assert [second.count(b"HTTP/1.1 200 "), second.count(b"HTTP/1.1 408 ")] == [1, 1]
        assert blank.count(b"HTTP/1.1 ") == 1
        await moderator.approves(await resident.writes("Hej"))  # Lines whose heads have come stay open.
        assert (await anext(events))[1]["put"]


async def _after(service: Service, sent: bytes) -> bytes:
    """What comes back until the service closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(sent)
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read()
    writer.close()
    return answer


async def test_odd_requests_are_answered(service: Service) -> None:
    async with service.http() as http:
        assert (await http.head("/m/dialog/events")).status_code == 200
        assert (await http.get("/m/dialog/display", headers={"Host": "a" * 5000})).status_code == 200


async def test_a_program_that_asks_for_no_page_gets_a_frame(service: Service) -> None:
    async with service.http() as http:
        assert (await http.get("/m/nothing/state")).json()["code"] == "unknown_meeting"
        assert "<html" in (await http.get("/m/nothing")).text


async def test_a_page_without_javascript_can_send_a_comment_and_look_after_it(service: Service) -> None:
    moderator = await Moderator.join(service)
    form = {"secret": new_secret(), "item": "1", "text": "Utan <b>skript</b>"}
    async with service.http(headers=PAGE) as http:
        sent = await http.post("/m/dialog/comments", data=form)
        assert (sent.status_code, "Utan &lt;b&gt;skript&lt;/b&gt;" in sent.text) == (201, True)
        await moderator.until(lambda: len(moderator.comments()) == 1)
        refused = await http.post("/m/dialog/comments", data={**form, "secret": new_secret(), "item": "9"})
        assert (refused.status_code, "Utan &lt;b&gt;skript" in refused.text) == (400, True)
        await moderator.declines(next(iter(moderator.comments().values()))["id"], "advertising")
        again = await http.post("/m/dialog/comments", data=form)  # The button that asks what became of it.
        assert (again.status_code, "reklam" in again.text) == (201, True)


async def test_a_staff_cookie_is_for_one_meeting_and_not_for_scripts(service: Service) -> None:
    async with service.http() as http:
        body = {"role": "moderator", "secret": service.links[Role.MODERATOR]}
        answer = await http.post("/m/dialog/session", json=body)
        again = await http.post("/m/dialog/session", json=body)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.json() == {"role": "moderator", "seat": 1}
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/m/dialog"))
    assert again.json()["seat"] == 1  # The browser that has a session keeps its seat.
    await session(service, Role.MODERATOR)
    second = await Moderator.join(service)
    assert second.cookie


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_form_on_another_site_opens_no_session(service: Service, kind: str) -> None:
    body = b'{"role":"moderator","secret":"%b"}' % service.links[Role.MODERATOR].encode()
    async with service.http() as http:
        answer = await http.post("/m/dialog/session", content=body, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["field"]) == (400, "Content-Type")
        assert "set-cookie" not in answer.headers
        answer = await http.post(
            "/m/dialog/session", content=body, headers={"Content-Type": "Application/JSON; charset=utf-8"}
        )
        assert answer.status_code == 200


async def test_who_guesses_at_staff_links_is_slowed_down_and_who_has_a_seat_is_not(service: Service) -> None:
    moderator = await Moderator.join(service)
    guess = {"role": "moderator", "secret": "guess"}
    async with service.http() as http:
        answers = [(await http.post("/m/dialog/session", json=guess)).json()]
        while answers[-1]["code"] == "bad_link" and len(answers) < 2 * GUESSES.burst:
            answers.append((await http.post("/m/dialog/session", json=guess)).json())
        assert len(answers) >= GUESSES.burst
        assert (answers[-1]["code"], answers[-1]["retry_after"] > 0) == ("too_fast", True)
        right = {"role": "moderator", "secret": service.links[Role.MODERATOR]}
        seated = await http.post("/m/dialog/session", json=right, headers={"Cookie": moderator.cookie})
        assert seated.json()["seat"] == 1
    await Resident.join(service)  # Nobody else is held up.


async def _events(stream: httpx.Response) -> Any:
    id = ""
    async for line in stream.aiter_lines():
        if line.startswith("id: "):
            id = line[4:]
        if line.startswith("data: "):
            yield id, msgspec.json.decode(line[6:])


def _addresses(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('="') if part.startswith("/static/")]
