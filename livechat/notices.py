"""Notices: what staff tell everybody, as "Paus till 18.30". One at a time: the next takes the place of the one before.

Pure, as :mod:`livechat.handle`, which it is a part of.
"""

from collections.abc import Mapping

from livechat import events
from livechat.commands import NOTICE_LONGEST, PostNotice, TakeDownNotice
from livechat.errors import Refused
from livechat.events import Event
from livechat.meeting import Meeting
from livechat.roles import Actor
from livechat.seats import seat
from moderation.text import clean

ALWAYS = "sv"
"""The language that every notice is written in, whatever others it is written in as well."""


def post(meeting: Meeting, command: PostNotice, actor: Actor, minute: int) -> tuple[Event, ...]:
    """The same words again are no news."""
    by = seat(meeting, actor, minute)
    texts = written(command.texts)
    if meeting.notice and meeting.notice.texts == texts:
        return ()
    return (events.NoticePosted(texts=texts, by=by, minute=minute),)


def take_down(meeting: Meeting, command: TakeDownNotice, actor: Actor, minute: int) -> tuple[Event, ...]:
    """Whoever of the staff put it up."""
    by = seat(meeting, actor, minute)
    return (events.NoticeTakenDown(by=by, minute=minute),) if meeting.notice else ()


def written(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts, cleaned, but for languages without words. Raises `Refused` if it cannot be a notice."""
    cleaned = {language: clean(text) for language, text in texts.items()}
    kept = {language: text for language, text in cleaned.items() if text}
    if ALWAYS not in kept:
        raise Refused("empty_text", field=f"texts.{ALWAYS}")
    if too_long := [language for language, text in kept.items() if len(text) > NOTICE_LONGEST]:
        raise Refused("invalid", field=f"texts.{too_long[0]}")
    return kept
