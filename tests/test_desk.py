"""What a moderator can do with a comment beyond approving and declining it, and what everybody else then sees."""

from functools import partial
from pathlib import Path

import pytest

from tests.cast import Chair, Client, Display, Moderator, Resident, Service, new_secret, serving
from tests.process import Process, run


async def people(service: Service) -> tuple[Resident, Moderator, Display]:
    return await Resident.join(service), await Moderator.join(service), await Display.join(service)


def is_gone(client: Client, id: str) -> bool:
    return not client.sees(id)


async def test_an_edited_comment_is_shown_as_edited_and_its_author_and_the_desk_see_both(service: Service) -> None:
    author, other = await Resident.join(service), await Resident.join(service)
    moderator, display = await Moderator.join(service), await Display.join(service)
    id = await author.writes("Ring mig på 070-1234567 om lampan")
    await moderator.do("edit_comment", comment=id, text="Ring mig på ███ om lampan", revision=0)
    await author.until(lambda: author.mine(id).get("shown") == "Ring mig på ███ om lampan")
    await moderator.approves(id)
    for client in (other, display):
        await client.until(partial(client.sees, id))
        assert client.comments()[f"comment:{id}"]["text"] == "Ring mig på ███ om lampan"
        assert not any(b"070-1234567" in raw for raw in client.raw)
    desk = moderator.comment(id) or {}
    assert (desk["text"], desk["original"]) == ("Ring mig på ███ om lampan", "Ring mig på 070-1234567 om lampan")
    assert author.mine(id)["text"] == "Ring mig på 070-1234567 om lampan"


async def test_the_original_s_own_text_restores_it(service: Service) -> None:
    author, moderator = await Resident.join(service), await Moderator.join(service)
    id = await author.writes("Så här stod det")
    await moderator.do("edit_comment", comment=id, text="Så här blev det")
    await moderator.do("edit_comment", comment=id, text="Så här stod det")
    await moderator.until(lambda: (moderator.comment(id) or {})["revision"] == 2)
    assert (moderator.comment(id) or {})["original"] is None
    assert (await moderator.ask("edit_comment", comment=id, text=" "))["code"] == "empty_text"


async def test_nobody_approves_a_text_that_a_colleague_has_just_changed(service: Service) -> None:
    author, first, second = await Resident.join(service), await Moderator.join(service), await Moderator.join(service)
    id = await author.writes("Grannen Bo Ek parkerar fel")
    await second.until(lambda: second.sees(id))
    await first.do("edit_comment", comment=id, text="En granne parkerar fel", revision=0)
    answer = await second.ask("approve_comment", comment=id, revision=0)
    assert (answer["code"], answer["by"]) == ("already_decided", {"role": "moderator", "seat": 1})
    assert (answer["outcome"], answer["revision"]) == ("pending", 1)


async def test_what_is_shown_is_not_edited(service: Service) -> None:
    author, moderator = await Resident.join(service), await Moderator.join(service)
    id = await author.writes("Redan godkänd")
    await moderator.approves(id)
    assert (await moderator.ask("edit_comment", comment=id, text="Annat"))["code"] == "wrong_outcome"


async def test_a_referred_comment_tells_its_author_where_it_belongs(service: Service) -> None:
    author, moderator, display = (
        await Resident.join(service),
        await Moderator.join(service),
        await Display.join(service),
    )
    id = await author.writes("Bussen går för sällan")
    assert (await moderator.ask("refer_comment", comment=id, channel="nowhere"))["code"] == "unknown_channel"
    await moderator.do("refer_comment", comment=id, channel="synpunkter")
    await author.until(lambda: author.mine(id).get("outcome") == "referred")
    assert author.mine(id)["channel"] == "synpunkter"
    assert author.meeting["channels"][0]["url"] == "https://k.example/synpunkter"
    await moderator.do("take_back_comment", comment=id)
    await author.until(lambda: author.mine(id)["outcome"] == "pending")
    assert author.mine(id)["channel"] is None
    assert not display.comments()


