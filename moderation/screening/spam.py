"""Advertising and fraud: what is offered, and where one is to click."""

import re
from collections.abc import Iterator

from moderation.screening import internet
from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import either, table
from moderation.screening.phrases import Phrases, compiled
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_TABLE = table("spam")
_SURE = Phrases(compiled(_TABLE["sure"]["phrases"], _TABLE["sure"]["slots"]))
_OFFERS = frozenset(_TABLE["offers"]["words"].split())
_SHORTENED = re.compile(rf"(?<![\w.]){either(_TABLE['offers']['shorteners'])}/")
_PRICE = re.compile(r"\d+ ?(?:kr|kronor|:-|€|\$|usd|euro|%)|-\d\d ?%|[$€]\d+")


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """What looks like advertising or fraud."""
    for span in _SURE.find(reading):
        yield Code.SPAM, span
    if _SHORTENED.search(reading.low):
        yield Code.SPAM, Span(0, len(reading.original))
        return
    offers = len(reading.bare & _OFFERS)
    if not offers:
        return
    linked = next(internet.links(reading, rules), None) or next(internet.emails(reading, rules), None)
    priced = bool(_PRICE.search(reading.low))
    if (linked and offers) or (priced and offers > 1) or offers > 2:
        yield Code.SPAM, Span(0, len(reading.original))
