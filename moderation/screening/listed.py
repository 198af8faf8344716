"""The meeting's own lists: words and patterns that its clerk wrote."""

from collections.abc import Iterator

from moderation.screening.flags import Code, Span
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """Where the meeting's own words and patterns stand."""
    for code, phrases in rules.listed.items():
        for span in phrases.find(reading):
            yield code, span
    for pattern in rules.compiled_patterns:
        for match in pattern.finditer(reading.plain):
            if match.end() > match.start():
                yield Code.LISTED, reading.span(*match.span())