async def test_of_a_merged_comment_the_author_is_told_which_one_carries_it_and_what_becomes_of_that(
    service: Service,
) -> None:
    author, carrier = await Resident.join(service), await Resident.join(service)
    moderator, chair, display = await Moderator.join(service), await Chair.join(service), await Display.join(service)
    one, two = await carrier.writes("Fler lampor i tunneln"), await author.writes("Det är mörkt i tunneln")
    await moderator.do("merge_comment", comment=two, into=one)
    await author.until(lambda: author.mine(two).get("carrier"))
    assert author.mine(two)["carrier"]["id"] is None  # It waits: only its own author may read it.
    assert not any(b"Fler lampor" in raw for raw in author.raw)
    await moderator.approves(one)
    await author.until(lambda: author.mine(two)["carrier"]["outcome"] == "approved")
    assert author.mine(two)["carrier"]["text"] == "Fler lampor i tunneln"
    await display.until(lambda: display.sees(one))
    assert (display.comment(one) or {})["similar"] == 1
    assert not display.sees(two)
    await chair.do("answer_comment", comment=one)
    await author.until(lambda: author.mine(two)["carrier"]["outcome"] == "answered")
    await moderator.do("take_back_comment", comment=one)
    await moderator.declines(one, "unreadable")
    await author.until(lambda: author.mine(two)["carrier"]["outcome"] == "declined")
    assert author.mine(two)["carrier"]["reason"] == "unreadable"
    await moderator.do("take_back_comment", comment=two)
    await author.until(lambda: author.mine(two)["outcome"] == "pending")
    assert author.mine(two)["carrier"] is None


async def test_what_a_merged_comment_carried_goes_along_and_comes_back_with_it(service: Service) -> None:
    author, moderator, display = (
        await Resident.join(service),
        await Moderator.join(service),
        await Display.join(service),
    )
    a, b, c = [await author.writes(text) for text in ("Ett", "Två", "Tre")]
    await moderator.do("merge_comment", comment=a, into=b)
    await moderator.do("merge_comment", comment=b, into=c)
    assert (await moderator.ask("merge_comment", comment=c, into=a))["code"] == "cannot_carry"
    await moderator.approves(c)
    await display.until(lambda: display.sees(c) and (display.comment(c) or {})["similar"] == 2)
    await moderator.do("take_back_comment", comment=b)
    await display.until(lambda: (display.comment(c) or {})["similar"] == 0)
    await moderator.until(lambda: (moderator.comment(a) or {})["into"] == b)


async def test_tallies_of_merged_comments_stand_side_by_side_and_new_ballots_go_to_the_carrier(
    service: Service,
) -> None:
    author, moderator, display = (
        await Resident.join(service),
        await Moderator.join(service),
        await Display.join(service),
    )
    one, two = await author.writes("Fler bänkar"), await author.writes("Bänkar, tack")
    for id in (one, two):
        await moderator.approves(id)
    voters = [await Resident.join(service) for _ in range(3)]
    await voters[0].supports(two)
    await voters[1].supports(one)
    await moderator.do("merge_comment", comment=two, into=one)
    await display.until(lambda: (display.entities.get(f"tally:{one}") or {}).get("similar") == [1])
    await voters[2].supports(two)
    await display.until(lambda: display.tally(one) == 2)
    assert display.entities[f"tally:{one}"]["similar"] == [1]
    assert f"tally:{two}" not in display.entities


