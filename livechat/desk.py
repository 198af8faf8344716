"""What comes of a moderator's commands.

Each decision carries the revision that the moderator saw, so that of two the first one counts and the other is told
who that was. Saying the same again changes nothing.
"""

from msgspec.structs import replace

from livechat import events
from livechat.commands import (
    ApproveComment,
    Decide,
    DeclineComment,
    EditComment,
    EnterComment,
    MergeComment,
    ReferComment,
    ReviewReports,
    SealComment,
    TakeBackComment,
    TranslateComment,
    comment_id,
)
from livechat.comment import Comment, Translation
from livechat.errors import Refused
from livechat.events import Event
from livechat.grounds import findings, flags, known, require_text, sent_before, too_late, wrong_outcome
from livechat.meeting import Meeting
from livechat.roles import Actor, Seat
from livechat.seats import seat as seat_of
from moderation.decisions import CARRIERS, EDITABLE, RESULT, TRANSLATABLE, UNSEEN, Decision, Outcome, after
from moderation.reports import Reports
from moderation.text import clean


def approve(meeting: Meeting, command: ApproveComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat_of(meeting, actor, minute)
    if _decided_so_already(meeting, command, Decision.APPROVE, by):
        return ()
    return (events.CommentApproved(id=command.comment, by=by, minute=minute),)


def decline(meeting: Meeting, command: DeclineComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat_of(meeting, actor, minute)
    if _decided_so_already(meeting, command, Decision.DECLINE, by, reason=command.reason):
        return ()
    return (events.CommentDeclined(id=command.comment, by=by, minute=minute, reason=command.reason),)


def refer(meeting: Meeting, command: ReferComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat_of(meeting, actor, minute)
    if all(channel.id != command.channel for channel in meeting.settings.channels):
        raise Refused("unknown_channel", field="channel")
    if _decided_so_already(meeting, command, Decision.REFER, by, channel=command.channel):
        return ()
    return (events.CommentReferred(id=command.comment, by=by, minute=minute, channel=command.channel),)


def merge(meeting: Meeting, command: MergeComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat_of(meeting, actor, minute)
    carrier = meeting.carrier(_seen(meeting, command.into))
    if _decided_so_already(meeting, command, Decision.MERGE, by, into=carrier.id):
        return ()
    if carrier.id == command.comment or carrier.outcome not in CARRIERS:
        raise Refused("cannot_carry", field="into", outcome=carrier.outcome)
    return (events.CommentMerged(id=command.comment, by=by, minute=minute, into=carrier.id),)


def seal(meeting: Meeting, command: SealComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat_of(meeting, actor, minute)
    if _decided_so_already(meeting, command, Decision.SEAL, by):
        return ()
    return (events.CommentSealed(id=command.comment, by=by, minute=minute),)


def take_back(meeting: Meeting, command: TakeBackComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat_of(meeting, actor, minute)
    comment = known(meeting, command.comment)
    if comment.outcome is Outcome.SEALED and comment.by != by:
        raise Refused("unknown_comment")  # Only the one who pressed the wrong key may say so.
    if comment.erased:
        raise wrong_outcome(comment)  # Nothing is left of it.
    if _decided_so_already(meeting, command, Decision.TAKE_BACK, by):
        return ()
    return (events.CommentTakenBack(id=command.comment, by=by, minute=minute),)


def edit(meeting: Meeting, command: EditComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat_of(meeting, actor, minute)
    comment, text = _seen(meeting, command.comment), clean(command.text)
    require_text(text)
    if text == comment.words and comment.last in (None, by):
        return ()
    _require_revision(command, comment)
    if comment.outcome not in EDITABLE:
        raise wrong_outcome(comment)
    restored = text == comment.text
    if restored:
        return (events.CommentEdited(id=comment.id, by=by, minute=minute, restored=True),)
    return (events.CommentEdited(id=comment.id, by=by, minute=minute, text=text, flags=flags(command)),)


def translate(meeting: Meeting, command: TranslateComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat_of(meeting, actor, minute)
    comment, text = _seen(meeting, command.comment), clean(command.text)
    if text:
        require_text(text)
    if _stands(comment.translation, command.language, text):
        return ()
    _require_revision(command, comment)
    if comment.outcome not in TRANSLATABLE:
        raise wrong_outcome(comment)
    language, removed = command.language, not text
    return (
        events.CommentTranslated(id=comment.id, by=by, minute=minute, language=language, text=text, removed=removed),
    )


def enter(meeting: Meeting, command: EnterComment, actor: Actor, minute: int) -> tuple[Event, ...]:
    by = seat_of(meeting, actor, minute)
    id, text = comment_id(command.secret), clean(command.text)
    if before := meeting.comments.get(id):
        return sent_before(before, text)
    if not meeting.has_item(command.item):
        raise Refused("unknown_item", field="item")
    if command.body and command.body not in meeting.settings.bodies:
        raise Refused("unknown_body", field="body")
    require_text(text)
    sent = events.CommentSubmitted(id=id, item=command.item, text=text, minute=minute, **findings(command))
    return (replace(sent, entered=by, body=command.body),)


def review_reports(meeting: Meeting, command: ReviewReports, actor: Actor, minute: int) -> tuple[Event, ...]:
    by, comment = seat_of(meeting, actor, minute), _seen(meeting, command.comment)
    if not meeting.reports.get(comment.id, Reports()).fresh:
        return ()
    return (events.ReportsReviewed(id=comment.id, by=by, minute=minute),)


def _stands(translation: Translation | None, language: str, text: str) -> bool:
    if translation is None:
        return not text
    return (translation.language, translation.text) == (language, text)


def _decided_so_already(meeting: Meeting, command: Decide, decision: Decision, by: Seat, **more: str) -> bool:
    """Whether this seat has said just this before. Refused if another decision stands in the way."""
    comment = known(meeting, command.comment)
    stands = {"reason": comment.reason, "channel": comment.channel, "into": comment.into}
    if (comment.outcome, comment.by) == (RESULT[decision], by) and stands == {**dict.fromkeys(stands), **more}:
        return True
    _require_revision(command, comment)
    if after(decision, comment.outcome) is None:
        raise too_late(comment) if comment.last not in (None, by) else wrong_outcome(comment)
    return False


def _require_revision(command: Decide, comment: Comment) -> None:
    if command.revision not in (None, comment.revision):
        raise too_late(comment)


def _seen(meeting: Meeting, id: str) -> Comment:
    """The comment, if it stands in the desk's lists."""
    comment = known(meeting, id)
    if comment.outcome in UNSEEN:
        raise Refused("unknown_comment")
    return comment
