"""The state of a meeting: what its events add up to.

`apply` is pure: it takes a meeting and an event and gives the next meeting. Its maps are persistent, so the
meeting before stays whole and a step costs microseconds however much has happened.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from rpds import HashTrieMap

from livechat import acts, events, groups
from livechat.acts import Act, Change, Turn, stand
from livechat.comment import Comment, Translation
from livechat.display import Display
from livechat.events import AgendaItem, Entry, Event, Settings, StaffLink
from livechat.ledger import Ledger, Standing
from livechat.roles import Role, Seat
from livechat.still import Still, taken
from livechat.terms import Terms, after
from moderation.decisions import Outcome
from moderation.reports import Reports


class Intake(StrEnum):
    """Whether residents may send comments."""

    NOT_OPEN = "not_open"
    OPEN = "open"
    PAUSED = "paused"


class Session(Struct, frozen=True):
    """A seat that is taken, and the minute until which it may be used."""

    seat: Seat
    expires: int


class Meeting(Struct, frozen=True):
    """One meeting at one offset of its log. `places` and `seats` are the last numbers given out.

    Ranks in the queue come from `places`, too: what is approved next stands behind all that was moved.

    `tallies` holds the comments that ballots have been cast for, also those that all were taken back from.
    `forked_from` are the epochs that this one goes on from, `instead_of` those that it took the place of, when what
    was in them was wiped. `rehearsal`: nothing here is for real. `still` is what the screen keeps while it is frozen.
    `acts` are the chair's last, the latest last. `intake_ends` has the items that take no comments, and the minute from
    which they take none.
    """

    id: str
    epoch: str
    offset: int = 0
    announced: int = 0
    settings: Settings = Settings(committee="", title="", purpose="", influence="", remit="")
    agenda: tuple[AgendaItem, ...] = ()
    links: tuple[StaffLink, ...] = ()
    sessions: HashTrieMap[str, Session] = HashTrieMap()
    seats: HashTrieMap[Role, int] = HashTrieMap()
    intake: Intake = Intake.NOT_OPEN
    terms: Terms = Terms()
    current_item: str | None = None
    discussing: str | None = None
    comments: HashTrieMap[str, Comment] = HashTrieMap()
    tallies: HashTrieMap[str, int] = HashTrieMap()
    reports: HashTrieMap[str, Reports] = HashTrieMap()
    ledger: Ledger = Ledger()
    places: int = 0
    forked_from: tuple[str, ...] = ()
    display: Display = Display()
    still: Still | None = None
    acts: tuple[Act, ...] = ()
    intake_ends: HashTrieMap[str, int] = HashTrieMap()
    rehearsal: bool = False
    instead_of: tuple[str, ...] = ()
    notice: events.NoticePosted | None = None

    def __repr__(self) -> str:
        return f"<Meeting {self.id} {self.epoch}:{self.offset}>"

    def goes_on_from(self, epoch: str) -> bool:
        """Whether what was said under `epoch` still counts: it is this one, or one that this goes on from."""
        return epoch == self.epoch or epoch in self.forked_from

    def was_rehearsed_as(self, epoch: str) -> bool:
        """Whether what was said under `epoch` was said in a rehearsal of this meeting, which is over."""
        return epoch in self.instead_of and not self.rehearsal

    def has_item(self, item: str) -> bool:
        """Whether an agenda item with this id exists."""
        return any(known.id == item for known in self.agenda)

    def takes_comments_on(self, item: str, minute: int) -> bool:
        """Whether an agenda item takes comments at this minute."""
        end = self.intake_ends.get(item)
        return end is None or minute < end

    def carrier(self, comment: Comment) -> Comment:
        """The comment that this one is merged into; itself if it is not merged."""
        return self.comments[comment.into] if comment.into else comment

    def sealed_until(self, comment: Comment) -> int | None:
        """The minute from which a sealed comment may no longer be opened; None if it is not sealed."""
        if comment.outcome is not Outcome.SEALED or comment.decided is None:
            return None
        return comment.decided + self.settings.seal.days * 24 * 60

    def minute(self, now: float) -> int:
        """`now` (Unix seconds) in whole minutes since the meeting was announced."""
        return max(0, int(now - self.announced) // 60)


def fold(meeting: Meeting, entry: Entry) -> Meeting:
    """The meeting after one entry of its log."""
    for event in entry.events:
        meeting = apply(meeting, event)
    return replace(meeting, offset=entry.offset)


def apply(meeting: Meeting, event: Event) -> Meeting:
    """The meeting after one event."""
    return _APPLY[type(event)](meeting, event)


def _set_up(meeting: Meeting, event: events.MeetingSetUp) -> Meeting:
    return replace(
        meeting,
        announced=event.announced,
        settings=event.settings,
        agenda=event.agenda,
        links=event.links,
        intake_ends=HashTrieMap({item.id: 0 for item in event.agenda if not item.comments}),
        rehearsal=event.rehearsal,
        instead_of=event.instead_of,
    )


def _forked(meeting: Meeting, event: events.EpochForked) -> Meeting:
    return replace(meeting, forked_from=(*meeting.forked_from, event.epoch))


def _links_renewed(meeting: Meeting, event: events.LinksRenewed) -> Meeting:
    void = event.roles or tuple(Role)
    kept = {key: session for key, session in meeting.sessions.items() if session.seat.role not in void}
    return replace(meeting, links=event.links, sessions=HashTrieMap(kept))


def _seat_taken(meeting: Meeting, event: events.SeatTaken) -> Meeting:
    session = Session(event.seat, event.expires)
    return replace(
        meeting,
        sessions=meeting.sessions.insert(event.session, session),
        seats=meeting.seats.insert(event.seat.role, event.seat.seat),
    )


def _intake_opened(meeting: Meeting, event: events.IntakeOpened) -> Meeting:
    return replace(meeting, intake=Intake.OPEN, terms=after(meeting.terms, event))


def _intake_paused(meeting: Meeting, event: events.IntakePaused) -> Meeting:
    return replace(meeting, intake=Intake.PAUSED, terms=after(meeting.terms, event))


def _terms_changed(meeting: Meeting, event: Event) -> Meeting:
    return replace(meeting, terms=after(meeting.terms, event))


def _notice_posted(meeting: Meeting, event: events.NoticePosted) -> Meeting:
    return replace(meeting, notice=event)


def _notice_taken_down(meeting: Meeting, event: events.NoticeTakenDown) -> Meeting:
    return replace(meeting, notice=None)


def _current_item_set(meeting: Meeting, event: events.CurrentItemSet) -> Meeting:
    act = Act(event.act, event.by, turn=Turn(meeting.current_item, event.item))
    return replace(meeting, current_item=event.item, acts=acts.remember(meeting.acts, act))


def _item_intake_set(meeting: Meeting, event: events.ItemIntakeSet) -> Meeting:
    if not event.open:
        # The minute that has begun does not count: it is at least so long.
        end = event.minute + meeting.settings.grace + 1 if meeting.settings.grace else event.minute
        return replace(meeting, intake_ends=meeting.intake_ends.insert(event.item, end))
    if event.item not in meeting.intake_ends:
        return meeting
    return replace(meeting, intake_ends=meeting.intake_ends.remove(event.item))


def _submitted(meeting: Meeting, event: events.CommentSubmitted) -> Meeting:
    number = len(meeting.comments) + 1
    made = Comment(event.id, event.item, event.text, number, received=event.minute)
    comment = replace(
        made,
        entered=event.entered,
        body=event.body,
        flags=event.flags,
        language=event.language,
        suggested=event.suggested,
        outside=event.outside,
    )
    return _put(meeting, comment)


def _withdrawn(meeting: Meeting, event: events.CommentWithdrawn) -> Meeting:
    return _change(meeting, event.id, outcome=Outcome.WITHDRAWN, last=None, by=None, decided=event.minute, **_UNDONE)


def _reported(meeting: Meeting, event: events.CommentReported) -> Meeting:
    reports = meeting.reports.get(event.id, Reports()).one_more(event.reason)
    return replace(meeting, reports=meeting.reports.insert(event.id, reports))


def _reviewed(meeting: Meeting, event: events.ReportsReviewed) -> Meeting:
    reports = meeting.reports.get(event.id, Reports()).looked_at()
    return replace(meeting, reports=meeting.reports.insert(event.id, reports))


def _approved(meeting: Meeting, event: events.CommentApproved) -> Meeting:
    if meeting.comments[event.id].place:
        return _decided(meeting, event, Outcome.APPROVED)
    meeting = replace(meeting, places=meeting.places + 1)
    return _decided(meeting, event, Outcome.APPROVED, place=meeting.places, rank=meeting.places)


def _declined(meeting: Meeting, event: events.CommentDeclined) -> Meeting:
    return _decided(meeting, event, Outcome.DECLINED, reason=event.reason)


def _referred(meeting: Meeting, event: events.CommentReferred) -> Meeting:
    return _decided(meeting, event, Outcome.REFERRED, channel=event.channel)


def _merged(meeting: Meeting, event: events.CommentMerged) -> Meeting:
    meeting = _decided(meeting, event, Outcome.MERGED)
    return replace(meeting, comments=groups.join(meeting.comments, event.id, event.into))


def _sealed(meeting: Meeting, event: events.CommentSealed) -> Meeting:
    return _decided(meeting, event, Outcome.SEALED)


def _seal_opened(meeting: Meeting, event: events.SealOpened) -> Meeting:
    comment = meeting.comments[event.id]
    return _put(meeting, replace(comment, opened=(*comment.opened, event.minute)))


def _erased(meeting: Meeting, event: events.CommentErased) -> Meeting:
    comment = meeting.comments[event.id]
    shown = None if comment.shown is None else ""
    translation = comment.translation and replace(comment.translation, text="")
    return _put(meeting, replace(comment, text="", shown=shown, translation=translation, erased=True))


def _edited(meeting: Meeting, event: events.CommentEdited) -> Meeting:
    return _rewritten(meeting, event, shown=None if event.restored else event.text, shown_flags=event.flags)


def _translated(meeting: Meeting, event: events.CommentTranslated) -> Meeting:
    edition = meeting.comments[event.id].revision + 1
    translation = None if event.removed else Translation(event.language, event.text, edition)
    return _rewritten(meeting, event, translation=translation)


def _taken_back(meeting: Meeting, event: events.CommentTakenBack) -> Meeting:
    return _decided(meeting, event, Outcome.PENDING)


def _discussed(meeting: Meeting, event: events.CommentDiscussed) -> Meeting:
    return _acted(meeting, event, [event.id], lambda: _decided(meeting, event, Outcome.DISCUSSING))


def _put_back(meeting: Meeting, event: events.CommentPutBack) -> Meeting:
    return _acted(meeting, event, [event.id], lambda: _decided(meeting, event, Outcome.APPROVED))


def _answered(meeting: Meeting, event: events.CommentAnswered) -> Meeting:
    minute = event.minute if event.answered is None else event.answered
    return _acted(meeting, event, [event.id], lambda: _decided(meeting, event, Outcome.ANSWERED, answered=minute))


def _counted(meeting: Meeting, event: events.TalliesCounted) -> Meeting:
    tallies = meeting.tallies
    for comment, size in event.tallies:
        tallies = tallies.insert(comment, size)
    return replace(meeting, tallies=tallies)


def _display_set(meeting: Meeting, event: events.DisplaySet) -> Meeting:
    still = meeting.still
    if not event.display.frozen:
        still = None
    elif still is None:
        still = taken(event.minute, meeting.current_item, meeting.comments, meeting.tallies)
    return replace(meeting, display=event.display, still=still)


def _ordered(meeting: Meeting, event: events.QueueOrdered) -> Meeting:
    return _acted(meeting, event, [id for id, _ in event.ranks], lambda: _with_ranks(meeting, event))


def _assigned(meeting: Meeting, event: events.CommentAssigned) -> Meeting:
    comment = replace(meeting.comments[event.id], member=event.member)
    return _acted(meeting, event, [event.id], lambda: _put(meeting, comment))


def _undone(meeting: Meeting, event: events.ActUndone) -> Meeting:
    return replace(meeting, acts=acts.before(meeting.acts, event.act))


def _acted(
    meeting: Meeting, event: events.Acted | events.QueueOrdered, comments: list[str], step: Callable[[], Meeting]
) -> Meeting:
    """The meeting after a step of the chair's with these comments, and what that changed."""
    before = [stand(meeting.comments[id]) for id in comments]  # First: a draft's maps change in place.
    meeting = step()
    changes = tuple(Change(id, stood, stand(meeting.comments[id])) for id, stood in zip(comments, before, strict=True))
    return replace(meeting, acts=acts.remember(meeting.acts, Act(event.act, event.by, changes)))


