"""Comments that come again: near duplicates among this meeting's latest, and floods of them.

Likeness alone would take "Bygg fler cykelbanor" and "Bygg inte fler cykelbanor" for the same: two comments are alike
only if they deny the same things and hold the same numbers.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from moderation.screening.flags import Code, Flag, flag
from moderation.screening.folded import fold, lower
from moderation.screening.lexicon import table

MOST = 500
"""The latest comments that a new one is compared with."""

ALIKE = 90
"""How alike two comments are, of 100, to be near duplicates."""

SHORTEST = 15
"""Letters, digits and spaces in a comment, at least: short ones ("Bra svar") are often the same by chance."""

FLOOD, WITHIN = 5, 2
"""So many near duplicates within so many minutes are a flood."""

_WORD = re.compile(r"\w+")
_DENIALS = frozenset(table("small")["denials"].split())


class Sketch(NamedTuple):
    """What of a comment is compared, and the minute it came."""

    text: str
    denials: frozenset[str]
    digits: tuple[str, ...]
    minute: int


class Recent(NamedTuple):
    """The latest comments of a meeting by their ids, the oldest first."""

    sketches: tuple[tuple[str, Sketch], ...] = ()

    def after(self, id: str, text: str, minute: int) -> "Recent":
        """The latest comments once this one has come."""
        return Recent((*self.sketches[1 - MOST :], (id, sketch(text, minute))))

    def without(self, id: str) -> "Recent":
        """The latest comments once this one has been taken back."""
        return Recent(tuple(one for one in self.sketches if one[0] != id))


def sketch(text: str, minute: int) -> Sketch:
    """What of a comment is compared."""
    words = _WORD.findall(lower(fold(text).text))
    digits = tuple(word for word in words if any(mark.isdigit() for mark in word))
    return Sketch(" ".join(words), frozenset(words) & _DENIALS, digits, minute)


def screen_among(text: str, minute: int, recent: Recent) -> tuple[Flag, ...]:
    """The flags that a comment earns by what came before it."""
    alike = _alike(sketch(text, minute), [other for _, other in recent.sketches])
    flags = []
    if sum(other.minute > minute - WITHIN for other in alike) >= FLOOD:
        flags.append(flag(Code.FLOOD))
    if alike:
        flags.append(flag(Code.NEAR_DUPLICATE))
    return tuple(flags)


def _alike(one: Sketch, others: Sequence[Sketch]) -> list[Sketch]:
    if len(one.text) < SHORTEST:
        return []
    texts = [other.text for other in others]
    found = process.extract(one.text, texts, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None)
    near = [others[place] for _, _, place in found]
    return [other for other in near if (other.denials, other.digits) == (one.denials, one.digits)]
