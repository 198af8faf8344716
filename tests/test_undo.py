"""One tap back for the chair: all that its last act changed, and nothing that anybody else has done since."""

from functools import partial
from typing import Any

import pytest

from tests.cast import Chair, Display, Moderator, Resident, Service, new_secret
from tests.test_queue import agree, approved


async def undone(chair: Chair, act: str) -> None:
    await chair.do("undo_act", act=act)


async def not_undone(chair: Chair, act: str) -> Any:
    """Refused; gives who has done something since."""
    answer = await chair.ask("undo_act", act=act)
    assert answer["code"] == "acted_since", answer
    return answer["by"]


async def test_taking_up_is_undone_and_what_was_up_before_is_up_again(service: Service) -> None:
    a, b, c = await approved(service, "Ett", "Två", "Tre")
    chair, display = await Chair.join(service), await Display.join(service)
    await chair.do("discuss_comment", comment=a, act="first")
    await chair.do("discuss_comment", comment=b, act="second")
    await display.until(lambda: display.sees(b, "discussing"))
    await undone(chair, "second")
    await display.until(lambda: display.sees(a, "discussing"))
    assert display.sees(b, "approved")
    await undone(chair, "first")
    await agree([chair, display], [a, b, c])


async def test_answered_is_undone_and_answered_again_at_the_same_minute(service: Service) -> None:
    (a,) = await approved(service, "Ett")
    chair, display = await Chair.join(service), await Display.join(service)
    await chair.do("discuss_comment", comment=a, act="up")
    await chair.do("answer_comment", comment=a, act="answered")
    await display.until(lambda: display.sees(a, "answered"))
    answered = display.comments()[f"comment:{a}"]["answered"]
    await undone(chair, "answered")
    await display.until(lambda: display.sees(a, "discussing"))
    await chair.do("answer_comment", comment=a)
    await chair.do("put_back_comment", comment=a, act="back")
    await display.until(lambda: display.sees(a, "approved"))
    await undone(chair, "back")
    await display.until(lambda: display.sees(a, "answered"))
    assert display.comments()[f"comment:{a}"]["answered"] == answered


async def test_not_now_moves_and_sorting_are_undone_to_the_very_order_before(service: Service) -> None:
    a, b, c = await approved(service, "Ett", "Två", "Tre")
    chair, display, voter = await Chair.join(service), await Display.join(service), await Resident.join(service)
    await voter.supports(b)
    await chair.do("move_comment", comment=c, before=a, act="moved")
    await chair.do("sort_queue", how="ballots", act="sorted")
    await agree([display], [b, c, a])
    await chair.do("discuss_comment", comment=b, act="up")
    await chair.do("put_back_comment", comment=b, last=True, act="not now")
    await agree([display], [c, a, b])
    await undone(chair, "not now")
    await display.until(lambda: display.sees(b, "discussing"))
    await undone(chair, "up")
    await agree([display], [b, c, a])
    await undone(chair, "sorted")
    await agree([display], [c, a, b])
    await undone(chair, "moved")
    await agree([display], [a, b, c])


async def test_the_agenda_turns_back(service: Service) -> None:
    chair, resident = await Chair.join(service), await Resident.join(service)
    before = resident.meeting["item"]
    await chair.do("set_current_item", item="2", act="on")
    await resident.until(lambda: resident.meeting["item"] == "2")
    await undone(chair, "on")
    await resident.until(lambda: resident.meeting["item"] == before)


async def test_what_another_chair_has_done_since_is_not_undone(service: Service) -> None:
    a, b, c = await approved(service, "Ett", "Två", "Tre")
    one, two = await Chair.join(service), await Chair.join(service)
    await one.do("discuss_comment", comment=a, act="mine")
    await two.do("discuss_comment", comment=b, act="theirs")
    await two.until(lambda: two.sees(b, "discussing"))
    assert await not_undone(one, "mine") == {"role": "chair", "seat": 2}
    assert await not_undone(one, "theirs") == {"role": "chair", "seat": 2}  # Nor by guessing the other's mark.
    assert two.sees(b, "discussing")
    await undone(two, "theirs")
    await two.until(lambda: two.sees(a, "discussing"))
    await undone(one, "mine")
    await agree([one, two], [a, b, c])


@pytest.mark.parametrize("act", ["discuss_comment", "answer_comment"])
async def test_what_a_moderator_or_the_author_has_done_since_is_not_undone(service: Service, act: str) -> None:
    chair, moderator, author = await Chair.join(service), await Moderator.join(service), await Resident.join(service)
    secret = new_secret()
    for since in ("take_back", "withdraw"):
        id = await author.writes("Ett", secret=secret if since == "withdraw" else "")
        await moderator.until(partial(moderator.sees, id))
        await moderator.approves(id)
        await chair.do(act, comment=id, act=since)
        if since == "take_back":
            await moderator.do("take_back_comment", comment=id)
            assert await not_undone(chair, since) == {"role": "moderator", "seat": 1}
        else:
            await author.do("withdraw_comment", secret=secret)
            assert await not_undone(chair, since) is None


async def test_what_happens_to_others_does_not_stand_in_the_way(service: Service) -> None:
    a, b = await approved(service, "Ett", "Två")
    chair, moderator, voter = await Chair.join(service), await Moderator.join(service), await Resident.join(service)
    await chair.do("move_comment", comment=b, before=a, act="moved")
    (c,) = await approved(service, "Tre")
    await voter.supports(b)
    await moderator.do("translate_comment", comment=b, language="en", text="Two")
    await chair.do("pause_intake")
    await undone(chair, "moved")
    await agree([chair], [a, b, c])


async def test_an_act_without_a_mark_and_one_that_was_undone_cannot_be_undone(service: Service) -> None:
    (a,) = await approved(service, "Ett")
    chair = await Chair.join(service)
    await chair.do("discuss_comment", comment=a, act="up")
    await undone(chair, "up")
    await not_undone(chair, "up")
    await chair.do("discuss_comment", comment=a)
    assert (await chair.ask("undo_act", act=""))["code"] == "invalid"
    for somebody in (await Moderator.join(service), await Resident.join(service)):
        assert (await somebody.ask("undo_act", act="up"))["code"] == "not_permitted"


async def test_the_last_twenty_acts_can_be_undone_one_after_another(service: Service) -> None:
    a, b = await approved(service, "Ett", "Två")
    chair = await Chair.join(service)
    for number in range(25):
        await chair.do(
            "move_comment", comment=b if number % 2 == 0 else a, before=a if number % 2 == 0 else b, act=str(number)
        )
    for number in range(24, 4, -1):
        await undone(chair, str(number))
    await not_undone(chair, "4")
    await agree([chair], [b, a])
