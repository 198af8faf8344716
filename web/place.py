"""A place in what a role has seen, as plain HTTP names it: the ETag of a state, the id of an event.

A place is `v:epoch:offset`. It counts only what the role saw change, so it tells nothing of what it could not.
"""

import re
from collections.abc import Iterable

from livechat.channel import Channel
from livechat.messages import VERSION
from livechat.roles import Role


def place(channel: Channel, role: Role = Role.RESIDENT) -> str:
    """Where those in the role stand now."""
    return f"{VERSION}:{channel.meeting.epoch}:{channel.projection.indexes[role].offset}"


def offset_of(named: str, channel: Channel) -> int:
    """The offset of a place that a client names; 0 if it is of another wire or another epoch, or none at all."""
    era, _, offset = named.rpartition(":")
    known = era == place(channel).rpartition(":")[0]
    return int(offset[:15]) if known and offset.isascii() and offset.isdigit() else 0


def has(if_none_match: Iterable[str], place: str) -> bool:
    """Whether a client has the state of a place, by its `If-None-Match` headers (RFC 9110, section 13.1.2)."""
    named = ",".join(if_none_match).strip()
    return named == "*" or place in _ENTITY_TAG.findall(named)


# RFC 9110, section 8.8.3. The comparison is weak: a proxy that compresses makes our tags weak, with `W/`.
_ENTITY_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
