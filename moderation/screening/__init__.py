"""Screening: what automatic rules find in a comment before a person decides about it.

`screen` raises flags and does nothing else: it deletes nothing, publishes nothing, decides nothing. A rule that fails
gives the flag `screening_failed`, so that what could not be screened is never taken for harmless.

Begin with :mod:`moderation.screening.flags` (what there is to find), then :mod:`moderation.screening.reading` (how a
comment is read) and the table of rules below; each kind has a module of its own, and its word lists in `words/`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from moderation.screening import (
    address,
    case_number,
    cases,
    conduct,
    form,
    handles,
    internet,
    listed,
    marks,
    names,
    payment,
    personnummer,
    phone,
    plate,
    safety,
    spam,
)
from moderation.screening.flags import KINDS, Code, Flag, Severity, Span, flag
from moderation.screening.reading import Reading
from moderation.screening.rules import BadRule, Rules

__all__ = ["BadRule", "Code", "Flag", "Rules", "Severity", "Span", "screen"]

Found = Iterable[tuple[Code, Span]]
Rule = Callable[[Reading, Rules], Found]
"""A rule: gives what it finds, and where. Pure; knows of no other rule's findings."""


def _numbered(find: Rule) -> Rule:
    """A rule about numbers, which need not be asked where there are none."""

    def rule(reading: Reading, rules: Rules) -> Found:
        return find(reading, rules) if reading.numerals.any else ()

    return rule


RULES: tuple[Rule, ...] = (
    safety.crisis,
    safety.threat,
    _numbered(personnummer.find),
    _numbered(phone.find),
    internet.emails,
    handles.find,
    address.find,
    _numbered(plate.find),
    _numbered(payment.find),
    _numbered(case_number.find),
    names.find,
    cases.find,
    conduct.find,
    listed.find,
    marks.find,
    form.shouting,
    form.repetition,
    form.gibberish,
    form.markup,
    internet.links,
    spam.find,
)
"""Every rule there is. The gravest come first, should there be no time for all."""


_SPANLESS = frozenset({Code.SCREENING_FAILED})

YIELDS: Mapping[Code, frozenset[Code]] = {
    Code.PHONE: frozenset({Code.PERSONNUMMER, Code.FOREIGN_ID, Code.PAYMENT}),
    Code.CASE_NUMBER: frozenset({Code.PERSONNUMMER, Code.FOREIGN_ID}),
    Code.URL: frozenset({Code.EMAIL}),
    Code.HANDLE: frozenset({Code.EMAIL}),
}
"""What is one thing is not another: what a code is not flagged for where one of these is found."""


NO_RULES = Rules()
"""The rules of a meeting that adds none of its own."""


def _always() -> bool:
    return True


def screen(text: str, rules: Rules = NO_RULES, in_time: Callable[[], bool] = _always) -> tuple[Flag, ...]:
    """The flags of a comment, the gravest first; spans are code points of `text`.

    `in_time` is asked before each rule: if it says no, the rest are left out and the flag `screening_failed` raised.
    """
    reading = Reading(text)
    found: defaultdict[Code, list[Span]] = defaultdict(list)
    for rule in RULES:
        try:
            if not in_time():
                raise TimeoutError
            for code, span in rule(reading, rules):
                found[code].append(span)
        except Exception:  # Whatever breaks in a rule, a person must know that the comment was not screened.
            found[Code.SCREENING_FAILED] = []
    return tuple(flag(code, tuple(spans)) for code, spans in _settled(found) if spans or code in _SPANLESS)


def _settled(found: Mapping[Code, list[Span]]) -> Iterator[tuple[Code, list[Span]]]:
    """What was found, in the order of the codes, without what yields to something else."""
    for code in KINDS:
        if code in found:
            others = [span for other in YIELDS.get(code, ()) for span in found.get(other, ())]
            yield code, [span for span in found[code] if not any(_overlap(span, other) for other in others)]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
