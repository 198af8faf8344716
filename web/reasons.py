"""Reasons in words, where the server writes them; the pages have theirs in `static/`."""

from livechat.events import Closed, Sorting
from moderation.decisions import Reason
from web.texts import N_, Text

REASONS: dict[Reason, Text] = {
    Reason.INDIVIDUAL_CASE: N_("enskilt ärende"),
    Reason.PERSONAL_DATA: N_("personuppgifter"),
    Reason.HATE_OR_THREAT: N_("hat eller hot"),
    Reason.OUTSIDE_REMIT: N_("utanför nämndens uppdrag"),
    Reason.DUPLICATE: N_("finns redan"),
    Reason.UNREADABLE: N_("går inte att förstå"),
    Reason.ADVERTISING: N_("reklam"),
}

CLOSED: dict[Closed, Text] = {
    Closed.SECRECY: N_("sekretess"),
    Closed.EXERCISE_OF_AUTHORITY: N_("myndighetsutövning mot enskild"),
}

SORTED: dict[Sorting, Text] = {
    Sorting.BALLOTS: N_("efter röster"),
    Sorting.TIME: N_("äldst först"),
}

assert set(REASONS) == set(Reason)
assert set(CLOSED) == set(Closed)
assert set(SORTED) == set(Sorting)
