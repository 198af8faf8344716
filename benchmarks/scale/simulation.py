"""The same meeting event by event: processes with one thread each, on cores that they share, with one log.

Nothing here knows the model's formulas. Each process follows the log, folds, sweeps over cohorts with a rest, and
commits as `livechat` does: on what it has read last, again if another came first, ballots at most twice a second.
"""

import random
from typing import NamedTuple

import simpy

from benchmarks.scale.costs import Costs
from benchmarks.scale.model import Case
from benchmarks.scale.parts import Log, Steps, Times
from benchmarks.scale.process import Process
from livechat.casts import SPACING

GRACE = 2.0
"""Seconds after the last decision in which what is under way may arrive."""


class Found(NamedTuple):
    """Times in seconds: from approval to each resident, and from a decision to its answer.

    `frames` are those a resident got in a second, `redis` is the share of a core that the log took, `entries` are
    those written in a second.
    """

    residents: Times
    answers: Times
    frames: float
    redis: float
    entries: float


def simulate(costs: Costs, case: Case, seconds: float = 5, seed: int = 1) -> Found:
    """Plays so many seconds of a meeting; decisions come at random (a Poisson process), all by one moderator."""
    env, chance = simpy.Environment(), random.Random(seed)
    cores = simpy.Resource(env, case.cores) if case.cores else None
    log = Log(env, costs, cores if case.redis else None, case.redis)
    residents = Times()
    processes = [Process(env, costs, cores, log, case.residents, residents) for _ in range(case.processes)]
    env.process(_decide(env, processes[0], case.rate, seconds, chance))
    if case.voting:
        for process in processes:
            env.process(process.vote(chance.random() * SPACING, seconds))
    env.run(seconds + GRACE)
    frames = sum(process.written for process in processes) / max(1, case.processes * case.residents) / seconds
    return Found(residents, processes[0].answers, frames, log.busy / seconds, log.offset / seconds)


def _decide(env: simpy.Environment, process: Process, rate: float, seconds: float, chance: random.Random) -> Steps:
    while env.now < seconds:
        yield env.timeout(chance.expovariate(rate))
        process.decide()
