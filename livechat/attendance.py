"""Who takes part at this moment, over all processes: how many residents, which staff, and who reads which comment.

Nothing of it is kept: each process counts its own connections, and what it says of them is forgotten in seconds.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from livechat.fanout import Fanout, Subscriber
from livechat.live import PRESENT, Counts
from livechat.meeting import Intake, Meeting
from livechat.moment import Moment, Reading, coarsely, exactly, moment_for
from livechat.projection import for_the_desk
from livechat.roles import STAFF, Role, Seat

CLAIM_LIFE = 20
"""Seconds until a claim is void that its desk has not said again."""

LOOK_AROUND = 1.0
"""Seconds after which staff know at the latest who has come or gone; what is read here is told at once."""

GRACE = 15
"""Seconds after which a moderator who is gone counts as gone: a page that is loaded anew is not an absence."""

LEDGER_EVERY = 30
"""Seconds between two ledgers for residents: what ticks must not tell when somebody wrote (PRIVACY: correlation)."""

Clock = Callable[[], float]


class Claim(NamedTuple):
    """A comment that somebody reads, and until when that is believed."""

    seat: Seat
    comment: str
    until: float


class Attendance:
    """Who takes part in one meeting. `state` gives the meeting as folded so far, `clock` now in seconds."""

    def __init__(self, state: Callable[[], Meeting], fanout: Fanout, counts: Counts, clock: Clock) -> None:
        self._state = state
        self._fanout = fanout
        self._counts = counts
        self._clock = clock
        self._claims: dict[Subscriber, Claim] = {}
        self._attended = self._awake = clock()  # When a moderator was last here; when nobody had to be.
        self._ledger: tuple[str, float, Mapping[str, Any]] | None = None  # Of which epoch, since when.
        self._moved = asyncio.Event()

    def claim(self, subscriber: Subscriber, seat: Seat, comment: str | None) -> None:
        """The moderator in this seat reads this comment now, or none. Soft: it forbids nobody anything."""
        if comment is None:
            self._claims.pop(subscriber, None)
        else:
            self._claims[subscriber] = Claim(seat, comment, self._clock() + CLAIM_LIFE)
        self._moved.set()

    def release(self, subscriber: Subscriber) -> None:
        """The subscriber is gone."""
        if self._claims.pop(subscriber, None):
            self._moved.set()

    async def run(self, beat: float, tell: Callable[[], Awaitable[None]], pause: Callable[[], Awaitable[None]]) -> None:
        """Looks around, at least every `beat` seconds and apart from the channel's own beat; forever.

        Calls `tell` when staff has come or gone or reads something else, `pause` while intake is alone for too long.
        """
        told = None
        while True:
            await self._moves(min(LOOK_AROUND, beat))
            self.count()
            if self.too_long_alone:
                await pause()
            seen = self.here(), self.reading()
            if seen != told:
                told = seen
                await tell()

    def count(self) -> None:
        """Tells the other processes what this one sees, and looks who is at the desks."""
        now, state = self._clock(), self._state()
        self._claims = {who: claim for who, claim in self._claims.items() if claim.until > now}
        self._counts.put(state.id, self._own_counts(state))
        if any(seat.role is Role.MODERATOR for seat in self.here()):
            self._attended = self._awake = now
        if state.intake is not Intake.OPEN:
            self._awake = now

    @property
    def too_long_alone(self) -> bool:
        """Whether intake has been open without any moderator for as long as the meeting allows."""
        minutes = self._state().settings.unattended
        return minutes > 0 and self._clock() - self._awake >= minutes * 60

    def here(self) -> tuple[Seat, ...]:
        """The members of staff who are connected, each seat once."""
        return tuple(_seat(*name[1:]) for name in self._names("seat"))

    def reading(self) -> tuple[Reading, ...]:
        """The comments that somebody reads, and who; but those that are on no desk any more."""
        readings = (Reading(comment, _seat(role, seat)) for _, role, seat, comment in self._names("reading"))
        comments = self._state().comments
        return tuple(one for one in readings if one.comment in comments and for_the_desk(comments[one.comment]))

    def tell(self, role: Role) -> dict[str, Any]:
        """What a role is told of this moment."""
        ledger = exactly(self._state().ledger) if role in STAFF else self._public_ledger()
        residents, attended = self._total()[PRESENT], self._clock() - self._attended < GRACE
        return moment_for(role, Moment(residents, attended, self.here(), self.reading(), ledger))

    async def _moves(self, patience: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._moved.wait()
        self._moved.clear()

    def _public_ledger(self) -> Mapping[str, Any]:
        now, state = self._clock(), self._state()
        if self._ledger is None or self._ledger[0] != state.epoch or now - self._ledger[1] >= LEDGER_EVERY:
            self._ledger = state.epoch, now, coarsely(state.ledger)
        return self._ledger[2]

    def _own_counts(self, state: Meeting) -> Counter[str]:
        counts = Counter({PRESENT: self._fanout.count(Role.RESIDENT)})
        for actor in self._fanout.actors(*STAFF):
            if session := state.sessions.get(actor.session):
                counts[f"seat:{session.seat.role}:{session.seat.seat}"] += 1
        for claim in self._claims.values():
            counts[f"reading:{claim.seat.role}:{claim.seat.seat}:{claim.comment}"] += 1
        return counts

    def _names(self, kind: str) -> list[list[str]]:
        """The names of this kind that anybody counts, taken apart."""
        names = (name.split(":") for name, number in sorted(self._total().items()) if number > 0)
        return [name for name in names if name[0] == kind]

    def _total(self) -> Counter[str]:
        return self._counts.total(self._state().id)


def _seat(role: str, seat: str) -> Seat:
    return Seat(Role(role), int(seat))
