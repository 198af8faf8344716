"""E-mail addresses and links, also those that hide from filters ("snabel-a", "hxxp", "[.]")."""

import re
from collections.abc import Iterator

from moderation.screening.flags import Code, Span
from moderation.screening.lexicon import either, table
from moderation.screening.reading import Reading
from moderation.screening.rules import Rules, host

_SIGNS, _DOMAINS = table("internet")["signs"], table("internet")["domains"]

_SURE, _WORDLIKE = _DOMAINS["sure"].split(), _DOMAINS["wordlike"].split()
_ENDING = either(_SURE + _WORDLIKE)
_NOT_A_SITE = frozenset(_DOMAINS["not_a_site"].split())
_SHORTEST_SITE = {"nu": 6}
"""Letters that a site's name has, at least, if its ending is also a word: 4 if not said otherwise."""

_AT = rf"(?:@| ?[\[({{<] ?{either(_SIGNS['at_in_brackets'])} ?[\])}}>] ?| {either(_SIGNS['at'])} )"
_DOT = rf"(?:\.| ?[\[({{<] ?(?:\.|{either(_SIGNS['dot'])}) ?[\])}}>] ?| {either(_SIGNS['dot'])} )"
_NAME = rf"[\w.+-]{{1,40}}(?:{_DOT}[\w+-]{{1,20}}){{0,3}}"
_EMAILS = (
    re.compile(rf"(?<![\w.+-]){_NAME}{_AT}[^\W_][\w-]{{0,40}}(?:{_DOT}[\w-]{{2,20}}){{1,3}}"),
    re.compile(rf"(?<![\w.+-])[\w.+-]{{1,40}} ?@ ?[^\W_][\w-]{{0,40}}(?:\.| \. ){_ENDING}(?!\w)"),
    re.compile(r"(?<![\w.+-])[\w.+-]{2,40}@[^\W_][\w-]+(?:\.[\w-]+)*"),
    re.compile(
        rf"(?<![\w.+-])[\w.+-]{{2,40}} (?:at|ät) (?:[\w-]+{_DOT}{_ENDING}|{either(_SIGNS['mail_services'])})(?!\w)"
    ),
)
_MAY_BE_MAIL = re.compile(rf"@|[\[({{<] ?a|\b(?:at|ät)\b|{either(_SIGNS['at'])}")

_SCHEME = re.compile(r"(?:h(?:tt|xx|\*\*)ps?|ftp)\s?(?::|\[:\])\s?/\s?/\s?[^\s<>\"]{2,}")
_WWW = re.compile(rf"(?<![\w@])www{_DOT}[\w-]{{2,}}(?:{_DOT}[\w-]+)*(?:/\S*)?")
_SITE = re.compile(rf"(?<![\w@.-])((?:[\w-]+\.)*)([\w-]*\w)\.({_ENDING})(?![\w-]|\.\w)(:\d+)?(/\S*)?")
_SPELLED_SITE = re.compile(rf"(?<![\w@.-])([\w-]{{2,}}){_DOT}({_ENDING})(?![\w-])(/\S*)?")
_VISIT = re.compile(rf"(?<!\w){either(_SIGNS['visit'])}\W{{1,2}}$")


def emails(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The e-mail addresses in a comment, but for those at the meeting's own sites."""
    if _MAY_BE_MAIL.search(reading.low):
        for pattern in _EMAILS:
            for match in pattern.finditer(reading.low):
                if not _is_own(match[0], rules):
                    yield Code.EMAIL, reading.span(*match.span())


def links(reading: Reading, rules: Rules) -> Iterator[tuple[Code, Span]]:
    """The links in a comment, but for those to the meeting's own sites."""
    for start, end in _links(reading):
        if not _is_own(reading.low[start:end], rules):
            yield Code.URL, reading.span(start, end)


def _links(reading: Reading) -> Iterator[tuple[int, int]]:
    low = reading.low
    for pattern in (_SCHEME, _WWW):
        yield from (match.span() for match in pattern.finditer(low))
    if "." in low:
        yield from (match.span() for match in _SITE.finditer(low) if _is_site(match, reading))
    for match in _SPELLED_SITE.finditer(low):
        plain_dot = low[match.end(1)] == "."
        if not plain_dot and match[1] not in _NOT_A_SITE and (len(match[1]) > 3 or match[3]):
            yield match.span()


def _is_site(match: re.Match[str], reading: Reading) -> bool:
    """Whether "word.word" is a site, and no sentence that lacks a space ("ja.Nu vill vi")."""
    before, label, ending, port, path = match.groups()
    if path or port:
        return True
    typed = reading.plain[match.start(3) : match.end(3)]
    if typed[0].isupper() and not reading.plain[match.start() : match.end()].isupper():
        return False
    if before.count(".") > 1:
        return True
    if ending not in _WORDLIKE:
        return len(label) > 1 and label not in _NOT_A_SITE
    if _VISIT.search(reading.low[: match.start()]):
        return len(label) > 2
    # "Nu" begins the next sentence; a site stands at the end of one.
    goes_on = ending == "nu" and reading.low[match.end() : match.end() + 2].strip().isalpha()
    return len(label) >= _SHORTEST_SITE.get(ending, 4) and label not in _NOT_A_SITE and not goes_on


def _is_own(address: str, rules: Rules) -> bool:
    site = host(address)
    return any(site == link or site.endswith("." + link) for link in rules.sites)
