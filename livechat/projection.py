"""What each role may see. This module alone decides it, for push, resume, snapshot, page and export alike.

What is no event, and so no part of this, is :mod:`livechat.moment`'s to show.

For each role the projection keeps an index of its own: the entities that the role sees, each with the offset at
which the role last saw it change. These offsets count visible changes only, so neither they nor an empty frame
tell anybody that something was submitted or declined out of sight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from livechat import events, meeting
from livechat.comment import Comment
from livechat.entities import (
    Carrier,
    DeskComment,
    DisplayEntity,
    Entity,
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
from livechat.events import Entry, Event, Stream
from livechat.index import Index, Key, advance, changed, forked
from livechat.meeting import Meeting
from livechat.roles import Role
from livechat.still import Still
from moderation.decisions import SHOWN, UNSEEN, Outcome
from moderation.screening.flags import Code


def for_the_public(comment: Comment) -> PublicComment | None:
    """Held until approved: nobody but moderators and its author sees a comment that is not among the shown."""
    if comment.outcome not in SHOWN:
        return None
    return PublicComment(*_public(comment))


def for_the_desk(comment: Comment) -> DeskComment | None:
    """Moderators see every comment but those that their authors withdrew, and threats."""
    if comment.outcome in UNSEEN:
        return None
    fields = (
        *_public(comment),
        comment.received,
        comment.number,
        comment.revision,
        comment.reason,
        comment.by,
        comment.decided,
        comment.last,
        comment.channel,
        comment.into,
        None if comment.shown is None else comment.text,
        comment.entered,
        comment.flags,
        comment.language,
        comment.suggested,
        comment.outside,
        comment.shown_flags,
    )
    return DeskComment(*fields)


def _public(comment: Comment) -> tuple[Any, ...]:
    """The fields of a comment that become public with its approval: never the original of an edited text."""
    return (
        comment.id,
        comment.item,
        comment.words,
        comment.outcome,
        comment.place,
        comment.answered,
        comment.translation,
        comment.body,
        len(comment.carries),
        comment.member,
    )


class View(NamedTuple):
    """How a role sees a comment; whether it sees `reports`, and whether it `freezes`."""

    comment: Callable[[Comment], PublicComment | None]
    reports: bool = False
    freezes: bool = False


VIEWS: dict[Role, View] = {
    Role.RESIDENT: View(for_the_public),
    Role.MODERATOR: View(for_the_desk, reports=True),
    Role.CHAIR: View(for_the_public),
    Role.DISPLAY: View(for_the_public, freezes=True),
    Role.POLITICIAN: View(for_the_public),
    Role.CAPTIONER: View(for_the_public),
}
"""What each role sees. Meeting and agenda are the same for all, but on a frozen screen."""


def spoken_on_the_display(state: Meeting) -> str | None:
    """The id of the comment that the screen in the room shows as under discussion; None if it shows none."""
    if state.terms.closed or state.display.blank:
        return None
    if state.still is None:
        return state.discussing
    return next((id for id, outcome in state.still.outcomes.items() if outcome is Outcome.DISCUSSING), None)


def for_its_author(state: Meeting, comment_id: str) -> OwnComment | None:
    """The comment as its author sees it; only for a connection that has shown its secret."""
    comment = state.comments.get(comment_id)
    if comment is None:
        return None
    return OwnComment(
        comment.id,
        comment.item,
        comment.text,
        comment.outcome,
        comment.reason,
        comment.received,
        comment.answered,
        comment.shown,
        comment.channel,
        _carrier(state.comments[comment.into]) if comment.into else None,
        state.sealed_until(comment),
        help=any(flag.code == Code.CRISIS for flag in comment.flags),
    )


def _carrier(comment: Comment) -> Carrier:
    """Its text only while everybody sees it: the author of the one knows nothing of the author of the other."""
    seen = for_the_public(comment)
    return Carrier(
        seen.id if seen else None,
        seen.text if seen else None,
        comment.outcome,
        comment.reason,
        comment.channel,
        comment.answered,
    )


class Projection(Struct, frozen=True):
    """A meeting, and what each role sees of it."""

    meeting: Meeting
    indexes: dict[Role, Index]

    def __repr__(self) -> str:
        return f"<Projection of {self.meeting!r}>"

    def shows(self, comment: str, role: Role) -> bool:
        """Whether the role sees the comment with this id."""
        return Key("comment", comment) in self.indexes[role].seen


class Delta(NamedTuple):
    """What changed for a role after `since`: entities to put, keys to drop. `since` 0 replaces everything."""

    offset: int
    since: int
    put: list[tuple[Key, Entity]]
    drop: list[Key]


def blank(state: Meeting) -> Projection:
    """The projection of a meeting before its first entry."""
    public, desk = Index(), Index()
    return Projection(state, {role: desk if VIEWS[role].reports else public for role in Role})


def fold(projection: Projection, entry: Entry) -> Projection:
    """The projection after one entry of the log."""
    kin = {id: _kin(projection.meeting, id) for event in entry.events for id in _comments_of(event)}
    state = meeting.fold(projection.meeting, entry)
    keys = [key for event in entry.events for key in _touched(event, kin, state)]
    if len(keys) > 1:
        keys = list(dict.fromkeys(keys))
    return Projection(state, _indexes(projection.indexes, state, keys, _thawed(projection.meeting.still, state)))


def delta(projection: Projection, since: int, role: Role) -> Delta:
    """What `role` has to learn that stood at `since`. A `since` that never was means: start over.

    Costs what changed, not what exists.
    """
    index = projection.indexes[role]
    if not 0 < since <= index.offset:
        return Delta(index.offset, 0, [(key, seen.entity) for key, seen in sorted(index.seen.items())], [])
    put: list[tuple[Key, Entity]] = []
    drop: list[Key] = []
    for key in changed(index, since):
        if key in index.seen:
            put.append((key, index.seen[key].entity))
        else:
            drop.append(key)
    return Delta(index.offset, since, put, drop)


def touched_comments(entry: Entry, state: Meeting) -> set[str]:
    """The ids of the comments whose authors an entry tells something; `state` is the meeting after it.

    What becomes of a comment concerns the authors of those that it carries.
    """
    about = {event.id for event in entry.events if isinstance(event, _ABOUT_A_COMMENT)}
    return about.union(*(state.comments[id].carries for id in about))


_ABOUT_A_COMMENT = (events.CommentSubmitted, events.CommentWithdrawn, events.Decided, events.CommentErased)

_ABOUT_THE_MEETING = (
    events.EpochForked,
    events.IntakeOpened,
    events.IntakePaused,
    events.CurrentItemSet,
    events.SlowModeSet,
    events.IntakeLimited,
    events.ItemClosed,
    events.ItemReopened,
)

_ABOUT_THE_DISPLAY = (events.DisplaySet, events.ItemClosed, events.ItemReopened)


def _comments_of(event: Event) -> tuple[str, ...]:
    """The ids of the comments that an event is about."""
    if isinstance(event, _ABOUT_A_COMMENT):
        return (event.id,)
    return tuple(tally.comment for tally in event.tallies) if isinstance(event, events.TalliesCounted) else ()


def _kin(state: Meeting, id: str) -> tuple[str, ...]:
    """The ids of those that carry the comment or are carried by it."""
    comment = state.comments.get(id)
    if comment is None:
        return ()
    return (*comment.carries, comment.into) if comment.into else comment.carries


def _touched(event: Event, kin: dict[str, tuple[str, ...]], state: Meeting) -> Iterable[Key]:
    """The keys that an event may have changed; `kin` is what its comments had to do with before."""
    for comment in _comments_of(event):
        for id in (comment, *kin[comment], *_kin(state, comment)):
            if not isinstance(event, events.TalliesCounted):
                yield Key("comment", id)
                if state.still or state.comments[id].rank != state.comments[id].place:
                    yield Key("rank", id)
            if state.tallies:
                yield Key("tally", id)  # It is seen where its comment is.
        if comment in state.reports:
            yield Key("report", comment)
    if isinstance(event, _ABOUT_A_COMMENT):
        return
    if isinstance(event, events.CommentReported | events.ReportsReviewed):
        yield Key("report", event.id)
    elif isinstance(event, events.MeetingSetUp):
        yield from (Key("meeting", state.id), Key("display", state.id))
        yield from (Key("item", item.id) for item in event.agenda)
    elif isinstance(event, events.NoticePosted | events.NoticeTakenDown):
        yield Key("notice", state.id)
    elif isinstance(event, _ABOUT_THE_MEETING):
        yield Key("meeting", state.id)
    elif isinstance(event, events.ItemIntakeSet):
        yield Key("item", event.item)
    elif isinstance(event, events.QueueOrdered):
        yield from (Key("rank", comment) for comment, _ in event.ranks)
    if isinstance(event, _ABOUT_THE_DISPLAY):
        yield Key("display", state.id)


def _thawed(still: Still | None, state: Meeting) -> list[Key]:
    """The keys of all that a screen that was frozen like this may have missed, once it is released."""
    # The same still as before, if less of it: nothing was missed yet.
    if still is None or (state.still and state.still.ranks is still.ranks):
        return []
    shown = [id for id, comment in state.comments.items() if comment.outcome in SHOWN]
    return [Key("meeting", state.id), *(Key(kind, id) for id in shown for kind in ("comment", "tally", "rank"))]


def _indexes(before: dict[Role, Index], state: Meeting, keys: list[Key], thawed: list[Key]) -> dict[Role, Index]:
    """The display sees what the public sees, and shares its index, until it is frozen for the first time."""
    own = before[Role.DISPLAY]
    shared = own is before[Role.RESIDENT]
    if shared and state.still:
        own, shared = forked(own), False  # First: a draft's maps change in place.
    after = before.copy()
    for view, roles in _VIEWERS.items():
        index = _advanced(before[roles[0]], state, keys, view)
        for role in roles:
            after[role] = index
    display = VIEWS[Role.DISPLAY]
    after[Role.DISPLAY] = after[Role.RESIDENT] if shared else _advanced(own, state, [*keys, *thawed], display)
    return after


def _advanced(index: Index, state: Meeting, keys: list[Key], view: View) -> Index:
    return advance(index, [(key, _entity(state, key, view)) for key in keys])


_VIEWERS: dict[View, tuple[Role, ...]] = {
    view: tuple(role for role in Role if VIEWS[role] == view) for view in VIEWS.values() if not view.freezes
}
"""Who sees the same shares one index: the work is done once for each view."""


def _entity(state: Meeting, key: Key, view: View) -> Entity | None:
    if key.kind == "comment":
        return _comment_entity(state, state.comments[key.id], view)
    if key.kind == "tally":
        return _tally_entity(state, key.id, view)
    if key.kind == "report":
        return _report_entity(state, key.id, view)
    if key.kind == "notice":
        return NoticeEntity(state.id, state.notice.texts, state.notice.minute) if state.notice else None
    if key.kind == "display":
        return _display_entity(state)
    if key.kind == "rank":
        return _rank_entity(state, key.id, view)
    return _meeting_entity(state, view) if key.kind == "meeting" else _item_entity(state, key.id)


def _still(state: Meeting, view: View) -> Still | None:
    return state.still if view.freezes else None


def _comment_entity(state: Meeting, comment: Comment, view: View) -> PublicComment | None:
    """A frozen screen goes on showing a comment where it was, while anybody sees it at all."""
    seen, still = view.comment(comment), _still(state, view)
    if seen is None or still is None:
        return seen
    outcome = still.outcomes.get(seen.id)
    answered = seen.answered if outcome is Outcome.ANSWERED else None
    return replace(seen, outcome=outcome, answered=answered) if outcome else None


def _meeting_entity(state: Meeting, view: View) -> MeetingEntity:
    about, still = state.settings, _still(state, view)
    return MeetingEntity(
        state.id,
        about.committee,
        about.title,
        about.purpose,
        about.influence,
        about.remit,
        about.contact,
        about.starts,
        about.language,
        state.announced,
        state.intake,
        still.item if still else state.current_item,
        state.forked_from,
        about.channels,
        about.reasons,
        about.bodies,
        about.seal,
        state.terms.paused_by,
        state.terms.slow,
        state.terms.most_pending,
        state.terms.closed,
        _stream(state),
        about.members,
        about.delay,
        rehearsal=state.rehearsal,
    )


def _stream(state: Meeting) -> Stream | None:
    """Behind closed doors there is a stream, but it is at no address."""
    known = state.settings.stream
    return Stream() if known and state.terms.closed else known


def _tally_entity(state: Meeting, id: str, view: View) -> TallyEntity | None:
    comment = state.comments.get(id)
    if comment is None or _comment_entity(state, comment, view) is None:
        return None
    still = _still(state, view)
    tallies = still.tallies if still else state.tallies
    count = tallies.get(id, 0)
    similar = tuple(tally for other in comment.carries if (tally := tallies.get(other, 0)))
    return TallyEntity(id, count, similar) if count or similar else None


def _report_entity(state: Meeting, id: str, view: View) -> ReportEntity | None:
    """Only moderators learn of reports: that one was made must not make others follow, or tell its author."""
    reports = state.reports.get(id)
    if reports is None or not view.reports or view.comment(state.comments[id]) is None:
        return None
    return ReportEntity(id, dict(reports.counts), reports.fresh)


def _display_entity(state: Meeting) -> DisplayEntity:
    stands = state.display
    since = state.still.since if state.still else None
    return DisplayEntity(
        *(state.id, _now(state), stands.shows, stands.blank, stands.frozen, since, stands.look, stands.size)
    )


def _now(state: Meeting) -> Now:
    if state.terms.closed:
        return Now.CLOSED
    return Now.BLANK if state.display.blank else Now(state.display.shows)


def _rank_entity(state: Meeting, id: str, view: View) -> RankEntity | None:
    comment, still = state.comments[id], _still(state, view)
    rank = still.ranks.get(id, comment.place) if still else comment.rank
    return RankEntity(id, rank) if rank != comment.place and _comment_entity(state, comment, view) else None


def _item_entity(state: Meeting, id: str) -> ItemEntity:
    number, item = next((n, item) for n, item in enumerate(state.agenda, 1) if item.id == id)
    return ItemEntity(item.id, number, item.title, item.about, item.documents, state.intake_ends.get(id))
