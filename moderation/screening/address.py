"""Street addresses: a street and a number, a box, c/o, a flat. A street without a number is a place, not a home."""

import re
from collections.abc import Iterator

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import either, table
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_LISTS = table("streets")
_SWEDISH, _ELSEWHERE = _LISTS["swedish"], _LISTS["elsewhere"]


def _list(section: str, name: str) -> str:
    return either(_LISTS[section][name].split())


# Not "12.30", "12/5", "12 - 500", nor a year.
_HOUSE = r"\d{1,3}(?!\d|[.,:/]\d| ?- ?\d{3})"
_NUMBER = rf",?(?:\s?(?:nr|nummer|no|numero)\.?)?\s?{_HOUSE}(?:\s?[-/]\s?\d{{1,3}}(?!\d))?(?: ?[a-h](?!\w))?"
_CAPITAL = r"(?<![\w-])[A-ZÅÄÖ][a-zåäöéü-]{2,}"

_STREETS = (
    re.compile(rf"(?<![\w-])([a-zåäöéü-]{{2,}}{_list('swedish', 'surely')}){_NUMBER}"),
    re.compile(rf"(?<![\w-])([a-zåäöéü]{{2,}}s {_list('swedish', 'apart')}){_NUMBER}"),
    re.compile(rf"(?<![\w-])({_list('swedish', 'norra')} {_list('swedish', 'norra_gatan')}){_NUMBER}"),
)
"""Streets in small letters, for that is how they are typed; they must not be common nouns."""

_DOUBTFUL = re.compile(rf"{_CAPITAL}{_list('swedish', 'doubtful')} ?{_HOUSE}(?P<door> ?[A-Ha-h](?!\w))?")
_CAPITAL_STREETS = (
    re.compile(rf"{_CAPITAL}s {_list('swedish', 'apart_capital')} ?{_HOUSE}"),
    re.compile(rf"{_CAPITAL}{_list('finnish', 'street')}\s?{_HOUSE}(?: ?[a-hA-H](?: ?\d{{1,3}})?(?!\w))?"),
    re.compile(rf"(?<![\w-])\d{{1,4}}[a-z]? (?:[A-Z][a-z']+ ){{1,3}}{_list('english', 'street')}(?!\w)"),
    re.compile(rf"(?<!\w)[A-ZÄÖÜ][a-zäöüß-]+{_list('elsewhere', 'german')}\s?{_HOUSE}"),
    re.compile(rf"(?<!\w)[A-ZÆØÅ][a-zæøå-]+{_list('elsewhere', 'nordic')}\s{_HOUSE}"),
    re.compile(
        rf"(?<!\w){_list('elsewhere', 'before')}\s(?:[\w.'-]+,?\s){{1,4}}"
        r"(?:nr\.?\s|no\.?\s|д\.?\s|رقم\s|پلاك\s|lambar\s|n[º°]\s)?\d{1,4}(?!\d|[.,:]\d)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\w)\d{1,4},? (?:rue|avenue|boulevard|impasse|place) [A-Zdl][\w'-]+", re.IGNORECASE),
)
_POSTAL = (
    re.compile(r"(?<!\w)(?:box|postbox|po box|p\.o\. box|pl|postilokero) \d{2,5}(?!\d)"),
    re.compile(r"(?<!\w)c/o\s+\w+"),
    re.compile(
        r"(?<!\w)(?:lgh|lght|lägenhet|lägenhetsnummer|asunto|apartment|apt)\.? ?(?:nr |nummer )?[a-h]? ?\d{1,4}"
        r"(?!\d)(?! ?(?:kvm|rum|st|kr|procent|%))"
    ),
)
_POSTCODE = re.compile(r"(?<![\d-])(?:se?-)?[1-9]\d\d \d\d [A-ZÅÄÖ][a-zåäö]{2,}")

_COUNTED = re.compile(rf"\s?(?:%|{_list('swedish', 'counted')})(?!\w)")
_HOME = re.compile(rf"(?<!\w){_list('swedish', 'home')}(?!\w)")
_NO_STREET = frozenset(_SWEDISH["no_street"].split())


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The addresses in a comment."""
    if reading.numerals.any or "c/o" in reading.low:
        for start, end in _found(reading.low, reading.plain):
            yield Code.ADDRESS, reading.span(start, end)


def _found(low: str, plain: str) -> Iterator[tuple[int, int]]:
    at_home = bool(_HOME.search(low))
    for pattern in _STREETS:
        yield from _counting_nothing((match for match in pattern.finditer(low) if _is_street(match[1])), low)
    yield from _counting_nothing((match for match in _DOUBTFUL.finditer(plain) if match["door"] or at_home), low)
    for pattern in _CAPITAL_STREETS:
        yield from _counting_nothing(pattern.finditer(plain), low)
    for pattern in _POSTAL:
        yield from (match.span() for match in pattern.finditer(low))
    if at_home:
        yield from _counting_nothing(_POSTCODE.finditer(plain), low)


def _counting_nothing(matches: Iterator[re.Match[str]], low: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in matches if not _COUNTED.match(low, match.end()))


def _is_street(name: str) -> bool:
    first, *more = name.split()
    return name not in _NO_STREET and not (more and first in _NO_STREET)
