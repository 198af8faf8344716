"""Addresses of streams: which ones a page may load something from, from which host, and what lets a browser do so."""

import re

from livechat.events import Stream
from web.edge import CONTENT_POLICY

# ASCII, as a browser's address bar gives it: what goes into a policy must need no translation and end no directive.
# Without TLS only this machine, where a browser trusts it.
_ADDRESS = re.compile(
    r"(?P<origin>https://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)"
    r"|http://(?P<here>(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?))"
    r"(?:[/?#][\x21-\x7e]*)?",
    re.IGNORECASE,
)


def is_whole(url: str) -> bool:
    """Whether this is the whole address of something on the web, over TLS."""
    return _ADDRESS.fullmatch(url) is not None


def host(url: str) -> str:
    """The host that an address names, with its port if it has one; empty if it is no whole address."""
    found = _ADDRESS.fullmatch(url)
    return (found["host"] or found["here"]).lower() if found else ""


def content_policy(stream: Stream | None) -> str:
    """The Content-Security-Policy of a page beside which this stream may be shown: its one host, in its one place."""
    places = (("media-src", stream.video), ("frame-src", stream.embed)) if stream else ()
    known = [(place, _ADDRESS.fullmatch(url)) for place, url in places]
    return CONTENT_POLICY + "".join(f"; {place} {found['origin'].lower()}" for place, found in known if found)
