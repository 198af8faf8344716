"""Residents support comments: a ballot counts once, the number is the same for all, and it goes with its comment."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from livechat.events import TalliesCounted
from livechat.log.sqlite import SqliteLog
from tests.cast import Chair, Client, Display, Moderator, Resident, Service, new_secret, serving, until
from tests.process import Process
from tests.test_two_processes import doors  # noqa: F401 - a fixture

binary = pytest.mark.parametrize("binary", [False, True], ids=["json", "msgpack"])
FORGED = "0" * 64


async def approved(service: Service, *texts: str) -> list[str]:
    """The ids of new comments that everybody sees."""
    author, moderator = await Resident.join(service), await Moderator.join(service)
    ids = [await author.writes(text) for text in texts or ("Fler bänkar",)]
    for id in ids:
        await moderator.approves(id)
    await author.leave()
    await moderator.leave()
    return ids


async def refused(client: Client, type: str, **fields: Any) -> str:
    answer = await client.ask(type, **fields)
    assert answer["type"] == "refused", answer
    return str(answer["code"])


@binary
async def test_a_vote_is_the_same_number_for_everybody_and_can_be_taken_back(service: Service, binary: bool) -> None:
    (id,) = await approved(service)
    voters = [await Resident.join(service, binary=binary) for _ in range(3)]
    everybody: list[Client] = [
        *voters,
        await Moderator.join(service, binary=binary),
        await Chair.join(service, binary=binary),
        await Display.join(service, binary=binary),
    ]
    await asyncio.gather(*(voter.supports(id) for voter in voters))
    for client in everybody:
        await client.until(lambda client=client: client.tally(id) == 3)  # type: ignore[misc]
    await voters[0].withdraws_support(id)
    for client in everybody:
        await client.until(lambda client=client: client.tally(id) == 2)  # type: ignore[misc]
    late = await Display.join(service, binary=binary)
    assert late.tally(id) == 2
    await asyncio.gather(*(voter.withdraws_support(id) for voter in voters))
    for client in (*everybody, late):
        await client.until(lambda client=client: f"tally:{id}" not in client.entities)  # type: ignore[misc]


async def test_a_ballot_counts_once_however_often_and_from_wherever_it_is_cast(service: Service) -> None:
    (id,) = await approved(service)
    one, two = await Resident.join(service), await Resident.join(service)
    two.ballot = await one.takes_ballot()  # Two tabs of one browser.
    await asyncio.gather(*(tab.supports(id) for tab in (one, two) for _ in range(20)))
    await one.until(lambda: one.tally(id) == 1)
    other = await Resident.join(service)
    await other.supports(id)
    await one.until(lambda: one.tally(id) == 2)


async def test_of_what_a_browser_says_in_one_breath_the_last_word_counts(service: Service) -> None:
    (id,) = await approved(service)
    resident = await Resident.join(service)
    ballot = await resident.takes_ballot()
    for number, type in enumerate(["support_comment", "withdraw_support"] * 5 + ["support_comment"]):
        await resident.send(
            {"type": type, "ref": f"v{number}", "epoch": resident.epoch, "comment": id, "ballot": ballot}
        )
    await resident.until(lambda: {f"v{number}" for number in range(11)} <= set(resident.answers))
    assert {resident.answers[f"v{number}"]["type"] for number in range(11)} == {"ack"}
    await resident.until(lambda: resident.tally(id) == 1)


async def test_a_new_count_does_not_send_the_text_again(service: Service) -> None:
    text = "En lång kommentar om stationen, som ingen behöver få två gånger"
    (id,) = await approved(service, text)
    resident, display = await Resident.join(service), await Display.join(service)
    frames = len(display.raw)
    await resident.supports(id)
    await display.until(lambda: display.tally(id) == 1)
    (frame,) = display.frames[frames:]
    assert (frame["put"], frame["drop"]) == ([{"kind": "tally", "id": id, "count": 1}], [])
    assert not any(text.encode() in raw for raw in display.raw[frames:])


async def test_many_votes_come_in_few_frames_and_few_entries(service: Service) -> None:
    (id,) = await approved(service)
    voters, watching = [await Resident.join(service) for _ in range(60)], await Resident.join(service)
    frames = len(watching.frames)
    await asyncio.gather(*(voter.supports(id) for voter in voters))
    await watching.until(lambda: watching.tally(id) == 60)
    assert len(watching.frames) - frames <= 5
    entries = await service.hub.log.read("dialog", watching.epoch)
    assert sum(isinstance(event, TalliesCounted) for entry in entries for event in entry.events) <= 10


async def test_a_comment_does_not_wait_behind_the_ballots_of_the_same_line(service: Service) -> None:
    (id,) = await approved(service)
    resident = await Resident.join(service)
    for _ in range(2):  # The second has to wait for the next cast.
        await resident.supports(id)
        ballot = {"type": "withdraw_support", "ref": "ballot", "comment": id, "ballot": resident.ballot}
        await resident.send({**ballot, "epoch": resident.epoch})
        await resident.writes(f"Skriver vidare {new_secret()}")
        assert "ballot" not in resident.answers
        await resident.until(lambda: resident.answers.pop("ballot", None))


async def test_a_tally_goes_and_comes_back_with_its_comment(service: Service) -> None:
    (id,) = await approved(service)
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    neighbour, display = await Resident.join(service), await Display.join(service)
    await resident.supports(id)
    public: list[Client] = [resident, neighbour, display]
    for client in public:
        await client.until(lambda client=client: client.tally(id) == 1)  # type: ignore[misc]
    await moderator.do("take_back_comment", comment=id)
    for client in public:
        await client.until(lambda client=client: not client.sees(id))  # type: ignore[misc]
        assert client.tally(id) == 0
        assert set(client.frames[-1]["drop"]) == {f"comment:{id}", f"tally:{id}"}
    assert moderator.tally(id) == 1  # Where the comment is seen, so is its tally.
    assert await refused(neighbour, "support_comment", comment=id, ballot=await neighbour.takes_ballot()) == (
        "unknown_comment"
    )
    await moderator.approves(id)
    for client in public:
        await client.until(lambda client=client: client.tally(id) == 1)  # type: ignore[misc]


async def test_what_is_not_shown_takes_no_ballot_and_says_nothing_of_itself(service: Service) -> None:
    resident, moderator, watching = (
        await Resident.join(service),
        await Moderator.join(service),
        await Resident.join(service),
    )
    pending, declined = await resident.writes("Väntar"), await resident.writes("Nej")
    await moderator.declines(declined)
    ballot = await resident.takes_ballot()
    frames, offset = len(watching.frames), watching.offset
    for type in ("support_comment", "withdraw_support"):
        codes = {await refused(resident, type, comment=id, ballot=ballot) for id in (pending, declined, "f" * 32)}
        assert codes == {"unknown_comment"}
    (shown,) = await approved(service)
    await watching.until(lambda: watching.sees(shown))
    assert (len(watching.frames), watching.offset) == (frames + 1, offset + 1)


async def test_once_it_is_answered_a_tally_stands_as_it_was(service: Service) -> None:
    (id,) = await approved(service)
    resident, chair = await Resident.join(service), await Chair.join(service)
    await chair.do("discuss_comment", comment=id)
    await resident.supports(id)  # Under discussion it can still be supported.
    await resident.until(lambda: resident.tally(id) == 1)
    await chair.do("answer_comment", comment=id)
    for type in ("support_comment", "withdraw_support"):
        answer = await resident.ask(type, comment=id, ballot=resident.ballot)
        assert (answer["code"], answer["outcome"]) == ("wrong_outcome", "answered")
        assert "revision" not in answer
    assert resident.tally(id) == 1
    await chair.do("put_back_comment", comment=id)
    await resident.withdraws_support(id)
    await resident.until(lambda: resident.tally(id) == 0)


async def test_a_ballot_that_was_not_issued_here_is_refused(tmp_path: Path, service: Service) -> None:
    (id,) = await approved(service)
    resident = await Resident.join(service)
    assert await refused(resident, "support_comment", comment=id, ballot=FORGED) == "bad_ballot"
    async with serving(tmp_path / "elsewhere") as elsewhere:
        foreign = await (await Resident.join(elsewhere)).takes_ballot()
    assert await refused(resident, "support_comment", comment=id, ballot=foreign) == "bad_ballot"
    ours = await resident.takes_ballot()
    for malleable in (ours.upper(), ours[:-1], ours + "0", ours[:-1] + "g"):
        answer = await resident.ask("support_comment", comment=id, ballot=malleable)
        assert (answer["code"], answer["field"]) == ("invalid", "ballot")
    await resident.supports(id)
    await resident.until(lambda: resident.tally(id) == 1)


async def test_only_residents_vote(service: Service) -> None:
    (id,) = await approved(service)
    ballot = await (await Resident.join(service)).takes_ballot()
    for kind in (Display, Moderator, Chair):
        client: Client = await kind.join(service)
        assert await refused(client, "issue_ballot") == "not_permitted"
        assert await refused(client, "support_comment", comment=id, ballot=ballot) == "not_permitted"
        assert client.tally(id) == 0


async def test_in_a_new_epoch_old_ballots_do_not_count_and_nothing_has_a_tally(service: Service) -> None:
    (id,) = await approved(service)
    resident = await Resident.join(service)
    await resident.supports(id)
    log, old = service.hub.log, resident.epoch
    first = (await log.read("dialog", old))[0]
    await log.start("dialog", "next", [first.events[0], *first.events[1:]], instead_of=old)
    await resident.until(lambda: resident.epoch == "next")
    assert resident.tally(id) == 0
    assert await refused(resident, "support_comment", comment=id, ballot=resident.ballot, epoch=old) == "epoch_changed"
    (new,) = await approved(service)
    await resident.until(lambda: resident.sees(new))
    assert await refused(resident, "support_comment", comment=new, ballot=resident.ballot) == "bad_ballot"
    await resident.takes_ballot()
    await resident.supports(new)
    await resident.until(lambda: resident.tally(new) == 1)


async def test_when_the_ballots_are_destroyed_the_number_stays_and_no_vote_is_taken(service: Service) -> None:
    (id,) = await approved(service)
    resident = await Resident.join(service)
    await resident.supports(id)
    await service.hub.log.forget_ballots("dialog", resident.epoch)
    assert await refused(resident, "withdraw_support", comment=id, ballot=resident.ballot) == "ballots_closed"
    await resident.until(lambda: resident.tally(id) == 1)
    assert (await Display.join(service)).tally(id) == 1


async def test_who_votes_too_fast_is_slowed_down(service: Service) -> None:
    (id,) = await approved(service)
    resident = await Resident.join(service)
    await resident.takes_ballot()
    for number in range(400):
        vote = {"type": "support_comment", "ref": f"v{number}", "comment": id, "ballot": resident.ballot}
        await resident.send({**vote, "epoch": resident.epoch})
    await resident.until(lambda: len(resident.answers) == 400)
    codes = [answer.get("code") for answer in resident.answers.values()]
    assert codes.count("too_fast") > 50
    assert set(codes) == {None, "too_fast"}


async def test_votes_over_plain_http_count_like_all_others(service: Service) -> None:
    (id,) = await approved(service)
    display = await Display.join(service)
    async with service.http() as http:
        issued = await http.post("/m/dialog/ballot", json={"epoch": display.epoch, "ref": "b"})
        ballot = issued.json()["ballot"]
        assert (issued.status_code, issued.json()["ref"]) == (201, "b")
        vote = {"comment": id, "ballot": ballot, "epoch": display.epoch, "ref": "q"}
        for _ in range(2):
            answer = await http.post("/m/dialog/support", json=vote)
            assert (answer.status_code, answer.json()) == (200, {"type": "ack", "ref": "q"})
        await display.until(lambda: display.tally(id) == 1)
        assert (await http.post("/m/dialog/withdraw-support", json=vote)).status_code == 200
        await display.until(lambda: display.tally(id) == 0)
        for wrong, status, code in (
            ({"ballot": FORGED}, 403, "bad_ballot"),
            ({"comment": "f" * 32}, 404, "unknown_comment"),
            ({"epoch": "another"}, 409, "epoch_changed"),
            ({"ballot": "x"}, 400, "invalid"),
        ):
            answer = await http.post("/m/dialog/support", json={**vote, **wrong})
            assert (answer.status_code, answer.json()["code"]) == (status, code)
        await service.hub.log.forget_ballots("dialog", display.epoch)
        answer = await http.post("/m/dialog/support", json=vote)
        assert (answer.status_code, answer.json()["code"]) == (409, "ballots_closed")
        issuing = await http.post("/m/dialog/ballot", json={"epoch": "another"})
        assert (issuing.status_code, issuing.json()["code"]) == (409, "epoch_changed")


async def test_the_page_without_script_and_the_state_show_the_number(service: Service) -> None:
    (id,) = await approved(service)
    resident = await Resident.join(service)
    await resident.supports(id)
    async with service.http(headers={"Accept": "text/html"}) as http:
        assert "1 röst" in (await http.get("/m/dialog")).text
        assert {"kind": "tally", "id": id, "count": 1} in (await http.get("/m/dialog/state")).json()["put"]


async def test_many_first_votes_at_once_ask_the_store_once(doors: list[Service]) -> None:  # noqa: F811
    epoch = (await Display.join(doors[0])).epoch
    for door in doors:
        async with door.http(limits=httpx.Limits(max_connections=150)) as http:
            asked = [http.post("/m/dialog/ballot", json={"epoch": epoch}) for _ in range(150)]
            assert {answer.status_code for answer in await asyncio.gather(*asked)} == {201}


async def test_a_ballot_counts_once_at_whichever_door_it_is_cast(doors: list[Service]) -> None:  # noqa: F811
    (id,) = await approved(doors[0])
    voters = [await Resident.join(door) for door in doors for _ in range(20)]
    for voter in voters:
        await voter.until(partial(voter.sees, id))
        await voter.takes_ballot()
    for voter, twin in zip(voters[:20], voters[20:], strict=True):
        twin.ballot = voter.ballot  # Each browser votes at both doors.
    await asyncio.gather(*(voter.supports(id) for voter in voters))
    displays = [await Display.join(door) for door in doors]
    for client in (*displays, voters[0], voters[-1]):
        await client.until(lambda client=client: client.tally(id) == 20)  # type: ignore[misc]
    await asyncio.gather(*(voter.withdraws_support(id) for voter in voters[20:25]))
    for client in (*displays, voters[0], voters[-1]):
        await client.until(lambda client=client: client.tally(id) == 15)  # type: ignore[misc]


async def test_votes_and_comments_at_two_doors_do_not_lose_each_other(doors: list[Service]) -> None:  # noqa: F811
    ids = await approved(doors[0], "Ett", "Två", "Tre")
    voters = [await Resident.join(door) for door in doors for _ in range(10)]
    for voter in voters:
        await voter.until(partial(voter.sees, ids[-1]))

    async def take_part(resident: Resident) -> None:
        for id in ids:
            await asyncio.gather(resident.supports(id), resident.writes(f"Under tiden {new_secret()}"))

    await asyncio.gather(*(take_part(voter) for voter in voters))
    for door in doors:
        display, moderator = await Display.join(door), await Moderator.join(door)
        for id in ids:
            await display.until(lambda id=id, display=display: display.tally(id) == 20)  # type: ignore[misc]
        assert len(moderator.comments()) == 3 + 60


async def test_after_a_kill_every_acknowledged_ballot_counts_exactly_once(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await process.open_intake()
        ids = await approved(process, "Ett", "Två")
        voters = [await Resident.join(process) for _ in range(60)]
        for voter in voters:
            await voter.takes_ballot()
        acknowledged: list[tuple[str, str]] = []

        async def vote(voter: Resident, id: str) -> None:
            await voter.supports(id)
            acknowledged.append((voter.ballot, id))

        votes = [asyncio.create_task(vote(voter, id)) for voter in voters for id in ids]
        await until(lambda: len(acknowledged) > 20)
        process.kill()
        await asyncio.gather(*votes, return_exceptions=True)
        await process.ended()
        before = list(acknowledged)

        await process.start()
        display = await Display.join(process)
        for id in ids:
            assert sum(voted == id for _, voted in before) <= display.tally(id) <= len(voters)
        counted = {id: display.tally(id) for id in ids}
        again = await Resident.join(process)
        await asyncio.gather(*(again.do("support_comment", comment=id, ballot=ballot) for ballot, id in before))
        assert {id: display.tally(id) for id in ids} == counted  # Every one of them was there already.
        votes_again = [again.do("support_comment", comment=id, ballot=voter.ballot) for voter in voters for id in ids]
        await asyncio.gather(*votes_again)
        await display.until(lambda: all(display.tally(id) == len(voters) for id in ids))
    log = SqliteLog(tmp_path / "data" / "livechat.sqlite")
    told: dict[str, int] = {}
    for entry in await log.read("dialog", display.epoch):
        for event in entry.events:
            if isinstance(event, TalliesCounted):
                told.update(event.tallies)
    kept = await log._read(
        lambda db: db.execute("SELECT comment, count(*) FROM ballots GROUP BY comment ORDER BY comment").fetchall()
    )
    await log.close()
    assert kept == sorted(told.items())
    assert dict(kept) == {id: display.tally(id) for id in ids}


async def test_votes_leave_no_trace_of_the_ballot_in_store_or_log(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await process.open_intake()
        ids = await approved(process, "Ett", "Två")
        resident = await Resident.join(process)
        async with process.http(headers={"User-Agent": "kanarie-agent-9931"}) as http:
            body = {"epoch": resident.epoch}
            ballot = (await http.post("/m/dialog/ballot", json=body)).json()["ballot"]
            for id in ids:
                answer = await http.post("/m/dialog/support", json={**body, "comment": id, "ballot": ballot})
                assert answer.status_code == 200
            await http.post("/m/dialog/support", content=f'{{"ballot": "{ballot}"'.encode())
            await http.get(f"/m/dialog/support?ballot={ballot}")
        process.stop()
        await process.ended()
    stored = b"".join(path.read_bytes() for path in process.folder.rglob("*") if path.is_file())
    for trace in (ballot.encode(), bytes.fromhex(ballot), bytes.fromhex(ballot)[:16], b"kanarie-agent-9931"):
        assert trace not in stored
    log = SqliteLog(tmp_path / "data" / "livechat.sqlite")
    rows = await log._read(lambda db: db.execute("SELECT comment, mark FROM ballots").fetchall())
    await log.close()
    assert {comment for comment, _ in rows} == set(ids)
    (one, two) = (mark for _, mark in rows)
    assert not {one[n : n + 4] for n in range(13)} & {two[n : n + 4] for n in range(13)}


async def test_a_page_that_waits_for_its_vote_is_told_when_the_store_fails(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        (id,) = await approved(service)
        resident = await Resident.join(service)
        await resident.takes_ballot()
        log: Any = service.hub.log
        log._writer.execute("PRAGMA query_only = ON")
        assert await refused(resident, "support_comment", comment=id, ballot=resident.ballot) == "not_saved"
        async with service.http() as http:
            vote = {"comment": id, "ballot": resident.ballot, "epoch": resident.epoch}
            answer: httpx.Response = await http.post("/m/dialog/support", json=vote)
            assert (answer.status_code, answer.json()["code"]) == (503, "not_saved")
        log._writer.execute("PRAGMA query_only = OFF")
        await resident.supports(id)
        await resident.until(lambda: resident.tally(id) == 1)
