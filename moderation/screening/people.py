"""How languages speak of somebody: "min son", "naapurini", "my daughter", "ابني"; and of what befalls them."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from moderation.screening.lexicon import stripped, table

_TABLE = table("health")


class Terms:
    """Words, and beginnings of words (with a * after them). A hyphen stands for a space."""

    def __init__(self, text: str = "") -> None:
        terms = text.split()
        self._words = {term for term in terms if not term.endswith("*") and "-" not in term}
        self._words |= {stripped(term) for term in self._words if len(term) > 5}
        self._stems = {term.removesuffix("*") for term in terms if term.endswith("*")}
        self._stems |= {stripped(stem) for stem in self._stems if len(stem) > 5}
        self._pairs = {tuple(term.split("-", 1)) for term in terms if "-" in term and not term.endswith("*")}
        self._lengths = sorted({len(stem) for stem in self._stems})

    def places(self, words: list[str]) -> list[int]:
        """The numbers of the words that are among the terms, or with which a pair of them begins."""
        found = [place for place, word in enumerate(words) if self.has(word)]
        if self._pairs:
            found += [place for place, pair in enumerate(pairwise(words)) if pair in self._pairs]
        return found

    def has(self, word: str) -> bool:
        """Whether one word is among the terms, or begins as one does."""
        return word in self._words or any(word[:length] in self._stems for length in self._lengths)


class Language(NamedTuple):
    """One language. `people` and `oneself` give the numbers of the words at which somebody is spoken of.

    `weak` terms of health count only near a case; the terms in `decides` make a case by themselves. `turns` are
    words after which "jag har" leads elsewhere, `work` those that make a relation somebody's job.
    """

    people: Callable[[list[str]], list[int]]
    oneself: Callable[[list[str]], list[int]]
    health: Terms
    case: Terms
    decides: Terms
    weak: Terms = Terms()
    turns: Terms = Terms()
    work: Terms = Terms(_TABLE["work"]["words"])


def _owned(possessive: frozenset[str], kin: frozenset[str]) -> Callable[[list[str]], list[int]]:
    """Finds "min son", "min äldsta son"."""

    def places(words: list[str]) -> list[int]:
        return [
            place
            for place, word in enumerate(words)
            if word in possessive and any(later in kin for later in words[place + 1 : place + 3])
        ]

    return places


def _set(section: str, name: str) -> frozenset[str]:
    return frozenset(_TABLE[section][name].split())


_min_son = _owned(_set("kin", "possessive"), _set("kin", "words"))
_my_son = _owned(_set("en", "my"), _set("en", "kin"))
_ALONE, _PLACED, _WHERE = _set("kin", "alone"), _set("kin", "placed"), _set("kin", "where")


def _swedish(words: list[str]) -> list[int]:
    alone = [
        place
        for place, word in enumerate(words)
        if word in _ALONE or (word in _PLACED and place + 1 < len(words) and words[place + 1] in _WHERE)
    ]
    return _min_son(words) + alone


def _starts(pairs: Iterable[str]) -> Callable[[list[str]], list[int]]:
    """Finds words, and pairs of words ("jag har"), and gives the number of the last."""
    wanted = {tuple(pair.split("-", 1)) for pair in pairs}

    def places(words: list[str]) -> list[int]:
        paired = [place + 1 for place, pair in enumerate(pairwise(words)) if pair in wanted]
        return paired + [place for place, word in enumerate(words) if (word,) in wanted]

    return places


_FINNISH_KIN = Terms(_TABLE["fi"]["kin"])
_FINNISH_MY = tuple(_TABLE["fi"]["my"].split())
_MUN = _set("fi", "mun")
_FINNISH_ALONE = _set("fi", "alone")


def _finnish(words: list[str]) -> list[int]:
    return [
        place
        for place, word in enumerate(words)
        if word in _FINNISH_ALONE
        or (_FINNISH_KIN.has(word) and (word.endswith(_FINNISH_MY) or (place and words[place - 1] in _MUN)))
    ]


_ELSEWHERE_KIN = Terms(_TABLE["other"]["kin"] + _TABLE["other"]["kin_after"])
_PREFIXES = "وفبلك"  # Arabic writes "and", "so", "with", "for" and "as" together with the next word.


def _elsewhere(words: list[str]) -> list[int]:
    return _ELSEWHERE_KIN.places([_bare(word) for word in words])


def _bare(word: str) -> str:
    return word[1:] if len(word) > 4 and word[0] in _PREFIXES else word


def _nobody(words: list[str]) -> list[int]:
    return []


def _language(name: str, people: Callable[[list[str]], list[int]], **more: Any) -> Language:
    rows = _TABLE[name]
    return Language(
        people,
        _starts(rows["oneself"].split()) if "oneself" in rows else _nobody,
        Terms(rows["health"]),
        Terms(rows["case"]),
        Terms(rows["decides"] if "decides" in rows else rows["case"]),
        Terms(rows.get("weak", "")),
        Terms(rows.get("turns", "")),
    )


LANGUAGES = (
    _language("sv", _swedish),
    _language("fi", _finnish),
    _language("en", _my_son),
    _language("other", _elsewhere),
)
