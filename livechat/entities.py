"""What a meeting consists of on the wire: entities, each known by kind and id, in the shapes that roles see."""

from msgspec import Struct

from livechat.events import Document
from livechat.meeting import Intake
from livechat.roles import Seat
from moderation.decisions import Outcome, Reason


class MeetingEntity(Struct, frozen=True, tag_field="kind", tag="meeting"):
    """The meeting itself. `item` is the current agenda item's id; `announced` is in Unix seconds.

    `language` is that of its texts (BCP 47), `forked_from` the earlier epochs that this one goes on from.
    """

    id: str
    committee: str
    title: str
    purpose: str
    influence: str
    remit: str
    contact: str
    starts: str | None
    language: str
    announced: int
    intake: Intake
    item: str | None
    forked_from: tuple[str, ...]


class ItemEntity(Struct, frozen=True, tag_field="kind", tag="item"):
    """An agenda item. `number` is its place on the agenda, from 1."""

    id: str
    number: int
    title: str
    about: str
    documents: tuple[Document, ...]


class PublicComment(Struct, frozen=True, tag_field="kind", tag="comment"):
    """A comment as anybody may see it once it is approved."""

    id: str
    item: str
    text: str
    outcome: Outcome
    place: int
    answered: int | None


class DeskComment(PublicComment, frozen=True, tag_field="kind", tag="comment"):
    """A comment as moderators see it from the start: all that the public may see later, and more."""

    received: int
    number: int
    revision: int
    reason: Reason | None
    by: Seat | None
    decided: int | None


class TallyEntity(Struct, frozen=True, tag_field="kind", tag="tally"):
    """How many ballots the comment `id` has, at least one. Apart from it, so that a vote never resends its text."""

    id: str
    count: int


class OwnComment(Struct, frozen=True):
    """A comment as its author sees it."""

    id: str
    item: str
    text: str
    outcome: Outcome
    reason: Reason | None
    received: int
    answered: int | None


Entity = MeetingEntity | ItemEntity | PublicComment | DeskComment | TallyEntity
