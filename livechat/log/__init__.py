"""The log: the one truth of every meeting, behind one contract for every store.

A meeting has a pointer to its current epoch, and each epoch has entries with the offsets 1, 2, 3, … without
holes. Residents' words are split off and kept beside the entries, so that they can be erased in bytes.

Next: :mod:`livechat.log.sqlite`, then :mod:`livechat.log.redis`. The contract's tests are `tests/test_log.py`.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from livechat.events import AnyEvent, Entry, Event


class Conflict(Exception):
    """The log's end is not where the writer thought. Fold what is new, then decide again."""


class Unavailable(Exception):
    """The store cannot be reached or written. Whether the entry was written is not known."""


class Log(Protocol):
    """What every store offers. All methods but `follow` raise `Unavailable` if the store fails."""

    async def meetings(self) -> list[str]:
        """The ids of all meetings, in order."""
        ...

    async def epoch(self, meeting: str) -> str | None:
        """The meeting's current epoch; None if there is no such meeting."""
        ...

    async def start(self, meeting: str, epoch: str, events: Sequence[Event], *, instead_of: str | None = None) -> None:
        """Moves the meeting's pointer to a new epoch and writes its first entry, in one step.

        `instead_of` is the epoch that the pointer must stand at, None for a new meeting; else `Conflict`.
        """
        ...

    async def append(self, meeting: str, epoch: str, events: Sequence[Event], *, at: int) -> int:
        """Writes one entry and gives its offset, `at + 1`. It is durable when this returns.

        `Conflict` if the last offset of the epoch is not exactly `at`, or if the epoch is not the current one.
        """
        ...

    async def read(self, meeting: str, epoch: str, *, after: int = 0, limit: int = 5_000) -> list[Entry]:
        """The entries whose offset is greater than `after`, in order, at most `limit` of them."""
        ...

    def follow(self, meeting: str, epoch: str, *, after: int = 0) -> AsyncIterator[list[Entry]]:
        """All entries after `after`, those that are there and those to come, in order, each once.

        Ends when the meeting's pointer moves to another epoch. A failing store is waited out.
        """
        ...

    async def check(self) -> None:
        """Returns if the store can be written right now, else raises `Unavailable`."""
        ...

    async def close(self) -> None:
        """Lets go of the store."""
        ...


class Words(NamedTuple):
    """A piece of a resident's words, and where it belongs."""

    comment: str
    kind: str
    text: str


def split(events: Iterable[Event]) -> tuple[bytes, list[Words]]:
    """An entry's body without residents' words, and the words."""
    bare, words = [], []
    for event in events:
        for field, kind in event.WORDS.items():
            words.append(Words(event.id, kind, getattr(event, field)))  # type: ignore[attr-defined]
        bare.append(msgspec.structs.replace(event, **dict.fromkeys(event.WORDS, "")))
    return _ENCODER.encode(bare), words


def bare(body: bytes) -> tuple[AnyEvent, ...]:
    """The events of an entry's body, without the words."""
    return _DECODER.decode(body)


def join(events: Iterable[AnyEvent], words: dict[tuple[str, str], str]) -> tuple[AnyEvent, ...]:
    """The events with their words, keyed by (comment, kind). What has been erased is empty."""
    return tuple(_with_words(event, words) if event.WORDS else event for event in events)


def wordy(events: Iterable[AnyEvent]) -> set[tuple[str, str]]:
    """Where the words of these events are kept, as (comment, kind)."""
    return {(event.id, kind) for event in events for kind in event.WORDS.values()}  # type: ignore[union-attr]


def _with_words(event: AnyEvent, words: dict[tuple[str, str], str]) -> AnyEvent:
    found = {field: words.get((event.id, kind), "") for field, kind in event.WORDS.items()}  # type: ignore[union-attr]
    return msgspec.structs.replace(event, **found)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(tuple[AnyEvent, ...])
