"""Screening of what comes into one meeting: its rules, its agenda, its latest comments, and the clock.

The rules are pure and know no clock (:mod:`moderation.screening`). Here they are held to their time, and whatever
breaks or takes too long becomes the flag `screening_failed`: nobody waits for it, and nothing passes for screened.
"""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar

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
from livechat.errors import report
from livechat.events import AgendaItem, CommentErased, CommentSubmitted, CommentWithdrawn, Event, Flag
from livechat.meeting import Meeting
from moderation import screening
from moderation.decisions import Outcome
from moderation.screening import BadRule, Code, Rules
from moderation.screening.agenda import Agenda
from moderation.screening.flags import KINDS, flag
from moderation.screening.language import language
from moderation.screening.recent import MOST, Recent, screen_among
from moderation.screening.rules import fits, host
from moderation.text import LONGEST, clean

LIMIT = 0.05
"""Seconds that screening may take of everybody's time. It takes a hundredth of that; see docs/screening.md."""

_FAILED: tuple[screening.Flag, ...] = (flag(Code.SCREENING_FAILED),)

Screened = SubmitComment | EnterComment | EditComment
"""The commands whose text is screened."""

_MADE: dict[type[Screened], type[SubmitScreened | EnterScreened | EditScreened]] = {
    SubmitComment: SubmitScreened,
    EnterComment: EnterScreened,
    EditComment: EditScreened,
}

Timer = Callable[[], float]
Given = TypeVar("Given")


class Screening:
    """Screens the comments of one meeting. `timer` gives seconds that only run forward."""

    def __init__(self, meeting: Meeting, timer: Timer = time.thread_time) -> None:
        self._timer = timer
        self._rules = _rules(meeting)
        self._agenda = Agenda({item.id: _said(item) for item in meeting.agenda}, meeting.settings.screening.remit)
        self._recent = _recent(meeting)

    def screened(self, command: Screened, minute: int) -> SubmitScreened | EnterScreened | EditScreened:
        """The command, and what was found in its text as it will be stored."""
        text = clean(command.text)
        # An edited text is like its original, and not for that like one that came before.
        recent = Recent() if isinstance(command, EditComment) else self._recent
        # What is too long will be refused.
        findings = self._findings(text, command.text, minute, recent) if len(text) <= LONGEST else Findings()
        return _MADE[type(command)](**asdict(command), findings=findings)

    def learn(self, events: Iterable[Event]) -> None:
        """What has come in, to know when it comes again; what was taken back is forgotten."""
        for event in events:
            if isinstance(event, CommentSubmitted):
                self._recent = self._recent.after(event.id, event.text, event.minute)
            elif isinstance(event, CommentWithdrawn | CommentErased):
                self._recent = self._recent.without(event.id)

    def _findings(self, text: str, raw: str, minute: int, recent: Recent) -> Findings:
        until = self._timer() + LIMIT
        rules = self._rules or screening.NO_RULES
        flags = [
            *_attempt(lambda: screening.screen(text, rules, lambda: self._timer() < until), _FAILED),
            *_attempt(lambda: _cleaned_away(text, raw), _FAILED),
            *_attempt(lambda: screen_among(text, minute, recent), _FAILED),
            *(() if self._rules else _FAILED),
        ]
        suggested = _attempt(lambda: self._agenda.suggest(text), None)
        within = _attempt(lambda: self._agenda.within_remit(text), None)
        told = _attempt(lambda: language(text), None)
        return Findings(_in_order(flags), told, suggested, within is False and not suggested)


def _attempt(work: Callable[[], Given], otherwise: Given) -> Given:
    try:
        return work()
    except Exception as error:
        report(error)
        return otherwise


def _in_order(flags: Iterable[screening.Flag]) -> tuple[Flag, ...]:
    """The flags as they are stored: one of each code, the gravest first."""
    first = {found.code: found for found in reversed(list(flags))}
    in_order = (first[code] for code in KINDS if code in first)
    return tuple(Flag(found.code.value, found.severity.value, _places(found)) for found in in_order)


def _places(found: screening.Flag) -> tuple[tuple[int, int], ...]:
    return tuple((span.start, span.end) for span in found.spans)


def _cleaned_away(text: str, raw: str) -> tuple[screening.Flag, ...]:
    """Marks that deceive are gone from the stored text; that they were there stands beside it."""
    if text == raw.strip():
        return ()
    found = screening.screen(raw[: 2 * LONGEST])
    return tuple(flag(one.code) for one in found if one.code is Code.UNICODE_ABUSE)


def _rules(meeting: Meeting) -> Rules | None:
    """The meeting's rules; None if they are not what this release takes."""
    fields = asdict(meeting.settings.screening)
    fields["words"] = {Code(code): words for code, words in fields["words"].items() if code in set(Code)}
    fields["case_numbers"] += tuple(number for item in meeting.agenda for number in _numbers(_said(item)))
    fields["links"] += tuple(site for item in meeting.agenda for site in _sites(item))
    try:
        return Rules(**fields)
    except BadRule as error:
        report(error)
        return None


def _numbers(text: str) -> Iterable[str]:
    """The case numbers that the agenda itself speaks of."""
    spans = (span for found in screening.screen(text) if found.code is Code.CASE_NUMBER for span in found.spans)
    numbers = (text[span.start : span.end] for span in spans)
    return (number for number in numbers if fits("case_numbers", number))


def _sites(item: AgendaItem) -> Iterable[str]:
    """The sites that the documents are on."""
    sites = (host(document.url) for document in item.documents)
    return (site for site in sites if fits("links", site))


def _said(item: AgendaItem) -> str:
    return " ".join([item.title, item.about, *(document.title for document in item.documents)])


def _recent(meeting: Meeting) -> Recent:
    recent = Recent()
    latest = sorted(meeting.comments.values(), key=lambda comment: comment.number)[-MOST:]
    for comment in latest:
        if comment.outcome is not Outcome.WITHDRAWN and not comment.erased:
            recent = recent.after(comment.id, comment.text, comment.received)
    return recent
