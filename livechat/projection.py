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

from livechat import events, meeting
from livechat.comment import Comment
from livechat.entities import (
    Carrier,
    DeskComment,
    Entity,
    ItemEntity,
    MeetingEntity,
    OwnComment,
    PublicComment,
    ReportEntity,
    TallyEntity,
)
from livechat.events import Entry, Event
from livechat.index import Index, Key, advance, changed
from livechat.meeting import Meeting
from livechat.roles import Role
from moderation.decisions import SHOWN, UNSEEN
from moderation.screening.flags import Code

View = Callable[[Comment], Entity | None]


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
    )


VIEWS: dict[Role, View] = {
    Role.RESIDENT: for_the_public,
    Role.MODERATOR: for_the_desk,
    Role.CHAIR: for_the_public,
    Role.DISPLAY: for_the_public,
}
"""How each role sees a comment. Meeting and agenda are the same for all."""


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
    return Projection(state, {role: Index() for role in Role})


def fold(projection: Projection, entry: Entry) -> Projection:
    """The projection after one entry of the log."""
    kin = {id: _kin(projection.meeting, id) for event in entry.events for id in _comments_of(event)}
    state = meeting.fold(projection.meeting, entry)
    keys = [key for event in entry.events for key in _touched(event, kin, state)]
    if len(keys) > 1:
        keys = list(dict.fromkeys(keys))
    return Projection(state, _indexes(projection.indexes, state, keys))


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


_ABOUT_A_COMMENT = (events.CommentSubmitted, events.CommentWithdrawn, events.Decided)

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
            if state.tallies:
                yield Key("tally", id)  # It is seen where its comment is.
        if comment in state.reports:
            yield Key("report", comment)
    if isinstance(event, events.CommentReported | events.ReportsReviewed):
        yield Key("report", event.id)
    elif isinstance(event, events.MeetingSetUp):
        yield Key("meeting", state.id)
        yield from (Key("item", item.id) for item in event.agenda)
    elif isinstance(event, _ABOUT_THE_MEETING):
        yield Key("meeting", state.id)


def _indexes(before: dict[Role, Index], state: Meeting, keys: list[Key]) -> dict[Role, Index]:
    moved = before.copy()
    for view, roles in _VIEWERS.items():
        index = advance(before[roles[0]], [(key, _entity(state, key, view)) for key in keys])
        if index is not before[roles[0]]:
            moved.update(dict.fromkeys(roles, index))
    return moved


_VIEWERS: dict[View, tuple[Role, ...]] = {
    view: tuple(role for role in Role if VIEWS[role] is view) for view in VIEWS.values()
}
"""Who sees the same shares one index: the work is done once for each view."""


def _entity(state: Meeting, key: Key, view: View) -> Entity | None:
    if key.kind == "comment":
        return view(state.comments[key.id])
    if key.kind == "tally":
        return _tally_entity(state, key.id, view)
    if key.kind == "report":
        return _report_entity(state, key.id, view)
    return _meeting_entity(state) if key.kind == "meeting" else _item_entity(state, key.id)


def _meeting_entity(state: Meeting) -> MeetingEntity:
    about = state.settings
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
        state.current_item,
        state.forked_from,
        about.channels,
        about.reasons,
        about.bodies,
        about.seal,
        state.terms.paused_by,
        state.terms.slow,
        state.terms.most_pending,
        state.terms.closed,
        rehearsal=state.rehearsal,
    )


def _tally_entity(state: Meeting, id: str, view: View) -> TallyEntity | None:
    comment = state.comments.get(id)
    if comment is None or view(comment) is None:
        return None
    count = state.tallies.get(id, 0)
    similar = tuple(tally for other in comment.carries if (tally := state.tallies.get(other, 0)))
    return TallyEntity(id, count, similar) if count or similar else None


def _report_entity(state: Meeting, id: str, view: View) -> ReportEntity | None:
    """Only moderators learn of reports: that one was made must not make others follow, or tell its author."""
    reports = state.reports.get(id)
    if reports is None or view is not for_the_desk or view(state.comments[id]) is None:
        return None
    return ReportEntity(id, dict(reports.counts), reports.fresh)


def _item_entity(state: Meeting, id: str) -> ItemEntity:
    number, item = next((n, item) for n, item in enumerate(state.agenda, 1) if item.id == id)
    return ItemEntity(item.id, number, item.title, item.about, item.documents)