def _with_ranks(meeting: Meeting, event: events.QueueOrdered) -> Meeting:
    comments = meeting.comments
    for id, rank in event.ranks:
        comments = comments.insert(id, replace(comments[id], rank=rank))
    places = max([meeting.places, *(rank for _, rank in event.ranks)])
    return replace(meeting, comments=comments, places=places)


_UNDONE: dict[str, Any] = {"reason": None, "answered": None, "channel": None}
"""What belongs to an outcome, and goes with it."""


def _decided(meeting: Meeting, event: events.Decided, outcome: Outcome, **fields: Any) -> Meeting:
    fields = {**_UNDONE, "last": event.by, "by": event.by, "decided": event.minute, **fields}
    return _change(meeting, event.id, outcome=outcome, **fields)


def _rewritten(meeting: Meeting, event: events.Decided, **fields: Any) -> Meeting:
    """What is shown is another; where it stands, and who decided that, is the same."""
    before = meeting.comments[event.id]
    return _put(meeting, replace(before, revision=before.revision + 1, last=event.by, **fields))


def _change(meeting: Meeting, comment_id: str, outcome: Outcome, **fields: Any) -> Meeting:
    before = meeting.comments[comment_id]
    comment = replace(before, outcome=outcome, revision=before.revision + 1, **fields)
    discussing = meeting.discussing if meeting.discussing != comment_id else None
    if outcome is Outcome.DISCUSSING:
        discussing = comment_id
    meeting = replace(_put(meeting, comment), discussing=discussing)
    if before.into is None:
        return meeting
    return replace(meeting, comments=groups.leave(meeting.comments, comment_id))


