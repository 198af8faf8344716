"""Which agenda item a comment is about: a suggestion beside it, never a move.

BM25+ (Lv and Zhai, 2011) over what the agenda says, by word stems and by letters in fours: Swedish writes as one
word what others write as several, and "cykelbanor" must find "cykel".
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import Stemmer

from moderation.screening.folded import fold, lower
from moderation.screening.tongue import small

_SATURATION, _LENGTH, _LEAST = 1.2, 0.6, 1.0
"""BM25+'s k1, b and delta."""

_SURE, _MARGIN = 3.5, 1.25
"""The score that a suggestion has, at least, and how much more than the next."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_STEM = Stemmer.Stemmer("swedish").stemWord


class Agenda:
    """What the items of an agenda say, ready for comments. `remit` are words for what the committee decides over."""

    def __init__(self, items: Mapping[str, str], remit: Iterable[str] = ()) -> None:
        self._terms = {item: Counter(terms(text)) for item, text in items.items()}
        self._lengths = {item: sum(found.values()) for item, found in self._terms.items()}
        self._mean = sum(self._lengths.values()) / max(1, len(items)) or 1
        self._spread = Counter(term for found in self._terms.values() for term in found)
        self._remit = {term for word in remit for term in terms(word)}

    def suggest(self, text: str) -> str | None:
        """The item that a comment is most likely about, None if none stands out."""
        wanted = set(terms(text))
        scores = sorted(((self._score(wanted, item), item) for item in self._terms), reverse=True)
        if not scores or scores[0][0] < _SURE:
            return None
        return scores[0][1] if len(scores) == 1 or scores[0][0] >= _MARGIN * scores[1][0] else None

    def within_remit(self, text: str) -> bool | None:
        """Whether a comment touches what the committee decides over; None if nobody has said what that is."""
        if not self._remit:
            return None
        wanted = set(terms(text))
        return bool(wanted & self._remit or any(wanted & set(found) for found in self._terms.values()))

    def _score(self, wanted: Iterable[str], item: str) -> float:
        return sum(self._weight(term, item) for term in wanted)

    def _weight(self, term: str, item: str) -> float:
        times = self._terms[item][term]
        if not times:
            return 0
        rare = math.log((len(self._terms) + 1) / self._spread[term])
        length = 1 - _LENGTH + _LENGTH * self._lengths[item] / self._mean
        return rare * (_LEAST + times * (_SATURATION + 1) / (times + _SATURATION * length))


def terms(text: str) -> Sequence[str]:
    """The stems of the words in `text` that tell something, and their letters in fours."""
    words = [word for word in _WORD.findall(lower(fold(text).text)) if not small(word)]
    fours = [word[place : place + 4] for word in words for place in range(len(word) - 3)]
    return [_STEM(word) + "$" for word in words] + fours
