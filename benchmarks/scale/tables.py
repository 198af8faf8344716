"""The tables and the figures of the text."""

from benchmarks.plan import OURS
from benchmarks.results import Results
from benchmarks.scale import model, plans
from benchmarks.scale import trials as run
from benchmarks.scale.costs import FRAMES, IDLE, ONCE, ROWS, Costs
from benchmarks.scale.model import Case
from benchmarks.scale.simulation import Found
from benchmarks.scale.trials import Trial
from benchmarks.tables import table


def costs(costs: Costs, measured: frozenset[str]) -> str:
    """What one of everything costs, and how that is known."""
    rows = []
    for row in ROWS:
        value = row.shown.format(getattr(costs, row.name) / row.unit)
        source = row.source
        if source in (FRAMES, IDLE, ONCE) and row.name not in measured:
            source += ", by default"
        rows.append([row.what, value, source])
    return table(["one of these", "costs", "known from"], rows)


def source(results: Results, measured: frozenset[str]) -> str:
    """Where the costs come from, in a sentence."""
    if not measured:
        return (
            "Nothing had been measured anew when this was written: all costs are the defaults, from 24 November 2026,\n"
            "on two virtual cores of an AMD EPYC, Linux 6.18."
        )
    said = {results.machine(name).get("Date", "–") for name in ("frames", "idle") if results.runs(name)}
    when = f" (`make bench`: {', '.join(sorted(said))})" if said else ""
    return f"Measured on this machine{when}, but where it says “by default”."


def trials(rows: list[Trial]) -> str:
    """The model beside the simulation and what was measured."""
    lines = []
    for row in rows:
        case, cores = row.case, row.case.cores or "enough"
        lines.append(
            [
                f"{case.processes} × {case.residents:,} residents, {case.rate:g}/s, {cores} cores",
                f"{row.model:.0f}",
                f"{row.simulated:.0f}",
                f"{row.off:+.0%}",
                "–" if row.measured is None else f"{row.measured:.0f}",
                "–" if row.off_measured is None else f"{row.off_measured:+.0%}",
            ]
        )
    return table(["p99, ms", "model", "simulated", "model to that", "measured", "model to that"], lines)


def off(rows: list[Trial]) -> str:
    """How far they are apart, in a sentence."""
    worst = max(rows, key=lambda row: abs(row.off))
    told = f"Model and simulation differ by {abs(worst.off):.0%} at most (the tests allow {run.TOLERANCE:.0%})."
    measured = [row.off_measured for row in rows if row.off_measured is not None]
    if measured:
        ends = dict.fromkeys(f"{value:+.0%}" for value in (min(measured), max(measured)))
        told += f" The model lies {' to '.join(ends)} from what was measured."
    return told


def votes(costs: Costs, rows: list[tuple[Case, Found]]) -> str:
    """Processes that all have ballots to cast."""
    lines = []
    for case, found in rows:
        lines.append(
            [
                f"{case.processes}",
                f"{model.casts(case):.0f}",
                f"{found.entries:.0f}",
                f"{model.redis(costs, case):.0%}",
                f"{found.redis:.0%}",
                f"{found.answers.within(0.5) * 1000:.1f}",
                f"{found.answers.within(model.P99) * 1000:.1f}",
            ]
        )
    head = ["processes", "casts/s asked for", "entries/s", "Redis, model", "simulated", "decision p50, ms", "p99"]
    return table(head, lines)


def shares(costs: Costs) -> str:
    """What a process is busy with."""
    at = plans.PER_PROCESS
    lines = []
    for what, rate in (("100 decisions a minute, votes", plans.DECISIONS + 1), ("20 decisions a second", 20.0)):
        written = model.frames(costs, Case(1, at, 0, rate)) * at
        beats, entry = at / plans.BEAT * 2 * costs.frame, (rate * (2 * costs.look + costs.words + costs.fold))
        lines.append([what, *(f"{share:.0%}" for share in (written * costs.frame, beats, entry))])
    return table([f"share of a core, {at:,} residents", "frames", "signs of life", "following the log"], lines)


def wire() -> str:
    """A frame on the cable, in words."""
    around = ", ".join(f"{what} {size}" for what, size in plans.AROUND.items())
    return f"{plans.FRAME} bytes, and around it {around}: {plans.wire()} bytes on the cable"


def storm(costs: Costs, results: Results) -> str:
    """What the model says of a storm, and what was measured, in a sentence."""
    took = model.storm(costs, plans.PER_PROCESS)
    told = f"10,000 who come to one process in the same instant are back after {took:.1f} s, says the model"
    measured = results.median("storm", OURS, "took/0")
    if measured is None:
        return f"{told}; nothing was measured for this page."
    return f"{told}; `make bench` measured {measured:.1f} s, with 20 kB of state for each, which the model leaves out."
