"""Case numbers: of the municipality, of courts and other authorities. Those on the agenda are allowed."""

import re
from collections.abc import Iterator

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import either
from moderation.screening.numerals import WORDS, Numerals
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules, bare_number

_NAMED = re.compile(
    rf"(?<!\w){either(WORDS['case'])}\W{{0,3}}(?:är |on |is )?"
    r"((?:[a-zåäö]{1,5}[ /-])?(?:[a-zåäö]{1,6} ?)?\d[\d/:.-]*(?:[ -]?\d+)?(?:/\d+)?)"
)
_PERHAPS = re.compile(
    rf"(?<!\w){either(WORDS['perhaps_case'])}\W{{1,2}}"
    r"((?:[a-zåäö]{1,4} ?)?\d{2,6}[/-]\d{2,6}(?:[/-]\d{2,4})?|\d{6,9})(?![\w/-])"
)
_SHAPED = re.compile(
    r"(?<![\w/-])([A-ZÅÄÖ]{2,6})[ -]?(?:dnr[ -]?)?"
    r"((?:19|20)\d\d[/-]\d{2,6}|\d{3,6}-(?:20)?[1-3]\d|\d{2,6}/(?:20)?(?:1[5-9]|[23]\d)|\d{3,5}/\d\d-\d{2,4})"
    r"(?![\w/-]|\.\d)"
)
_OTHERS = (
    re.compile(r"(?<![\w/-])[TBÖFPM] ?\d{1,5}-\d\d(?![\w/-])"),  # courts
    re.compile(r"(?<![\w/-])(?:\d{4}-)?K\d{3,7}-\d\d(?![\w/-])", re.IGNORECASE),  # the police
    re.compile(r"(?<![\w/-])[A-ZÅÄÖ]{1,3}\d{3,5}[-/]\d{2,5}[-/]\d\d(?![\w/-])"),
)
_NO_CASE = frozenset(WORDS["no_case"].split())


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The case numbers in a comment, but for those that the meeting is about."""
    for start, end in _found(reading.numerals):
        number = bare_number(reading.numerals.text[start:end])
        if not any(allowed.endswith(number) for allowed in rules.numbers):
            yield Code.CASE_NUMBER, reading.numerals.span(start, end)


def _found(numerals: Numerals) -> Iterator[tuple[int, int]]:
    for match in _NAMED.finditer(numerals.low):
        if sum(mark.isdigit() for mark in match[1]) >= 3:
            yield match.span(1)
    for match in _PERHAPS.finditer(numerals.low):
        if not _is_span_of_time(match[1]):
            yield match.span(1)
    for match in _SHAPED.finditer(numerals.text):
        if match[1] not in _NO_CASE and not _is_span_of_time(match[2]):
            yield match.span()
    for pattern in _OTHERS:
        yield from (match.span() for match in pattern.finditer(numerals.text))


def _is_span_of_time(number: str) -> bool:
    """Whether this is "2023/24", "2024-12" or "2024-2026"."""
    left, right = (*re.split(r"[/-]", number), "")[:2]
    if len(left) == 4 and len(right) == 2:
        return int(right) == int(left[2:]) + 1 or ("-" in number and int(right) <= 12)
    return len(right) == 4 and right.startswith("20") and left.startswith("20")
