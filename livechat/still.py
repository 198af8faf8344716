"""What the screen in the room showed when it was frozen."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace
from rpds import HashTrieMap

from livechat.comment import Comment
from moderation.decisions import SHOWN, Outcome


class Still(Struct, frozen=True):
    """The current item, where each comment was, its place in the queue and its ballots, at the minute `since`.

    Never a word of theirs: what a frozen screen shows of a comment is read where everybody else reads it, so that
    nothing can stay there that was taken back. What has gone does not come back before the screen is released.
    """

    since: int
    item: str | None
    outcomes: HashTrieMap[str, Outcome]
    tallies: HashTrieMap[str, int]
    ranks: HashTrieMap[str, int]

    def after(self, comment: Comment) -> Still:
        """The same when a comment has become this."""
        if comment.outcome in SHOWN or comment.id not in self.outcomes:
            return self
        return replace(self, outcomes=self.outcomes.remove(comment.id))


def taken(minute: int, item: str | None, comments: HashTrieMap[str, Comment], tallies: HashTrieMap[str, int]) -> Still:
    """What is shown at `minute`."""
    outcomes = {id: comment.outcome for id, comment in comments.items() if comment.outcome in SHOWN}
    # Copies: while a log is being read, a meeting's maps change in place (livechat.draft).
    ranks = {id: comments[id].rank for id in outcomes}
    return Still(minute, item, HashTrieMap(outcomes), HashTrieMap(dict(tallies.items())), HashTrieMap(ranks))
