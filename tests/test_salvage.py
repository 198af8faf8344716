"""What a log has lost is said again by those who know it: all of it, and once, however many they are."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from livechat.commands import Command, TakeSeat
from livechat.errors import Refused
from livechat.events import CommentApproved, CommentSubmitted, Entry, EpochForked, Event, LinksRenewed, StaffLink
from livechat.handle import handle
from livechat.meeting import Meeting, fold
from livechat.roles import RESIDENT, Actor, Role, Seat
from livechat.salvage import again
from tests.test_heart import (
    CHAIR,
    EPOCH,
    MODERATORS,
    SET_UP,
    STAFF,
    chairs_commands,
    moderators_commands,
    residents_commands,
)

acts = st.lists(
    st.tuples(residents_commands, st.just(RESIDENT))
    | st.tuples(moderators_commands, st.sampled_from(MODERATORS))
    | st.tuples(chairs_commands, st.just(CHAIR)),
    max_size=25,
)


@given(acts, st.integers(1, 30), st.integers(0, 30))
def test_two_processes_say_again_all_that_was_lost_and_each_thing_once(
    given: list[tuple[Command, Actor]], kept: int, behind: int
) -> None:
    log = _log_of(given)
    before = _folded(log)
    held = [*log[:kept], Entry(min(kept, len(log)) + 1, (EpochForked(epoch=EPOCH, minute=9),))]
    for known in (log[: max(len(log) - behind, 1)], log, log):  # The first one knows less than the others.
        events = again(_folded(held), held, _folded(known), known)
        if events:
            held.append(Entry(len(held) + 1, tuple(events)))  # type: ignore[arg-type]
    assert _facts(_folded(held)) == _facts(before)
    assert again(_folded(held), held, before, log) == []


def test_what_others_wrote_meanwhile_stands() -> None:
    approval = CommentApproved(id="a", by=Seat(Role.MODERATOR, 1), minute=1)
    log = [*_log_of([]), _entry(5, _said("a")), _entry(6, approval)]
    held = [*log[:5], _entry(6, _said("b")), _entry(7, EpochForked(epoch=EPOCH, minute=1))]
    (approved,) = again(_folded(held), held, _folded(log), log)
    assert approved == approval
    state = _folded([*held, _entry(8, approved)])
    assert [(id, state.comments[id].outcome) for id in "ab"] == [("a", "approved"), ("b", "pending")]


def test_a_seat_by_a_link_that_was_renewed_meanwhile_is_not_given_again() -> None:
    start = _log_of([])
    seat = handle(_folded(start), TakeSeat(epoch=EPOCH, link="m", session="late"), Actor(Role.MODERATOR), 1)
    log = [*start, _entry(5, *seat)]
    renewed = LinksRenewed(links=(StaffLink(Role.MODERATOR, "new", 10**6),))
    held = [*start, _entry(5, renewed), _entry(6, EpochForked(epoch=EPOCH, minute=1))]
    assert again(_folded(held), held, _folded(log), log) == []
    held = [*start, _entry(5, EpochForked(epoch=EPOCH, minute=1))]
    assert again(_folded(held), held, _folded(log), log) == list(seat)


def test_who_knows_nothing_that_was_lost_says_nothing() -> None:
    log = _log_of([])
    held = [*log, _entry(5, EpochForked(epoch=EPOCH, minute=1)), _entry(6, _said("a"))]
    assert again(_folded(held), held, _folded(log), log) == []


def _log_of(given: Sequence[tuple[Command, Actor]]) -> list[Entry]:
    links = zip(STAFF, "mmc", strict=True)
    seats = [(TakeSeat(epoch=EPOCH, link=link, session=actor.session), actor) for actor, link in links]
    log = [_entry(1, SET_UP)]
    for command, actor in [*seats, *given]:
        try:
            events = handle(_folded(log), command, actor, 1)
        except Refused:
            continue
        if events:
            log.append(_entry(len(log) + 1, *events))
    return log


def _said(id: str) -> CommentSubmitted:
    return CommentSubmitted(id=id, item="1", minute=1, text="Hej")


def _entry(offset: int, *events: Event) -> Entry:
    return Entry(offset, events)  # type: ignore[arg-type]


def _folded(log: Sequence[Entry]) -> Meeting:
    meeting = Meeting("m", EPOCH)
    for entry in log:
        meeting = fold(meeting, entry)
    return meeting


def _facts(meeting: Meeting) -> dict[str, object]:
    facts = msgspec.structs.asdict(meeting)
    for name in ("comments", "sessions", "intake_ends"):
        facts[name] = dict(facts[name].items())
    return {name: value for name, value in facts.items() if name not in ("offset", "forked_from")}
