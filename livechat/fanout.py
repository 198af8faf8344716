"""Who is connected, and how what changed gets to them.

Subscribers ride in cohorts with a common cursor. A sweep visits the cohorts that are behind and
writes one frame with all since their cursor: at once when idle, and with a short `rest` after each sweep under load,
so that frames grow instead of multiplying. Nobody is waited for: a subscriber whose buffer is full is passed over,
and gets what it missed, from its own cursor, when the buffer has drained.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable

from livechat.frames import Frame, Frames
from livechat.messages import Codec, own
from livechat.projection import Projection, for_its_author
from livechat.roles import Actor, Role

COHORT = 64
"""Subscribers in a cohort, at most. The loop turns once a cohort, and a decision takes several turns to get from a desk
through the log to the display: 64 writes take half a millisecond. (Measured with 10,000 residents, approval to display
at p99: 54 ms with cohorts of 250, 32 with 125, 24 with 64; residents themselves 135, 120 and 109.)"""

FIRST = (Role.MODERATOR, Role.CHAIR, Role.DISPLAY, Role.POLITICIAN, Role.CAPTIONER)
THEN = (Role.RESIDENT,)
"""Two sweeps: the few in the room never wait for the many at home."""


class Subscriber(ABC):
    """One connection. `cursor` is None while it rides with its cohort, else the offset it got to by itself."""

    __slots__ = ("actor", "codec", "cohort", "cursor", "watched")

    def __init__(self, actor: Actor, codec: Codec) -> None:
        self.actor = actor
        self.codec = codec
        self.cohort: Cohort | None = None
        self.cursor: int | None = None
        self.watched: set[str] | frozenset[str] = frozenset()  # Most never write, and need no set of their own.

    @property
    @abstractmethod
    def paused(self) -> bool:
        """Whether its buffer is too full to write to it now."""

    @abstractmethod
    def write(self, frame: Frame) -> None:
        """Hands the frame to the transport; never waits."""

    def beat(self, frame: Frame) -> None:
        """Hands on a sign of life, if there is room for it."""
        if not self.paused:
            self.write(frame)

    @abstractmethod
    def close(self, code: int) -> None:
        """Ends the connection with a close code."""


class Cohort:
    """Subscribers of one role and codec that stand at the same offset. `behind` counts those passed over."""

    __slots__ = ("behind", "codec", "cursor", "members", "role")

    def __init__(self, role: Role, codec: Codec, cursor: int) -> None:
        self.role = role
        self.codec = codec
        self.cursor = cursor
        self.members: set[Subscriber] = set()
        self.behind = 0


class Fanout:
    """All subscribers of one meeting in this process."""

    def __init__(self, frames: Frames, projection: Projection) -> None:
        self._frames = frames
        self._projection = projection
        self._cohorts: dict[tuple[Role, str], list[Cohort]] = defaultdict(list)
        self._watchers: dict[str, set[Subscriber]] = defaultdict(set)
        self._owed: dict[Subscriber, set[str]] = {}
        self._news = {FIRST: asyncio.Event(), THEN: asyncio.Event()}

    def publish(self, projection: Projection, comments: Iterable[str]) -> None:
        """The meeting moved on; `comments` are the ids of those that something happened to."""
        # Another epoch: what anybody holds is void, so all start over.
        if projection.meeting.epoch != self._projection.meeting.epoch:
            self._start_over()
        self._projection = projection
        for comment in comments:
            for subscriber in self._watchers.get(comment, ()):
                self._owed.setdefault(subscriber, set()).add(comment)
        self._wake()

    def join(self, subscriber: Subscriber, since: int) -> None:
        """Sends the state since `since` (0: all) and keeps it up to date from there."""
        # No await here: state and subscription must be one step.
        role = subscriber.actor.role
        subscriber.write(self._frames.state(self._projection, role, subscriber.codec, since))
        subscriber.cohort = self._cohort_with_room(role, subscriber.codec)
        subscriber.cohort.members.add(subscriber)

    def leave(self, subscriber: Subscriber) -> None:
        """Forgets the subscriber."""
        self._unwatch(subscriber)
        if cohort := subscriber.cohort:
            cohort.members.discard(subscriber)
            cohort.behind -= subscriber.cursor is not None
            if not cohort.members:
                self._cohorts[cohort.role, cohort.codec.name].remove(cohort)
        subscriber.cohort = subscriber.cursor = None

    def watch(self, subscriber: Subscriber, comments: Iterable[str]) -> None:
        """Sends what became of these comments, now and whenever it changes."""
        asked = set(comments)
        subscriber.watched = subscriber.watched | asked
        for comment in asked:
            self._watchers[comment].add(subscriber)
        if asked:
            self._owed.setdefault(subscriber, set()).update(asked)
            self._wake()

    def drained(self, subscriber: Subscriber) -> None:
        """There is room in the subscriber's buffer again."""
        self._wake()

    def close(self, code: int, which: Callable[[Actor], bool] = lambda actor: True) -> None:
        """Closes the connections of the actors for which `which` is true."""
        for cohort in self._all_cohorts(Role):
            for subscriber in list(cohort.members):
                if which(subscriber.actor):
                    subscriber.close(code)

    async def sweep(self, roles: tuple[Role, ...], rest: float) -> None:
        """Brings `FIRST` or `THEN` up to date whenever there is news, with `rest` seconds after each sweep; forever."""
        news = self._news[roles]
        while True:
            await news.wait()
            news.clear()
            self._pay(roles)
            wrote = False
            for cohort in self._all_cohorts(roles):
                if self._flush(cohort):
                    wrote = True
                    await asyncio.sleep(0)  # Ten thousand writes must not stand between a moderator and her desk.
            if wrote:
                await asyncio.sleep(rest)

    async def beat(self, message: Callable[[Role], object], *roles: Role, over: float = 0) -> None:
        """The role's sign of life to all, or to some roles; whoever gets it is asked to answer.

        `over` so many seconds, cohort by cohort: ten thousand signs and their answers at once keep comments waiting.
        """
        cohorts, frame = self._all_cohorts(roles or Role), self._each_once(message, asks=True)
        for cohort in cohorts:
            made = frame(cohort.role, cohort.codec)
            for subscriber in list(cohort.members):
                subscriber.beat(made)
            await asyncio.sleep(over / len(cohorts))

    async def tell(self, message: Callable[[Role], object], *roles: Role) -> None:
        """The same out of turn. Nobody is asked: several in a second must not make out a slow line to be dead."""
        await self.hand_out(self._each_once(message, asks=False), *roles)

    async def hand_out(self, frame: Callable[[Role, Codec], Frame | None], *roles: Role) -> None:
        """A frame to all, or to some roles, if their role has one; whoever has no room for it does without."""
        for cohort in self._all_cohorts(roles or Role):
            if made := frame(cohort.role, cohort.codec):
                for subscriber in list(cohort.members):
                    if not subscriber.paused:
                        subscriber.write(made)
                await asyncio.sleep(0)

    def count(self, *roles: Role) -> int:
        """How many are connected in these roles, in all if none is named."""
        return sum(len(cohort.members) for cohort in self._all_cohorts(roles or Role))

    def actors(self, *roles: Role) -> list[Actor]:
        """Who is connected in these roles, once for each connection."""
        return [subscriber.actor for cohort in self._all_cohorts(roles) for subscriber in cohort.members]

    def _each_once(self, message: Callable[[Role], object], *, asks: bool) -> Callable[[Role, Codec], Frame]:
        """Makes a message once for each role and codec, and anew in each second: it tells the time."""
        made: dict[tuple[Role, str, int], Frame] = {}
        now = asyncio.get_running_loop().time

        def frame(role: Role, codec: Codec) -> Frame:
            key = role, codec.name, int(now())
            if key not in made:
                made[key] = self._frames.message(codec, message(role), asks=asks)
            return made[key]

        return frame

    def _flush(self, cohort: Cohort) -> bool:
        offset = self._projection.indexes[cohort.role].offset
        if cohort.cursor == offset and not cohort.behind:
            return False
        ride = self._state(cohort, cohort.cursor) if cohort.cursor != offset else None
        for subscriber in cohort.members:
            if subscriber.cursor is not None:
                self._catch_up(cohort, subscriber)
            elif ride and subscriber.paused:
                subscriber.cursor = cohort.cursor
                cohort.behind += 1
            elif ride:
                subscriber.write(ride)
        cohort.cursor = offset
        return True

    def _catch_up(self, cohort: Cohort, subscriber: Subscriber) -> None:
        if not subscriber.paused:
            subscriber.write(self._state(cohort, subscriber.cursor or 0))
            subscriber.cursor = None
            cohort.behind -= 1

    def _state(self, cohort: Cohort, since: int) -> Frame:
        return self._frames.state(self._projection, cohort.role, cohort.codec, since)

    def _pay(self, roles: tuple[Role, ...]) -> None:
        """Tells authors what became of their comments; what a full buffer cannot take stays owed."""
        for subscriber in list(self._owed):
            if subscriber.actor.role in roles and not subscriber.paused:
                subscriber.write(self._own(subscriber, self._owed.pop(subscriber)))

    def _own(self, subscriber: Subscriber, comments: set[str]) -> Frame:
        state = self._projection.meeting
        mine = (for_its_author(state, comment) for comment in sorted(comments))
        return self._frames.message(subscriber.codec, own(view for view in mine if view))

    def _unwatch(self, subscriber: Subscriber) -> None:
        self._owed.pop(subscriber, None)
        for comment in subscriber.watched:
            self._watchers[comment].discard(subscriber)
            if not self._watchers[comment]:
                del self._watchers[comment]
        subscriber.watched = frozenset()

    def _start_over(self) -> None:
        for cohort in self._all_cohorts(Role):
            cohort.cursor = cohort.behind = 0
            for subscriber in cohort.members:
                subscriber.cursor = None
                self._unwatch(subscriber)

    def _cohort_with_room(self, role: Role, codec: Codec) -> Cohort:
        cohorts = self._cohorts[role, codec.name]
        for cohort in reversed(cohorts):  # The newest are those with room, as a rule.
            if len(cohort.members) < COHORT:
                return cohort
        cohorts.append(Cohort(role, codec, self._projection.indexes[role].offset))
        return cohorts[-1]

    def _all_cohorts(self, roles: Iterable[Role]) -> list[Cohort]:
        wanted = set(roles)
        return [c for (role, _), cohorts in self._cohorts.items() if role in wanted for c in cohorts]

    def _wake(self) -> None:
        for news in self._news.values():
            news.set()
