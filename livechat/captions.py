"""Captions: what is said in the room as text, in each language the latest minutes of it. In memory only, and no event.

A service sends what it hears in numbered pieces, some of them twice or late. A typist's lines have no numbers.
"""

import bisect
import re
from typing import NamedTuple

from msgspec import Struct

from moderation.text import clean

LIFE = 120
"""Seconds after which a piece is forgotten."""

MOST = 8_000
"""Characters that are kept in one language, at most."""

SHOWN = 400
"""Characters that are shown at once, at most: the last lines."""

LONGEST = 1_000
"""Characters in a piece, at most."""

LANGUAGES = 8
"""Languages at once, at most."""

QUIET = 20
"""Seconds without a piece after which a number that was used before means that its sender counts anew."""

AGAIN = 10
"""The last so many pieces that were said behind closed doors may be sent again after; they are never taken."""

WINDOW = 100
"""So far behind the latest number a piece is not late: its sender counts anew."""


class Place(NamedTuple):
    """Where a piece stands: in which run of numbers (when that began, in Unix milliseconds), and its number in it."""

    run: int
    number: int


class Piece(Struct, frozen=True):
    """Some words, in a language (BCP 47), at their place. `typed`: by a typist, a line of its own."""

    language: str
    place: Place
    text: str
    typed: bool = False


class Caption(Struct, frozen=True):
    """The last lines in one language."""

    language: str
    text: str


class Captions:
    """The captions of one meeting."""

    def __init__(self) -> None:
        self._tracks: dict[str, _Track] = {}

    def numbered(self, language: str, number: int, text: str, now: float) -> Piece | None:
        """A service's piece, to be added; None if it is there already, or comes too late. `now` in Unix seconds."""
        track = self._tracks.get(language)
        place = track.place(number, text, now) if track else Place(int(now * 1000), number)
        return Piece(language, place, text) if place else None

    def typed(self, language: str, text: str, now: float) -> Piece:
        """A typist's line, to be added."""
        track = self._tracks.get(language) or _Track()
        return Piece(language, track.new_run(0, now), f"{text}\n", typed=True)

    def add(self, piece: Piece, now: float) -> bool:
        """Takes in a piece, from whichever process. Gives whether that changes anything."""
        if piece.language not in self._tracks and len(self._tracks) >= LANGUAGES:
            return False
        return self._tracks.setdefault(piece.language, _Track()).add(piece, now)

    def pass_over(self, piece: Piece, now: float) -> None:
        """Keeps nothing of a piece but that it came: it is not taken when it is sent again."""
        if piece.language in self._tracks or len(self._tracks) < LANGUAGES:
            self._tracks.setdefault(piece.language, _Track()).pass_over(piece.place, now)

    def forget(self, before: float) -> bool:
        """Forgets what came before then (Unix seconds). Gives whether that changes anything."""
        forgot = [track.forget(before) for track in self._tracks.values()]
        return any(forgot)

    def shut(self) -> bool:
        """Forgets all, and takes none of it again. Gives whether there was anything."""
        return self.forget(float("inf"))

    def pieces(self) -> list[Piece]:
        """All that is kept, for another process to add."""
        return [piece for track in self._tracks.values() for piece in track.pieces]

    def last(self) -> list[Caption]:
        """The last lines, in the languages that have any."""
        return [Caption(language, text) for language, track in self._tracks.items() if (text := track.text)]

    def last_number(self) -> int:
        """The number of the piece that came last; 0 before the first."""
        latest = max(self._tracks.values(), key=lambda track: track.heard, default=None)
        return latest.end.number if latest else 0


class _Track:
    """One language."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []  # In the order of their places.
        self.heard = 0.0
        self._came: dict[Place, float] = {}
        self._floor = Place(0, 0)  # What stands here or before is not taken again.
        self._unsaid = Place(0, 0)  # The last that was said behind closed doors.
        self._typed = False  # Whether a typist was the last to say something.

    @property
    def end(self) -> Place:
        """The last place of all there have been."""
        return self.pieces[-1].place if self.pieces else self._floor

    @property
    def text(self) -> str:
        """The last lines."""
        whole = ""
        for piece in self.pieces:
            whole += _seam(whole, piece.text) + piece.text
        return _tail(whole.strip())

    def place(self, number: int, text: str, now: float) -> Place | None:
        end, here = self.end, Place(self.end.run, number)
        if self._typed or self._counts_anew(here, text, now):
            return self.new_run(number, now)
        return here if here > end or (here > self._floor and here not in self._came) else None

    def new_run(self, number: int, now: float) -> Place:
        return Place(max(int(now * 1000), self.end.run + 1), number)

    def add(self, piece: Piece, now: float) -> bool:
        if not piece.text or piece.place <= self._floor or piece.place in self._came:
            return False
        if piece.place > self.end:
            self._typed = piece.typed
        bisect.insort(self.pieces, piece, key=lambda one: one.place)
        self._came[piece.place] = self.heard = now
        while sum(len(one.text) for one in self.pieces) > MOST:
            self._drop()
        return True

    def pass_over(self, place: Place, now: float) -> None:
        while self.pieces and self.pieces[0].place <= place:
            self._drop()
        self._floor = self._unsaid = max(self._floor, place)
        self.heard = now

    def forget(self, before: float) -> bool:
        forgot = False
        while self.pieces and self._came[self.pieces[0].place] < before:
            self._drop()
            forgot = True
        return forgot

    def _counts_anew(self, here: Place, text: str, now: float) -> bool:
        if here > self.end:
            return False
        if here <= self._unsaid and self._unsaid.number - here.number < AGAIN:
            return False
        known = next((piece.text for piece in self.pieces if piece.place == here), None)
        return known != text and (now - self.heard >= QUIET or self.end.number - here.number > WINDOW)

    def _drop(self) -> None:
        self._floor = self.pieces.pop(0).place
        del self._came[self._floor]


def heard(text: str) -> str:
    """A service's piece as it is kept: cleaned, and with the blank space or line end that it ends with."""
    words = clean(text)
    if not words:
        return ""
    end = text[len(text.rstrip()) :]
    return words + ("\n" if re.search(r"[\n\r\u2028]", end) else " " if end else "")


def _seam(before: str, after: str) -> str:
    """What stands between two pieces: most services send whole words, without the space between them."""
    joined = not before or before[-1].isspace() or after[0] in ".,:;!?…)"
    return "" if joined else " "


def _tail(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    _, _, rest = text[-SHOWN:].partition(" ")
    return rest or text[-SHOWN:]
