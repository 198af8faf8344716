"""What people can ask for, and who may. What comes of it is decided in :mod:`livechat.handle`."""

import hashlib
from typing import Annotated

from msgspec import Meta, Struct

from livechat.display import Look, Shows, Size
from livechat.events import Closed, Flag, Sorting, snake
from livechat.roles import SEATED, STAFF, Role
from moderation.decisions import Reason
from moderation.reports import ReportReason

Ref = Annotated[str, Meta(max_length=64)]
Id = Annotated[str, Meta(max_length=64)]
Secret = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{20,64}\Z")]
Revision = Annotated[int, Meta(ge=0)]
Seconds = Annotated[int, Meta(ge=0, le=600)]
Most = Annotated[int, Meta(ge=0, le=10_000)]
Ballot = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z", max_length=35)]

NOTICE_LONGEST = 200
"""Code points of a notice in one language, at most: it stands large on the display."""


def comment_id(secret: str) -> str:
    """The id of the comment that `secret` belongs to: the first 128 bits of its SHA-256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


class Command(Struct, frozen=True, kw_only=True, tag_field="type", tag=snake, forbid_unknown_fields=True):
    """A request. `ref` is the sender's own mark; `epoch` the one that the sender knows."""

    ref: Ref = ""
    epoch: Id


class SubmitComment(Command, frozen=True, kw_only=True):
    """A resident's new comment on an agenda item; without one, on the item that is heard now."""

    secret: Secret
    item: Id | None = None
    text: str


class Findings(Struct, frozen=True):
    """What screening found in a comment: see `CommentSubmitted`."""

    flags: tuple[Flag, ...] = ()
    language: str | None = None
    suggested: str | None = None
    outside: bool = False


class SubmitScreened(SubmitComment, frozen=True, kw_only=True):
    """A comment that has been screened. Not on the wire: the channel makes it of a `SubmitComment`.

    `heard` is the item that it is about if it names none.
    """

    findings: Findings
    heard: Id | None = None


class WithdrawComment(Command, frozen=True, kw_only=True):
    """The author takes the comment off every screen."""

    secret: Secret


class ReportComment(Command, frozen=True, kw_only=True):
    """A published comment should not be there. Only counted: nothing tells who said so."""

    comment: Id
    reason: ReportReason


class IssueBallot(Command, frozen=True, kw_only=True):
    """A resident's browser asks for a ballot, once for the meeting."""


class CastBallot(Command, frozen=True, kw_only=True):
    """What a resident does with a ballot; the kinds follow."""

    comment: Id
    ballot: Ballot


class SupportComment(CastBallot, frozen=True, kw_only=True):
    """The ballot is to count for the comment."""


class WithdrawSupport(CastBallot, frozen=True, kw_only=True):
    """The ballot is not to count for the comment any more."""


class Decide(Command, frozen=True, kw_only=True):
    """A decision about a comment; the kinds follow. `revision` is the one that the decider saw."""

    comment: Id
    revision: Revision | None = None


class ApproveComment(Decide, frozen=True, kw_only=True):
    """Show it to all."""


class DeclineComment(Decide, frozen=True, kw_only=True):
    """Don't show it, and tell its author why."""

    reason: Reason


class ReferComment(Decide, frozen=True, kw_only=True):
    """Don't show it, and tell its author which of the meeting's channels it belongs to."""

    channel: Id


class MergeComment(Decide, frozen=True, kw_only=True):
    """Let the comment `into` carry it, and tell its author which one that is."""

    into: Id


class SealComment(Decide, frozen=True, kw_only=True):
    """A threat: take it off every screen and list at once, and keep it for the one whom the meeting names."""


class EditComment(Decide, frozen=True, kw_only=True):
    """Show this text instead of the original. The original's own text restores it."""

    text: str


class EditScreened(EditComment, frozen=True, kw_only=True):
    """The same once the new text has been screened."""

    findings: Findings


