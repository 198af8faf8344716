"""Conduct: hate, insults and profanity. Whole words and phrases of curated lists, never parts of words.

To criticise what the elected do, in whatever words, is no insult: see the lists.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import ENDINGS, Finnish, forms, table
from moderation.screening.phrases import Phrases, compiled
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules
from moderation.screening.tongue import Tongue
from moderation.screening.words import Word

KINDS = (Code.HATE, Code.INSULT, Code.PROFANITY)

_COUNTS_IN = {
    "sv_only": {Tongue.SWEDISH, Tongue.UNKNOWN},
    "en_only": {Tongue.ENGLISH},
    "no": {Tongue.NORWEGIAN},
    "other": {Tongue.OTHER, Tongue.UNKNOWN},
}
"""The sections whose words are ordinary words elsewhere, and the tongues in which they count."""

_OWN_SCRIPT = re.compile(r"[^\u0000-\u036f]")
_MASKED_WORDS = 8  # More in one comment are noise, and each costs a walk through a list.

_TABLES: Mapping[Code, Mapping[str, Any]] = {code: table(code) for code in KINDS}
_SECTIONS = [(code, name, rows) for code in KINDS for name, rows in _TABLES[code].items() if name != "compounds"]


def _spelled(rows: Mapping[str, Any]) -> set[str]:
    return forms({kind: stems for kind, stems in rows.items() if kind in ENDINGS})


def _words(tongue: Tongue) -> dict[str, frozenset[Code]]:
    """The single words that count in a comment in `tongue`, and what they are."""
    found: defaultdict[str, set[Code]] = defaultdict(set)
    for code, name, rows in _SECTIONS:
        for word in _spelled(rows):
            if " " not in word and (tongue in _COUNTS_IN.get(name, Tongue) or _OWN_SCRIPT.match(word)):
                found[word].add(code)
    return {word: frozenset(codes) for word, codes in found.items()}


def _phrases(code: Code) -> Phrases:
    sections = [rows for kind, _, rows in _SECTIONS if kind is code]
    whole = [word for rows in sections for word in _spelled(rows) if " " in word]
    written = [rows for rows in sections if "phrases" in rows]
    return Phrases(
        compiled(whole, {}) + [phrase for rows in written for phrase in compiled(rows["phrases"], rows["slots"])],
        [phrase for rows in written for phrase in compiled(rows["unless"], rows["slots"])],
    )


_WORDS = {tongue: _words(tongue) for tongue in Tongue}
_FINNISH = [(code, Finnish(rows["stems"])) for code, _, rows in _SECTIONS if "stems" in rows]
_PHRASES = {code: _phrases(code) for code in KINDS}
_INNOCENT = Phrases(compiled(table("innocent")["phrases"], table("innocent")["slots"]))
_HATED = frozenset(_TABLES[Code.HATE]["sv"]["compound_first"])
_HATING = frozenset(_TABLES[Code.HATE]["sv"]["compound_last"])
_NAMED = frozenset(_TABLES[Code.INSULT]["compounds"]["first"])
_CALLED = frozenset(_TABLES[Code.INSULT]["compounds"]["last"])
_DEVILS = ("jävel", "jävlar", "jäveln", "jävlarna", "djävel", "djävlar")


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The words and phrases of conduct in a comment, each with what it is."""
    for code in KINDS:
        for span in _PHRASES[code].find(reading):
            yield code, span
    yield from _in_two_words(reading)
    masked = [word for word in reading.words if word.mask][:_MASKED_WORDS]
    for word in (*(word for word in reading.words if not word.mask), *masked):
        codes = _codes(word, _WORDS[reading.tongue], rules)
        if codes and not _is_innocent(word, reading):
            for code in codes:
                yield code, reading.span(word.start, word.end)


def _is_innocent(word: Word, reading: Reading) -> bool:
    span = reading.span(word.start, word.end)
    return any(span.start < other.end and other.start < span.end for other in _INNOCENT.find(reading))


def _in_two_words(reading: Reading) -> Iterator[tuple[Code, Span]]:
    """Compounds of hate that are written apart."""
    for first, last in pairwise(reading.words):
        if first.text in _HATED and last.text in _HATING:
            yield Code.HATE, reading.span(first.start, last.end)


def _codes(word: Word, listed: Mapping[str, frozenset[Code]], rules: Rules) -> set[Code]:
    """What a word is, in any of its readings."""
    if word.mask:
        return _masked(word.mask, listed)
    forms = [form for form in word.forms if form not in rules.allowed]
    codes = {code for form in forms for code in listed.get(form, ())}
    if not word.text:  # What is cut up may stand for a listed word as it is listed, not for a form of one.
        return codes
    codes |= {code for form in forms for code, stems in _FINNISH if form in stems}
    return codes.union(*map(_compound, forms))


def _compound(form: str) -> Iterable[Code]:
    """What a Swedish compound is: any "…jävel", a coarse word with a head, a group of people with contempt."""
    if len(form) < 5:
        return ()
    halves = [(form[:place], form[place:]) for place in range(2, len(form) - 2)]
    if any(first in _HATED and last in _HATING for first, last in halves):
        return (Code.HATE, Code.PROFANITY) if form.endswith(_DEVILS) else (Code.HATE,)
    if form.endswith(_DEVILS) or any(first in _NAMED and last in _CALLED for first, last in halves):
        return (Code.INSULT, Code.PROFANITY)
    return ()


def _masked(mask: str, listed: Mapping[str, frozenset[Code]]) -> set[Code]:
    pattern = re.compile(mask)
    first = mask[:1] if mask[:1].isalpha() else ""
    found = (codes for word, codes in listed.items() if word.startswith(first) and pattern.fullmatch(word))
    return {code for codes in found for code in codes}
