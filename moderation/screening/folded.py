"""The folded text: one spelling for all the ways in which a letter or a digit can be written.

Every folded character knows which characters of the original it stands for, so what is found in it can be marked
in the original. Folding drops what shows nothing (zero width), a second and further accent on a letter, and what
makes a digit a keycap; makes any script's digit 0–9, any full-width or decorated letter a plain one (NFKC), any
dash "-" and any space " "; and reads a Cyrillic or Greek letter in an otherwise Latin word as the Latin letter
that it looks like.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from moderation.screening.flags import Span


class Folded(NamedTuple):
    """Folded text, case kept. Character i stands for `original[starts[i]:ends[i]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """Where in the original the folded characters from `start` up to `end` are."""
        return Span(self.starts[start], self.ends[end - 1])


# What most comments consist of: every character folds to one character, by this table alone.
_ORDINARY = re.compile("[\\n\\t -~§°´¨«»£åäöÅÄÖéÉèÈüÜáÁàÀæÆøØ\u2010-\u2015\u2018-\u201d\u2212\u00a0]*")
_PLAIN = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹣－", "-")
    | dict.fromkeys("‘’´ʼ", "'")
    | dict.fromkeys("“”«»", '"')
    | {"\u00a0": " ", "\t": " "}
)

_CYRILLIC = "аa еe оo рp сc уy хx іi їi јj ѕs ԛq ԝw һh ԁd ɡg ьb вb кk мm нh тt ӏl"
_CYRILLIC_CAPITALS = "АA ЕE ОO РP СC УY ХX ІI ЇI ЈJ ЅS ВB КK МM НH ТT ЬB ӀI"
_GREEK = "αa οo εe ρp τt υu ιi κk νv ωw ηn χx γy σs"
_GREEK_CAPITALS = "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX"

LOOKALIKES = {
    ord(pair[0]): pair[1] for row in (_CYRILLIC, _CYRILLIC_CAPITALS, _GREEK, _GREEK_CAPITALS) for pair in row.split()
}
"""Letters of other scripts, and the Latin ones that they pass for (after Unicode's confusables, the common ones)."""

# Arabic script: what is written with or without hamza, in the Persian or the Arabic way, or drawn out.
_ARABIC = str.maketrans("أإآٱىیکةۀؤئ", "اااايي\u0643ههوي", "\u0640")

_MIXED = re.compile(r"(?=\w*[A-Za-zåäöÅÄÖ])(?=\w*[\u0370-\u03ff\u0400-\u052f])\w{2,}")
_SPACES = re.compile(r"\s")


def fold(original: str) -> Folded:
    """The folded text of a comment."""
    if _ORDINARY.fullmatch(original):
        return Folded(original.translate(_PLAIN), range(len(original)), range(1, len(original) + 1))
    return _folded(original)


def lower(text: str) -> str:
    """In small letters, as many as there were."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(mark.lower()[:1] for mark in text)


def mixed_words(text: str) -> list[tuple[int, int]]:
    """The words that hold both Latin and Cyrillic or Greek letters."""
    return [] if text.isascii() else [match.span() for match in _MIXED.finditer(text)]


def _folded(original: str) -> Folded:
    marks: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, mark in enumerate(original):
        folded = _fold_mark(mark)
        if folded is None:
            folded = ""
            composed = unicodedata.normalize("NFC", marks[-1] + mark) if marks and ends[-1] == place else ""
            if len(composed) == 1:
                marks[-1] = composed
        if not folded and ends:
            ends[-1] = place + 1
        for letter in folded:
            marks.append(letter)
            starts.append(place)
            ends.append(place + 1)
    return Folded(_latin("".join(marks)), starts, ends)


def _fold_mark(mark: str) -> str | None:
    """What a character folds to; None if it belongs to the one before it."""
    if mark == "\n":
        return mark
    category = unicodedata.category(mark)
    if category == "Cf" or "\ufe00" <= mark <= "\ufe0f" or mark in "\u2800\u3164\uffa0\u115f\u1160":
        return ""
    if category == "Mn":
        return None
    if category == "Me":
        return ""
    if category == "Nd":
        return str(unicodedata.digit(mark))
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", mark.translate(_PLAIN))).translate(_PLAIN).translate(_ARABIC)


def _latin(text: str) -> str:
    for start, end in mixed_words(text):
        text = text[:start] + text[start:end].translate(LOOKALIKES) + text[end:]
    return text
