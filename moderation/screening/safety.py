"""Safety: somebody who may be in danger, from themselves or others, and threats. These go to the top of the queue."""

from collections.abc import Iterator

from moderation.screening.flags import Code, Span
from moderation.screening.mending import mended
from moderation.screening.phrases import Phrases, listed
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_CRISIS = listed("crisis")
_THREAT = listed("threat")
_VOCABULARY = _CRISIS.words | _THREAT.words


def crisis(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """Signs that somebody wants to die, hurts themselves, or is being hurt."""
    for span in _find(_CRISIS, reading):
        yield Code.CRISIS, span


def threat(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """Threats, open and veiled."""
    for span in _find(_THREAT, reading):
        yield Code.THREAT, span


def _find(phrases: Phrases, reading: Reading) -> list[Span]:
    found = phrases.find(reading)
    if found or not (whole := mended(reading, _VOCABULARY)):
        return found
    return phrases.find(whole)
