"""What can have happened in a meeting: the facts that its log is made of.

Fields are only ever added, with defaults: a log written by any release can be folded by every later one.
Times are whole minutes since the meeting was announced; only the announcement itself is a time of day.
"""

from enum import StrEnum
from typing import ClassVar, NamedTuple

from msgspec import Struct

from livechat.display import Display
from livechat.roles import Role, Seat
from moderation.decisions import Reason
from moderation.reports import ReportReason


def snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


class Document(Struct, frozen=True):
    """A document on the agenda: what it is called and where it is."""

    title: str
    url: str


class AgendaItem(Struct, frozen=True):
    """A matter that the committee takes up. `about` is a sentence or two in plain language.

    `comments`: whether it takes comments from the start.
    """

    id: str
    title: str
    about: str = ""
    documents: tuple[Document, ...] = ()
    comments: bool = True


class Channel(Struct, frozen=True):
    """Where a comment can be referred to: what it is called, where it is, and a sentence about it."""

    id: str
    name: str
    url: str
    about: str = ""


class ReasonText(Struct, frozen=True):
    """What the meeting says, in a language (BCP 47), to those whose comment is declined for this reason."""

    reason: Reason
    language: str
    text: str


class Seal(Struct, frozen=True):
    """Whom sealed comments are kept for, by office and not by name, and for how many days."""

    keeper: str = ""
    days: int = 30


class ScreeningRules(Struct, frozen=True):
    """What a meeting adds to screening: see `moderation.screening.rules.Rules`."""

    words: dict[str, tuple[str, ...]] = {}
    allowed_words: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    case_numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    remit: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


class Stream(Struct, frozen=True):
    """Where the meeting is streamed: at `link`, a page of its own; beside the comments, once a resident has agreed, as
    `video` (something that a browser plays) or `embed` (a page to embed). What there is not is empty.

    `referrer`: the embedded page may learn which site it stands on.
    """

    link: str = ""
    video: str = ""
    embed: str = ""
    referrer: bool = False


class SignalRules(Struct, frozen=True):
    """When the room is told of residents' signals: see `livechat.signals.loud`."""

    least: int = 3
    percent: int = 10


class Settings(Struct, frozen=True):
    """What a meeting says about itself before it begins, and in which language (BCP 47).

    `starts` is local time as text, for people to read. `bodies` are those that a comment may be put forward by.
    `unattended`: after so many minutes without a moderator intake pauses by itself; 0: never. `stream` is None where
    there is none that we know of. `members` are those of the committee who may answer a comment. `grace`: so many
    minutes after an item was closed for comments, those that carry it are still taken. `captions_in_room`: captions
    show on the display, too. `delay`: so many seconds after the room those hear it who follow the stream.
    """

    committee: str
    title: str
    purpose: str
    influence: str
    remit: str
    contact: str = ""
    starts: str | None = None
    language: str = "sv"
    channels: tuple[Channel, ...] = ()
    reasons: tuple[ReasonText, ...] = ()
    bodies: tuple[str, ...] = ()
    seal: Seal = Seal()
    unattended: int = 10
    screening: ScreeningRules = ScreeningRules()
    stream: Stream | None = None
    members: tuple[str, ...] = ()
    grace: int = 1
    captions_in_room: bool = False
    delay: int = 10
    signals: SignalRules = SignalRules()


class StaffLink(Struct, frozen=True):
    """A link that lets staff in. Only the SHA-256 of its secret is kept. `expires` is a minute.

    `nonce` is what the operator's key and this link make the secret from.
    """

    role: Role
    hash: str
    expires: int
    nonce: str = ""


class Flag(Struct, frozen=True):
    """What screening found: codes and places (code points of the text), never a word of the resident's."""

    code: str
    severity: str
    spans: tuple[tuple[int, int], ...] = ()


class Event(Struct, frozen=True, kw_only=True, tag_field="type", tag=snake):
    """A fact. `WORDS` names the fields that hold a resident's words, and the kind each is stored under.

    `ERASES`: all words of the comment `id` leave the store in the step in which the event is written.
    """

    WORDS: ClassVar[dict[str, str]] = {}
    ERASES: ClassVar[bool] = False


class MeetingSetUp(Event, frozen=True, kw_only=True):
    """The first event of every epoch. `announced` is in Unix seconds.

    `rehearsal`: nothing in this epoch is for real. `instead_of` are the epochs that this one took the place of, when
    what was in them was wiped.
    """

    announced: int
    settings: Settings
    agenda: tuple[AgendaItem, ...]
    links: tuple[StaffLink, ...] = ()
    rehearsal: bool = False
    instead_of: tuple[str, ...] = ()


