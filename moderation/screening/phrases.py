"""Phrases: lists that a person can read, and that are found however much stands between their words.

    {jag} {ska} .. {döda} .. {dig}      words in braces are slots: any of the words listed under that name
    vill dö|försvinna                   one word or the other
    vill (ge igen|ta hämnd)             one wording or the other
    orkar inte längre? leva             a word that may be missing
    självmords* *tåget                  a word that begins or ends so
    .. ..6                              up to three words, or six; never across the end of a sentence
    ^ $                                 the beginning or the end of a sentence
    hoppas & {ni} & {dör}               all of these, near each other in one sentence, in any order

Letters with dots are also found without them. Only phrases one of whose telling words occurs are tried.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from moderation.screening.flags import Span
from moderation.screening.lexicon import JOINED, stripped, table
from moderation.screening.reading import Reading
from moderation.screening.tongue import small

Slots = Mapping[str, Iterable[str]]

_PART = re.compile(r"\([^)]*\)\??|\S+")
_TELLING = 3
"""Letters in a word that may stand for its phrase in the index, at least."""

_CLOSE, _TOGETHER = 20, 90
"""Characters within which `nearby` excuses a phrase, and within which the parts of one stand together."""

_EDGES = {"^": "(?:(?<=^ )|(?<=[.] ))", "$": "(?=[.]|$)"}
_UNDOTTED = {"å": "[åa]", "ä": "[äa]", "ö": "[öo]"}


class Phrase(NamedTuple):
    """A phrase as patterns over a line of words, the words of which one must occur, and all whole words it may hold.

    Several patterns are found near each other in one sentence, in any order.
    """

    patterns: tuple[re.Pattern[str], ...]
    anchors: frozenset[str]
    words: frozenset[str]

    def matches(self, line: str) -> Iterator[tuple[int, int]]:
        """Where in a line of words the phrase stands."""
        first, *others = self.patterns
        for match in first.finditer(line):
            found = [match.span(), *(_nearest(pattern, line, match.start()) for pattern in others)]
            start, end = min(found)[0], max(end for _, end in found)
            if start >= 0 and end - start <= _TOGETHER and " . " not in line[start:end]:
                yield start, end


def _nearest(pattern: re.Pattern[str], line: str, place: int) -> tuple[int, int]:
    """The match that is nearest to `place`; (-1, -1) if there is none."""
    spans = [match.span() for match in pattern.finditer(line)]
    return min(spans, key=lambda span: abs(span[0] - place), default=(-1, -1))


class Phrases:
    """A list of phrases. What a phrase of `unless` overlaps, or one of `nearby` stands next to, is not found."""

    def __init__(self, phrases: Iterable[Phrase], unless: Iterable[Phrase] = (), nearby: Iterable[Phrase] = ()) -> None:
        phrases = list(phrases)
        self.words = frozenset(word for phrase in phrases for word in phrase.words)
        self._phrases = _Index(phrases)
        self._unless = _Index(unless)
        self._nearby = _Index(nearby)

    def find(self, reading: Reading) -> list[Span]:
        """Where the phrases are."""
        found = self._phrases.matches(reading)
        if not found:
            return []
        line = reading.line
        excused = self._unless.matches(reading)
        excused += [_widened(line.text, start, end) for start, end in self._nearby.matches(reading)]
        return [
            line.span(start, end)
            for start, end in found
            if not any(start < last and first < end for first, last in excused)
        ]


def _widened(line: str, start: int, end: int) -> tuple[int, int]:
    """From `start` to `end`, and a few words more on either side, but not into another sentence."""
    begins = line.rfind(". ", 0, start)
    ends = line.find(". ", end)
    return max(begins, start - _CLOSE), min(ends if ends >= 0 else len(line), end + _CLOSE)


def listed(name: str) -> Phrases:
    """The phrases in `words/<name>.toml`, where each language may have `slots`, `unless` and `nearby`."""
    languages = [rows for rows in table(name).values() if "phrases" in rows]

    def of(kind: str) -> list[Phrase]:
        return [phrase for rows in languages for phrase in compiled(rows.get(kind, ()), rows.get("slots", {}))]

    return Phrases(of("phrases"), of("unless"), of("nearby"))


def compiled(phrases: Iterable[str], slots: Slots) -> list[Phrase]:
    """The phrases as patterns."""
    return [_phrase(phrase, slots) for phrase in phrases]


def _phrase(text: str, slots: Slots) -> Phrase:
    ones = [_PART.findall(one) for one in text.split(" & ")]
    # Compiled here, all of them: that takes most of a second at the start, and no comment ever waits for it.
    patterns = tuple(re.compile("(?<= )" + "".join(_pattern(part, slots) for part in parts)) for parts in ones)
    choices = [_choices(part, slots) for parts in ones for part in parts if not _may_be_missing(part, slots)]
    return Phrase(patterns, _anchors(choices), frozenset(_whole_words(ones, slots)))


def _whole_words(ones: list[list[str]], slots: Slots) -> Iterator[str]:
    words = (word for parts in ones for part in parts for choice in _choices(part, slots) for word in choice.split())
    return (word for word in words if (word.isalpha() and len(word) > 1) or word == "i")


def _may_be_missing(part: str, slots: Slots) -> bool:
    return part.startswith("..") or part.endswith("?") or part in "^$" or "" in _choices(part, slots)


def _choices(part: str, slots: Slots) -> list[str]:
    """What may stand for a part."""
    part = part.removesuffix("?")
    if part.startswith("{"):
        return [choice for name in part[1:-1].split("|") for choice in slots[name]]
    choices = part.removeprefix("(").removesuffix(")").split("|")
    return [word for choice in choices for word in (slots[choice[1:-1]] if choice.startswith("{") else [choice])]


def _pattern(part: str, slots: Slots) -> str:
    if part.startswith(".."):
        return f"(?:[^ .]+ ){{0,{part[2:] or 3}}}?"
    choices = sorted(filter(None, _choices(part, slots)), key=len, reverse=True)
    either = "(?:" + "|".join(_spelled(choice) for choice in choices) + ")"
    return f"(?:{either})?" if part not in "^$" and _may_be_missing(part, slots) else either


def _spelled(choice: str) -> str:
    return "".join(_EDGES.get(word) or _word(word) for word in choice.split())


def _word(word: str) -> str:
    escaped = re.escape(word).replace(r"\*", "[^ .]*")
    joined = f"[{''.join(JOINED)}]?" if "\u0620" <= word[0] <= "\u06ff" else ""
    return joined + "".join(_UNDOTTED.get(letter, letter) for letter in escaped) + " "


def _anchors(parts: list[list[str]]) -> frozenset[str]:
    """The words of the part that tells most: none of them small, and the fewest."""
    longest = [
        [max(choice.split(), key=len) for choice in choices]
        for choices in parts
        if "$" not in choices and not any(choice.startswith("*") for choice in choices)
    ]
    telling = [words for words in longest if not any(small(word) or len(word) < _TELLING for word in words)]
    return frozenset(stripped(word) for word in min(telling or longest, key=len))


class _Index:
    """Phrases by their anchors."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._words: dict[str, list[Phrase]] = {}
        self._stems: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            for anchor in phrase.anchors:
                index = self._stems if anchor.endswith("*") else self._words
                index.setdefault(anchor.removesuffix("*"), []).append(phrase)
        self._lengths = sorted({len(stem) for stem in self._stems})

    def matches(self, reading: Reading) -> list[tuple[int, int]]:
        """Where in the comment's line a phrase stands."""
        phrases = {id(phrase): phrase for word in reading.bare for phrase in self._anchored(word)}
        if not phrases:
            return []
        line = reading.line.text
        return [place for phrase in phrases.values() for place in phrase.matches(line)]

    def _anchored(self, word: str) -> Iterator[Phrase]:
        yield from self._words.get(word, ())
        for length in self._lengths:
            if length > len(word):
                break
            yield from self._stems.get(word[:length], ())
