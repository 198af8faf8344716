"""A place in what residents have seen, as plain HTTP names it: the ETag of a state, the id of an event.

A place is `v:epoch:offset`. It counts only what residents saw change, so it tells nothing of what they could not.
"""

from livechat.channel import Channel
from livechat.messages import VERSION
from livechat.roles import Role


def place(channel: Channel) -> str:
    """Where residents stand now."""
    return f"{VERSION}:{channel.meeting.epoch}:{channel.projection.indexes[Role.RESIDENT].offset}"


def offset_of(named: str, channel: Channel) -> int:
    """The offset of a place that a client names; 0 if it is of another wire or another epoch, or none at all."""
    era, _, offset = named.rpartition(":")
    known = era == place(channel).rpartition(":")[0]
    return int(offset[:15]) if known and offset.isascii() and offset.isdigit() else 0
