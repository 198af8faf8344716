"""Words that were taken apart to hide ("knä cka", "v i v e t v a r"), put together by what they may have been.

Only with the words of a list in hand can it be told where one ends, so this is for lists that are worth it.
"""

from collections.abc import Iterator, Set

from moderation.screening.reading import Reading
from moderation.screening.words import Word

_SPACED = 1.5
"""Characters for each letter, at least, of a word that was written with gaps."""

_LONG = 8
"""Letters of such a word from which on it may be several."""

_UNKNOWN = 2
"""What a letter costs that belongs to no word, where a word costs 1: few and known words are the likeliest."""


def mended(reading: Reading, vocabulary: Set[str]) -> Reading | None:
    """The comment with its words put together after `vocabulary`; None if none was taken apart."""
    words = tuple(_mended(reading.words, vocabulary))
    if words == reading.words:
        return None
    made = Reading(reading.original)
    made.words = words
    return made


def _mended(words: tuple[Word, ...], vocabulary: Set[str]) -> Iterator[Word]:
    place = 0
    while place < len(words):
        word, joined = words[place], _joined(words[place : place + 2], vocabulary)
        if joined:
            yield joined
        elif len(word.text) > _LONG and word.end - word.start > _SPACED * len(word.text):
            yield from (Word(part, word.start, word.end, (part,)) for part in _parts(word.text, vocabulary))
        else:
            yield word
        place += 2 if joined else 1


def _joined(pair: tuple[Word, ...], vocabulary: Set[str]) -> Word | None:
    """The one word that two neighbours are together, if one of them alone is none."""
    texts = [word.text for word in pair]
    whole = "".join(texts)
    if len(pair) < 2 or whole not in vocabulary or all(text in vocabulary for text in texts):
        return None
    return Word(whole, pair[0].start, pair[1].end, (whole,))


def _parts(text: str, vocabulary: Set[str]) -> list[str]:
    """The likeliest words of a text that lacks its spaces."""
    best: list[tuple[int, list[str]]] = [(0, [])]
    for end in range(1, len(text) + 1):
        cost, words = best[end - 1]
        choices = [(cost + _UNKNOWN, [*words, text[end - 1]])]
        for start in range(max(0, end - 20), end):
            if text[start:end] in vocabulary:
                cost, words = best[start]
                choices.append((cost + 1, [*words, text[start:end]]))
        best.append(min(choices, key=lambda choice: choice[0]))
    return best[-1][1]
