"""What a meeting consists of on the wire: entities, each known by kind and id, in the shapes that roles see."""

from msgspec import Struct

from livechat.comment import Translation
from livechat.events import Channel, Closed, Document, Flag, ReasonText, Seal
from livechat.meeting import Intake
from livechat.roles import Seat
from livechat.terms import PausedBy
from moderation.decisions import Outcome, Reason
from moderation.reports import ReportReason


class MeetingEntity(Struct, frozen=True, tag_field="kind", tag="meeting"):
    """The meeting itself. `item` is the current agenda item's id; `announced` is in Unix seconds.

    `language` is that of its texts (BCP 47), `forked_from` the earlier epochs that this one goes on from. `channels`
    are those that comments are referred to, `reasons` what it says to those whose comment is declined, `bodies` who may
    put a comment forward, `seal` whom threats are kept for. `slow`, `most_pending` and `closed` as in `livechat.terms`.
    `rehearsal`: nothing here is for real.
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
    channels: tuple[Channel, ...]
    reasons: tuple[ReasonText, ...]
    bodies: tuple[str, ...]
    seal: Seal
    paused_by: PausedBy | None
    slow: int
    most_pending: int
    closed: Closed | None
    rehearsal: bool = False


class ItemEntity(Struct, frozen=True, tag_field="kind", tag="item"):
    """An agenda item. `number` is its place on the agenda, from 1."""

    id: str
    number: int
    title: str
    about: str
    documents: tuple[Document, ...]


class PublicComment(Struct, frozen=True, tag_field="kind", tag="comment"):
    """A comment as anybody may see it once it is approved.

    `text` is what is shown, `body` who puts it forward, `similar` how many comments it carries.
    """

    id: str
    item: str
    text: str
    outcome: Outcome
    place: int
    answered: int | None
    translation: Translation | None
    body: str
    similar: int


class DeskComment(PublicComment, frozen=True, tag_field="kind", tag="comment"):
    """A comment as moderators see it from the start: all that the public may see later, and more.

    `original` is the text as it came, if what is shown is another.
    """

    received: int
    number: int
    revision: int
    reason: Reason | None
    by: Seat | None
    decided: int | None
    last: Seat | None
    channel: str | None
    into: str | None
    original: str | None
    entered: Seat | None
    flags: tuple[Flag, ...]
    language: str | None
    suggested: str | None
    outside: bool


class TallyEntity(Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="tally"):
    """How many ballots the comment `id` has. Apart from it, so that a vote never resends its text.

    `similar` are the tallies of those that it carries, each for itself: one browser may have supported several.
    """

    id: str
    count: int
    similar: tuple[int, ...] = ()


class Carrier(Struct, frozen=True):
    """What the author of a merged comment is told of the one that carries it.

    `id` and `text` are there while everybody sees that comment.
    """

    id: str | None
    text: str | None
    outcome: Outcome
    reason: Reason | None
    channel: str | None
    answered: int | None


class ReportEntity(Struct, frozen=True, tag_field="kind", tag="report"):
    """How often the comment `id` was reported, by reason, and how many of these reports nobody has looked at."""

    id: str
    counts: dict[ReportReason, int]
    fresh: int


class OwnComment(Struct, frozen=True):
    """A comment as its author sees it: `text` is the original, `shown` what a moderator made of it, if anything.

    `until` is when a sealed one may no longer be opened. `help`: offer the numbers to call for somebody who is not
    well or in danger.
    """

    id: str
    item: str
    text: str
    outcome: Outcome
    reason: Reason | None
    received: int
    answered: int | None
    shown: str | None
    channel: str | None
    carrier: Carrier | None
    until: int | None
    help: bool = False


Entity = MeetingEntity | ItemEntity | PublicComment | DeskComment | TallyEntity | ReportEntity
