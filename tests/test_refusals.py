"""Bad input gets an answer that names what is wrong, changes nothing, and keeps the connection where it can."""

import contextlib
from typing import Any, get_args

import msgpack
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from livechat.errors import Code
from livechat.roles import Role
from tests.cast import Chair, Client, Display, Moderator, Resident, Service, new_secret, serving, session
from web.refusals import SAYINGS

LONG = "å" * 501


async def refusal(client: Client, type: str, **fields: Any) -> dict[str, Any]:
    answer = await client.ask(type, **fields)
    assert answer["type"] == "refused", answer
    assert answer["message"]
    return answer


@pytest.mark.parametrize("binary", [False, True], ids=["json", "msgpack"])
@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"text": "   \n\u200e "}, "empty_text", "text"),
        ({"text": "\u200b\u2060\u3164 \u200d\U000e0041"}, "empty_text", "text"),
        ({"text": LONG}, "text_too_long", "text"),
        ({"item": "99"}, "unknown_item", "item"),
        ({"item": 1}, "invalid", "item"),
        ({"text": None}, "invalid", "text"),
        ({"secret": "short"}, "invalid", "secret"),
        ({"secret": "å" * 30}, "invalid", "secret"),
        ({"extra": 1}, "invalid", "extra"),
        ({"epoch": "another"}, "epoch_changed", None),
    ],
)
async def test_a_comment_that_cannot_be_taken_is_refused_by_field(
    service: Service, binary: bool, fields: dict[str, Any], code: str, field: str | None
) -> None:
    resident = await Resident.join(service, binary=binary)
    good = {"secret": new_secret(), "item": "1", "text": "Hej"}
    answer = await refusal(resident, "submit_comment", **{**good, **fields})
    assert (answer["code"], answer.get("field")) == (code, field)
    assert await resident.writes("Fungerar ändå")


async def test_a_field_that_is_missing_is_named(service: Service) -> None:
    resident = await Resident.join(service)
    answer = await refusal(resident, "submit_comment", secret=new_secret(), item="1")
    assert (answer["code"], answer["field"]) == ("invalid", "text")


async def test_500_code_points_are_taken_however_they_are_written(service: Service) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    id = await resident.writes("\r\n" + "a\u030a" * 499 + "🌳" + "\u202e \x07")
    await moderator.until(lambda: moderator.sees(id))
    comment = moderator.comment(id)
    assert comment
    assert comment["text"] == "å" * 499 + "🌳"


@pytest.mark.parametrize("binary", [False, True], ids=["json", "msgpack"])
@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"7", b'"x"', b"null", b"\xc1", b"{" * 2000, b'{"type":' + b"[" * 3000, b"\x81\x01\x02"]
)
async def test_what_is_no_frame_is_malformed_and_the_line_stays(service: Service, binary: bool, data: bytes) -> None:
    resident = await Resident.join(service, binary=binary)
    await resident.line.send(data if binary else data.decode("latin-1"))
    await resident.until(lambda: resident.heard("refused"))
    assert resident.frames[-1]["code"] in ("malformed", "unknown_type")
    assert resident.frames[-1]["ref"] is None
    assert await resident.writes("Fungerar ändå")


async def test_a_frame_of_the_other_kind_is_malformed(service: Service) -> None:
    resident = await Resident.join(service, binary=True)
    await resident.line.send('{"type":"watch","ref":"1","secrets":[]}')
    await resident.until(lambda: resident.heard("refused"))
    assert resident.frames[-1]["code"] == "malformed"


@pytest.mark.parametrize("type", ["", "hello", "TakeSeat", "take_seat", 7, None, [], {}, ["watch"]])
async def test_an_unknown_command_is_refused(service: Service, type: Any) -> None:
    resident = await Resident.join(service)
    assert (await refusal(resident, type, epoch="x"))["code"] == "unknown_type"


async def test_a_frame_that_is_too_large_closes_the_line(service: Service) -> None:
    resident = await Resident.join(service)
    await resident.line.send("x" * 20_000)
    await resident.until(lambda: resident.closed is not None)
    assert resident.closed == 1009


async def test_who_breaks_the_protocol_again_and_again_is_let_go(service: Service) -> None:
    resident = await Resident.join(service)
    moderator = await Moderator.join(service)
    nonsense = ["{"] * 130
    late = {"type": "submit_comment", "ref": "1", "epoch": resident.epoch, "item": "1", "text": "För sent"}
    with contextlib.suppress(ConnectionClosed):
        for data in nonsense:
            await resident.line.send(data)
        await resident.send({**late, "secret": new_secret()})
    await resident.until(lambda: resident.closed is not None)
    assert resident.closed == 4500
    id = await (await Resident.join(service)).writes("Efter")
    await moderator.until(lambda: moderator.sees(id))
    assert len(moderator.comments()) == 1


