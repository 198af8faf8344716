"""The model in closed form: what a meeting of any size does to the processes that serve it.

A sweep writes to all residents of a process, one after the other. While it goes on, those it has yet to reach get
what is new in the same sweep; the others in the next one, after the rest. So an approved comment reaches a resident
after a time that lies evenly between nothing and a whole round, after its way through the log.
"""

from math import exp
from typing import NamedTuple

from benchmarks.scale.costs import Costs
from livechat.casts import SPACING
from livechat.channel import REST
from livechat.fanout import COHORT

P99 = 0.99

READS = 2
"""An entry causes two reads in each process: the second finds nothing more."""

BALLOTS = 100
"""In one cast: 200 ballots a second on each process that has ballots to cast all the time."""

STEPS = 8
"""Steps of a decision on its way, each of which waits for a core where they are short."""


class Case(NamedTuple):
    """So many processes with so many residents each; `rate` is decisions a second.

    `cores` is how many they share with the log, 0 if each of them has one for itself. `redis` is whether the log is in
    Redis, `voting` whether every process has ballots to cast all the time.
    """

    processes: int
    residents: int
    cores: int
    rate: float
    redis: bool = True
    voting: bool = False


def sweep(costs: Costs, case: Case) -> float:
    """Seconds in which a process writes to all its residents, if all processes do so at once."""
    return case.residents * costs.frame * crowding(case)


def crowding(case: Case) -> float:
    """How much longer all takes since processes wait for cores."""
    return max(1.0, case.processes / case.cores) if case.cores else 1.0


def way(costs: Costs, case: Case) -> float:
    """Seconds from a decision until it is folded, through a process that is sweeping all the while."""
    turn = min(COHORT, case.residents) * costs.frame
    waiting = (2 + STEPS * (crowding(case) - 1)) * turn
    if not case.redis:
        return waiting + costs.handle + costs.commit + costs.fold
    readers = case.processes * costs.read / 2
    return waiting + costs.handle + costs.look + costs.fold + 5 * costs.trip + costs.append + readers


def p99(costs: Costs, case: Case) -> float:
    """Seconds from approval to the resident, p99 over all residents and comments."""
    return way(costs, case) + P99 * (sweep(costs, case) + REST)


def frames(costs: Costs, case: Case) -> float:
    """State frames that a resident gets in a second: at most one each round, and none without news."""
    around = sweep(costs, case) + REST
    return (1 - exp(-case.rate * around)) / around


def casts(case: Case) -> float:
    """Casts of ballots that are asked for in a second."""
    return case.processes / SPACING if case.voting else 0


def redis(costs: Costs, case: Case) -> float:
    """Share of a core that Redis needs: beyond 1 it cannot keep up."""
    all_entries = (case.rate + casts(case)) * an_entry(costs, case.processes)
    return all_entries + casts(case) * BALLOTS * costs.ballot


def an_entry(costs: Costs, processes: int) -> float:
    """Seconds of Redis for one entry: it is appended once, and read twice by each process."""
    return costs.append + READS * costs.read * processes


def most_casts(costs: Costs, processes: int) -> float:
    """Casts a second that processes can write, one after the other, when all of them want to.

    Each writes on what it has read last. So between two lie the first one's way to whoever is first to read it, and
    that one's own to Redis; and Redis has to be through with what all have read.
    """
    ours = costs.look + costs.fold + BALLOTS * costs.cast
    hop = 4 * costs.trip + ours + costs.append + BALLOTS * costs.ballot + costs.read
    return 1 / max(hop, an_entry(costs, processes) + BALLOTS * costs.ballot)


def most_voting(costs: Costs, rate: float) -> int:
    """The most processes that can all cast ballots, twice a second each, and still be through with it."""
    processes = 1
    while (processes + 1) / SPACING + rate < most_casts(costs, processes + 1):
        processes += 1
    return processes


def storm(costs: Costs, residents: int, spread: float = 0) -> float:
    """Seconds until all residents of a process are back who were dropped at once, and waited up to `spread` each."""
    return max(spread, residents * costs.opening)


def most_residents(costs: Costs, within: float) -> int:
    """The most residents of one process that has a core for itself, for this p99."""
    room = within - way(costs, Case(1, COHORT, 0, 1))
    return int((room / P99 - REST) / costs.frame)
