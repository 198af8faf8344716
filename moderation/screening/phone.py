"""Phone numbers, as people write them: grouped in any way, with or without a country."""

import re
from collections.abc import Iterator, Sequence

import phonenumbers

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import either
from moderation.screening.numerals import COUNTED, WORDS, Run, before
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_LONGEST = 17
_SHORTEST_WITHOUT_AREA = 6

# What the numbering plan is asked about: nothing that cannot be a number, for asking takes time.
_SHAPE = re.compile(r"0[1-9]\d{6,9}|00[1-9]\d{6,14}|\+[1-9]\d{6,14}")

_TIMES = re.compile(
    r"\d{4}-\d\d-\d\d|\d\d?[.:]\d\d ?(?:-|till|to) ?\d\d?[.:]\d\d|"
    r"\b(?:19|20)\d\d ?[-/] ?(?:19|20)?\d\d\b|\b\d\d? ?- ?\d\d? ?(?:kr|kronor|meter|år|personer|procent|%)"
)
"""Dates, hours and years, which the numbering plan knows as numbers of small towns."""

_ANOTHER = before("other")
_CALL = before("call", then=rf"\W{{1,3}}(?:{either(WORDS['call_on'])} )*\W{{0,3}}")
_FINNISH = re.compile(rf"(?<!\w){either(WORDS['finnish_call'])}(?!\w)")


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The phone numbers in a comment."""
    numerals = reading.numerals
    times = [match.span() for match in _TIMES.finditer(numerals.text)]
    regions = ("SE", "FI") if _FINNISH.search(numerals.low) else ("SE",)
    for run in numerals.runs():
        if len(run.digits) < _SHORTEST_WITHOUT_AREA or _ANOTHER.search(numerals.low[: run.start][-30:]):
            continue
        found = _in_run(run, times, regions) or _asked_to_call(run, numerals.low)
        if found and not COUNTED.match(numerals.low, found[1]):
            yield Code.PHONE, numerals.span(*found)


def _in_run(run: Run, times: Sequence[tuple[int, int]], regions: Sequence[str]) -> tuple[int, int] | None:
    """Where in a run of digits the longest phone number is."""
    plus = run.text.startswith("+")
    found = []
    for digits, setting, start, end in run.parts(longest=_LONGEST):
        first = start == run.groups[0].start
        abroad = first and (plus or digits.startswith("46"))
        number = re.sub(r"^\+460", "+46", "+" * abroad + digits)  # "+46 (0)70"
        if not _SHAPE.fullmatch(number) or (setting == (4, 4) and not abroad):
            continue
        if any(start < late and early < end for early, late in times):
            continue
        if any(_is_valid(number, region) for region in regions):
            found.append((run.start if first and plus else start, end))
    return max(found, key=lambda place: place[1] - place[0], default=None)


def _is_valid(number: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


def _asked_to_call(run: Run, low: str) -> tuple[int, int] | None:
    """A number after words like "ring", even if it lacks its area code."""
    if len(run.digits) < _LONGEST and _CALL.search(low[: run.start][-60:]):
        return run.groups[0].start, run.groups[-1].end
    return None
