"""docs/protocol.md says what the code does: the same frames, fields, roles, codes and close codes, and no others."""

import re
from pathlib import Path
from typing import get_args

import msgspec

from livechat import channel, messages
from livechat.captions import Caption
from livechat.commands import PERMITTED, AnyCommand
from livechat.display import Look, Shows, Size
from livechat.entities import (
    DeskComment,
    DisplayEntity,
    ItemEntity,
    MeetingEntity,
    NoticeEntity,
    Now,
    OwnComment,
    PublicComment,
    RankEntity,
    ReportEntity,
    TallyEntity,
)
from livechat.errors import Code
from livechat.events import Closed, Sorting
from livechat.ledger import Ledger
from livechat.messages import CODECS, Claim, ReadAloud, Signalling, TypeCaption, Watch
from livechat.moment import Moment, coarsely, exactly, moment_for
from livechat.roles import Role
from livechat.signals import Signal
from livechat.terms import PausedBy
from moderation.decisions import Outcome, Reason
from moderation.reports import ReportReason
from web import connection, live

PAGE = (Path(__file__).parent.parent / "docs" / "protocol.md").read_text()


def section(title: str) -> str:
    return re.split(r"^## ", PAGE.split(f"\n## {title}\n", 1)[1], flags=re.M)[0]


def rows(title: str) -> list[list[str]]:
    table = re.findall(r"^\|(.+)\|$", section(title), flags=re.M)[2:]
    return [[cell.strip() for cell in row.split("|")] for row in table]


def ticked(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


def fields(kind: type[msgspec.Struct]) -> set[str]:
    return set(kind.__struct_fields__)


def test_every_command_stands_there_with_its_fields_and_its_role() -> None:
    documented = {
        next(iter(ticked(name))): (ticked(re.sub(r"\(.*?\)", "", more)), {Role(each) for each in role.split(", ")})
        for name, more, role in rows("Client → server")
    }
    common = {"ref", "epoch"}
    real = {
        str(kind.__struct_config__.tag): (fields(kind) - common, set(PERMITTED[kind])) for kind in get_args(AnyCommand)
    }
    real["watch"] = (fields(Watch) - common, {Role.RESIDENT})
    real["type_caption"] = (fields(TypeCaption) - common, {Role.CAPTIONER})
    real["signal"] = (fields(Signalling) - common, {Role.RESIDENT})
    real["read_aloud"] = (fields(ReadAloud) - common, {Role.CHAIR})
    real["claim"] = (fields(Claim) - common, {Role.MODERATOR})
    assert documented == real


def test_every_entity_stands_there_with_its_fields() -> None:
    documented = [described for _, described, _ in rows("Entities")]
    meeting, item, public, desk, tally, display, rank, report, notice = documented
    without_values = re.sub(r"\(.*?\)", "", meeting)
    assert ticked(without_values) == fields(MeetingEntity)
    assert ticked(re.sub(r"\(.*?\)", "", item)) == fields(ItemEntity)
    assert ticked(re.sub(r"\(.*?\)", "", tally)) == fields(TallyEntity)
    assert ticked(re.sub(r"\(.*?\)", "", display)) == fields(DisplayEntity)
    assert ticked(re.sub(r"\(.*?\)", "", rank)) == fields(RankEntity)
    assert ticked(re.sub(r"\(.*?\)", "", report)) == fields(ReportEntity)
    assert ticked(re.sub(r"\(.*?\)", "", notice)) == fields(NoticeEntity)
    assert ticked(re.sub(r"\(.*?\)", "", public)) == fields(PublicComment)
    assert ticked(re.sub(r"\(.*?\)", "", desk)) == fields(DeskComment) - fields(PublicComment)


def test_every_outcome_and_reason_stands_there() -> None:
    text = section("Entities")
    assert set(Outcome) <= ticked(text.split("`outcome` is")[1])
    assert ticked(text.split("`reason`, when declined:")[1]) == set(Reason)


def test_everything_that_terms_and_reports_can_be_stands_there() -> None:
    meeting, report, display = (rows("Entities")[number][1] for number in (0, 7, 5))
    assert {*Closed, *PausedBy} <= ticked(meeting)
    assert set(ReportReason) <= ticked(report)
    assert {*Now, *Shows, *Look, *Size} <= ticked(display)


def test_every_way_to_sort_stands_there() -> None:
    assert set(Sorting) <= ticked(section("Client → server").split("**`sort_queue`**")[1])


def test_the_own_frame_has_the_fields_it_says() -> None:
    example = re.search(r'{"type": "own", "put": \[(.*?)\]}', PAGE)
    assert example
    assert set(re.findall(r'"(\w+)":', example[1])) == fields(OwnComment)


def test_the_live_frame_has_the_fields_it_says() -> None:
    table = section("Server → client").split("### `live`")[1].split("###")[0]
    documented = dict(re.findall(r"^\| `(\w+)` \|.*\| ([a-z, ]+) \|$", table, flags=re.M))
    moment = Moment(7, True, (), (), exactly(Ledger()))
    for role in Role:
        frame = messages.live(0, True, moment_for(role, moment))
        told = {field for field, roles in documented.items() if roles == "all" or role in roles.split(", ")}
        assert set(frame) == told | {"type"}


def test_the_captions_frame_has_the_fields_it_says() -> None:
    example = re.search(r'{"type": "captions", "put": \[(.*?)\]}', PAGE)
    assert example
    assert set(re.findall(r'"(\w+)":', example[1])) == fields(Caption)


def test_every_signal_stands_there() -> None:
    assert set(Signal) <= ticked(section("Client → server").split("**`signal`**")[1].split("\n\n")[0])


def test_the_ledger_has_the_fields_it_says() -> None:
    ledger = section("Server → client").split("| `ledger` |")[1].split("\n")[0]
    assert set(exactly(Ledger())) == set(coarsely(Ledger())) <= ticked(ledger)


def test_every_refusal_code_stands_there() -> None:
    assert {next(iter(ticked(code))) for code, _ in rows("Refusal codes")} == set(get_args(Code))


def test_every_close_code_of_ours_stands_there() -> None:
    documented = {int(code) for codes, _, _ in rows("Close codes") for code in re.findall(r"\d{4}", codes)}
    ours = {channel.RELOADED, channel.NO_SESSION, connection.BROKE_PROTOCOL, live.NO_SESSION, live.NO_MEETING}
    assert {code for code in documented if code >= 4000} == ours


def test_the_subprotocols_stand_there() -> None:
    assert set(re.findall(r"`(livechat\.\w+)`", PAGE)) == set(CODECS)
