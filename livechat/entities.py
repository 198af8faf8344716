"""What a meeting consists of on the wire: entities, each known by kind and id, in the shapes that roles see."""

from enum import StrEnum

from msgspec import Struct

from livechat.comment import Translation
from livechat.display import Look, Shows, Size
from livechat.events import Channel, Closed, Document, Flag, ReasonText, Seal, Stream
from livechat.meeting import Intake
from livechat.roles import Seat
from livechat.terms import PausedBy
from moderation.decisions import Outcome, Reason
from moderation.reports import ReportReason


class MeetingEntity(Struct, frozen=True, tag_field="kind", tag="meeting"):
    """The meeting itself. `item` is the current agenda item's id; `announced` is in Unix seconds.

    `language` is that of its texts (BCP 47), `forked_from` the earlier epochs that this one goes on from. `channels`
    are those that comments are referred to, `reasons` what it says to those whose comment is declined, `bodies` who may
    put a comment forward, `members` who may answer one, `seal` whom threats are kept for. `slow`, `most_pending` and
    `closed` as in `livechat.terms`. `stream` says where the meeting is streamed, None if nowhere; it has no address
    while the item is closed.
    `delay` is in seconds. `rehearsal`: nothing here is for real.
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
    stream: Stream | None
    members: tuple[str, ...]
    delay: int
    rehearsal: bool = False


class ItemEntity(Struct, frozen=True, tag_field="kind", tag="item"):
    """An agenda item. `number` is its place on the agenda, from 1.

    `until` is the minute from which no comments on it are taken; None: it takes comments.
    """

    id: str
    number: int
    title: str
    about: str
    documents: tuple[Document, ...]
    until: int | None


class PublicComment(Struct, frozen=True, tag_field="kind", tag="comment"):
    """A comment as anybody may see it once it is approved.

    `text` is what is shown, `body` who puts it forward, `similar` how many comments it carries, `member` who of the
    committee takes it.
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
    member: str


class DeskComment(PublicComment, frozen=True, tag_field="kind", tag="comment"):
    """A comment as moderators see it from the start: all that the public may see later, and more.

    `original` is the text as it came, if what is shown is another. `flags` are what screening found in the text as it
    came, `shown_flags` what it found in what is shown instead.
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
    shown_flags: tuple[Flag, ...]


class TallyEntity(Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="tally"):
    """How many ballots the comment `id` has. Apart from it, so that a vote never resends its text.

    `similar` are the tallies of those that it carries, each for itself: one browser may have supported several.
    """

    id: str
    count: int
    similar: tuple[int, ...] = ()


class RankEntity(Struct, frozen=True, tag_field="kind", tag="rank"):
    """Where the comment `id` stands in the queue, if that is not its place any more. Apart from it, as tallies are."""

    id: str
    rank: int


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


class Now(StrEnum):
    """What is on the screen in the room: a closed item beats a blank screen, which beats what was chosen."""

    CLOSED = "closed"
    BLANK = "blank"
    QUEUE = Shows.QUEUE.value
    DISCUSSION = Shows.DISCUSSION.value
    IDLE = Shows.IDLE.value


class DisplayEntity(Struct, frozen=True, tag_field="kind", tag="display"):
    """The screen in the room: what it shows now, and what it is set to. `since`: the minute it was frozen."""

    id: str
    now: Now
    shows: Shows
    blank: bool
    frozen: bool
    since: int | None
    look: Look
    size: Size


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


class NoticeEntity(Struct, frozen=True, tag_field="kind", tag="notice"):
    """What staff tell everybody, by language (BCP 47), and since which minute. `id` is the meeting's: there is one."""

    id: str
    texts: dict[str, str]
    minute: int


Entity = (
    MeetingEntity
    | ItemEntity
    | PublicComment
    | DeskComment
    | TallyEntity
    | ReportEntity
    | DisplayEntity
    | RankEntity
    | NoticeEntity
)