class EpochForked(Event, frozen=True, kw_only=True):
    """The store had lost the log's end. What was left of `epoch` goes on from here under a new one."""

    epoch: str
    minute: int


class LinksRenewed(Event, frozen=True, kw_only=True):
    """Earlier links of these roles, all if none is named, and the sessions opened with them are void.

    `links` are all that hold from now on.
    """

    links: tuple[StaffLink, ...]
    roles: tuple[Role, ...] = ()


class SeatTaken(Event, frozen=True, kw_only=True):
    """Somebody opened a staff link. `session` is the SHA-256 of the session's token."""

    seat: Seat
    session: str
    expires: int


class IntakeOpened(Event, frozen=True, kw_only=True):
    """Residents may send comments from now on."""

    minute: int
    by: Seat | None = None


class IntakePaused(Event, frozen=True, kw_only=True):
    """Residents may not send comments until intake is opened again. `unattended`: nobody did it, nobody was there."""

    minute: int
    by: Seat | None = None
    unattended: bool = False


class SlowModeSet(Event, frozen=True, kw_only=True):
    """Who has sent a comment waits so many seconds before the next; 0: no longer."""

    seconds: int
    by: Seat
    minute: int


class IntakeLimited(Event, frozen=True, kw_only=True):
    """While so many comments wait, no more are taken; 0: no limit."""

    most: int
    by: Seat
    minute: int


class Closed(StrEnum):
    """Why an item is taken behind closed doors (Kommunallagen 2017:725, 6 kap. 25 §)."""

    SECRECY = "secrecy"
    EXERCISE_OF_AUTHORITY = "exercise_of_authority"


class ItemClosed(Event, frozen=True, kw_only=True):
    """The committee went behind closed doors: no comments, no ballots, a blank display."""

    why: Closed
    by: Seat
    minute: int


class ItemReopened(Event, frozen=True, kw_only=True):
    """The doors are open again."""

    by: Seat
    minute: int


class DisplaySet(Event, frozen=True, kw_only=True):
    """The screen in the room is set to this from now on. Frozen, it keeps what it showed just before."""

    by: Seat
    minute: int
    display: Display = Display()


class CurrentItemSet(Event, frozen=True, kw_only=True):
    """The committee turned to an agenda item, or to none. `act` as in `Acted`."""

    item: str | None
    minute: int
    by: Seat | None = None
    act: str = ""


class Tally(NamedTuple):
    """How many ballots a comment has: the size of its set."""

    comment: str
    size: int


class TalliesCounted(Event, frozen=True, kw_only=True):
    """Ballots were cast or taken back: these comments have so many now.

    Only the log's `cast` writes it, in the same step as the sets. It carries no time.
    """

    tallies: tuple[Tally, ...]


class CommentSubmitted(Event, frozen=True, kw_only=True):
    """A resident sent a comment. It waits.

    `entered` is the seat that typed it in for somebody who wrote on paper or telephoned, `body` who put it forward.

    Beside it stands what screening found: `flags`, the gravest first; the comment's `language` (BCP 47), None if it
    cannot be told; the agenda item it is likely about, `suggested`; whether it seems to be `outside` the remit.
    """

    WORDS: ClassVar[dict[str, str]] = {"text": "original"}

    id: str
    item: str
    minute: int
    text: str = ""
    entered: Seat | None = None
    body: str = ""
    flags: tuple[Flag, ...] = ()
    language: str | None = None
    suggested: str | None = None
    outside: bool = False


class CommentWithdrawn(Event, frozen=True, kw_only=True):
    """Its author took the comment back."""

    id: str
    minute: int


class CommentReported(Event, frozen=True, kw_only=True):
    """Somebody reported a published comment. It carries neither who nor when."""

    id: str
    reason: ReportReason


class ReportsReviewed(Event, frozen=True, kw_only=True):
    """A moderator has looked at the reports that the comment had by then."""

    id: str
    by: Seat
    minute: int


class Decided(Event, frozen=True, kw_only=True):
    """A person decided about a comment; the kinds of decision follow."""

    id: str
    by: Seat
    minute: int


class CommentApproved(Decided, frozen=True, kw_only=True):
    """It is in the queue now, for all to see."""


class CommentDeclined(Decided, frozen=True, kw_only=True):
    """It will not be shown; its author is told why."""

    reason: Reason


class CommentReferred(Decided, frozen=True, kw_only=True):
    """It belongs elsewhere; its author is told where. `channel` is the id of one of the meeting's channels."""

    channel: str


class CommentMerged(Decided, frozen=True, kw_only=True):
    """Another comment carries it from now on, and all that was merged into it."""

    into: str


