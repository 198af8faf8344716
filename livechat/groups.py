"""Merged comments: one carries the others. A group is flat: what is merged into a merged one goes to its carrier."""

from __future__ import annotations

from typing import TypeAlias

from msgspec.structs import replace
from rpds import HashTrieMap

from livechat.comment import Comment
from moderation.decisions import Outcome

Comments: TypeAlias = "HashTrieMap[str, Comment]"


def join(comments: Comments, id: str, into: str) -> Comments:
    """The comments once `into` carries `id`, and all that `id` carried."""
    joining, carrier = comments[id], comments[into]
    for other in joining.carries:
        comments = comments.insert(other, replace(comments[other], into=into))
    comments = comments.insert(id, replace(joining, into=into, carries=(), along=joining.carries))
    return comments.insert(into, replace(carrier, carries=(*carrier.carries, id, *joining.carries)))


def leave(comments: Comments, id: str) -> Comments:
    """The comments once nobody carries `id` any more.

    Those that came along with it go back with it if it waits again; otherwise they stay where they are.
    """
    leaving = comments[id]
    carrier = comments[leaving.into or ""]
    back = leaving.along if leaving.outcome is Outcome.PENDING else ()
    left = tuple(other for other in carrier.carries if other != id and other not in back)
    comments = comments.insert(carrier.id, replace(carrier, carries=left))
    comments = comments.insert(id, replace(leaving, into=None, carries=back, along=()))
    for other in back:
        comments = comments.insert(other, replace(comments[other], into=id))
    for other in left:  # It may have come along with one of these, and does not go back with it.
        along = tuple(one for one in comments[other].along if one != id and one not in back)
        comments = comments.insert(other, replace(comments[other], along=along))
    return comments
