"""User names in social media: "min snap är …", "adda mig på insta …", "@…"."""

import re
from collections.abc import Iterator

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import either, table
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules

_LISTS = table("internet")["handles"]
_PLATFORM = either(_LISTS["platforms"])
_ORDINARY = frozenset(_LISTS["ordinary"].split() + _LISTS["roles"].split())
_ROLES = frozenset(_LISTS["roles"].split())

_USER = r"@?([a-z0-9][\w.-]{1,28}[a-z0-9_](?:#\d{3,5})?)"
_UNLIKE_A_WORD = r"@?([a-z][\w-]*[\d_.#][\w.#-]*\w)"


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + "".join(parts) + r"(?!\w)")


def _list(name: str) -> str:
    return either(_LISTS[name])


_HANDLES = (
    _pattern(_PLATFORM, rf"(?: ?{_list('account')})?\s?(?:=|:|->|→)\s?", _USER),
    _pattern(_PLATFORM, rf"(?: {_list('account')})? {_list('is_called')} ", _USER),
    _pattern(_list("add"), rf"(?: {_list('on')})? ", _PLATFORM, rf"(?: ?[:=,]| {_list('as_whom')})? ", _USER),
    _pattern(_list("add_whom"), " ", _USER, " (?:på|on|i|in|@) ", _PLATFORM),
    _pattern(_list("i_am"), " ", _USER, " (?:på|on|in) ", _PLATFORM),
    _pattern(_UNLIKE_A_WORD, " (?:på|on) ", _PLATFORM),
    _pattern(_PLATFORM, " ", _UNLIKE_A_WORD),
    _pattern(_list("add"), r"\W{1,3}", _UNLIKE_A_WORD),
    _pattern(r"([a-z][\w.]{1,31}#\d{4})"),
    _pattern(_list("user"), rf"\W{{0,2}}{_list('is_called')}?\W{{1,3}}", r"@?([\w.-]{3,30})"),
)
_MENTION = re.compile(r"(?<![\w.@/-])@([a-zåäö0-9_][\w.]{2,29})")
_MAY_BE = re.compile(rf"{_PLATFORM}|{_list('user')}|@|#\d")


def find(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The user names in a comment."""
    if not _MAY_BE.search(reading.low):
        return
    for pattern in _HANDLES:
        for match in pattern.finditer(reading.low):
            if match[1] not in _ORDINARY and not match[1].isdigit():
                yield Code.HANDLE, reading.span(*match.span(1))
    for match in _MENTION.finditer(reading.low):
        if match[1].rstrip(".") not in _ROLES:
            yield Code.HANDLE, reading.span(*match.span())
