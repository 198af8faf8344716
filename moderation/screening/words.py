"""The words of a comment, each as it was meant.

A word that hides is read in several ways: drawn out (jäääävla), with digits for letters (n3gr3r), spaced out
(f.i.t.t.a, c u n t), cut up (fit-ta), or with letters masked (k*k). These readings are compared with whole words
of the lists, never with parts of words.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple


class Word(NamedTuple):
    """A word of the folded text, from `start` up to `end`. `text` is in small letters, as it was most likely meant.

    `forms` are all readings of it that a word list is asked for, `text` among them; `mask` matches the words that
    it may stand for if letters are masked.
    """

    text: str
    start: int
    end: int
    forms: tuple[str, ...]
    mask: str = ""


_SPACED = r"(?<!\w)\w(?:(?:[._*/-] ?| )\w){2,}(?!\w)"
_CUT = r"(?<!\w)[^\W\d_]{1,4}(?:[._·/-][^\W\d_]{1,4})+(?!\w)"
_WHOLE = r"[$@]?\w+(?:['*@$€#!|+]+\w+)*[*#$@€]*"
_WORD = re.compile(f"(?P<spaced>{_SPACED})|(?P<cut>{_CUT})|(?P<whole>{_WHOLE})")

_SWEDISH = re.compile("[a-zåäö]*")
_APART = re.compile(r"[\W_]+")
_DRAWN = re.compile(r"(.)\1\1+")
_DOUBLE_VOWEL = re.compile(r"([åäö])\1+")  # Other vowels are doubled in many languages, these only in Finnish.
_DRAWN_VOWEL = re.compile(r"([aeiouyåäö])\1+")
_CONTRACTION = re.compile(r"(\w+)'(?:re|ll|s|d|ve|t|m)")
_LEET = str.maketrans("013456789@$€!|+", "oieasgtbgaseiit")
_LEET_L = str.maketrans("1!|", "lll")
_MASKED = re.compile(r"[*#_]+")


def words(low: str) -> tuple[Word, ...]:
    """The words of a folded text in small letters, in order."""
    return tuple(word for match in _WORD.finditer(low) for word in _KINDS[match.lastgroup or ""](match))


def _spaced(match: re.Match[str]) -> Iterator[Word]:
    text = _APART.sub("", match[0])
    if text.isdigit():
        return
    yield Word(text, match.start(), match.end(), _readings(text))


def _cut(match: re.Match[str]) -> Iterator[Word]:
    whole = _APART.sub("", match[0])
    forms = _readings(whole) if len(whole) >= 3 else ()
    for part in re.finditer(r"[^\W_]+", match[0]):
        yield Word(part[0], match.start() + part.start(), match.start() + part.end(), (part[0],))
    if forms:
        yield Word("", match.start(), match.end(), forms)


def _whole(match: re.Match[str]) -> Iterator[Word]:
    text, start, end = match[0].replace("'", ""), match.start(), match.end()
    if contraction := _CONTRACTION.fullmatch(match[0]):
        yield Word(text, start, end, (contraction[1],))
    elif text.isalpha():
        forms = _readings(text)
        yield Word(forms[-1], start, end, forms)
    elif _MASKED.search(text):
        letters = text.strip("_")
        yield Word(letters, start, end, (letters,), _mask(letters, match.string[start - 1 : start]))
    elif text.isdigit():
        yield Word(text, start, end, ())
    else:
        forms = _unleet(text)
        yield Word(forms[-1], start, end, forms)


_KINDS = {"spaced": _spaced, "cut": _cut, "whole": _whole}


def _readings(text: str) -> tuple[str, ...]:
    """The word, and if it is drawn out or accented, what it may be without that; the likeliest last."""
    if not _SWEDISH.fullmatch(text) and text.isalpha():
        bare = "".join(mark if mark in "åäö" else unicodedata.normalize("NFD", mark)[0] for mark in text)
        if bare != text:
            return (*_readings(bare), text)
    if not _DRAWN.search(text):
        double = _DOUBLE_VOWEL.sub(r"\1", text)
        return (text,) if double == text else (double, text)
    twice = _DRAWN.sub(r"\1\1", text)
    once = _DRAWN.sub(r"\1", text)
    likely = _DRAWN_VOWEL.sub(r"\1", twice)
    return tuple(dict.fromkeys((text, twice, once, re.sub(r"(.)\1$", r"\1", likely), likely)))


def _unleet(text: str) -> tuple[str, ...]:
    letters = sum(mark.isalpha() for mark in text)
    if len(text) < 3 or letters * 2 < len(text):
        return (text,)
    plain = text.rstrip("!+|").translate(_LEET)
    other = text.rstrip("!+|").translate(_LEET_L).translate(_LEET)
    return tuple(dict.fromkeys(form for reading in (other, plain) for form in (text, *_readings(reading))))


def _mask(text: str, before: str) -> str:
    """A pattern of the words that `text` may stand for; none unless two letters show, or if it is **emphasis**."""
    inner = _MASKED.search(text.rstrip("*#"))
    if before in ("*", "#") or sum(mark.isalpha() for mark in text) < (2 if inner else 3):
        return ""
    parts = _MASKED.split(text)
    gaps = [len(gap[0]) for gap in _MASKED.finditer(text)]
    pattern = re.escape(parts[0])
    for gap, part in zip(gaps, parts[1:], strict=True):
        pattern += rf"\w{{{gap},{gap + (gap > 1)}}}" + re.escape(part.translate(_LEET))
    return pattern
