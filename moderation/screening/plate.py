"""Registration plates. Three letters and three digits are many other things too: laws, rooms, courses, amounts."""

import re
from collections.abc import Iterator

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import either, table
from moderation.screening.numerals import COUNTED
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_LISTS = table("plates")
_NO_PLATE = frozenset(_LISTS["no_plate"].split())

# Transportstyrelsen: I, Q and V are not used; the last place may be a letter, but not O.
_PLATE = re.compile(r"(?<![\w-])([A-HJ-PR-UW-Z]{3})[ -]?(\d\d[0-9A-HJ-NPR-UW-Z])(?![\w-])")
_TYPED = re.compile(r"(?<![\w-])([a-hj-pr-uw-z]{3})[ -]?(\d\d[0-9a-hj-npr-uw-z])(?![\w-])")
_ABROAD = re.compile(r"(?:[a-zåäö]{1,3}[ -]\d{1,5}(?:[ -][a-z]{1,3})?|[a-z]{2} ?\d{4,5}|[a-z]{2,4} ?\d{1,4})(?![\w-])")

_VEHICLE = re.compile(rf"(?<!\w){either(_LISTS['vehicle'].split())}(?!\w)")
_NUMBER_NEXT = re.compile(rf"(?<!\w){either(_LISTS['number'])}\W{{1,3}}(?:är |is |on |nr |number )?")
_NUMBERED = re.compile(rf"(?<!\w){either(_LISTS['numbered'].split())} $")


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The registration plates in a comment."""
    for start, end in _found(reading.plain, reading.low):
        yield Code.PLATE, reading.span(start, end)


def _found(plain: str, low: str) -> Iterator[tuple[int, int]]:
    of_a_vehicle = bool(_VEHICLE.search(low))
    if of_a_vehicle or not _in_capitals(plain):
        for match in _PLATE.finditer(plain):
            if _is_plate(match) and (of_a_vehicle or not _counts(match, low)):
                yield match.span()
    if of_a_vehicle:
        yield from (match.span() for match in _TYPED.finditer(low) if match[1] not in _NO_PLATE)
        for word in _NUMBER_NEXT.finditer(low):
            if abroad := _ABROAD.match(low, word.end()):
                yield abroad.span()


def _is_plate(match: re.Match[str]) -> bool:
    return match[2][-1].isalpha() or match[1].lower() not in _NO_PLATE


def _counts(match: re.Match[str], low: str) -> bool:
    """Whether the number counts something, or is that of a line, a room, a course."""
    return bool(COUNTED.match(low, match.end()) or _NUMBERED.search(low[: match.start()]))


def _in_capitals(plain: str) -> bool:
    letters = [mark for mark in plain if mark.isalpha()]
    return len(letters) > 11 and sum(mark.isupper() for mark in letters) > 0.6 * len(letters)
