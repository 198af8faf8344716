"""The order of the queue: one for everybody, and the chair's to change."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from livechat import events
from livechat.commands import MoveComment, SortQueue
from livechat.events import Rank, Sorting
from livechat.handle import handle
from livechat.meeting import Meeting, apply
from livechat.ranks import queue
from livechat.roles import Role, Seat
from tests.cast import Chair, Client, Display, Moderator, Resident, Service
from tests.test_heart import CHAIR, EPOCH, SET_UP

MODERATOR = Seat(Role.MODERATOR, 1)


def order(client: Client, item: str = "1") -> list[str]:
    """The ids of the comments that wait on an agenda item, in the order that a client should show them."""
    waiting = [c for c in client.comments().values() if (c["item"], c["outcome"]) == (item, "approved")]
    return [c["id"] for c in sorted(waiting, key=lambda c: rank(client, c))]


def rank(client: Client, comment: dict[str, int]) -> int:
    moved = client.entities.get(f"rank:{comment['id']}")
    return int(moved["rank"]) if moved else comment["place"]


async def agree(clients: Sequence[Client], ids: list[str], item: str = "1") -> None:
    """Returns when all of them show the queue in this order."""
    for client in clients:
        await client.until(partial(shows, client, ids, item))


def shows(client: Client, ids: list[str], item: str) -> bool:
    return order(client, item) == ids


async def approved(service: Service, *texts: str, item: str = "1") -> list[str]:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    ids = [await resident.writes(text, item=item) for text in texts]
    for id in ids:
        await moderator.until(partial(moderator.sees, id))
        await moderator.approves(id)
    return ids


async def test_the_chair_moves_a_comment_and_everybody_has_the_same_order(service: Service) -> None:
    a, b, c = await approved(service, "Ett", "Två", "Tre")
    chair = await Chair.join(service)
    everybody = [chair, await Display.join(service), await Resident.join(service), await Moderator.join(service)]
    await agree(everybody, [a, b, c])
    await chair.do("move_comment", comment=c, before=a)
    await agree(everybody, [c, a, b])
    await chair.do("move_comment", comment=c, before=None)
    await agree(everybody, [a, b, c])
    late = await Display.join(service)
    assert order(late) == [a, b, c]


async def test_a_move_sends_no_text_again(service: Service) -> None:
    a, b, c = await approved(service, "Ett", "Två", "Tre")
    chair, resident = await Chair.join(service), await Resident.join(service)
    seen = len(resident.frames)
    await chair.do("move_comment", comment=b, before=a)
    await agree([resident], [b, a, c])
    (frame,) = [frame for frame in resident.frames[seen:] if frame["type"] == "state"]
    assert {entity["kind"] for entity in frame["put"]} == {"rank"}
    assert {entity["id"] for entity in frame["put"]} == {a, b}


async def test_what_is_approved_later_comes_last_whatever_was_moved(service: Service) -> None:
    a, b = await approved(service, "Ett", "Två")
    chair = await Chair.join(service)
    await chair.do("move_comment", comment=a, before=None)
    (c,) = await approved(service, "Tre")
    await agree([chair], [b, a, c])


async def test_sorting_by_ballots_sets_the_order_once(service: Service) -> None:
    a, b, c = await approved(service, "Ett", "Två", "Tre")
    chair, voters = await Chair.join(service), [await Resident.join(service) for _ in range(2)]
    await voters[0].supports(c)
    await voters[1].supports(c)
    await voters[0].supports(b)
    await agree([chair], [a, b, c])
    await chair.do("sort_queue", how="ballots")
    await agree([chair], [c, b, a])
    await voters[0].supports(a)
    await voters[1].supports(a)
    await voters[1].withdraws_support(c)
    await voters[0].until(lambda: voters[0].tally(a) == 2)
    assert order(voters[0]) == [c, b, a]
    await chair.do("sort_queue", how="time")
    await agree([chair, *voters], [a, b, c])
    assert not [key for key in chair.entities if key.startswith("rank:")]


async def test_not_now_goes_last_and_is_not_lost(service: Service) -> None:
    a, b, c = await approved(service, "Ett", "Två", "Tre")
    chair, display = await Chair.join(service), await Display.join(service)
    await chair.do("discuss_comment", comment=a)
    await chair.do("put_back_comment", comment=a, last=True)
    await agree([chair, display], [b, c, a])
    await chair.do("discuss_comment", comment=c)
    await chair.do("put_back_comment", comment=c)
    await agree([chair, display], [b, c, a])


async def test_two_chairs_who_move_the_same_comment_at_once_move_it_once(service: Service) -> None:
    ids = await approved(service, "Ett", "Två", "Tre", "Fyra")
    one, two = await Chair.join(service), await Chair.join(service)
    for _ in range(5):
        await asyncio.gather(
            one.do("move_comment", comment=ids[3], before=ids[2]),
            two.do("move_comment", comment=ids[3], before=ids[2]),
        )
        await agree([one, two], [*ids[:2], ids[3], ids[2]])
        await one.do("move_comment", comment=ids[3], before=None)
        await agree([one, two], ids)


async def test_two_chairs_who_move_different_comments_at_once_agree_on_one_order(service: Service) -> None:
    ids = await approved(service, *(f"Kommentar {number}" for number in range(6)))
    one, two, display = await Chair.join(service), await Chair.join(service), await Display.join(service)
    for number in range(6):
        await asyncio.gather(
            one.do("move_comment", comment=ids[number], before=ids[5 - number]),
            two.do("move_comment", comment=ids[5 - number], before=ids[(number + 2) % 6]),
        )
    await display.until(lambda: order(display) == order(one) == order(two))
    assert sorted(order(display)) == sorted(ids)


async def test_what_does_not_wait_cannot_be_moved_and_nothing_goes_to_another_item(service: Service) -> None:
    a, b = await approved(service, "Ett", "Två")
    (other,) = await approved(service, "Annan", item="2")
    chair, resident, moderator = await Chair.join(service), await Resident.join(service), await Moderator.join(service)
    pending = await resident.writes("Väntar")
    await chair.do("discuss_comment", comment=a)
    for comment, before, code in (
        (a, b, "wrong_outcome"),
        (b, a, "wrong_outcome"),
        (b, other, "invalid"),
        (pending, b, "unknown_comment"),
        (b, pending, "unknown_comment"),
    ):
        assert (await chair.ask("move_comment", comment=comment, before=before))["code"] == code
    for somebody in (resident, moderator):
        assert (await somebody.ask("move_comment", comment=b, before=None))["code"] == "not_permitted"
        assert (await somebody.ask("sort_queue", how="time"))["code"] == "not_permitted"


def with_queue(count: int) -> Meeting:
    meeting = apply(Meeting("m", EPOCH), SET_UP)
    meeting = apply(meeting, events.SeatTaken(seat=Seat(Role.CHAIR, 1), session=CHAIR.session, expires=10**6))
    for number in range(count):
        meeting = apply(meeting, events.CommentSubmitted(id=str(number), item="1", minute=1, text="Hej"))
        meeting = apply(meeting, events.CommentApproved(id=str(number), by=MODERATOR, minute=1))
    return meeting


@pytest.mark.parametrize(("comment", "before"), [(4, 1), (1, 4), (0, 3), (3, 0), (2, None), (2, 3), (2, 2)])
def test_a_comment_comes_to_stand_right_before_the_one_that_is_named(comment: int, before: int | None) -> None:
    meeting = with_queue(5)
    command = MoveComment(epoch=EPOCH, comment=str(comment), before=None if before is None else str(before))
    for event in handle(meeting, command, CHAIR, 1):
        meeting = apply(meeting, event)
    others = [str(number) for number in range(5) if number != comment]
    at = 4 if before is None else int(before) - (comment < before) if before != comment else comment
    assert [one.id for one in queue(meeting, "1")] == [*others[:at], str(comment), *others[at:]]


def test_ranks_that_two_logs_gave_twice_are_put_right_by_the_next_move() -> None:
    meeting = apply(with_queue(3), events.QueueOrdered(ranks=(Rank("2", 1),), by=Seat(Role.CHAIR, 1), minute=1))
    command = MoveComment(epoch=EPOCH, comment="2", before="0")
    for event in handle(meeting, command, CHAIR, 1):
        meeting = apply(meeting, event)
    assert [one.id for one in queue(meeting, "1")] == ["2", "0", "1"]


def test_a_queue_that_is_sorted_already_makes_no_event() -> None:
    meeting = with_queue(3)
    assert all(handle(meeting, SortQueue(epoch=EPOCH, how=how), CHAIR, 1) == () for how in Sorting)