async def test_nobody_acts_in_a_role_that_is_not_theirs(service: Service) -> None:
    resident, display = await Resident.join(service), await Display.join(service)
    moderator, chair = await Moderator.join(service), await Chair.join(service)
    id = await resident.writes("Hej")
    wrong: Client
    for wrong in (resident, display, chair):
        assert (await refusal(wrong, "approve_comment", comment=id))["code"] == "not_permitted"
    for wrong in (resident, display, moderator):
        assert (await refusal(wrong, "set_current_item", item=None))["code"] == "not_permitted"
    for wrong in (moderator, chair, display):
        assert (await refusal(wrong, "submit_comment", secret=new_secret(), item="1", text="x"))[
            "code"
        ] == "not_permitted"
        assert (await refusal(wrong, "watch", secrets=[]))["code"] == "not_permitted"


async def test_the_chair_learns_nothing_about_what_is_not_shown(service: Service) -> None:
    resident, moderator, chair = [await kind.join(service) for kind in (Resident, Moderator, Chair)]
    assert isinstance(resident, Resident)
    pending, declined = await resident.writes("Väntar"), await resident.writes("Nej")
    await moderator.do("decline_comment", comment=declined, reason="duplicate")
    for id in (pending, declined, "0" * 32):
        for type in ("discuss_comment", "answer_comment", "put_back_comment"):
            assert (await refusal(chair, type, comment=id))["code"] == "unknown_comment"


async def test_decisions_that_cannot_be_are_refused_with_where_the_comment_is(service: Service) -> None:
    resident, moderator, chair = await Resident.join(service), await Moderator.join(service), await Chair.join(service)
    id = await resident.writes("Hej")
    answer = await refusal(moderator, "take_back_comment", comment=id)
    assert (answer["code"], answer["outcome"]) == ("wrong_outcome", "pending")
    await moderator.approves(id)
    await chair.do("answer_comment", comment=id)
    answer = await refusal(chair, "discuss_comment", comment=id)
    assert (answer["code"], answer["outcome"]) == ("wrong_outcome", "answered")
    answer = await refusal(moderator, "decline_comment", comment=id, reason="nonsense")
    assert (answer["code"], answer["field"]) == ("invalid", "reason")


async def test_a_secret_cannot_carry_another_text(service: Service) -> None:
    resident, secret = await Resident.join(service), new_secret()
    await resident.writes("Ett", secret=secret)
    answer = await refusal(resident, "submit_comment", secret=secret, item="1", text="Två")
    assert answer["code"] == "secret_reused"


async def test_before_the_chair_opens_nothing_is_taken(tmp_path: Any) -> None:
    async with serving(tmp_path, begun=False) as service:
        resident, chair = await Resident.join(service), await Chair.join(service)
        answer = await refusal(resident, "submit_comment", secret=new_secret(), item="1", text="Tidig")
        assert answer["code"] == "comments_not_open"
        assert (await refusal(chair, "pause_intake"))["code"] == "comments_not_open"


async def test_messages_come_in_the_language_that_was_asked_for(service: Service) -> None:
    said = {
        lang: (await refusal(await Resident.join(service, query=f"&lang={lang}"), "nothing"))["message"]
        for lang in ("sv", "en", "fi", "xx")
    }
    assert len(set(said.values())) == 3
    assert said["xx"] == said["sv"]


@pytest.mark.parametrize(
    ("query", "meeting", "code", "closed"),
    [
        ("role=resident", "nothing", "unknown_meeting", 4504),
        ("role=king", "dialog", "unknown_role", 4504),
        ("role=moderator", "dialog", "no_session", 4501),
        ("role=chair", "dialog", "no_session", 4501),
    ],
)
async def test_who_cannot_come_in_is_told_why(
    service: Service, query: str, meeting: str, code: str, closed: int
) -> None:
    client = Client(await connect(service.address(query, meeting)), service, binary=False)
    await client.until(lambda: client.closed is not None)
    assert client.frames[0]["code"] == code
    assert client.closed == closed


async def test_a_session_holds_whatever_other_cookies_there_are(service: Service) -> None:
    cookie = await session(service, Role.MODERATOR)
    moderator = await Moderator.join(service, cookie='consent={"a":1}; ' + cookie)
    assert moderator.closed is None
    assert moderator.meeting


async def test_a_session_of_one_role_opens_no_other(service: Service) -> None:
    moderator = await Moderator.join(service)
    headers = {"Cookie": moderator.cookie.replace("moderator", "chair")}
    client = Client(await connect(service.address("role=chair"), additional_headers=headers), service, binary=False)
    await client.until(lambda: client.closed is not None)
    assert client.closed == 4501


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"subprotocols": ["chat"]}, 400),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://["}, 403),
        ({"additional_headers": {"X-Long": "a" * 9000}}, 431),
    ],
)
async def test_a_handshake_that_is_not_for_us_is_turned_down(service: Service, options: Any, status: int) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await connect(service.address("role=moderator"), **options)
    assert caught.value.response.status_code == status


async def test_msgpack_with_keys_that_are_no_text_is_malformed(service: Service) -> None:
    resident = await Resident.join(service, binary=True)
    await resident.line.send(msgpack.packb({1: 2}))
    await resident.until(lambda: resident.heard("refused"))
    assert resident.frames[-1]["code"] == "malformed"


def test_every_refusal_has_words() -> None:
    assert set(SAYINGS) == set(get_args(Code))