class TranslateComment(Decide, frozen=True, kw_only=True):
    """Set a translation beside the text; an empty one takes it away."""

    language: Language
    text: str


class TakeBackComment(Decide, frozen=True, kw_only=True):
    """Undo a moderator's decision, whichever: it waits again."""


class EnterComment(Command, frozen=True, kw_only=True):
    """Type in what somebody wrote on paper or said on the telephone; `body` is who puts it forward, if anybody."""

    secret: Secret
    item: Id
    text: str
    body: Annotated[str, Meta(max_length=200)] = ""


class EnterScreened(EnterComment, frozen=True, kw_only=True):
    """The same for one that was typed in."""

    findings: Findings


class ReviewReports(Command, frozen=True, kw_only=True):
    """A moderator has looked at the comment's reports."""

    comment: Id


class ChairsAct(Command, frozen=True, kw_only=True):
    """What the chair can undo; the kinds follow. `act` is the chair's own mark for it, drawn anew each time."""

    act: Id = ""


class DiscussComment(ChairsAct, frozen=True, kw_only=True):
    """Take it up in the room. What was under discussion goes back to the queue."""

    comment: Id


class AnswerComment(ChairsAct, frozen=True, kw_only=True):
    """It has been answered aloud."""

    comment: Id


class PutBackComment(ChairsAct, frozen=True, kw_only=True):
    """Back into the queue, where it stood; `last`: not now, at its end."""

    comment: Id
    last: bool = False


class MoveComment(ChairsAct, frozen=True, kw_only=True):
    """Put it right before another in the queue of its agenda item; null: at its end."""

    comment: Id
    before: Id | None


class AssignComment(ChairsAct, frozen=True, kw_only=True):
    """This member of the committee takes it; empty: nobody is named."""

    comment: Id
    member: Annotated[str, Meta(max_length=200)]


class SortQueue(ChairsAct, frozen=True, kw_only=True):
    """Put the queue in this order once. What comes later comes last."""

    how: Sorting


class SetCurrentItem(ChairsAct, frozen=True, kw_only=True):
    """The committee turns to this agenda item, or to none."""

    item: Id | None


class UndoAct(Command, frozen=True, kw_only=True):
    """Take back the chair's last act, if it is the one with this mark."""

    act: Annotated[str, Meta(min_length=1, max_length=64)]


class OpenIntake(Command, frozen=True, kw_only=True):
    """Residents may send comments."""


class PauseIntake(Command, frozen=True, kw_only=True):
    """Residents may not send comments for now."""


class PauseUnattended(Command, frozen=True, kw_only=True):
    """The same where no moderator is present. Not on the wire: the meeting says so to itself."""


class EraseSealed(Command, frozen=True, kw_only=True):
    """The words of sealed comments whose day has come. Not on the wire: the meeting says so to itself."""


class SetSlowMode(Command, frozen=True, kw_only=True):
    """So many seconds between two comments of one sender; 0 ends it."""

    seconds: Seconds


class LimitIntake(Command, frozen=True, kw_only=True):
    """No more comments while so many wait; 0 ends it."""

    most: Most


class CloseItem(Command, frozen=True, kw_only=True):
    """Behind closed doors: comments, ballots and display shut together, and all are told why."""

    why: Closed


class ReopenItem(Command, frozen=True, kw_only=True):
    """The doors are open again."""


class SetDisplay(Command, frozen=True, kw_only=True):
    """What the screen in the room shows, and how. What is not named stays as it is."""

    shows: Shows | None = None
    blank: bool | None = None
    frozen: bool | None = None
    look: Look | None = None
    size: Size | None = None


class SetItemIntake(Command, frozen=True, kw_only=True):
    """Residents may send comments on this agenda item, or may not for now."""

    item: Id
    open: bool


class OpenMeeting(Command, frozen=True, kw_only=True):
    """The rehearsal is over: wipe all that was said in it, and begin the meeting."""


