"""Names of private persons: a given name and a surname, or somebody's neighbour by name, in a private setting.

A name alone is no flag: politicians, authors and streets have names too. What decides is how the name stands:
after a word of private life ("grannen Kim Exempel"), or near something that should not be said about a named person
in public ("Kim Exempel dricker"). The elected, those whom the meeting's rules name, and anybody with a party mark
may be named.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import table
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_NEAR = 14
"""Words between a name and what is said, at most."""

_LISTS = table("names")


def _set(name: str) -> frozenset[str]:
    return frozenset(_LISTS[name].split())


_GIVEN = frozenset(name.lower() for name in _set("given"))
_PRIVATE, _FAMILY, _PROFESSIONAL, _ELECTED = map(_set, ("private", "family", "professional", "elected"))
_ELSEWHERE = _set("elsewhere")
_SAID = frozenset(word for word in _set("said") if "-" not in word)
_SAID_PAIRS = frozenset(tuple(word.split("-")) for word in _set("said") if "-" in word)

_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_PARTY = re.compile(r"\W{0,2}\((?:s|m|sd|c|v|kd|l|mp|d|fi|rs|oberoende|kok|kesk|vas|sdp|vihr|rkp|ps)\)", re.IGNORECASE)
_PLACES = ("gatan", "vägen", "torget", "skolan", "plats")


class _Token(NamedTuple):
    """A word as it was typed, in small letters, and where it is."""

    text: str
    low: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


_NOTHING = _Token(" ", "", -1, -1)


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The names of private persons in a comment."""
    tokens = [_Token(match[0], match[0].lower(), *match.span()) for match in _WORD.finditer(reading.plain)]
    said = _said(tokens)
    for place in range(len(tokens)):
        name = _name(tokens, place, reading.plain)
        if name and _is_private(tokens, place, name, said) and not _may_be_named(tokens, place, name, reading, rules):
            yield Code.PERSON_NAME, reading.span(name[0].start, name[-1].end)


def _name(tokens: Sequence[_Token], place: int, plain: str) -> Sequence[_Token]:
    """The words of the name that begins at `place`, none if there is none."""
    token, before = tokens[place], _neighbour(tokens, place, -1, plain)
    following, third = _neighbour(tokens, place, 1, plain), _neighbour(tokens, place + 1, 1, plain)
    titled = before.low in _PRIVATE or before.low in _PROFESSIONAL
    given = token.low in _GIVEN
    if not token.capital:  # "läraren mona exempel", as it is typed in a hurry
        return tokens[place : place + 2] if titled and given and len(following.low) > 3 else ()
    if (given or titled) and following.capital and len(following.text) > 1 and following.low not in _ELSEWHERE:
        has_three = third.capital and len(third.text) > 2 and not third.text.isupper()
        return tokens[place : place + 2 + has_three]
    alone = before.low in _FAMILY or (given and titled)
    return tokens[place : place + 1] if alone and len(token.text) > 2 else ()


def _neighbour(tokens: Sequence[_Token], place: int, step: int, plain: str) -> _Token:
    """The word before or after, if nothing but a space or an abbreviation's dot is between."""
    if not (0 <= place + step < len(tokens) and place < len(tokens)):
        return _NOTHING
    first, last = sorted((tokens[place], tokens[place + step]), key=lambda token: token.start)
    return tokens[place + step] if plain[first.end : last.start] in (" ", ". ", ": ") else _NOTHING


def _is_private(tokens: Sequence[_Token], place: int, name: Sequence[_Token], said: Sequence[int]) -> bool:
    before = tokens[place - 1].low if place else ""
    if before in _PRIVATE:
        return True
    return (len(name) > 1 or before in _PROFESSIONAL or before in _FAMILY) and any(
        abs(place - other) <= _NEAR for other in said
    )


def _may_be_named(tokens: Sequence[_Token], place: int, name: Sequence[_Token], reading: Reading, rules: Rules) -> bool:
    words = {token.low for token in name}
    if any(words <= known or len(words & known) > 1 for known in rules.known):
        return True
    if _PARTY.match(reading.plain, name[-1].end) or all(token.text.isupper() for token in name):
        return True
    if any(token.low in _ELECTED for token in tokens[max(0, place - 3) : place]):
        return True
    after = tokens[place + len(name)].low if place + len(name) < len(tokens) else ""
    return after in _ELSEWHERE or any(token.low.endswith(_PLACES) for token in name)


def _said(tokens: Sequence[_Token]) -> list[int]:
    """Where something is said that should not be said of a named person."""
    words = [token.low for token in tokens]
    pairs = enumerate(pairwise([*words, ""]))
    return [place for place, pair in pairs if pair[0] in _SAID or pair in _SAID_PAIRS]
