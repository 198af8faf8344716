"""What a meeting adds to the rules: its own words, links, names and patterns.

A rule that could not be applied is refused when it is written (`BadRule`), not when a comment comes in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import re2

from moderation.screening.flags import Code
from moderation.screening.folded import fold, lower
from moderation.screening.phrases import Phrases, compiled

MOST = 500
"""Entries in one list of rules, at most."""

LONGEST = 200
"""Characters in one entry, at most."""

LARGEST_PATTERN = 1 << 18
"""Bytes that a pattern may take when compiled, so that none is large enough to be slow."""

_TELLS_NOTHING = ("", "Hej", "När lagas belysningen vid gångtunneln?", "12")

_WORD = re.compile(r"[\w'-]+(?: [\w'-]+)*")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_CASE_NUMBER = re.compile(r"(?=.*\d)[\w/:. -]+")


class BadRule(ValueError):
    """A rule that cannot be applied: `field` is the list it stands in, `entry` its place there, `why` a code."""

    def __init__(self, field: str, entry: int, why: str) -> None:
        super().__init__(f"{field}[{entry}]: {why}")
        self.field = field
        self.entry = entry
        self.why = why


@dataclass(frozen=True)
class Rules:
    """The rules of one meeting, beside those that hold everywhere. Raises `BadRule`.

    `words` are flagged under the code they are listed for; `allowed_words` are not flagged as words of conduct.
    `links` are domains, `case_numbers` those on the agenda, `names` the people who may be named: members of the
    committee, officials who take part. `remit` are words for what the committee decides over: they help to suggest
    an agenda item. `patterns` are regular expressions in the syntax of RE2, which takes time in proportion to the
    text and no more.
    """

    words: Mapping[Code, tuple[str, ...]] = field(default_factory=dict)
    allowed_words: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    case_numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    remit: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, shape in _SHAPES.items():
            _check(name, getattr(self, name), shape)
        for code, words in self.words.items():
            _check(f"words.{code}", words, _WORD)
        _check("patterns", self.patterns, re.compile(".*"))
        for entry, pattern in enumerate(self.patterns):
            _check_pattern(pattern, entry)

    @cached_property
    def listed(self) -> Mapping[Code, Phrases]:
        """The meeting's own words as phrases."""
        return {code: Phrases(compiled(map(lower, words), {})) for code, words in self.words.items()}

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The allowed words, folded."""
        return frozenset(lower(fold(word).text) for word in self.allowed_words)

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """The allowed domains in small letters."""
        return tuple(map(lower, self.links))

    @cached_property
    def known(self) -> tuple[frozenset[str], ...]:
        """The words of each name that may be mentioned."""
        return tuple(frozenset(lower(name).split()) for name in self.names)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The allowed case numbers, letters and digits only."""
        return frozenset(bare_number(number) for number in self.case_numbers)

    @cached_property
    def compiled_patterns(self) -> tuple[Any, ...]:
        """The patterns, ready to use."""
        return tuple(compile_pattern(pattern) for pattern in self.patterns)


_SHAPES = {
    "allowed_words": _WORD,
    "links": _DOMAIN,
    "case_numbers": _CASE_NUMBER,
    "names": re.compile(r"\w[\w' .-]*"),
    "remit": _WORD,
}


def fits(name: str, entry: str) -> bool:
    """Whether `entry` could stand in the list `name`."""
    return 0 < len(entry) <= LONGEST and bool(_SHAPES[name].fullmatch(entry))


def host(address: str) -> str:
    """The site that an address leads to."""
    return re.split(r"[/?#:]", re.sub(r"^\w+://", "", lower(address)))[0].rsplit("@", 1)[-1]


def bare_number(number: str) -> str:
    """A case number's letters and digits, however it is set."""
    return re.sub(r"[\W_]", "", lower(number))


def compile_pattern(pattern: str) -> Any:
    """The pattern under RE2; raises `re2.error` for what takes more than time in proportion to the text."""
    options = re2.Options()
    options.max_mem = LARGEST_PATTERN
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(pattern, options)


def _check(name: str, entries: tuple[str, ...], shape: re.Pattern[str]) -> None:
    for entry, text in enumerate(_limited(name, entries)):
        if len(text) > LONGEST or not shape.fullmatch(text):
            raise BadRule(name, entry, "bad_form")


def _limited(name: str, entries: tuple[str, ...]) -> Iterator[str]:
    if len(entries) > MOST:
        raise BadRule(name, MOST, "too_many")
    yield from entries


def _check_pattern(pattern: str, entry: int) -> None:
    try:
        tried = compile_pattern(pattern)
    except re2.error as error:
        raise BadRule("patterns", entry, "bad_pattern") from error
    if any(tried.search(text) for text in _TELLS_NOTHING):
        raise BadRule("patterns", entry, "matches_anything")
