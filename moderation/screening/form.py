"""The form of a comment: shouting, repetition, gibberish, and programs or formulas in place of words."""

import re
from collections.abc import Iterator

from moderation.screening.flags import Code, Span
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_SHORTEST_SHOUT = 12
_WORD = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile(r"[aeiouyåäöæøáéíóúàèìòùâêîôûãõüïëаеёиоуыэюяіїєαεηιουω]", re.IGNORECASE)
_CASED_SCRIPT = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f]")

# Digits repeat in numbers, and lines of dashes or dots are drawn: neither is noise.
_SAME_MARK = re.compile(r"([^\s\d_=.-])\1{7,}|([.])\2{11,}")
_SAME_GROUP = re.compile(r"([^\s\d]{2})\1{5,}|([^\s\d]{3})\2{4,}|([^\s\d]{4,6})\3{3,}")
_SAME_WORD = re.compile(r"(?<!\w)([^\W\d_]+)(?:[\W_]+\1(?!\w)){4,}")
_SAME_EMOJI = re.compile("([\u2190-\u2bff\U0001f000-\U0001faff])(?:[\ufe0f\u200d\U0001f3fb-\U0001f3ff]*\\s?\\1){7,}")

_ROWS = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm", "1234567890")
_WALKS = frozenset(
    walk[place : place + 4] for row in _ROWS for walk in (row, row[::-1]) for place in range(len(walk) - 3)
)
_CLUSTER = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
_SPELLING = re.compile(r"[a-zåäö]+")

_TAGS = (
    "a|abbr|b|base|body|br|button|center|div|em|embed|font|form|frame|h[1-6]|head|html|i|iframe|img|input|ins|li|link|"
    "marquee|math|meta|object|ol|option|p|pre|s|script|select|small|span|strike|strong|style|sub|sup|svg|table|td|"
    "textarea|th|title|tr|tt|u|ul|video|audio|details|template|noscript|code|blockquote|hr"
)
_MARKUP = (
    re.compile(rf"</?(?:{_TAGS})(?:[\s/][^<>]*)?/?>|<(?:script|iframe|img|svg|style|object|embed|link|meta|input)\b"),
    re.compile(r"<!--|<!doctype|<\?(?:php|xml|=)|<%.*?%>|&lt;/?[a-z]+|&#x?[0-9a-f]{2,6};|%3cscript"),
    re.compile(r"javascript:|vbscript:|data:text/html|\bon(?:error|load|click|mouseover|focus)\s*="),
    re.compile(r"\{\{.*?\}\}|\{%.*?%\}|[$#]\{[^}]*\}|\[\[.*?\]\]|\$\([^)]*\)"),  # templates
    re.compile(
        r"\[/?(?:url|img|b|i|code|quote|color)(?:=[^\]]*)?\]|\[[^\]\n]{1,80}\]\([^)\s]{3,}\)|^\s*```", re.MULTILINE
    ),
    re.compile(r"^\s*[=+@]\s*[a-z][a-z.]*\(|^\s*[=+-]\s*cmd\||\bhyperlink\(", re.MULTILINE),  # spreadsheets
    re.compile(
        r"'\s*(?:or|and)\s+'?\d+'?\s*=\s*'?\d+|;\s*(?:drop|delete|insert|update|truncate)\s+(?:table|from|into)"
    ),
    re.compile(r"\bunion\s+(?:all\s+)?select\b|\bdrop\s+table\b|\bselect\s+\*\s+from\b"),
    re.compile(
        r"(?:\.\./){2,}|/etc/passwd|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\brm -rf\b|\b(?:curl|wget) https?:|\bsudo \w+"
    ),
    re.compile(r"\bdocument\.(?:cookie|write|location)|\b(?:alert|eval|console\.log)\s*\(|\bimport os\b|__import__"),
    re.compile(r"\bfunction\s*\w*\s*\([^)]*\)\s*\{|\bdef \w+\([^)]*\):|#include\s*<|\\begin\{|\\frac\{"),
)
_MAY_BE_MARKUP = re.compile(r"[<>{}&\[=;'\\%$(]|script:|\.\./|select|drop|cmd\||rm -rf|import|sudo|```|data:|https?:")


def shouting(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """A comment in capitals. Abbreviations ("SKR, IOPD och FSG") are none, and scripts without capitals neither."""
    words = [word for word in _WORD.findall(reading.plain) if _CASED_SCRIPT.match(word)]
    letters = sum(map(len, words))
    capitals = sum(mark.isupper() for word in words for mark in word)
    spoken = [word for word in words if word.isupper() and len(word) > 1 and _VOWEL.search(word)]
    if (
        letters >= _SHORTEST_SHOUT
        and capitals > 0.7 * letters
        and (len(spoken) > 3 or max(map(len, spoken), default=0) > 4)
    ):
        yield Code.SHOUTING, Span(0, len(reading.original))


def repetition(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The same mark, group of marks or word again and again."""
    for pattern in (_SAME_MARK, _SAME_GROUP, _SAME_WORD):
        for match in pattern.finditer(reading.low):
            yield Code.REPETITION, reading.span(*match.span())
    for match in _SAME_EMOJI.finditer(reading.original):
        yield Code.REPETITION, Span(*match.span())


def gibberish(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """Keys struck at random: most of the comment is walks along the keyboard and heaps of consonants."""
    words = [word for word in _WORD.findall(reading.low) if _SPELLING.fullmatch(word)]
    letters = sum(map(len, words))
    noise = sum(len(word) for word in words if _is_noise(word))
    if noise >= 7 and noise > 0.5 * letters and letters > 0.5 * len(reading.low.replace(" ", "")):
        yield Code.GIBBERISH, Span(0, len(reading.original))


def markup(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """Programs, formulas and markup."""
    if _MAY_BE_MARKUP.search(reading.low):
        for pattern in _MARKUP:
            for match in pattern.finditer(reading.low):
                yield Code.MARKUP, reading.span(*match.span())


def _is_noise(word: str) -> bool:
    if len(word) < 4:
        return False
    walked = sum(word[place : place + 4] in _WALKS for place in range(len(word) - 3))
    if walked and (walked + 3) >= 0.6 * len(word):
        return True
    vowels = len(_VOWEL.findall(word))
    return len(word) > 4 and (not vowels or (bool(_CLUSTER.search(word)) and vowels < 0.17 * len(word)))
