"""What is simulated for the record, and what of it was measured."""

from typing import NamedTuple

from benchmarks.plan import OURS
from benchmarks.results import Results
from benchmarks.scale import model
from benchmarks.scale.costs import Costs
from benchmarks.scale.model import Case
from benchmarks.scale.simulation import Found, simulate

RATE = 20

ONE = [Case(1, residents, 0, rate, redis=False) for residents in (1_000, 5_000, 10_000) for rate in (RATE, 100)]
"""One process with SQLite, as the scenario `flush` measures it."""

ON_TWO_CORES = [
    Case(1, 10_000, 2, RATE),
    Case(2, 8_000, 2, RATE),
    Case(2, 9_500, 2, RATE),
    Case(4, 5_000, 2, RATE),
    Case(8, 2_500, 2, RATE),
]
"""With Redis on the same two cores; the first three as the scenario `processes` measures them."""

ON_CORES_ENOUGH = [Case(processes, 10_000, 0, RATE) for processes in (1, 2, 4, 8)]

VOTING = [Case(processes, 0, 0, 5, voting=True) for processes in (8, 32, 64, 96, 128, 160)]
"""Everybody votes, and one moderator decides."""

CURVE = (500, 1_000, 2_000, 3_000, 5_000, 7_500, 10_000, 12_500, 15_000, 17_500, 20_000)
"""Residents on a process for which the model's line is drawn."""

TOLERANCE = 0.15
"""By how much model and simulation may differ; a test holds them to it."""

SEEN = {Case(1, 10_000, 0, RATE, redis=False): 109.0}
"""Milliseconds, measured when the cohorts were chosen (`livechat/fanout.py`): what there is without results."""


class Trial(NamedTuple):
    """Milliseconds at p99, in the model, as simulated, and as measured, if it was."""

    case: Case
    model: float
    simulated: float
    measured: float | None

    @property
    def off(self) -> float:
        """How far the model is from the simulation, as a share of that."""
        return self.model / self.simulated - 1

    @property
    def off_measured(self) -> float | None:
        """How far the model is from what was measured."""
        return self.model / self.measured - 1 if self.measured else None


def trial(costs: Costs, case: Case, results: Results) -> Trial:
    """One case, with a fixed seed."""
    simulated = simulate(costs, case).residents.within(model.P99)
    return Trial(case, model.p99(costs, case) * 1000, simulated * 1000, _measured(case, results))


def voting(costs: Costs) -> list[tuple[Case, Found]]:
    """The cases in which everybody votes."""
    return [(case, simulate(costs, case, seconds=3)) for case in VOTING]


def _measured(case: Case, results: Results) -> float | None:
    if case in ONE:
        found = results.median("flush", OURS, f"p99/{case.residents}/{case.rate}")
    elif case in ON_TWO_CORES:
        found = results.median("processes", OURS, f"p99/{case.processes}/{case.processes * case.residents}")
    else:
        return None
    return SEEN.get(case) if found is None else found
