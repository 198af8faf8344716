"""Payment data: cards, IBAN, bank accounts, giro numbers, Swish numbers of companies, Bitcoin addresses."""

import re
from collections.abc import Iterator

from stdnum import iban, luhn

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import either
from moderation.screening.numerals import COUNTED, WORDS, Numerals, Run, before
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

# The first digits of the cards that are in use (ISO/IEC 7812).
_ISSUER = re.compile(r"4|5[1-5]|2[2-7]|3[47]|35|30[0-5]|3[689]|6")
_CARD_SETTINGS = ([4, 4, 4, 4], [4, 6, 5], [4, 4, 4, 4, 3], [1] * 16)
_NO_CARD = before("never_card")
_CARD = before("card", then=r"\W{0,3}(?:nr|nummer|number|är|is|on)?\W*")

_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\d\d(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?(?![a-z0-9])")
_SAID_TO_BE_IBAN = re.compile(r"\biban\b\W*(?:on|är|is|nr|nummer)?\W*[a-z]{2} ?\d\d[\da-z -]{8,34}")

_BANK = re.compile(rf"{either(WORDS['giro'])}|{either(WORDS['account'])}|clearing|swish|bank")
_NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\w){either(WORDS['giro'])}\W{{0,3}}(?:nr|nummer|numret)?\W{{0,3}}(?:är )?\d[\d -]{{4,10}}\d(?!\d)",
        r"(?<!\w)clearing\w*\W{0,3}(?:nr|nummer)?\W{0,3}\d{4}[\d ,.-]*(?:\W{0,3}(?:och|konto\w*|kto|nr|nummer)\W{0,3})*"
        r"\d[\d .-]{5,14}\d(?!\d)",
        rf"(?<!\w){either(WORDS['account'])}\W{{0,3}}(?:nr|nummer|number|no|är|on|is|(?:i|på|hos) \w+)?\W{{0,3}}"
        r"[a-z]{0,2}\d{1,4}[- ,.]*\d[\d .,-]{3,24}\d(?!\d)",
        r"(?<![\d-])[1-9]\d{3}(?:-\d)?,? \d[\d -]{4,14}\d(?=\W{1,3}(?:är |är mitt )?(?:bank)?konto)",
        r"(?<!\w)swish\w*\W+(?:\w+\W+){0,4}?1 ?2 ?3(?:[ -]?\d){7}(?!\d)",
    )
)
_BITCOIN = re.compile(
    r"(?<![A-Za-z0-9])(?:bc1[a-z0-9]{25,60}|0x[a-fA-F0-9]{40}|[13][a-km-zA-HJ-NP-Z1-9]{25,34})(?![A-Za-z0-9])"
)


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The payment data in a comment."""
    for start, end in _found(reading.numerals):
        yield Code.PAYMENT, reading.numerals.span(start, end)


def _found(numerals: Numerals) -> Iterator[tuple[int, int]]:
    low = numerals.low
    for run in numerals.runs():
        if 13 <= len(run.digits) <= 19 and _is_card(run, low[: run.start][-30:]):
            yield run.groups[0].start, run.groups[-1].end
    for match in _IBAN.finditer(low):
        if any(iban.is_valid(match[0][: len(match[0]) - cut]) for cut in range(4)):
            yield match.span()
    yield from (match.span() for match in _SAID_TO_BE_IBAN.finditer(low))
    if _BANK.search(low):
        for pattern in _NAMED:
            yield from (match.span() for match in pattern.finditer(low) if not COUNTED.match(low, match.end()))
    yield from (match.span() for match in _BITCOIN.finditer(numerals.text))


def _is_card(run: Run, text: str) -> bool:
    if not _ISSUER.match(run.digits) or not luhn.is_valid(run.digits) or _NO_CARD.search(text):
        return False
    setting = [len(group.digits) for group in run.groups]
    return len(setting) == 1 or setting in _CARD_SETTINGS or bool(_CARD.search(text))
