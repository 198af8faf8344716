"""Which language a comment is written in, by its small words: enough to know whose word lists apply."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from moderation.screening.lexicon import table
from moderation.screening.words import Word


class Tongue(StrEnum):
    """A language with a word list of its own, or none of them."""

    SWEDISH = "sv"
    FINNISH = "fi"
    ENGLISH = "en"
    NORWEGIAN = "no"
    OTHER = "other"
    UNKNOWN = ""


_RARE = 6
"""One word in this many is small, at least, in any comment in a language that is known here."""

_OFTEN = 4
"""One in this many is, if there is no doubt."""

_ENOUGH = 5
"""Words that tell."""

_SMALL: dict[str, tuple[Tongue, ...]] = {}
for _tongue, _words in table("small")["tongues"].items():
    for _word in _words.split():
        _SMALL[_word] = (*_SMALL.get(_word, ()), Tongue(_tongue))


def tongue(words: Iterable[str]) -> Tongue:
    """The language with the most small words among `words`; Swedish wins a tie it takes part in.

    A comment in which few words are small is in another language, or too short to tell.
    """
    words = list(words)
    found = Counter(tongue for word in words for tongue in _SMALL.get(word, ()))
    most = max(found.values(), default=0)
    if most and most * _RARE >= len(words):
        return next(tongue for tongue in Tongue if found.get(tongue) == most)
    return Tongue.OTHER if len(words) >= _ENOUGH else Tongue.UNKNOWN


def share(tongue: Tongue, words: Iterable[Word]) -> bool:
    """Whether so many words are small words of `tongue`, and so few of others', that it must be that."""
    texts = [word.text for word in words]
    found = Counter(other for text in texts for other in _SMALL.get(text, ()))
    others = [found[other] for other in found if other not in (tongue, Tongue.NORWEGIAN)]
    return found[tongue] > max(others, default=0) and found[tongue] * _OFTEN >= len(texts)


def small(word: str) -> bool:
    """Whether this is one of the small words that occur in every comment."""
    return word in _SMALL
