"""What is measured, one scenario a module: `measure(plan)` does one run over all its servers, one after the other.

Several runs are thereby interleaved, and a slow minute of the machine falls on all alike.
"""

from collections.abc import Callable

from benchmarks.plan import Figures, Plan
from benchmarks.scenarios import ballots, flush, fold, frames, idle, processes, stopped, storm, way

SCENARIOS: dict[str, Callable[[Plan], Figures]] = {
    "way": way.measure,
    "frames": frames.measure,
    "flush": flush.measure,
    "idle": idle.measure,
    "storm": storm.measure,
    "stopped": stopped.measure,
    "ballots": ballots.measure,
    "processes": processes.measure,
    "fold": fold.measure,
}
"""In the order of a whole run."""
