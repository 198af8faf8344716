"""What a simulated meeting is made of, but for its processes: threads, cores, a log."""

from collections.abc import Callable, Generator
from typing import Any

import simpy

from benchmarks.scale.costs import Costs

Steps = Generator[simpy.Event, Any, Any]


class Times:
    """How long things took, in seconds, each as often as it happened."""

    def __init__(self) -> None:
        self._all: list[tuple[float, int]] = []

    def add(self, seconds: float, times: int = 1) -> None:
        """It took so long, so many times."""
        self._all.append((seconds, times))

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(times for _, times in self._all)

    def within(self, share: float) -> float:
        """The time within which this share of them was; not a number if there are none."""
        left = share * self.count
        for seconds, times in sorted(self._all):
            left -= times
            if left <= 0:
                return seconds
        return float("nan")


class Flag:
    """As `asyncio.Event`."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._event = env.event()

    def set(self) -> None:
        """Lets all go on who wait."""
        if not self._event.triggered:
            self._event.succeed()

    def clear(self) -> None:
        """Makes them wait again."""
        if self._event.triggered:
            self._event = self._env.event()

    def wait(self) -> simpy.Event:
        """Happens when it is set."""
        return self._event


class Worker:
    """One thread, in which one piece of work waits for the other, and which waits for one of `cores`; None: it has
    one for itself."""

    def __init__(self, env: simpy.Environment, cores: simpy.Resource | None) -> None:
        self._env = env
        self._cores = cores
        self.turn = simpy.Resource(env)
        self.busy = 0.0

    def work(self, seconds: float) -> Steps:
        """Works, when its turn has come."""
        with self.turn.request() as turn:
            yield turn
            yield from self.go_on(seconds)

    def go_on(self, seconds: float) -> Steps:
        """Works, where it is its turn already."""
        self.busy += seconds
        if self._cores is None:
            yield self._env.timeout(seconds)
            return
        with self._cores.request() as core:
            yield core
            yield self._env.timeout(seconds)


class Log:
    """SQLite, or Redis: one thread, asked over a network."""

    def __init__(self, env: simpy.Environment, costs: Costs, cores: simpy.Resource | None, redis: bool) -> None:
        self._env = env
        self._costs = costs
        self._worker = Worker(env, cores)
        self._trip = costs.trip if redis else 0.0
        self._append = costs.append if redis else costs.commit
        self._read = costs.read if redis else 0.0
        self.entries: list[list[float]] = [[]]
        self.wake: list[Callable[[], None]] = []

    @property
    def offset(self) -> int:
        """That of the last entry."""
        return len(self.entries) - 1

    @property
    def busy(self) -> float:
        """Seconds that it has worked."""
        return self._worker.busy

    def append(self, at: int, decisions: list[float], ballots: int) -> Steps:
        """Writes an entry if the last one is `at`: its offset, or 0. `decisions` are the times at which they fell."""
        yield self._env.timeout(self._trip)
        with self._worker.turn.request() as turn:
            yield turn
            stands = self.offset == at
            yield from self._worker.go_on(
                self._append + ballots * self._costs.ballot if stands else self._costs.refused
            )
            if stands:
                self.entries.append(decisions)
                self._env.process(self._tell())
        yield self._env.timeout(self._trip)
        return at + 1 if stands else 0

    def read(self) -> Steps:
        """The offset of the last entry."""
        yield self._env.timeout(self._trip)
        with self._worker.turn.request() as turn:
            yield turn
            yield from self._worker.go_on(self._read)
            latest = self.offset
        yield self._env.timeout(self._trip)
        return latest

    def _tell(self) -> Steps:
        yield self._env.timeout(self._trip)
        for wake in self.wake:
            wake()
