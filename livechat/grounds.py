"""What a decision stands on: the comment that it is about, and what can be one."""

from typing import Any

from msgspec.structs import asdict

from livechat.commands import (
    EditComment,
    EditScreened,
    EnterComment,
    EnterScreened,
    Findings,
    SubmitComment,
    SubmitScreened,
)
from livechat.comment import Comment
from livechat.errors import Refused
from livechat.events import Event, Flag
from livechat.meeting import Meeting
from moderation.text import LONGEST

UNSCREENED = Findings((Flag("screening_failed", "amber"),))
"""What stands beside a comment that came past screening: that it did."""


def known(meeting: Meeting, id: str) -> Comment:
    """The comment with this id. Raises `Refused("unknown_comment")`."""
    comment = meeting.comments.get(id)
    if comment is None:
        raise Refused("unknown_comment")
    return comment


def sent_before(before: Comment, text: str) -> tuple[Event, ...]:
    """Nothing, if the comment was sent before. Raises `Refused("secret_reused")` if it was another.

    Its item is the one it had first: sent again, what was heard then may be named, or be another.
    """
    if before.text not in ("", text):  # An erased text is empty.
        raise Refused("secret_reused")
    return ()


def require_text(text: str) -> None:
    """Raises `Refused` unless a cleaned text can be a comment's."""
    if not text:
        raise Refused("empty_text", field="text")
    if len(text) > LONGEST:
        raise Refused("text_too_long", field="text")


def findings(command: SubmitComment | EnterComment) -> dict[str, Any]:
    """What screening found in a comment that came in, as fields of `CommentSubmitted`."""
    return asdict(command.findings if isinstance(command, SubmitScreened | EnterScreened) else UNSCREENED)


def flags(command: EditComment) -> tuple[Flag, ...]:
    """What screening found in an edited text."""
    return (command.findings if isinstance(command, EditScreened) else UNSCREENED).flags


def too_late(comment: Comment) -> Refused:
    """Somebody else was first."""
    return Refused("already_decided", by=comment.last, outcome=comment.outcome, revision=comment.revision)


def wrong_outcome(comment: Comment) -> Refused:
    """The comment cannot go there from where it is."""
    return Refused("wrong_outcome", outcome=comment.outcome, revision=comment.revision)