async def test_a_threat_leaves_every_screen_and_every_desk_and_is_opened_on_the_record(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await process.open_intake()
        author, first, second = (
            await Resident.join(process),
            await Moderator.join(process),
            await Moderator.join(process),
        )
        display = await Display.join(process)
        id = await author.writes("hotfull-text")
        await first.approves(id)
        await display.until(lambda: display.sees(id))
        await first.do("seal_comment", comment=id)
        for client in (first, second, display):
            await client.until(partial(is_gone, client, id))
        await author.until(lambda: author.mine(id).get("outcome") == "sealed")
        assert author.mine(id)["until"] >= 30 * 24 * 60
        assert (await author.ask("withdraw_comment", secret=new_secret()))["code"] == "unknown_comment"
        assert (await second.ask("take_back_comment", comment=id))["code"] == "unknown_comment"
        _, listed, _ = await run("meeting", "sealed", "dialog", folder=tmp_path)
        assert "Säkerhetssamordnaren" in listed
        assert "aldrig" in listed
        assert "hotfull-text" not in listed
        _, opened, _ = await run("meeting", "sealed", "dialog", "--open", "1", folder=tmp_path)
        assert opened == "hotfull-text\n"
        _, listed, _ = await run("meeting", "sealed", "dialog", folder=tmp_path)
        assert "aldrig" not in listed
        status, _, error = await run("meeting", "sealed", "dialog", "--open", "2", folder=tmp_path)
        assert (status, "2" in error) == (2, True)
        fresh = await Moderator.join(process, cookie=second.cookie)
        assert not fresh.sees(id)
        await first.do("take_back_comment", comment=id)
        await second.until(lambda: second.sees(id, "pending"))


async def test_a_translation_stands_beside_the_text_wherever_that_is_shown(service: Service) -> None:
    author, moderator, display = (
        await Resident.join(service),
        await Moderator.join(service),
        await Display.join(service),
    )
    id = await author.writes("Lisää penkkejä")
    await moderator.do("translate_comment", comment=id, language="sv", text="Fler bänkar")
    assert not display.comments()
    await moderator.approves(id)
    await display.until(lambda: display.sees(id))
    translation = (display.comment(id) or {})["translation"]
    assert (translation["language"], translation["text"]) == ("sv", "Fler bänkar")
    await moderator.do("translate_comment", comment=id, language="sv", text="")
    await display.until(lambda: (display.comment(id) or {})["translation"] is None)
    answer = await moderator.ask("translate_comment", comment=id, language="Svenska!", text="Fler")
    assert (answer["code"], answer["field"]) == ("invalid", "language")


async def test_a_comment_from_a_paper_slip_goes_the_same_way_as_all_others(service: Service) -> None:
    moderator, other, display = (
        await Moderator.join(service),
        await Moderator.join(service),
        await Display.join(service),
    )
    secret = new_secret()
    slip = {"secret": secret, "item": "1", "text": "Ramp vid ingången", "body": "Pensionärsrådet"}
    id = str((await moderator.do("enter_comment", **slip))["id"])
    assert (await moderator.do("enter_comment", **slip))["id"] == id
    await other.until(lambda: other.sees(id, "pending"))
    assert (other.comment(id) or {})["entered"] == {"role": "moderator", "seat": 1}
    assert not display.comments()
    await other.approves(id)
    await display.until(lambda: display.sees(id))
    assert (display.comment(id) or {})["body"] == "Pensionärsrådet"
    wrong = await moderator.ask("enter_comment", **{**slip, "secret": new_secret(), "body": "Nån"})
    assert (wrong["code"], wrong["field"]) == ("unknown_body", "body")


async def test_a_sealed_comment_cannot_be_withdrawn(service: Service) -> None:
    author, moderator = await Resident.join(service), await Moderator.join(service)
    secret = new_secret()
    id = await author.writes("Ett hot", secret=secret)
    await moderator.do("seal_comment", comment=id)
    assert (await author.ask("withdraw_comment", secret=secret))["code"] == "wrong_outcome"


async def test_without_script_the_author_is_told_too(service: Service) -> None:
    moderator = await Moderator.join(service)
    form = {"secret": new_secret(), "item": "1", "text": "Bussen går för sällan"}
    other = {"secret": new_secret(), "item": "1", "text": "Bussen <b>går</b> aldrig"}
    async with service.http(headers={"Accept": "text/html"}) as http:
        for sent in (form, other):
            assert (await http.post("/m/dialog/comments", data=sent)).status_code == 201
        await moderator.until(lambda: len(moderator.comments()) == 2)
        one, two = sorted(moderator.comments().values(), key=lambda comment: comment["number"])
        await moderator.do("refer_comment", comment=one["id"], channel="synpunkter")
        referred = (await http.post("/m/dialog/comments", data=form)).text
        assert 'href="https://k.example/synpunkter"' in referred
        await moderator.do("take_back_comment", comment=one["id"])
        await moderator.do("translate_comment", comment=one["id"], language="en", text="The <b>bus</b> is rare")
        await moderator.approves(one["id"])
        await moderator.do("merge_comment", comment=two["id"], into=one["id"])
        merged = (await http.post("/m/dialog/comments", data=other)).text
        assert "Den som visas för er båda: ”Bussen går för sällan”" in merged
        page = (await http.get("/m/dialog")).text
        assert "The &lt;b&gt;bus&lt;/b&gt; is rare" in page
        assert "och 1 liknande" in page
        await moderator.do("seal_comment", comment=two["id"])
        assert "bedömt den som ett hot" in (await http.post("/m/dialog/comments", data=other)).text


@pytest.mark.parametrize("wrong", ["seal_comment", "merge_comment", "edit_comment", "enter_comment"])
async def test_residents_and_chair_give_none_of_these_commands(tmp_path: Path, wrong: str) -> None:
    fields = {
        "seal_comment": {"comment": "1"},
        "merge_comment": {"comment": "1", "into": "2"},
        "edit_comment": {"comment": "1", "text": "x"},
        "enter_comment": {"secret": new_secret(), "item": "1", "text": "x"},
    }[wrong]
    async with serving(tmp_path) as service:
        for client in (await Resident.join(service), await Chair.join(service)):
            assert (await client.ask(wrong, **fields))["code"] == "not_permitted"