class CommentSealed(Decided, frozen=True, kw_only=True):
    """A threat: it is on no screen and no list any more, and kept for the one whom the meeting names."""


class SealOpened(Event, frozen=True, kw_only=True):
    """A sealed comment was read by the one it is kept for. That is all that this changes."""

    id: str
    minute: int


class CommentEdited(Decided, frozen=True, kw_only=True):
    """What is shown instead of the original, which stays; `restored`: the original is shown again.

    `flags` are what screening found in what is shown, if it is not the original.
    """

    WORDS: ClassVar[dict[str, str]] = {"text": "shown"}

    text: str = ""
    restored: bool = False
    flags: tuple[Flag, ...] = ()


class CommentTranslated(Decided, frozen=True, kw_only=True):
    """A translation stands beside the text, in a language (BCP 47); `removed`: it does not any more."""

    WORDS: ClassVar[dict[str, str]] = {"text": "translation"}

    language: str
    text: str = ""
    removed: bool = False


class CommentTakenBack(Decided, frozen=True, kw_only=True):
    """A moderator's decision is undone; the comment waits again."""


class Acted(Decided, frozen=True, kw_only=True):
    """The chair did something with a comment; the kinds follow. `act` is the same for all that one command caused."""

    act: str = ""


class CommentDiscussed(Acted, frozen=True, kw_only=True):
    """The chair took the comment up."""


class CommentPutBack(Acted, frozen=True, kw_only=True):
    """The chair put the comment back into the queue."""


class CommentAnswered(Acted, frozen=True, kw_only=True):
    """The comment was answered aloud in the room; `answered` is the minute of that, if it was another than this."""

    answered: int | None = None


class Sorting(StrEnum):
    """What the queue can be sorted by: its tallies, or the time of approval."""

    BALLOTS = "ballots"
    TIME = "time"


class Rank(NamedTuple):
    """Where a comment stands in the queue of its agenda item: the lower, the sooner."""

    comment: str
    rank: int


class QueueOrdered(Event, frozen=True, kw_only=True):
    """The chair changed the order of the queue: these comments have these ranks now. `how` is None: by hand.

    `act` as in `Acted`.
    """

    ranks: tuple[Rank, ...]
    by: Seat
    minute: int
    how: Sorting | None = None
    act: str = ""


class ActUndone(Event, frozen=True, kw_only=True):
    """The chair took its last act back. What that changed has been put right by the events before this one."""

    act: str
    by: Seat
    minute: int


class CommentAssigned(Acted, frozen=True, kw_only=True):
    """The chair said which member of the committee takes the comment; empty: none."""

    member: str


class ItemIntakeSet(Event, frozen=True, kw_only=True):
    """An agenda item takes comments from now on, or takes none any more. `by` is None: the clerk."""

    item: str
    open: bool
    minute: int
    by: Seat | None = None


class NoticePosted(Event, frozen=True, kw_only=True):
    """Staff tell everybody this, in one language or several (BCP 47), in place of what they told before.

    `by` is None if it came from the command line.
    """

    texts: dict[str, str]
    minute: int
    by: Seat | None = None


class NoticeTakenDown(Event, frozen=True, kw_only=True):
    """What staff told everybody does not hold any more."""

    minute: int
    by: Seat | None = None


class CommentErased(Event, frozen=True, kw_only=True):
    """The day that a sealed comment was kept until has come: its words are gone, what became of it stays."""

    ERASES: ClassVar[bool] = True

    id: str
    minute: int


AnyEvent = (
    MeetingSetUp
    | EpochForked
    | LinksRenewed
    | SeatTaken
    | IntakeOpened
    | IntakePaused
    | SlowModeSet
    | IntakeLimited
    | ItemClosed
    | ItemReopened
    | CurrentItemSet
    | CommentSubmitted
    | CommentWithdrawn
    | CommentReported
    | ReportsReviewed
    | CommentApproved
    | CommentDeclined
    | CommentReferred
    | CommentMerged
    | CommentSealed
    | SealOpened
    | CommentEdited
    | CommentTranslated
    | CommentTakenBack
    | CommentDiscussed
    | CommentPutBack
    | CommentAnswered
    | TalliesCounted
    | DisplaySet
    | QueueOrdered
    | ActUndone
    | CommentAssigned
    | ItemIntakeSet
    | NoticePosted
    | NoticeTakenDown
    | CommentErased
)
"""Every event there is; the log decodes against this type."""


class Entry(Struct, frozen=True):
    """One commit to the log: the events it holds, and its offset (1, 2, 3, … without holes)."""

    offset: int
    events: tuple[AnyEvent, ...]
