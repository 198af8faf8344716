"""The log: the one truth of every meeting, behind one contract for every store.

A meeting has a pointer to its current epoch, and each epoch has entries with the offsets 1, 2, 3, … without
holes. Residents' words are split off and kept beside the entries, so that they can be erased in bytes. Ballots are
sets of marks beside the entries, one for each comment, in an order that says nothing about the order of the votes.

Next: :mod:`livechat.log.sqlite`, then :mod:`livechat.log.redis`, and what they do with ballots in
:mod:`livechat.log.ballots` and, when a meeting begins anew, in :mod:`livechat.log.anew`. The contract's tests are
`tests/test_log.py`, `tests/test_ballots.py` and `tests/test_anew.py`.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from livechat.errors import Unavailable as Unavailable
from livechat.events import AnyEvent, Entry, Event


class Conflict(Exception):
    """The log's end is not where the writer thought. Fold what is new, then decide again."""


class BallotsClosed(Exception):
    """The epoch has no ballot secret, or not any more: no ballot is taken."""


class TailMissing(Exception):
    """The log no longer holds what has been read from it: the store came back without its last writes."""


class Cast(NamedTuple):
    """A mark that is to be in the comment's set (`supports`), or not to be in it."""

    comment: str
    mark: bytes
    supports: bool


class Log(Protocol):
    """What every store offers. All methods raise `Unavailable` if the store fails, or has lost the meeting."""

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

        What an event says is erased (`Event.ERASES`) leaves the words in the same step, and folds as empty from then
        on, also where it is written in this very entry. To have it gone in bytes, call `scrub`.
        `Conflict` if the last offset of the epoch is not exactly `at`, or if the epoch is not the current one.
        """
        ...

    async def ballot_secret(self, meeting: str, epoch: str, *, fresh: bytes) -> bytes:
        """The secret that the epoch's marks are made with: the one that is kept, else `fresh`, kept from now on.

        `Conflict` if the epoch is not the current one, `BallotsClosed` once its ballots have been forgotten.
        """
        ...

    async def cast(self, meeting: str, epoch: str, casts: Sequence[Cast], *, at: int) -> int:
        """Puts marks into their sets and takes them out, and writes one `TalliesCounted` with the new sizes of the
        sets that changed, in one step. Gives the last offset now: `at + 1`, or `at` if nothing changed.

        At most one cast for each comment and mark. `Conflict` as for `append`. `BallotsClosed` if there is no secret.
        """
        ...

    async def forget_ballots(self, meeting: str, epoch: str) -> None:
        """Destroys the epoch's ballot secret and all of its marks, in bytes, for good; the tallies stay in the log.

        For an epoch that is over: one that another took the place of, or whose meeting is final. To be called again
        if it fails, until it returns.
        """
        ...

    async def fork(self, meeting: str, epoch: str, new_epoch: str, events: Sequence[Event]) -> None:
        """Moves all that the log holds of an epoch to a new one, adds an entry, and moves the pointer, in one step.

        Moved and not copied: residents' words stay in one place. `Conflict` if the pointer is not at `epoch`.
        """
        ...

    async def begin_anew(self, meeting: str, epoch: str, new_epoch: str, events: Sequence[Event], *, at: int) -> None:
        """Deletes all that the log holds of an epoch, and starts a new one with its first entry, in one step.

        `Conflict` if the last offset of the epoch is not exactly `at`, or if it is not the current one: nothing is
        deleted unseen. The bytes are gone after `scrub`.
        """
        ...

    async def scrub(self, meeting: str) -> None:
        """Returns once no journal of the store holds a byte of what the meeting has erased or deleted; at once if so.

        It may take as long as writing a journal anew. To be called again if it fails, until it returns; by any
        process, also one that starts after a crash.
        """
        ...

    async def end(self, meeting: str, epoch: str) -> int:
        """The offset of the epoch's last entry. All up to there is as durable as `append` makes it.

        `Conflict` if the epoch is not the current one.
        """
        ...

    async def read(self, meeting: str, epoch: str, *, after: int = 0, limit: int = 5_000) -> list[Entry]:
        """The entries whose offset is greater than `after`, in order, at most `limit` of them."""
        ...

    def follow(self, meeting: str, epoch: str, *, after: int = 0) -> AsyncIterator[list[Entry]]:
        """All entries after `after`, those that are there and those to come, in order, each once.

        Ends when the meeting's pointer moves to another epoch. Raises `TailMissing` if the log does not hold the
        entry `after` any more, or another in its place. After `Unavailable`, follow again from where you are.
        """
        ...

    async def check(self, meeting: str = "") -> None:
        """Returns if the store can be written right now, for that meeting or at all; else raises `Unavailable`."""
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


def erased(events: Iterable[Event]) -> list[str]:
    """The ids of the comments whose words leave the store with these events."""
    return [event.id for event in events if event.ERASES]  # type: ignore[attr-defined]


def bare(body: bytes) -> tuple[AnyEvent, ...]:
    """The events of an entry's body, without the words."""
    return _DECODER.decode(body)


def join(events: Iterable[AnyEvent], words: dict[tuple[str, str], str]) -> tuple[AnyEvent, ...]:
    """The events with their words, keyed by (comment, kind). What has been erased is empty."""
    return tuple(_with_words(event, words) if event.WORDS else event for event in events)


def without_words(entry: Entry, comments: Sequence[str]) -> Entry:
    """The entry as it is once the words of these comments have been erased."""
    return Entry(entry.offset, tuple(_blank(event) if _of(event, comments) else event for event in entry.events))


def wordy(events: Iterable[AnyEvent]) -> set[tuple[str, str]]:
    """Where the words of these events are kept, as (comment, kind)."""
    return {(event.id, kind) for event in events for kind in event.WORDS.values()}  # type: ignore[union-attr]


def _of(event: AnyEvent, comments: Sequence[str]) -> bool:
    """Whether the event holds words of one of these comments."""
    return bool(event.WORDS) and event.id in comments  # type: ignore[union-attr]


def _blank(event: AnyEvent) -> AnyEvent:
    return msgspec.structs.replace(event, **dict.fromkeys(event.WORDS, ""))


def _with_words(event: AnyEvent, words: dict[tuple[str, str], str]) -> AnyEvent:
    found = {field: words.get((event.id, kind), "") for field, kind in event.WORDS.items()}  # type: ignore[union-attr]
    return msgspec.structs.replace(event, **found)


KINDS = sorted({kind for event in AnyEvent.__args__ for kind in event.WORDS.values()})
"""The kinds of words that a comment may have."""

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(tuple[AnyEvent, ...])
