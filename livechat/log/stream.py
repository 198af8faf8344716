"""Entries as they come out of a stream, and the marks that tell one writer's entry from another's."""

from collections.abc import Iterable

from livechat.events import Entry
from livechat.log import bare, join, wordy

MOST_MARKS = 5_000


class Page:
    """A piece of a stream as it was read, and the epoch that was current then. `marks` go with `entries`."""

    def __init__(self, current: bytes | None, rows: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> None:
        self.current = current.decode() if current else None
        self.entries: list[Entry] = []
        self.marks: list[bytes] = []
        found: dict[tuple[str, str], None] = {}
        for id, fields in rows:
            events = bare(fields[b"body"])
            self.entries.append(Entry(int(id.partition(b"-")[0]), events))
            self.marks.append(fields.get(b"mark", b""))
            found.update(dict.fromkeys(wordy(events)))
        self._words = list(found)

    @property
    def places(self) -> list[str]:
        """The fields of the texts that the entries need."""
        return [f"{comment}|{kind}" for comment, kind in self._words]

    def join(self, texts: list[bytes | None]) -> None:
        """Puts the words in; `texts` are those of `places`."""
        found = zip(self._words, texts, strict=True)
        words = {place: text.decode() for place, text in found if text is not None}
        self.entries = [Entry(entry.offset, join(entry.events, words)) for entry in self.entries]

    def begins_with(self, offset: int, mark: bytes) -> bool:
        """Whether the first entry is the one with this offset and mark; any mark will do if it is not known."""
        return bool(self.entries) and self.entries[0].offset == offset and mark in (b"", self.marks[0])


class Marks:
    """The marks of entries that this process has read or written last, of each epoch."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int], bytes] = {}

    def get(self, meeting: str, epoch: str, offset: int) -> bytes:
        """The entry's mark, empty if it is not known."""
        return self._known.get((meeting, epoch, offset), b"")

    def put(self, meeting: str, epoch: str, offset: int, mark: bytes) -> None:
        self._known.pop((meeting, epoch, offset), None)
        self._known[meeting, epoch, offset] = mark
        if len(self._known) > MOST_MARKS:
            del self._known[next(iter(self._known))]
