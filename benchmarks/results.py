"""What was measured, kept as JSON so that the report can be written again without measuring."""

import json
from statistics import median
from typing import Any, NamedTuple

from benchmarks.machine import ARTEFACTS
from benchmarks.plan import Figures

FILE = ARTEFACTS / "results.json"
QUICK_FILE = ARTEFACTS / "results-quick.json"


class Spread(NamedTuple):
    """A figure over all runs."""

    median: float
    least: float
    most: float


class Results:
    """The runs of each scenario, each with the machine it was measured on."""

    def __init__(self, quick: bool = False) -> None:
        self._file = QUICK_FILE if quick else FILE
        self.quick = quick
        self._kept: dict[str, Any] = json.loads(self._file.read_text()) if self._file.exists() else {}

    def begin(self, scenario: str) -> None:
        """Forgets the scenario's earlier runs."""
        self._kept.pop(scenario, None)

    def add(self, scenario: str, figures: Figures, machine: dict[str, str]) -> None:
        """Keeps one run."""
        kept = self._kept.setdefault(scenario, {"runs": []})
        kept["runs"].append(figures)
        kept["machine"] = machine
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(self._kept, indent=1))

    def runs(self, scenario: str) -> list[Figures]:
        """All runs of a scenario."""
        return list(self._kept.get(scenario, {"runs": []})["runs"])

    def machine(self, scenario: str) -> dict[str, str]:
        """Where its last run was measured."""
        return dict(self._kept.get(scenario, {"machine": {}})["machine"])

    def servers(self, scenario: str) -> list[str]:
        """Those that were measured."""
        return list(dict.fromkeys(server for run in self.runs(scenario) for server in run))

    def spread(self, scenario: str, server: str, figure: str) -> Spread | None:
        """A figure over the runs that have it; None if no run has."""
        values = [run[server][figure] for run in self.runs(scenario) if figure in run.get(server, {})]
        return Spread(median(values), min(values), max(values)) if values else None

    def median(self, scenario: str, server: str, figure: str) -> float | None:
        """The median over the runs."""
        spread = self.spread(scenario, server, figure)
        return spread.median if spread else None

    def quotient(self, scenario: str, one: tuple[str, str], other: tuple[str, str]) -> float | None:
        """The median over the runs of one (server, figure) divided by another of the same run."""
        pairs = [(_of(run, one), _of(run, other)) for run in self.runs(scenario)]
        quotients = [a / b for a, b in pairs if a is not None and b]
        return median(quotients) if quotients else None

    def ratio(self, scenario: str, figure: str, one: str, other: str) -> float | None:
        """The quotient of two servers' figures."""
        return self.quotient(scenario, (one, figure), (other, figure))

    def medians(self, scenario: str) -> Figures:
        """The medians of all figures."""
        names = {
            server: {name for run in self.runs(scenario) for name in run.get(server, {})}
            for server in self.servers(scenario)
        }
        return {
            server: {name: self.median(scenario, server, name) or 0.0 for name in names[server]} for server in names
        }


def _of(run: Figures, which: tuple[str, str]) -> float | None:
    server, figure = which
    return run.get(server, {}).get(figure)
