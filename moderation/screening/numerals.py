"""Numbers as they were meant: spelled out in words, with O for 0 and l for 1, and in groups.

Whatever looks for numbers (identity data, case numbers, payment) reads the comment through these.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from moderation.screening.flags import Span
from moderation.screening.folded import Folded, lower
from moderation.screening.lexicon import either, table
from moderation.screening.words import Word

_UNITS = {
    "0": "noll nolla nollan zero oh null",
    "1": "ett en etta ettan yksi yks one",
    "2": "två tvåa tvåan tva kaksi kaks two",
    "3": "tre trea trean kolme kolm three",
    "4": "fyra fyran fyr neljä four",
    "5": "fem femma femman viisi viis five",
    "6": "sex sexa sexan kuusi kuus six",
    "7": "sju sjua sjuan seitsemän seittemän seven",
    "8": "åtta åttan atta kahdeksan kaheksan eight",
    "9": "nio nia nian yhdeksän yheksän nine",
}
_TENS = {
    "1": "tio ten",
    "2": "tjugo tjuge twenty",
    "3": "trettio tretti thirty",
    "4": "fyrtio fyrti forty",
    "5": "femtio femti fifty",
    "6": "sextio sexti sixty",
    "7": "sjuttio sjutti seventy",
    "8": "åttio åtti eighty",
    "9": "nittio nitti ninety",
}
_TEENS = ["tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton"]


def _number_words() -> dict[str, str]:
    words = {word: digit for digit, row in _UNITS.items() for word in row.split()}
    units = {word: digit for word, digit in words.items() if digit != "0" and len(word) > 1}
    words |= {teen: f"1{place}" for place, teen in enumerate(_TEENS)}
    for ten, row in _TENS.items():
        for word in row.split():
            words[word] = f"{ten}0"
            words |= {word + unit: ten + digit for unit, digit in units.items()}
    return words


_NUMBER_WORDS = _number_words()
_ONE = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
# Atomic, for "sextio" may be read in two ways, and sixty of them in more ways than there is time for.
_SPELLED = re.compile(rf"(?<![^\W_])(?>{_ONE}|\d+)(?>[\s,.:+/-]{{0,3}}(?>{_ONE}|\d+)){{4,}}+(?![^\W\d_])")
_ONE_NUMBER = re.compile(rf"{_ONE}|\d+")
_GLUED = re.compile("nollsju|sjunoll|nollnoll|zeroseven|nollaneljä|nollått|nolltre")

_MISREAD = re.compile(r"(?<![^\W\d_oOlI])(?=[oOlI|]*\d)[\doOlI|]*[oOlI|][\doOlI|]*(?![^\W\d_])")
_MEANT = str.maketrans("oOlI|", "00111")

_RUN = re.compile(r"(?<!\d)(?<!\d[.,])[+(]?\d(?:(?:[ ./()·_~-]{0,3}|\+(?=\d{4}(?!\d)))\d)*")
_DIGIT = re.compile(r"\d")
_GROUP = re.compile(r"\d+")


class Group(NamedTuple):
    """Digits without anything between them, from `start` up to `end` of the numerals' text."""

    digits: str
    start: int
    end: int


class Run(NamedTuple):
    """Groups with so little between them that they may be one number."""

    text: str
    start: int
    groups: tuple[Group, ...]

    @property
    def digits(self) -> str:
        """All its digits."""
        return "".join(group.digits for group in self.groups)

    def parts(self, longest: int) -> Iterator["Part"]:
        """Every row of neighbouring groups that has at most `longest` digits."""
        for first in range(len(self.groups)):
            digits, setting = "", tuple[int, ...]()
            for group in self.groups[first:]:
                digits, setting = digits + group.digits, (*setting, len(group.digits))
                if len(digits) > longest:
                    break
                yield Part(digits, setting, self.groups[first].start, group.end)


class Part(NamedTuple):
    """Neighbouring groups of a run: their digits, the sizes of the groups, and where they are."""

    digits: str
    setting: tuple[int, ...]
    start: int
    end: int


class Numerals:
    """A comment's text with every number in digits. `span` leads back to the original."""

    def __init__(self, folded: Folded, low: str, words: Sequence[Word]) -> None:
        self._folded = folded
        self._places: list[tuple[int, int]] | None = None
        self.text = folded.text
        self.low = low
        if sum(word.text in _NUMBER_WORDS for word in words) > 3 or _GLUED.search(low):
            for match in reversed(list(_SPELLED.finditer(low))):
                self._spell(match)
        if _MISREAD.search(self.text):
            self.text = _MISREAD.sub(lambda match: match[0].translate(_MEANT), self.text)
        if self.text is not folded.text:
            self.low = lower(self.text)

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(_DIGIT.search(self.text))

    def runs(self) -> Iterator[Run]:
        """The runs of digits, in order."""
        for match in _RUN.finditer(self.text):
            groups = (
                Group(group[0], match.start() + group.start(), match.start() + group.end())
                for group in _GROUP.finditer(match[0])
            )
            yield Run(match[0], match.start(), tuple(groups))

    def span(self, start: int, end: int) -> Span:
        """Where in the original the text from `start` up to `end` stands."""
        if self._places is not None:
            start, end = self._places[start][0], self._places[end - 1][1]
        return self._folded.span(start, end)

    def _spell(self, match: re.Match[str]) -> None:
        numbers = list(_ONE_NUMBER.finditer(match[0]))
        if sum(not number[0].isdigit() for number in numbers) < 3:
            return
        if self._places is None:
            self._places = [(place, place + 1) for place in range(len(self.text))]
        digits, places = "", []
        for number in numbers:
            spelled = _NUMBER_WORDS.get(number[0], number[0])
            digits += spelled
            places += [(match.start() + number.start(), match.start() + number.end())] * len(spelled)
        end = match.start() + numbers[-1].end()
        self.text = self.text[: match.start()] + digits + self.text[end:]
        self._places[match.start() : end] = places


WORDS = table("numbers")
"""Words beside numbers."""


def before(*lists: str, then: str = r"\W{0,3}(?:nr|nummer)?\W*") -> re.Pattern[str]:
    """A pattern that ends where a number begins: one of the words of `lists`, and `then` what may follow it."""
    words = either(word for name in lists for word in WORDS[name])
    return re.compile(rf"(?<!\w){words}{then}$")


COUNTED = re.compile(rf"\s?{either(WORDS['counted'])}(?!\w)")
"""What makes a number an amount, after it."""
