"""The captions of a live meeting: taken in, told to the other processes, and sent to those who follow.

Nothing of it is kept but in :mod:`livechat.captions`, and nothing at all while the item is closed.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec
from msgspec import Struct

from livechat.captions import LIFE, LONGEST, Captions, Piece, heard
from livechat.errors import Refused
from livechat.fanout import Fanout
from livechat.frames import Frame, Frames
from livechat.meeting import Meeting
from livechat.messages import Codec, captions
from livechat.moment import sees_captions
from livechat.relay import Relay
from livechat.roles import Role
from moderation.text import clean

EVERY = 0.3
"""Seconds between two frames, at least: what a service sends word by word is one frame then, encoded once."""

LOOK_AROUND = 5
"""Seconds after which it shows that something has become too old."""

Clock = Callable[[], float]


class Said(Struct, frozen=True):
    """What one process tells the others. A piece without text was said behind closed doors: that it came is all."""

    epoch: str
    pieces: list[Piece]


class Captioning:
    """Captions of one meeting. `state` gives the meeting as folded so far, `clock` now in Unix seconds."""

    def __init__(
        self, state: Callable[[], Meeting], fanout: Fanout, frames: Frames, relay: Relay, clock: Clock
    ) -> None:
        self._state = state
        self._fanout = fanout
        self._frames = frames
        self._relay = relay
        self._clock = clock
        self._captions = Captions()
        self._made: dict[str, Frame] = {}  # By codec, of the captions as they are.
        self._any = False  # Whether there has been anything to tell.
        self._changed = asyncio.Event()
        self._shut = asyncio.Event()
        relay.attend(state().id, self._hear, self._all)

    async def take(self, language: str, number: int, text: str) -> None:
        """A service's piece. Behind closed doors it is taken and forgotten: refused, it would be sent again after.

        Raises `Refused("too_large")`.
        """
        words = heard(text)
        if len(words) > LONGEST:
            raise Refused("too_large")
        if piece := self._captions.numbered(language, number, words, self._clock()) if words else None:
            await self._add(piece)

    async def type(self, language: str, text: str) -> None:
        """A typist's line. Raises `Refused`."""
        words = clean(text)
        if self._state().terms.closed:
            raise Refused("item_closed")
        if not words:
            raise Refused("empty_text", field="text")
        if len(words) > LONGEST:
            raise Refused("too_large")
        await self._add(self._captions.typed(language, words, self._clock()))

    def last_number(self) -> int:
        """The number of the piece that came last; 0 before the first."""
        return self._captions.last_number()

    def shut(self) -> None:
        """The doors have closed: all is gone at once."""
        if self._captions.shut():
            self._shut.set()
            self._moved()

    def frame(self, role: Role, codec: Codec) -> Frame | None:
        """The last lines as a role may see them, encoded once; None if there have never been any."""
        if not self._any or not sees_captions(role, self._state()):
            return None
        if codec.name not in self._made:
            self._made[codec.name] = self._frames.message(codec, captions(self._captions.last()))
        return self._made[codec.name]

    async def run(self) -> None:
        """Tells those who follow, forever."""
        told = self._made
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AROUND):
                    await self._changed.wait()
            self._changed.clear()
            if self._captions.forget(self._clock() - LIFE):
                self._moved()
            if told is not self._made:
                told = self._made
                await self._fanout.hand_out(self.frame)
                await self._rest()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY):
                await self._shut.wait()
        self._shut.clear()

    async def _add(self, piece: Piece) -> None:
        if self._state().terms.closed:
            self._captions.pass_over(piece, self._clock())
            await self._say(msgspec.structs.replace(piece, text=""))  # Else it could be sent again to another process.
            return
        if not self._captions.add(piece, self._clock()):
            return
        self._moved()
        await self._say(piece)

    async def _say(self, piece: Piece) -> None:
        await self._relay.say(self._state().id, msgspec.json.encode(Said(self._state().epoch, [piece])))

    def _hear(self, message: bytes) -> None:
        """What another process has taken in."""
        try:
            said = msgspec.json.decode(message, type=Said)
        except msgspec.DecodeError:
            return  # Of another release, or nobody of ours.
        if said.epoch != self._state().epoch:
            return
        added = [self._take_in(piece) for piece in said.pieces]
        if any(added):
            self._moved()

    def _take_in(self, piece: Piece) -> bool:
        if piece.text and not self._state().terms.closed:
            return self._captions.add(piece, self._clock())
        self._captions.pass_over(piece, self._clock())
        return False

    def _all(self) -> bytes:
        pieces = self._captions.pieces()
        return msgspec.json.encode(Said(self._state().epoch, pieces)) if pieces else b""

    def _moved(self) -> None:
        self._any, self._made = True, {}
        self._changed.set()
