"""Word lists: read once from the tables beside this module, and spelled out into every form that counts."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any


def table(name: str) -> dict[str, Any]:
    """The table `words/<name>.toml`."""
    return tomllib.loads((files(__package__) / "words" / f"{name}.toml").read_text(encoding="utf-8"))


def either(words: Iterable[str]) -> str:
    """A pattern for any of `words`, the longest first. A word that ends in * is the beginning of one."""
    longest_first = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\*", r"\w*") for word in longest_first) + ")"


ENDINGS: Mapping[str, tuple[str, ...]] = {
    "as_is": ("",),
    # Swedish, by the plural: fitta fittor, kuk kukar, idiot idioter, svin svin, sugare sugare.
    "or": ("a", "as", "an", "ans", "or", "ors", "orna", "ornas"),
    "ar": ("", "s", "en", "ens", "ar", "ars", "arna", "arnas", "ana"),
    "er": ("", "s", "en", "ens", "er", "ers", "erna", "ernas"),
    "et": ("", "s", "et", "ets", "en", "ens"),
    "e_ar": ("e", "es", "en", "ens", "ar", "ars", "arna", "arnas"),
    "re": ("re", "res", "ren", "rens", "rna", "rnas"),
    "sv_verb": ("a", "ar", "ade", "at", "ats", "as", "ande"),
    "adj": ("", "a", "t", "e"),
    # English
    "s": ("", "s", "es", "'s"),
    "en_verb": ("", "s", "ed", "er", "ers", "ing", "in", "ings"),
}
"""The endings of each class of words: a list may name its words by stem and class."""

_FINNISH_ENDING = re.compile(
    r"(?:[aäeioöuy]{0,2}(?:n|t|a|ä|ta|tä|ssa|ssä|sta|stä|lla|llä|lta|ltä|lle|ksi|na|nä|h[aeiouyäö]n|den|ten|en|in)?)"
    r"(?:ni|si|nsa|nsä|mme|nne)?(?:kin|kaan|kään|han|hän|kos?|kös?|pas?|päs?)?"
)

JOINED = ("و", "ف")
"""Arabic writes "and" together with the next word."""

_STRIPPED = str.maketrans("åäö", "aao")


def stripped(word: str) -> str:
    """The word as somebody writes it whose keyboard lacks å, ä and ö."""
    return word.translate(_STRIPPED)


def forms(classes: Mapping[str, Iterable[str]]) -> set[str]:
    """Every form of the words in `classes`; long words also without the dots of å, ä and ö."""
    spelled = {stem + ending for name, stems in classes.items() for stem in stems for ending in ENDINGS[name]}
    return spelled | {stripped(word) for word in spelled if len(word) > 5}


class Finnish:
    """Finnish words by their stems, in whatever case they stand."""

    def __init__(self, stems: Iterable[str]) -> None:
        self._stems = frozenset(stems)
        self._lengths = sorted({len(stem) for stem in self._stems})

    def __contains__(self, word: str) -> bool:
        return any(
            word[:length] in self._stems and _FINNISH_ENDING.fullmatch(word, length)
            for length in self._lengths
            if length <= len(word)
        )
