"""Who takes part at this moment, over all processes: how many residents, what they signal, which staff, who reads what.

Nothing of it is kept: each process counts its own connections, and what it says of them is forgotten in seconds.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from livechat.fanout import Fanout, Subscriber
from livechat.live import PRESENT, Counts
from livechat.meeting import Intake, Meeting
from livechat.moment import Moment, Reading, Turn, coarsely, exactly, moment_for
from livechat.projection import for_the_desk, spoken_on_the_display
from livechat.roles import STAFF, Role, Seat
from livechat.signals import Signal, Signals, loud

CLAIM_LIFE = 20
"""Seconds until a claim is void that its desk has not said again."""

ALOUD_LIFE = 90
"""Seconds that a comment is being read aloud, at most: twice what a slow voice takes for the longest."""

LOOK_AROUND = 1.0
"""Seconds after which staff know at the latest who has come or gone; what is read here is told at once."""

SOON = 0.25
"""Seconds after a signal in which others are waited for, so that ten thousand at once are looked at once."""

RESIDENTS_EVERY = 5.0
"""Seconds between two words to residents, at least, about what the room has been told."""

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


class Asked(NamedTuple):
    """What somebody last asked the display to read in this process, `at` a time in Unix seconds; "": to stop."""

    by: Subscriber
    comment: str
    turn: str
    at: float


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
        self._signals = Signals(clock)
        self._aloud: Asked | None = None
        self._moved = asyncio.Event()
        self._looking: asyncio.TimerHandle | None = None
        self._told: dict[Role, Any] = {Role.DISPLAY: ({}, None), Role.RESIDENT: []}
        self._residents_told = 0.0

    def claim(self, subscriber: Subscriber, seat: Seat, comment: str | None) -> None:
        """The moderator in this seat reads this comment now, or none. Soft: it forbids nobody anything."""
        if comment is None:
            self._claims.pop(subscriber, None)
        else:
            self._claims[subscriber] = Claim(seat, comment, self._clock() + CLAIM_LIFE)
        self._moved.set()

    def signal(self, giver: Hashable, signal: Signal, on: bool) -> None:
        """Counts a resident's signal once, or no more. `giver` is the connection. Raises `Refused`."""
        if on:
            self._signals.give(giver, signal)
        else:
            self._signals.withdraw(giver, signal)
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(SOON, self._look)

    def read_aloud(self, subscriber: Subscriber, comment: str | None) -> None:
        """The chair on this connection wants the display to read this comment aloud now, or nothing."""
        self._aloud = Asked(subscriber, comment or "", secrets.token_hex(4), self._clock())
        self._moved.set()

    def begin_anew(self) -> None:
        """Another epoch has begun: nothing that was given in the one before counts in it."""
        self._signals = Signals(self._clock)
        self._claims.clear()
        self._aloud = None
        self._moved.set()

    def release(self, subscriber: Subscriber) -> None:
        """The subscriber is gone."""
        self._signals.forget(subscriber)
        if self._aloud and self._aloud.by is subscriber:
            self.read_aloud(subscriber, None)  # What its chair cannot stop any more falls silent.
        if self._claims.pop(subscriber, None):
            self._moved.set()

    async def run(
        self, beat: float, tell: Callable[..., Awaitable[None]], pause: Callable[[], Awaitable[None]]
    ) -> None:
        """Looks around, at least every `beat` seconds and apart from the channel's own beat; forever.

        Calls `tell` with the roles that have to learn something before the next beat, `pause` while intake is alone
        for too long.
        """
        while True:
            await self._moves(min(LOOK_AROUND, beat))
            self.count()
            if self.too_long_alone:
                await pause()
            if roles := self._news():
                await tell(*roles)

    def count(self) -> None:
        """Tells the other processes what this one sees, and looks who is at the desks."""
        now, state = self._clock(), self._state()
        self._claims = {who: claim for who, claim in self._claims.items() if claim.until > now}
        if self._aloud and now - self._aloud.at >= ALOUD_LIFE:
            self._aloud = None
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

    def loud(self) -> dict[Signal, int]:
        """The signals that so many residents give that the room is told; none while doors are closed."""
        state, total = self._state(), self._total()
        if state.terms.closed:
            return {}
        counts = {signal: total[f"signal:{signal}"] for signal in Signal}
        return loud(counts, total[PRESENT], state.settings.signals)

    def aloud(self) -> Turn | None:
        """What the display is to read aloud: only what stands on it as under discussion."""
        state = self._state()
        asked = self._names("aloud")  # The latest wins, and may be to stop: then it names no comment.
        if not asked or asked[-1][3] != spoken_on_the_display(state):
            return None
        _, milliseconds, turn, comment = asked[-1]
        return Turn(comment, turn, int(milliseconds) // 1000)

    def tell(self, role: Role) -> dict[str, Any]:
        """What a role is told of this moment."""
        ledger = exactly(self._state().ledger) if role in STAFF else self._public_ledger()
        residents, attended = self._total()[PRESENT], self._clock() - self._attended < GRACE
        return moment_for(
            role, Moment(residents, attended, self.here(), self.reading(), ledger, self.loud(), self.aloud())
        )

    def _news(self) -> list[Role]:
        """The roles that are told at once: desks who is here and reads what, the room what residents signal.

        Residents learn a little later that the room knows.
        """
        here, reading, signals, aloud = self.here(), self.reading(), self.loud(), self.aloud()
        now = {
            Role.MODERATOR: (here, reading, signals),
            Role.CHAIR: (here, signals, aloud),
            Role.DISPLAY: (signals, aloud),
            Role.RESIDENT: sorted(signals),
        }
        news = [role for role in now if now[role] != self._told.get(role)]
        if Role.RESIDENT in news:
            if self._clock() - self._residents_told < RESIDENTS_EVERY:
                news.remove(Role.RESIDENT)
            else:
                self._residents_told = self._clock()
        self._told |= {role: now[role] for role in news}
        return news

    def _look(self) -> None:
        self._looking = None
        self._moved.set()

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
        for signal, number in self._signals.count().items():
            counts[f"signal:{signal}"] = number
        if self._aloud:
            counts[f"aloud:{int(self._aloud.at * 1000)}:{self._aloud.turn}:{self._aloud.comment}"] = 1
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
