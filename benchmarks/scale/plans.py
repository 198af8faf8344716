"""What two evenings would take that are larger than can be measured: one meeting of a million, and 5,000 at once."""

from math import ceil
from typing import NamedTuple

from benchmarks.scale import model
from benchmarks.scale.costs import Costs
from benchmarks.scale.model import Case
from livechat.live.redis import EVERY

PER_PROCESS = 10_000
"""Residents of one meeting on one process: p99 stays near 100 ms."""

QUIET_PER_PROCESS = 20_000
"""Residents on a process whose meetings are small: below the 28,000 lines that nginx can have to one port."""

CORES, MEMORY, CARD = 16, 32e9, 10e9 / 8
"""Of a machine; its network card in bytes a second."""

FRAME = 370
"""Bytes of a state frame with one comment of 150 characters, as JSON."""

AROUND = {"websocket": 4, "TLS 1.3 record": 22, "TCP and IPv4": 52, "Ethernet": 38}
"""Bytes around a frame. IPv6 takes 20 more."""

BEAT = 10
"""Seconds between two signs of life."""

DECISIONS = 100 / 60
"""A second: what people can screen (a hundred comments a minute)."""

WRITERS, MINUTES, BUSIEST = 0.02, 90, 5
"""Share of the residents who write a comment; how long a meeting lasts; its busiest minute, times the mean."""

STATE = 600 * 400
"""Bytes of state of a meeting with 600 approved comments."""


class Machines(NamedTuple):
    """What serves an evening. Residents and processes are those of one machine; shares are of one core."""

    machines: int
    processes: int
    residents: int
    nginx: float


def wire() -> int:
    """Bytes on the cable for a frame of one comment."""
    return FRAME + sum(AROUND.values())


def a_line(costs: Costs) -> float:
    """Bytes of memory for a resident: our part, nginx's, and three sockets (one to the browser, two between them)."""
    return costs.memory + costs.nginx_memory + 3 * costs.socket


def for_one(costs: Costs, residents: int) -> Machines:
    """For one meeting: nginx gets as many cores as it takes not to fall behind a sweep, one core is the kernel's."""
    nginx = costs.nginx_frame / costs.frame
    processes = int((CORES - 1) / (1 + nginx))
    return Machines(ceil(residents / PER_PROCESS / processes), processes, processes * PER_PROCESS, processes * nginx)


def for_many(costs: Costs, residents: int, within: float = 10) -> Machines:
    """For many small ones: memory decides, and that all who are dropped are back within so many seconds."""
    by_memory = 0.8 * MEMORY / a_line(costs)
    by_storm = within * CORES / (costs.nginx_opening + costs.opening)
    machines = ceil(residents / min(by_memory, by_storm))
    each = ceil(residents / machines)
    return Machines(machines, ceil(each / QUIET_PER_PROCESS), each, CORES - ceil(each / QUIET_PER_PROCESS))


def frames(costs: Costs, votes: bool = True) -> float:
    """State frames a resident gets in a second at the busiest: decisions, and tallies once a second."""
    return model.frames(costs, Case(1, PER_PROCESS, 0, DECISIONS + votes))


def submissions(residents: float) -> float:
    """Comments sent in a second in the busiest minute."""
    return residents * WRITERS / MINUTES / 60 * BUSIEST


def redis(costs: Costs, residents: float, votes: bool, each: int = PER_PROCESS) -> float:
    """Share of a core that Redis needs for one meeting in its busiest minute; `each` residents are on a process."""
    processes = ceil(residents / each)
    texts = submissions(residents) * (model.an_entry(costs, processes) + costs.words_read * processes)
    return model.redis(costs, Case(processes, 0, 0, DECISIONS, voting=votes)) + texts


def spread(meetings: float, processes: int, each: int) -> float:
    """Meetings open on a process, if the residents of each (so many) go to any process."""
    return meetings * (1 - (1 - 1 / processes) ** each)


def keeping(costs: Costs, opened: float, processes: int, meetings: float) -> float:
    """Share of a core that a process needs for meetings in which nothing happens: it looks, says, and hears."""
    holders = opened * processes / meetings
    return opened * (costs.idle_look + costs.said / EVERY + (holders - 1) * costs.heard / EVERY)


def keeping_redis(costs: Costs, opened: float, processes: int, meetings: float) -> float:
    """The same for Redis, in all."""
    holders = opened * processes / meetings
    return opened * processes * (costs.idle_read + (holders - 1) * costs.heard_by_redis / EVERY)
