"""Individual cases, and the health and social situation of one person.

How people fare is what politics is about. What counts here is that somebody is meant: "min son", "grannen", "jag
har", and near it an illness, an addiction, a placement, a refusal. Without that relation nothing is flagged.
"""

from collections.abc import Iterator, Sequence

from moderation.screening import names
from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import table
from moderation.screening.people import LANGUAGES, Language
from moderation.screening.phrases import Phrases, compiled
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_NEAR = 12
"""Words between a person and what is said about them, at most."""

_NEAR_ONESELF = 4
"""The same after "jag har", which begins many sentences that are about something else."""

_FOR_OR_AGAINST = frozenset({"för", "mot", "emot", "for", "against"})

_SENTENCES = Phrases(compiled(table("health")["sentences"]["phrases"], table("health")["sentences"]["slots"]))


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """What a comment says about one person's case, health or social situation."""
    for span in _SENTENCES.find(reading):
        yield Code.INDIVIDUAL_CASE, span
    words = [word for word in reading.words if word.text]
    texts = [word.text for word in words]
    named = {span.start for _, span in names.find(reading, rules)}
    for language in LANGUAGES:
        people = language.people(texts)
        people += [place for place, word in enumerate(words) if reading.folded.starts[word.start] in named]
        for code, place in _told(language, texts, people):
            yield code, reading.span(words[place].start, words[place].end)


def _told(language: Language, words: list[str], people: list[int]) -> Iterator[tuple[Code, int]]:
    oneself = language.oneself(words)
    if not people and not oneself:
        return
    weak, case = language.weak.places(words), language.case.places(words)
    strong = [place for place in language.health.places(words) if place not in weak]
    at_work = set(language.work.places(words))
    people = [place for place in people if not any(abs(place - work) <= 3 for work in at_work)]
    for place in strong:
        if _near(place, people, _NEAR) or _follows(place, oneself, words, language):
            yield Code.HEALTH_SOCIAL, place
            yield Code.INDIVIDUAL_CASE, place
    for place in weak:
        if _near(place, people, _NEAR) and _near(place, case, _NEAR):
            yield Code.HEALTH_SOCIAL, place
            yield Code.INDIVIDUAL_CASE, place
    for place in case:
        if language.decides.has(words[place]) and _near(place, people, _NEAR):
            yield Code.INDIVIDUAL_CASE, place


def _near(place: int, others: Sequence[int], distance: int) -> bool:
    return any(abs(place - other) <= distance for other in others)


def _follows(place: int, oneself: Sequence[int], words: list[str], language: Language) -> bool:
    return any(
        0 < place - start <= _NEAR_ONESELF
        and words[start + 1] not in _FOR_OR_AGAINST
        and not any(language.turns.has(word) for word in words[start:place])
        for start in oneself
    )
