"""The language of a comment: a chip for the desk and for `lang=` on the display, never a reason for a flag.

Own rules know what identifiers do not: the national minorities' languages, and Swedish in few words. The rest is
left to CLD3, a small network that is part of its package: 3 MB and a tenth of a millisecond, where py3langid, a
little surer, takes 95 MB and half a second to load. What cannot be told is None, never a guess.
"""

import re
from functools import cache
from typing import Any

import gcld3

from moderation.screening.lexicon import table
from moderation.screening.reading import Reading
from moderation.screening.tongue import Tongue, share

_FEWEST_LETTERS = 12
_SURE = 0.7

_NO_WORDS = re.compile(r"\S*(?:@|://|\d|\w\.\w)\S*")
_LETTER = re.compile(r"[^\W\d_]")
_HEBREW = re.compile(r"[\u05d0-\u05ea]")
_YIDDISH = re.compile(r"[\u05f0-\u05f2]|א[\u05b7\u05b8]|\b(?:און|איז|ניט|נישט|מיר|האבן|פאר)\b")
_DANISH_OR_NORWEGIAN = re.compile(r"[æøÆØ]")
_MARKS = {
    code: (re.compile(rows.get("letters", r"(?!)")), frozenset(rows["words"].split()))
    for code, rows in table("minorities").items()
    if code != "known"
}
_KNOWN = frozenset(table("minorities")["known"]["codes"].split())
_RENAMED = {"iw": "he", "no": "nb"}
_NEIGHBOURS = frozenset({"nb", "da"})


def language(text: str) -> str | None:
    """The language that most of `text` is in (BCP 47), None if that cannot be told."""
    reading = Reading(_NO_WORDS.sub(" ", text))
    letters = len(_LETTER.findall(reading.plain))
    if len(_HEBREW.findall(reading.plain)) > letters / 2:
        return "yi" if _YIDDISH.search(reading.plain) else "he"
    if share(reading.tongue, reading.words):
        return _RENAMED.get(reading.tongue, reading.tongue.value)
    if letters < _FEWEST_LETTERS:
        return None
    return _of_a_minority(reading) or _identified(reading)


def _of_a_minority(reading: Reading) -> str | None:
    words = {word.text for word in reading.words}
    for code, (letters, known) in _MARKS.items():
        if len(words & known) + len(letters.findall(reading.low)) > 1:
            return code
    return None


def _identified(reading: Reading) -> str | None:
    found = _identifier().FindLanguage(text=reading.original)
    code = _RENAMED.get(found.language, found.language)
    if code in _NEIGHBOURS and not _DANISH_OR_NORWEGIAN.search(reading.plain):
        return Tongue.SWEDISH.value  # In few words they cannot be told apart; here most are Swedish.
    return code if found.is_reliable and found.probability >= _SURE and code in _KNOWN else None


@cache
def _identifier() -> Any:
    return gcld3.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=2000)
