"""Personal identity numbers: Swedish ones with their coordination numbers, and those of other countries.

Source: Folkbokföringslagen (1991:481) 18–18 a §§: YYMMDD, a separator, a birth number of three digits and a check
digit after Luhn; in a coordination number the day is 60 higher. An organisation number has at least 20 in the place
of the month, so it is none of them.
"""

import datetime
import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.fi import hetu
from stdnum.no import fodselsnummer

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import either
from moderation.screening.numerals import WORDS, Run, before
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_TOGETHER = {(10,), (12,), (6, 4), (8, 4)}
_APART = {
    *((2, 2, 2, 4), (4, 2, 2, 4), (2, 2, 2, 2, 2), (4, 2, 2, 2, 2), (2, 2, 2, 2, 2, 2), (6, 2, 2), (8, 2, 2)),
    *((3, 3, 4), (4, 4, 4), (6, 3, 1), (8, 3, 1), (2, 2, 2, 3, 1), (6, 1, 1, 1, 1), (1,) * 10, (1,) * 12),
}
"""How personal identity numbers are set: the sizes of their groups of digits. Those that are set apart must be all
that stands there, or they would be found in rows of other numbers."""

_CENTURIES = ("18", "19", "20")

_ANOTHER = before("never_personal")
_PERSONAL = re.compile(r"p\W?e\W?r\W?s|pnr|samordning|född|id-?n|henkilö")
_OWNED = re.compile(rf"{either(WORDS['owner'])}\W+{either(WORDS['personal'])}\W*(?:är|e|on|is)?\W*$")


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The personal identity numbers in a comment."""
    numerals = reading.numerals
    for run in numerals.runs():
        for start, end in _in_run(run, numerals.low[: run.start]):
            yield Code.PERSONNUMMER, numerals.span(start, end)
    for start, end in _foreign(numerals.low):
        yield Code.FOREIGN_ID, numerals.span(start, end)


def is_personnummer(digits: str) -> bool:
    """Whether 10 or 12 digits are a personal identity number or a coordination number."""
    return is_dated(digits) and luhn.is_valid(digits[-10:])


def is_dated(digits: str) -> bool:
    """Whether 10 or 12 digits begin with a date, or with one whose day is 60 higher."""
    if len(digits) == 12 and not digits.startswith(_CENTURIES):
        return False
    month, day = int(digits[-8:-6]), int(digits[-6:-4])
    return _is_date(digits[:-8], month, day - 60 if day > 60 else day)


def _is_date(year: str, month: int, day: int) -> bool:
    # Two digits of a year leave the century open: a leap day counts if any century has it.
    years = [int(year)] if len(year) == 4 else [int(century + year) for century in _CENTURIES]
    return any(_exists(number, month, day) for number in years)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def _in_run(run: Run, text: str) -> Iterator[tuple[int, int]]:
    if _ANOTHER.search(text[-30:]):
        return
    for digits, setting, start, end in run.parts(longest=12):
        if setting not in _TOGETHER and not (setting in _APART and len(setting) == len(run.groups)):
            continue
        if _like_a_phone(digits, setting) and not _PERSONAL.search(text[-60:]):
            continue
        if is_personnummer(digits) or (is_dated(digits) and _OWNED.search(text[-60:])):
            yield start, end


def _like_a_phone(digits: str, setting: tuple[int, ...]) -> bool:
    """Mobile numbers begin with 07, and "070 174 06 55" could be a coordination number of somebody born in 2007."""
    if len(digits) != 10 or not digits.startswith("0") or setting == (6, 4):
        return False
    return setting == (3, 3, 4) or int(digits[4:6]) > 60


# --- other countries ---

_FINNISH = re.compile(r"(?<![\w-])\d{6}[-+a-fu-y]\d{3}[0-9a-y](?![\w-])")
_NORWEGIAN = re.compile(r"(?<![\d-])\d{6}[ -]?\d{5}(?![\d-])")
_BY_FORM = (
    re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-\d\d-\d{4}(?![\d-])"),  # United States
    re.compile(r"(?<!\w)[a-z]{6}\d\d[a-z]\d\d[a-z]\d{3}[a-z](?!\w)"),  # Italy
)
_NAMED = re.compile(rf"(?<!\w){either(WORDS['foreign'])}(?!\w)")
_BY_NAME = (
    re.compile(r"(?<!\w)[a-z]{2} ?\d\d ?\d\d ?\d\d ?[a-d](?!\w)"),  # United Kingdom
    re.compile(r"(?<!\w)[xyz]?\d{7,8}-?[a-z](?!\w)"),  # Spain
    re.compile(r"(?<!\w)[a-z]{0,3}[ -]?\d[\d /.-]{5,16}\d[a-z]?(?!\w)"),
)


def _foreign(low: str) -> Iterator[tuple[int, int]]:
    named = [word.end() for word in _NAMED.finditer(low)]
    for match in _FINNISH.finditer(low):
        if hetu.is_valid(match[0].upper(), allow_temporary=True) or named:
            yield match.span()
    for match in _NORWEGIAN.finditer(low):
        if fodselsnummer.is_valid(match[0]) and not _ANOTHER.search(low[: match.start()][-30:]):
            yield match.span()
    for pattern in _BY_FORM:
        yield from (match.span() for match in pattern.finditer(low))
    for end in named:
        found = (pattern.search(low, end, end + 50) for pattern in _BY_NAME)
        yield from (match.span() for match in found if match)
