"""What a role sees, and in which order it last changed: a list of its own for each view.

What may stand in it is decided in :mod:`livechat.projection`.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct
from rpds import HashTrieMap, List

from livechat.entities import Entity


class Key(NamedTuple):
    """What an entity is known by."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class Seen(NamedTuple):
    """An entity, and the offset in this index at which it last changed."""

    offset: int
    entity: Entity


TIDY_AT = 1_000
"""Changes that an index keeps before it looks for those that are of no use any more."""


class Index(Struct, frozen=True):
    """All that a role sees. `changes` is a list of (offset, key), newest first, of all it ever saw change.

    When there are `tidy_at` of them, only the last change of each key is kept: a tally changes thousands of times.
    """

    offset: int = 0
    seen: HashTrieMap[Key, Seen] = HashTrieMap()
    changes: List[tuple[int, Key]] = List()
    tidy_at: int = TIDY_AT


def advance(index: Index, entities: list[tuple[Key, Entity | None]]) -> Index:
    """The index after these entities have become so; None: the role sees it no more."""
    offset, seen, changes = index.offset + 1, index.seen, index.changes
    for key, entity in entities:
        before = seen.get(key)
        if entity == (before and before.entity):
            continue
        seen = seen.remove(key) if entity is None else seen.insert(key, Seen(offset, entity))
        changes = changes.push_front((offset, key))
    return index if changes is index.changes else _tidy(Index(offset, seen, changes, index.tidy_at))


def forked(index: Index) -> Index:
    """Another one that holds the same, to go its own way from here."""
    # While a log is being read, a map changes in place (livechat.draft).
    seen = index.seen if isinstance(index.seen, HashTrieMap) else type(index.seen)(index.seen)
    return Index(index.offset, seen, index.changes, index.tidy_at)


def changed(index: Index, since: int) -> list[Key]:
    """The keys that changed after `since`, the longest unchanged first."""
    keys: dict[Key, None] = {}
    for offset, key in index.changes:
        if offset <= since:
            break
        keys.setdefault(key)
    return list(reversed(keys))


def _tidy(index: Index) -> Index:
    if len(index.changes) < index.tidy_at:
        return index
    last: dict[Key, int] = {}
    for offset, key in index.changes:
        last.setdefault(key, offset)
    changes = List([(offset, key) for key, offset in last.items()])
    return Index(index.offset, index.seen, changes, 2 * len(changes) + TIDY_AT)
