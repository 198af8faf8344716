"""What breaks first, second and third, at which number, and what is done then."""

from collections.abc import Callable
from math import ceil
from typing import NamedTuple

from benchmarks.scale import model, plans
from benchmarks.scale.costs import Costs

WITHIN = 0.150
"""Seconds from approval to the residents, p99, that are aimed at."""

GIGABIT = 1e9 / 8

AUDIENCE = 200
"""Residents of each of many meetings."""


class Limit(NamedTuple):
    """`at` is the number of residents or meetings at which it breaks."""

    at: float
    what: str
    then: str
    built: str


def of_one(costs: Costs) -> list[Limit]:
    """For one meeting, by residents."""
    readable = plans.DECISIONS * 60 * plans.MINUTES
    return sorted(
        [
            Limit(
                model.most_residents(costs, WITHIN),
                f"One process: p99 beyond {WITHIN * 1000:.0f} ms, since one sweep takes that long.",
                "More processes on one log in Redis: `livechat serve --workers`, or any balancer before them.",
                "yes",
            ),
            Limit(
                WITHIN * GIGABIT / plans.wire(),
                f"A network card of 1 Gbit/s: one comment to all takes longer than {WITHIN * 1000:.0f} ms.",
                "A card of 10 Gbit/s, or another machine.",
                "configuration",
            ),
            Limit(
                plans.for_one(costs, 1).residents,
                f"One machine of {plans.CORES} cores: nginx falls behind the sweeps.",
                "More machines, each with its own nginx, one Redis. Which of them a resident comes to, DNS or a "
                "balancer of TCP connections decides; it is not part of this.",
                "the service yes, the balancer no",
            ),
            Limit(
                readable / plans.WRITERS,
                f"People: {plans.WRITERS:.0%} write, and nobody can read more than {readable:,.0f} comments in "
                f"{plans.MINUTES} minutes. What is beyond, nobody reads.",
                "Nothing technical helps: a committee answers some thirty. Residents have to be led to support what is "
                "there already. The desk is sent everything that waits, which grows to megabytes, and wants paging.",
                "no",
            ),
            Limit(
                voters(costs),
                "Everybody votes all the time: each process casts twice a second, each cast is an entry that all "
                "processes read, and Redis is through with its one core. Casts come more seldom then; decisions wait.",
                "First 20,000 residents on a process (half as many processes read). Then a cast that does not ask "
                "which entry was the last, since the order of casts means nothing; or one process that casts for all.",
                "the first; the others no",
            ),
            Limit(
                solve(lambda residents: plans.redis(costs, residents, votes=False), 1e4, 1e8),
                "Nobody votes, and Redis is through with its core by reads alone: one meeting is one hash slot, so a "
                "Cluster does not help.",
                "A relay on each machine that reads once and hands on; or the wake-up carries the entry itself, so "
                "that only who missed one reads; or reads from replicas (all that writes stays with the primary).",
                "no",
            ),
        ]
    )


def voters(costs: Costs) -> float:
    """Residents with whom Redis is full if everybody votes."""
    return solve(lambda residents: plans.redis(costs, residents, votes=True), 1e4, 1e8)


def of_many(costs: Costs) -> list[Limit]:
    """For many meetings of 200 residents, by meetings."""
    anywhere = solve(lambda meetings: _keeping(costs, meetings, plans.keeping), 100, 1e6)
    redis = solve(lambda meetings: _keeping(costs, meetings, plans.keeping_redis), 100, 1e6)
    return sorted(
        [
            Limit(
                redis,
                "Any process may get any resident, so nearly every meeting is open on every process. Each looks once a "
                "second whether it missed a wake-up, and says every five seconds how many it has. Redis is through "
                "with its core.",
                "A Cluster shares the meetings out among primaries. That does not help with the next line.",
                "yes",
            ),
            Limit(
                anywhere,
                "The same for our processes: a core is full of looking and hearing, while nothing happens.",
                "The balancer sends a meeting's residents to one process: in nginx `hash $meeting consistent`, with "
                "`$meeting` cut out of the path by a `map`. A meeting of more than 20,000 needs `least_conn`, as now.",
                "not in `nginx.conf`",
            ),
            Limit(
                1 / costs.idle_read,
                "With that: one Redis is full of looks at meetings in which nothing happens, once a second each.",
                "A Cluster (`redis+cluster://`). Or fewer looks at quiet meetings.",
                "Cluster yes; fewer looks no",
            ),
        ]
    )


def solve(share: Callable[[float], float], low: float, high: float) -> float:
    """Where a growing share comes to 1."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if share(middle) < 1 else (low, middle)
    return low


def _keeping(costs: Costs, meetings: float, keep: Callable[[Costs, float, int, float], float]) -> float:
    processes = ceil(meetings * AUDIENCE / plans.QUIET_PER_PROCESS)
    return keep(costs, plans.spread(meetings, processes, AUDIENCE), processes, meetings)
