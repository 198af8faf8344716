"""What a store lost and this process still knows.

When a log has lost its end, every process has the last entries that it folded. Those that the log does not hold any
more are said again, by whichever process comes first. Nothing is said twice: each event is looked at with what the
log holds by then, and left out if it is so already or cannot be so any more.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from livechat import events
from livechat.events import AnyEvent, Entry, Event
from livechat.log import split
from livechat.meeting import Intake, Meeting, apply
from livechat.roles import Seat
from moderation.decisions import CARRIERS, EDITABLE, TRANSLATABLE, Decision, Outcome, after


def again(meeting: Meeting, held: Sequence[Entry], before: Meeting, known: Sequence[Entry]) -> list[Event]:
    """The events that still have to be said in a meeting, of those that its log has lost.

    `held` are the last entries that the log holds now, which `meeting` is folded from; `known` are the last that
    were folded before, and `before` is what they added up to.
    """
    missing = _missing(known, held)
    if not missing:
        return []
    lost = [event for entry in missing for event in entry.events]
    if meeting.links != before.links and not any(isinstance(event, events.LinksRenewed) for event in lost):
        # Links were renewed where these were not known: who has a seat by the old ones must show a new one.
        lost = [event for event in lost if not isinstance(event, events.SeatTaken)]
    instead = [event for entry in held if entry.offset >= missing[0].offset for event in entry.events]
    return _still_to_say(meeting, lost, Counter(_bare(event) for event in instead))


def _missing(known: Sequence[Entry], held: Sequence[Entry]) -> Sequence[Entry]:
    """The known entries from the first on that is not in its place any more."""
    now = {entry.offset: entry for entry in held}
    oldest = held[0].offset
    for number, entry in enumerate(known):
        if entry.offset >= oldest and (entry.offset not in now or not _same(entry, now[entry.offset])):
            return known[number:]
    return ()


def _same(one: Entry, other: Entry) -> bool:
    return [_bare(event) for event in one.events] == [_bare(event) for event in other.events]


def _bare(event: Event) -> bytes:
    return split([event])[0]  # Words may have been erased meanwhile.


def _still_to_say(meeting: Meeting, lost: list[AnyEvent], said: Counter[bytes]) -> list[Event]:
    """`said` are the events that took the place of the lost ones; another process may have said these again."""
    news: list[Event] = []
    for event in lost:
        if said[_bare(event)]:
            said[_bare(event)] -= 1
        elif told := _AGAIN[type(event)](meeting, event):
            news.append(told)
            meeting = apply(meeting, told)
    return news


def _never(meeting: Meeting, event: Event) -> None:
    return None


def _links(meeting: Meeting, event: events.LinksRenewed) -> Event | None:
    return None if meeting.links == event.links else event


def _seat(meeting: Meeting, event: events.SeatTaken) -> Event | None:
    if event.session in meeting.sessions:
        return None
    role = event.seat.role
    number = max(event.seat.seat, meeting.seats.get(role, 0) + 1)
    return events.SeatTaken(seat=Seat(role, number), session=event.session, expires=event.expires)


def _opened(meeting: Meeting, event: events.IntakeOpened) -> Event | None:
    return None if meeting.intake is Intake.OPEN else event


def _paused(meeting: Meeting, event: events.IntakePaused) -> Event | None:
    return event if meeting.intake is Intake.OPEN else None


def _item(meeting: Meeting, event: events.CurrentItemSet) -> Event | None:
    return None if meeting.current_item == event.item else event


def _item_intake(meeting: Meeting, event: events.ItemIntakeSet) -> Event | None:
    return None if event.open == (event.item not in meeting.intake_ends) else event


def _terms(meeting: Meeting, event: Event) -> Event | None:
    return event if apply(meeting, event).terms != meeting.terms else None


def _display(meeting: Meeting, event: events.DisplaySet) -> Event | None:
    return None if meeting.display == event.display else event


def _notice(meeting: Meeting, event: Event) -> Event | None:
    return event if apply(meeting, event).notice != meeting.notice else None


def _submitted(meeting: Meeting, event: events.CommentSubmitted) -> Event | None:
    return None if event.id in meeting.comments else event


def _merged(meeting: Meeting, event: events.CommentMerged) -> Event | None:
    carrier = meeting.comments.get(event.into)
    if carrier is None or carrier.id == event.id or carrier.outcome not in CARRIERS:
        return None
    return _decision(Decision.MERGE)(meeting, event)


def _taken_back(meeting: Meeting, event: events.CommentTakenBack) -> Event | None:
    comment = meeting.comments.get(event.id)
    if comment and comment.outcome is Outcome.SEALED and (comment.by != event.by or comment.erased):
        return None
    return _decision(Decision.TAKE_BACK)(meeting, event)


def _opened_seal(meeting: Meeting, event: events.SealOpened) -> Event | None:
    comment = meeting.comments.get(event.id)
    return event if comment and event.minute not in comment.opened else None


def _erased(meeting: Meeting, event: events.CommentErased) -> Event | None:
    comment = meeting.comments.get(event.id)
    return event if comment and comment.outcome is Outcome.SEALED and not comment.erased else None


def _edited(meeting: Meeting, event: events.CommentEdited) -> Event | None:
    comment = meeting.comments.get(event.id)
    return event if comment and comment.outcome in EDITABLE else None


def _translated(meeting: Meeting, event: events.CommentTranslated) -> Event | None:
    comment = meeting.comments.get(event.id)
    return event if comment and comment.outcome in TRANSLATABLE else None


def _if_there(meeting: Meeting, event: events.CommentReported | events.ReportsReviewed) -> Event | None:
    return event if event.id in meeting.comments else None


def _discussed(meeting: Meeting, event: events.CommentDiscussed) -> Event | None:
    return None if meeting.discussing else _decision(Decision.DISCUSS)(meeting, event)


def _ordered(meeting: Meeting, event: events.QueueOrdered) -> Event | None:
    ranks = tuple(rank for rank in event.ranks if rank.comment in meeting.comments)
    return replace(event, ranks=ranks) if ranks else None


def _assigned(meeting: Meeting, event: events.CommentAssigned) -> Event | None:
    return event if event.id in meeting.comments else None


def _undone(meeting: Meeting, event: events.ActUndone) -> Event | None:
    return event if any(act.id == event.act for act in meeting.acts) else None


def _decision(decision: Decision) -> Callable[[Meeting, Any], Event | None]:
    def decided(meeting: Meeting, event: Any) -> Event | None:
        comment = meeting.comments.get(event.id)
        return event if comment and after(decision, comment.outcome) else None

    return decided


_AGAIN: dict[type[Event], Callable[[Meeting, Any], Event | None]] = {
    events.MeetingSetUp: _never,  # The first entry: without it there is no log at all.
    events.EpochForked: _never,
    events.TalliesCounted: _never,  # A number is the size of a set, and the log has lost both.
    events.LinksRenewed: _links,
    events.SeatTaken: _seat,
    events.IntakeOpened: _opened,
    events.IntakePaused: _paused,
    events.SlowModeSet: _terms,
    events.IntakeLimited: _terms,
    events.ItemClosed: _terms,
    events.ItemReopened: _terms,
    events.CurrentItemSet: _item,
    events.CommentSubmitted: _submitted,
    events.CommentReported: _if_there,
    events.ReportsReviewed: _if_there,
    events.CommentWithdrawn: _decision(Decision.WITHDRAW),
    events.CommentApproved: _decision(Decision.APPROVE),
    events.CommentDeclined: _decision(Decision.DECLINE),
    events.CommentReferred: _decision(Decision.REFER),
    events.CommentMerged: _merged,
    events.CommentSealed: _decision(Decision.SEAL),
    events.SealOpened: _opened_seal,
    events.CommentEdited: _edited,
    events.CommentTranslated: _translated,
    events.CommentTakenBack: _taken_back,
    events.CommentDiscussed: _discussed,
    events.CommentPutBack: _decision(Decision.PUT_BACK),
    events.CommentAnswered: _decision(Decision.ANSWER),
    events.DisplaySet: _display,
    events.QueueOrdered: _ordered,
    events.ActUndone: _undone,
    events.CommentAssigned: _assigned,
    events.ItemIntakeSet: _item_intake,
    events.NoticePosted: _notice,
    events.NoticeTakenDown: _notice,
    events.CommentErased: _erased,
}

assert set(_AGAIN) == {*events.AnyEvent.__args__}  # Nothing that can happen is forgotten here.