class PostNotice(Command, frozen=True, kw_only=True):
    """Tell everybody this, by language, in place of what was told before."""

    texts: Annotated[dict[Language, str], Meta(max_length=20)]


class TakeDownNotice(Command, frozen=True, kw_only=True):
    """What was told everybody does not hold any more."""


class TakeSeat(Command, frozen=True, kw_only=True):
    """Exchange a staff link for a session. Not on the wire: the door gives it, with hashes of both secrets."""

    link: str
    session: str


AnyCommand = (
    SubmitComment
    | WithdrawComment
    | ReportComment
    | IssueBallot
    | SupportComment
    | WithdrawSupport
    | ApproveComment
    | DeclineComment
    | ReferComment
    | MergeComment
    | SealComment
    | EditComment
    | TranslateComment
    | TakeBackComment
    | EnterComment
    | ReviewReports
    | DiscussComment
    | AnswerComment
    | PutBackComment
    | SetCurrentItem
    | OpenIntake
    | PauseIntake
    | SetSlowMode
    | LimitIntake
    | CloseItem
    | ReopenItem
    | SetDisplay
    | MoveComment
    | SortQueue
    | UndoAct
    | AssignComment
    | SetItemIntake
    | OpenMeeting
    | PostNotice
    | TakeDownNotice
)
"""Every command that a client can send."""

PERMITTED: dict[type[Command], frozenset[Role]] = {
    SubmitComment: frozenset({Role.RESIDENT}),
    SubmitScreened: frozenset({Role.RESIDENT}),
    WithdrawComment: frozenset({Role.RESIDENT}),
    ReportComment: frozenset({Role.RESIDENT}),
    IssueBallot: frozenset({Role.RESIDENT}),
    SupportComment: frozenset({Role.RESIDENT}),
    WithdrawSupport: frozenset({Role.RESIDENT}),
    ApproveComment: frozenset({Role.MODERATOR}),
    DeclineComment: frozenset({Role.MODERATOR}),
    ReferComment: frozenset({Role.MODERATOR}),
    MergeComment: frozenset({Role.MODERATOR}),
    SealComment: frozenset({Role.MODERATOR}),
    EditComment: frozenset({Role.MODERATOR}),
    TranslateComment: frozenset({Role.MODERATOR}),
    TakeBackComment: frozenset({Role.MODERATOR}),
    EnterComment: frozenset({Role.MODERATOR}),
    EnterScreened: frozenset({Role.MODERATOR}),
    ReviewReports: frozenset({Role.MODERATOR}),
    DiscussComment: frozenset({Role.CHAIR}),
    AnswerComment: frozenset({Role.CHAIR}),
    PutBackComment: frozenset({Role.CHAIR}),
    SetCurrentItem: frozenset({Role.CHAIR}),
    OpenIntake: STAFF,
    PauseIntake: STAFF,
    PauseUnattended: frozenset({Role.MODERATOR}),
    SetSlowMode: STAFF,
    LimitIntake: STAFF,
    CloseItem: STAFF,
    ReopenItem: STAFF,
    OpenMeeting: frozenset({Role.CHAIR}),
    SetDisplay: STAFF,
    MoveComment: frozenset({Role.CHAIR}),
    SortQueue: frozenset({Role.CHAIR}),
    UndoAct: frozenset({Role.CHAIR}),
    AssignComment: frozenset({Role.CHAIR}),
    SetItemIntake: STAFF,
    TakeSeat: SEATED,
    PostNotice: STAFF,
    TakeDownNotice: STAFF,
    EraseSealed: frozenset({Role.MODERATOR}),
    EditScreened: frozenset({Role.MODERATOR}),
}

NOT_ON_THE_WIRE = frozenset({SubmitScreened, EnterScreened, PauseUnattended, TakeSeat, EraseSealed, EditScreened})

assert set(PERMITTED) == {*AnyCommand.__args__, *NOT_ON_THE_WIRE}  # Every command is allowed to somebody.
