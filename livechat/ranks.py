"""The order of the queue: what stands before what, within each agenda item.

A comment's rank is its place until the chair moves it. Moving deals the ranks of those concerned out anew, so
whatever is not moved keeps its rank, and what is approved later comes last.
"""

from collections.abc import Sequence

from livechat.comment import Comment
from livechat.events import Rank, Sorting
from livechat.meeting import Meeting
from moderation.decisions import Outcome


def queue(meeting: Meeting, item: str) -> list[Comment]:
    """The comments on an agenda item that wait to be discussed, in their order."""
    found = [comment for comment in meeting.comments.values() if _waits(comment) and comment.item == item]
    return sorted(found, key=_order)


def moved(meeting: Meeting, comment: Comment, before: Comment | None) -> tuple[Rank, ...]:
    """The ranks that change when `comment` comes to stand right before another of its item, or last."""
    if before and before.id == comment.id:
        return ()
    stood = queue(meeting, comment.item)
    others = [other for other in stood if other.id != comment.id]
    if before is None:
        return (Rank(comment.id, meeting.places + 1),) if stood[-1].id != comment.id else ()
    at = [other.id for other in others].index(before.id)
    return _dealt(meeting, [*others[:at], comment, *others[at:]])


def arranged(meeting: Meeting, how: Sorting) -> tuple[Rank, ...]:
    """The ranks that change when each agenda item's queue is sorted. What is equal stays as it stands."""
    changed: list[Rank] = []
    for item in meeting.agenda:
        stood = queue(meeting, item.id)
        if how is Sorting.BALLOTS:
            stood.sort(key=lambda comment: -meeting.tallies.get(comment.id, 0))
        else:
            stood.sort(key=lambda comment: comment.place)
        changed += _dealt(meeting, stood)
    return tuple(changed)


def _waits(comment: Comment) -> bool:
    return comment.outcome is Outcome.APPROVED


def _order(comment: Comment) -> tuple[int, int]:
    return comment.rank, comment.place


def _dealt(meeting: Meeting, order: Sequence[Comment]) -> tuple[Rank, ...]:
    """The ranks of these comments, dealt out to them in this order; only those that are not what they were."""
    free = sorted(comment.rank for comment in order)
    if len(set(free)) < len(free):  # Two logs that were made one may have given the same rank twice.
        free = list(range(meeting.places + 1, meeting.places + 1 + len(order)))
    new = (Rank(comment.id, rank) for comment, rank in zip(order, free, strict=True))
    return tuple(one for one, comment in zip(new, order, strict=True) if one.rank != comment.rank)
