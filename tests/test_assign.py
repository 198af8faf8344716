"""Who of the committee takes a comment: named by the chair, from the clerk's list, and known to everybody."""

from functools import partial

from tests.cast import Chair, Client, Display, Moderator, Resident, Service
from tests.test_queue import approved

ANNA, BO = "Anna Ek (S)", "Bo Berg (M)"


def member(client: Client, id: str) -> str:
    return str((client.comment(id) or {}).get("member"))


def is_named(client: Client, id: str, name: str) -> bool:
    return member(client, id) == name


async def test_the_chair_says_who_takes_a_comment_and_everybody_learns_it(service: Service) -> None:
    (id,) = await approved(service, "Ett")
    chair, moderator = await Chair.join(service), await Moderator.join(service)
    everybody: list[Client] = [chair, moderator, await Display.join(service), await Resident.join(service)]
    assert chair.meeting["members"] == [ANNA, BO]
    await chair.do("assign_comment", comment=id, member=ANNA, act="named")
    for client in everybody:
        await client.until(partial(is_named, client, id, ANNA))
    await chair.do("assign_comment", comment=id, member=BO)
    await chair.do("discuss_comment", comment=id)
    await chair.do("answer_comment", comment=id)
    late = await Display.join(service)
    assert (member(late, id), late.sees(id, "answered")) == (BO, True)


async def test_a_name_is_undone_like_any_other_act(service: Service) -> None:
    (id,) = await approved(service, "Ett")
    chair = await Chair.join(service)
    await chair.do("assign_comment", comment=id, member=ANNA)
    await chair.do("assign_comment", comment=id, member="", act="none")
    await chair.do("undo_act", act="none")
    await chair.until(lambda: member(chair, id) == ANNA)


async def test_only_names_on_the_list_and_only_comments_that_are_shown(service: Service) -> None:
    (id,) = await approved(service, "Ett")
    chair, resident, moderator = await Chair.join(service), await Resident.join(service), await Moderator.join(service)
    pending = await resident.writes("Väntar")
    assert (await chair.ask("assign_comment", comment=id, member="Någon Annan"))["code"] == "unknown_member"
    assert (await chair.ask("assign_comment", comment=pending, member=ANNA))["code"] == "unknown_comment"
    for somebody in (resident, moderator):
        assert (await somebody.ask("assign_comment", comment=id, member=ANNA))["code"] == "not_permitted"


async def test_a_name_does_not_come_between_a_moderator_and_a_decision(service: Service) -> None:
    (id,) = await approved(service, "Ett")
    chair, moderator = await Chair.join(service), await Moderator.join(service)
    revision = (moderator.comment(id) or {})["revision"]
    await chair.do("assign_comment", comment=id, member=ANNA)
    await moderator.do("take_back_comment", comment=id, revision=revision)
