"""Flags: what screening may find in a comment, how much it matters, and the sentence that says why.

A flag holds codes, places and sentences of ours, never a word of the resident's.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """What was found."""

    PERSONNUMMER = "personnummer"
    FOREIGN_ID = "foreign_id"
    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle"
    ADDRESS = "address"
    PLATE = "plate"
    PAYMENT = "payment"
    PERSON_NAME = "person_name"
    INDIVIDUAL_CASE = "individual_case"
    HEALTH_SOCIAL = "health_social"
    CASE_NUMBER = "case_number"
    CRISIS = "crisis"
    THREAT = "threat"
    HATE = "hate"
    INSULT = "insult"
    PROFANITY = "profanity"
    UNICODE_ABUSE = "unicode_abuse"
    SHOUTING = "shouting"
    REPETITION = "repetition"
    GIBBERISH = "gibberish"
    MARKUP = "markup"
    URL = "url"
    SPAM = "spam"
    LISTED = "listed"
    FLOOD = "flood"
    NEAR_DUPLICATE = "near_duplicate"
    SCREENING_FAILED = "screening_failed"


class Severity(StrEnum):
    """How much a flag matters, the gravest first."""

    ALARM = "alarm"
    RED = "red"
    AMBER = "amber"
    GREY = "grey"


class Span(NamedTuple):
    """A place in the text: code points, from `start` up to `end`."""

    start: int
    end: int


class Flag(NamedTuple):
    """Something that a person should look at before deciding. `why` is a sentence in plain Swedish."""

    code: Code
    severity: Severity
    spans: tuple[Span, ...]
    why: str


KINDS: Mapping[Code, tuple[Severity, str]] = {
    Code.CRISIS: (Severity.ALARM, "Den som skriver kan må mycket dåligt eller vara i fara."),
    Code.THREAT: (Severity.ALARM, "Kan vara ett hot."),
    Code.PERSONNUMMER: (Severity.RED, "Ser ut som ett personnummer eller samordningsnummer."),
    Code.FOREIGN_ID: (Severity.RED, "Ser ut som ett personnummer från ett annat land."),
    Code.PHONE: (Severity.RED, "Ser ut som ett telefonnummer."),
    Code.EMAIL: (Severity.RED, "Ser ut som en e-postadress."),
    Code.HANDLE: (Severity.RED, "Ser ut som ett användarnamn i sociala medier."),
    Code.ADDRESS: (Severity.RED, "Ser ut som en adress till en bostad."),
    Code.PLATE: (Severity.RED, "Ser ut som ett registreringsnummer på ett fordon."),
    Code.PAYMENT: (Severity.RED, "Ser ut som ett konto- eller kortnummer."),
    Code.PERSON_NAME: (Severity.AMBER, "Nämner en enskild person vid namn."),
    Code.INDIVIDUAL_CASE: (Severity.AMBER, "Verkar handla om ett enskilt ärende."),
    Code.HEALTH_SOCIAL: (Severity.AMBER, "Verkar handla om en enskild persons hälsa eller sociala situation."),
    Code.CASE_NUMBER: (Severity.AMBER, "Ser ut som ett ärendenummer."),
    Code.HATE: (Severity.AMBER, "Kan vara hat mot en grupp."),
    Code.INSULT: (Severity.AMBER, "Kan vara en förolämpning."),
    Code.LISTED: (Severity.AMBER, "Innehåller ett ord eller ett mönster från mötets egen lista."),
    Code.SCREENING_FAILED: (Severity.AMBER, "Granskningen blev inte klar. Läs kommentaren extra noga."),
    Code.PROFANITY: (Severity.GREY, "Innehåller en svordom eller ett grovt ord."),
    Code.UNICODE_ABUSE: (Severity.GREY, "Innehåller osynliga eller förväxlingsbara tecken."),
    Code.SHOUTING: (Severity.GREY, "Är skriven med stora bokstäver."),
    Code.REPETITION: (Severity.GREY, "Upprepar samma tecken eller ord många gånger."),
    Code.GIBBERISH: (Severity.GREY, "Verkar inte vara ord."),
    Code.MARKUP: (Severity.GREY, "Innehåller programkod eller formler."),
    Code.URL: (Severity.GREY, "Innehåller en länk."),
    Code.SPAM: (Severity.GREY, "Liknar reklam eller bedrägeri."),
    Code.FLOOD: (Severity.GREY, "Är en av många på kort tid."),
    Code.NEAR_DUPLICATE: (Severity.GREY, "Liknar en kommentar som redan har kommit."),
}
"""Every kind of flag: its severity, and why a person should look. The order is the one that flags are given in."""

assert set(KINDS) == set(Code)


def flag(code: Code, spans: tuple[Span, ...] = ()) -> Flag:
    """The flag for what was found at `spans`; overlapping spans become one."""
    severity, why = KINDS[code]
    return Flag(code, severity, _joined(spans), why)


def _joined(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)
