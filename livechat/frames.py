"""Encoded frames, each made once and handed to many as the same bytes.

An entity is encoded once for each view and codec; a state frame is a join of those bytes, and is itself kept as
long as the meeting stands where it stood.
"""

from typing import NamedTuple, Protocol

from livechat.entities import Entity
from livechat.index import Key
from livechat.messages import Codec
from livechat.projection import VIEWS, Delta, Projection, View, delta
from livechat.roles import Role


class Frame(NamedTuple):
    """A message, and the same as it goes onto a socket (made once, by the door)."""

    payload: bytes
    wire: bytes


MOST_FRAMES = 200
"""State frames kept at once: everybody asks from one of a few offsets, unless somebody makes them up."""


class Pack(Protocol):
    """Makes a frame of a payload: the door knows what goes around it on the socket."""

    def __call__(self, codec: Codec, payload: bytes, *, asks: bool = False) -> Frame:
        """With `asks` the other side is asked to show that it is there."""
        ...


class Frames:
    """The state frames of one meeting."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._entities: dict[tuple[View, str], dict[Key, tuple[Entity, bytes]]] = {}
        self._frames: dict[tuple[View, str, int], Frame] = {}
        self._of: Projection | None = None

    def state(self, projection: Projection, role: Role, codec: Codec, since: int) -> Frame:
        """What `role` has to learn that stood at `since`, as one frame."""
        if projection is not self._of:
            self._frames.clear()
            if self._of and self._of.meeting.epoch != projection.meeting.epoch:
                self._entities.clear()
            self._of = projection
        if not 0 < since <= projection.indexes[role].offset:
            since = 0  # All that never was is the same: start over.
        if len(self._frames) >= MOST_FRAMES:
            self._frames.clear()
        key = (VIEWS[role], codec.name, since)
        if key not in self._frames:
            self._frames[key] = self._encode(projection, role, codec, since)
        return self._frames[key]

    def message(self, codec: Codec, message: object, *, asks: bool = False) -> Frame:
        """Any other message as a frame; `asks` as for `Pack`."""
        return self._pack(codec, codec.encode(message), asks=asks)

    def _encode(self, projection: Projection, role: Role, codec: Codec, since: int) -> Frame:
        news = delta(projection, since, role)
        put = self._encoded(news, VIEWS[role], codec)
        epoch = projection.meeting.epoch
        drop = [str(key) for key in news.drop]
        return self._pack(codec, codec.state_frame(epoch, news.offset, news.since, put, drop))

    def _encoded(self, news: Delta, view: View, codec: Codec) -> list[bytes]:
        known = self._entities.setdefault((view, codec.name), {})
        for key in news.drop:
            known.pop(key, None)
        for key, entity in news.put:
            if key not in known or known[key][0] is not entity:
                known[key] = (entity, codec.encode(entity))
        return [known[key][1] for key, _ in news.put]
