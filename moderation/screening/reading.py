"""A comment as the rules read it: its text, folded, in small letters, in words and in sentences; each made once."""

import bisect
import re
from functools import cached_property

from moderation.screening.flags import Span
from moderation.screening.folded import Folded, fold, lower
from moderation.screening.lexicon import JOINED, stripped
from moderation.screening.numerals import Numerals
from moderation.screening.tongue import Tongue, tongue
from moderation.screening.words import Word, words


class Reading:
    """All readings of one comment. Places in `plain` and `low` are the same; `span` leads back to the original."""

    def __init__(self, original: str) -> None:
        self.original = original

    @cached_property
    def folded(self) -> Folded:
        """The folded text and where it comes from."""
        return fold(self.original)

    @cached_property
    def plain(self) -> str:
        """The folded text, case kept."""
        return self.folded.text

    @cached_property
    def low(self) -> str:
        """The folded text in small letters."""
        return lower(self.plain)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words, as they were meant."""
        return words(self.low)

    @cached_property
    def bare(self) -> frozenset[str]:
        """The words that occur, without the dots of å, ä and ö."""
        words = {stripped(word.text) for word in self.words}
        return frozenset(words | {word[1:] for word in words if word.startswith(JOINED)})

    @cached_property
    def tongue(self) -> Tongue:
        """The language that most of its small words are from."""
        return tongue(word.text for word in self.words)

    @cached_property
    def numerals(self) -> Numerals:
        """Its text with every number in digits."""
        return Numerals(self.folded, self.low, self.words)

    @cached_property
    def line(self) -> "Line":
        """Its words in one line, for phrases."""
        return Line(self)

    def span(self, start: int, end: int) -> Span:
        """Where the folded text from `start` up to `end` is in the original."""
        return self.folded.span(start, end)


_BREAK = re.compile(r"[!?\n:;]|(?<!\.)\.(?!\.)")


class Line:
    """The words of a comment with one space between and around them, and " . " where a sentence ends."""

    def __init__(self, reading: Reading) -> None:
        parts: list[str] = [" "]
        self._at: list[int] = []
        self._words: list[Word] = []
        length, last = 1, 0
        for word in reading.words:
            if not word.text:
                continue
            if last and _BREAK.search(reading.low, last, word.start):
                parts.append(". ")
                length += 2
            self._at.append(length)
            self._words.append(word)
            parts += (word.text, " ")
            length += len(word.text) + 1
            last = word.end
        self.text = "".join(parts)
        self._reading = reading

    def word(self, place: int) -> int:
        """The number of the word that stands at `place` of the line."""
        return max(0, bisect.bisect_right(self._at, place) - 1)

    def span(self, start: int, end: int) -> Span:
        """Where in the comment the line from `start` up to `end` comes from."""
        first, last = self._words[self.word(start)], self._words[self.word(max(start, end - 2))]
        return self._reading.span(first.start, last.end)
