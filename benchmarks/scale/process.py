"""One of our processes, simulated: it follows the log, folds, sweeps and commits."""

import simpy

from benchmarks.scale.costs import Costs
from benchmarks.scale.model import BALLOTS
from benchmarks.scale.parts import Flag, Log, Steps, Times, Worker
from livechat.casts import SPACING
from livechat.channel import REST, TALLIES_EVERY
from livechat.fanout import COHORT


class Process:
    """One of ours."""

    def __init__(
        self, env: simpy.Environment, costs: Costs, cores: simpy.Resource | None, log: Log, residents: int, times: Times
    ) -> None:
        self._env = env
        self._costs = costs
        self._worker = Worker(env, cores)
        self._log = log
        self._times = times
        self._pen = simpy.Resource(env)
        self._cohorts = [min(COHORT, residents - first) for first in range(0, residents, COHORT)]
        self._cursors = [0] * len(self._cohorts)
        self._folded = 0
        self._shown = 0
        self._queue: list[float] = []
        self._asked, self._woken, self._progress = Flag(env), Flag(env), Flag(env)
        self._news, self._counted = Flag(env), Flag(env)
        self.answers = Times()
        self.written = 0
        log.wake.append(self._woken.set)
        for steps in (self._follow(), self._commit(), self._sweep(), self._tell_tallies()):
            env.process(steps)

    def decide(self) -> None:
        """A moderator decides, now."""
        self._queue.append(self._env.now)
        self._asked.set()

    def vote(self, first: float, until: float) -> Steps:
        """Casts the ballots that have gathered, and again after a pause."""
        yield self._env.timeout(first)
        while self._env.now < until:
            with self._pen.request() as pen:
                yield pen
                yield from self._write([], BALLOTS)
            yield self._env.timeout(SPACING)

    def _commit(self) -> Steps:
        while True:
            yield self._asked.wait()
            self._asked.clear()
            while self._queue:
                with self._pen.request() as pen:
                    yield pen
                    batch, self._queue = self._queue, []
                    yield from self._write(batch, 0)
                for due in batch:
                    self.answers.add(self._env.now - due)

    def _write(self, decisions: list[float], ballots: int) -> Steps:
        while True:
            yield from self._worker.work(len(decisions) * self._costs.handle + ballots * self._costs.cast)
            at = self._folded
            offset = yield from self._log.append(at, decisions, ballots)
            while self._folded < (offset or at + 1):
                self._progress.clear()
                yield self._progress.wait()
            if offset:
                return

    def _follow(self) -> Steps:
        while True:
            yield self._woken.wait()
            self._woken.clear()
            while (latest := (yield from self._log.read())) > self._folded:
                yield from self._worker.work(self._costs.look + (latest - self._folded) * self._costs.fold)
                self._take(latest)
            yield from self._worker.work(self._costs.look)

    def _take(self, latest: int) -> None:
        new, self._folded = self._log.entries[self._folded + 1 : latest + 1], latest
        if any(new):
            self._shown = latest
            self._news.set()
        else:
            self._counted.set()
        self._progress.set()

    def _tell_tallies(self) -> Steps:
        while True:
            yield self._counted.wait()
            self._counted.clear()
            self._shown = self._folded
            self._news.set()
            yield self._env.timeout(TALLIES_EVERY)

    def _sweep(self) -> Steps:
        while True:
            yield self._news.wait()
            self._news.clear()
            wrote = False
            for number, cursor in enumerate(self._cursors):
                if cursor < self._shown:
                    yield from self._flush(number)
                    wrote = True
            if wrote:
                yield self._env.timeout(REST)

    def _flush(self, number: int) -> Steps:
        size = self._cohorts[number]
        with self._worker.turn.request() as turn:
            yield turn
            shown, lasts = self._shown, size * self._costs.frame
            yield from self._worker.go_on(lasts)
        middle = self._env.now - lasts / 2
        for entry in self._log.entries[self._cursors[number] + 1 : shown + 1]:
            for due in entry:
                self._times.add(middle - due, size)
        self._cursors[number] = shown
        self.written += size
