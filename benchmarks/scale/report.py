"""Writes `docs/scale.md` and its plots."""

from pathlib import Path

from benchmarks.machine import ROOT
from benchmarks.results import Results
from benchmarks.scale import answers, limits, model, plans, tables, trials
from benchmarks.scale.costs import Costs, known
from benchmarks.scale.lines import Axis, Points, Series, chart
from benchmarks.scale.model import Case
from benchmarks.scale.simulation import Found
from benchmarks.scale.trials import Trial

HEAD = Path(__file__).parent / "scale.md"


def write(results: Results, folder: Path = ROOT / "docs") -> list[Path]:
    """Writes all files into `folder`; gives their paths."""
    costs, measured = known(results)
    compared = {
        "one": [trials.trial(costs, case, results) for case in trials.ONE],
        "two": [trials.trial(costs, case, results) for case in trials.ON_TWO_CORES],
        "enough": [trials.trial(costs, case, results) for case in trials.ON_CORES_ENOUGH],
    }
    votes = trials.voting(costs)
    parts = {
        "costs": tables.costs(costs, measured),
        "source": tables.source(results, measured),
        **{name: tables.trials(rows) for name, rows in compared.items()},
        "off": tables.off([row for rows in compared.values() for row in rows]),
        "votes": tables.votes(costs, votes),
        "shares": tables.shares(costs),
        "wire": tables.wire(),
        "meeting": answers.meeting(costs),
        "meetings": answers.meetings(costs),
        "storms": answers.storms(costs),
        "storm": tables.storm(costs, results),
        "limits of one": answers.breaks(limits.of_one(costs), "residents"),
        "limits of many": answers.breaks(limits.of_many(costs), "meetings"),
        **answers.figures(costs),
    }
    drawings = {"latency": _latency(costs, compared), "votes": _votes(costs, votes)}
    return _written(folder, parts, drawings)


def _written(folder: Path, parts: dict[str, str], drawings: dict[str, str]) -> list[Path]:
    text = HEAD.read_text()
    for name, part in parts.items():
        text = text.replace(f"{{{{{name}}}}}", part)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    written = [folder / "scale.md", *(folder / "images" / f"scale-{name}.svg" for name in drawings)]
    for path, content in zip(written, [text, *drawings.values()], strict=True):
        path.write_text(content)
    return written


def _latency(costs: Costs, compared: dict[str, list[Trial]]) -> str:
    line: Points = [
        (residents, model.p99(costs, Case(1, residents, 0, trials.RATE, redis=False)) * 1000)
        for residents in trials.CURVE
    ]
    alone = [*compared["one"], *compared["enough"]]
    dots: Points = [(trial.case.residents, trial.simulated) for trial in alone]
    crosses: Points = [(trial.case.residents, trial.measured) for trial in alone if trial.measured]
    highest = max([y for _, y in crosses], default=0)
    top = next(top for top in (200, 400, 1_000, 4_000, 10**9) if highest <= top)
    return chart(
        "From approval to the residents, p99",
        Axis("residents on a process that has a core for itself", (0, 5_000, 10_000, 15_000, 20_000)),
        Axis("milliseconds", tuple(range(0, top + 1, top // 4))),
        [
            Series("the model", "line", line),
            Series("simulated, 1 to 8 processes", "dot", dots),
            Series("measured, 1 process", "cross", crosses),
        ],
    )


def _votes(costs: Costs, votes: list[tuple[Case, Found]]) -> str:
    dots: Points = [(case.processes, found.answers.within(model.P99) * 1000) for case, found in votes]
    return chart(
        "A moderator's decision while everybody votes, p99",
        Axis("processes of one meeting", (0, 40, 80, 120, 160)),
        Axis("milliseconds, logarithmic", (0.1, 1, 10, 100, 1_000), logarithmic=True),
        [Series("simulated", "dot", dots)],
        limit=(model.most_voting(costs, plans.DECISIONS), "the model: Redis is full"),
    )