def _put(meeting: Meeting, comment: Comment) -> Meeting:
    """The one place where a comment comes in or changes, and the ledger with it."""
    before = meeting.comments.get(comment.id)
    ledger = _entered(meeting.ledger, before, comment) if before else meeting.ledger.one_more()
    still = meeting.still and meeting.still.after(comment)
    return replace(meeting, comments=meeting.comments.insert(comment.id, comment), ledger=ledger, still=still)


def _entered(ledger: Ledger, before: Comment, now: Comment) -> Ledger:
    ledger = ledger.moved(Standing(before.outcome, before.reason), Standing(now.outcome, now.reason))
    if before.decided is not None or now.by is None:  # Decided before, not yet, or taken back by its author.
        return ledger
    return ledger.waited(max(0, (now.decided or 0) - now.received))


_APPLY: dict[type[Event], Callable[[Meeting, Any], Meeting]] = {
    events.MeetingSetUp: _set_up,
    events.EpochForked: _forked,
    events.LinksRenewed: _links_renewed,
    events.SeatTaken: _seat_taken,
    events.IntakeOpened: _intake_opened,
    events.IntakePaused: _intake_paused,
    events.SlowModeSet: _terms_changed,
    events.IntakeLimited: _terms_changed,
    events.ItemClosed: _terms_changed,
    events.ItemReopened: _terms_changed,
    events.CurrentItemSet: _current_item_set,
    events.CommentSubmitted: _submitted,
    events.CommentWithdrawn: _withdrawn,
    events.CommentReported: _reported,
    events.ReportsReviewed: _reviewed,
    events.CommentApproved: _approved,
    events.CommentDeclined: _declined,
    events.CommentReferred: _referred,
    events.CommentMerged: _merged,
    events.CommentSealed: _sealed,
    events.SealOpened: _seal_opened,
    events.CommentEdited: _edited,
    events.CommentTranslated: _translated,
    events.CommentTakenBack: _taken_back,
    events.CommentDiscussed: _discussed,
    events.CommentPutBack: _put_back,
    events.CommentAnswered: _answered,
    events.TalliesCounted: _counted,
    events.DisplaySet: _display_set,
    events.QueueOrdered: _ordered,
    events.ActUndone: _undone,
    events.CommentAssigned: _assigned,
    events.ItemIntakeSet: _item_intake_set,
    events.NoticePosted: _notice_posted,
    events.NoticeTakenDown: _notice_taken_down,
    events.CommentErased: _erased,
}

assert set(_APPLY) == {*events.AnyEvent.__args__}  # Every event folds.
