"""Marks that deceive: invisible ones, letters of other scripts, piles of accents, direction of text turned round."""

import re
from collections.abc import Iterator

from moderation.screening.flags import Code, Span
from moderation.screening.folded import mixed_words
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_LATIN = "A-Za-z\u00c0-\u024f0-9"

# Joiners belong in emoji and between letters of Arabic, Hebrew and Indic scripts; between Latin letters they hide.
_UNSEEN = re.compile(
    f"(?<=[{_LATIN}])[\u00ad\u034f\u200b-\u200f\u2060-\u2064\ufeff\u180e\u115f\u1160\u3164\uffa0]+(?=[{_LATIN}])"
    f"|(?<=[{_LATIN}])[\u200b\u2060-\u2064\ufeff\u180e]+(?=\\S)|(?<=\\S)[\u200b\u2060-\u2064\ufeff\u180e]+(?=[{_LATIN}])"
    "|[\u200b\u2060-\u2064\ufeff\u180e\u3164\uffa0\u2800]{2,}|[\u2800\u3164\uffa0]"
)
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DIRECTED = re.compile("[\u0590-\u08ff]")
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20dc\u20dd-\u20e2\ufe20-\ufe2f]{3,}"
)
_DECORATED = re.compile(
    "[\U0001d400-\U0001d7ff\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9\u2460-\u249b\U0001f110-\U0001f169\U0001f170-\U0001f189]{3,}"
    "|[\U0001d400-\U0001d7ff\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9]"
)
_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+|[\ue000-\uf8ff]")
_SMALL_CAPITALS = re.compile("[\u1d00-\u1d22\u0299\u029f\u0280\u0274\u026a\ua730\u02b0-\u02b8\u1d43-\u1d61]{3,}")


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """Where a comment's marks are not what they seem to be."""
    text = reading.original
    if text.isascii():
        return
    for pattern in (_UNSEEN, _ACCENTS, _DECORATED, _TAGS, _SMALL_CAPITALS):
        for match in pattern.finditer(text):
            yield Code.UNICODE_ABUSE, Span(*match.span())
    if not _DIRECTED.search(text):
        for match in _TURNED.finditer(text):
            yield Code.UNICODE_ABUSE, Span(*match.span())
    for start, end in mixed_words(text):
        yield Code.UNICODE_ABUSE, Span(start, end)
