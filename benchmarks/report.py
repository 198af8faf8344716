"""Writes `docs/performance.md` and its plots from the results."""

from pathlib import Path

from benchmarks import tables
from benchmarks.bars import BARS
from benchmarks.machine import ARTEFACTS, ROOT
from benchmarks.plan import OURS
from benchmarks.plots import Bar, chart
from benchmarks.results import Results
from benchmarks.scenarios import SCENARIOS
from benchmarks.scenarios.flush import SIZES

HEAD = Path(__file__).parent / "performance.md"


def write(results: Results) -> list[Path]:
    """Writes all files; gives their paths. Quick results are written beside them, not into `docs/`."""
    folder = ARTEFACTS / "quick" if results.quick else ROOT / "docs"
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    drawn = {name: drawing for name, drawing in _plots(results).items() if drawing}
    written = [folder / "performance.md"]
    written[0].write_text(_document(results, set(drawn)))
    for name, drawing in drawn.items():
        written.append(images / f"performance-{name}.svg")
        written[-1].write_text(drawing)
    return written


def _document(results: Results, plots: set[str]) -> str:
    """`benchmarks/performance.md` with its marks filled in: `{{bars}}`, `{{machine}}`, scenarios' names."""
    text = HEAD.read_text()
    text = text.replace("{{bars}}", _bars(results)).replace("{{machine}}", _machine(results))
    text = text.replace("{{runs}}", _runs(results)).replace("{{quick}}", QUICK if results.quick else "")
    for name in SCENARIOS:
        table = tables.TABLES[name](results) if results.runs(name) else "Not measured."
        text = text.replace(f"{{{{{name}}}}}", table)
    for name in ("frames", "latency", "storm", "memory"):
        image = f"![{ALTERNATIVES[name]}](images/performance-{name}.svg)" if name in plots else ""
        text = text.replace(f"{{{{plot {name}}}}}", image)
    return text


QUICK = "**A quick look, with a tenth of the residents and short windows: that everything works, and no more.**\n\n"

ALTERNATIVES = {
    "frames": "Frames sent in a second by one core, for each server; the figures stand in the table below",
    "latency": "Time until an approved comment is with all residents, ours and plain coalescing; figures below",
    "storm": "Time until 10,000 that were dropped at once are all back, for each server; figures below",
    "memory": "Memory for each idle connection, for each server; figures in the table above",
}


def _bars(results: Results) -> str:
    words = {True: "**met**", False: "not met", None: "not measured"}
    rows = [[bar.what, bar.value(results), bar.bound(), words[bar.met(results)]] for bar in BARS]
    return tables.table(["what", "measured", "asked", ""], rows)


def _machine(results: Results) -> str:
    rows = []
    machines = {name: results.machine(name) for name in SCENARIOS if results.runs(name)}
    for what in dict.fromkeys(what for machine in machines.values() for what in machine):
        said = dict.fromkeys(machine.get(what, "–") for machine in machines.values())
        rows.append([what, "; ".join(said)])
    return tables.table(["", ""], rows)


def _runs(results: Results) -> str:
    counts = {len(results.runs(name)) for name in SCENARIOS if results.runs(name)} or {0}
    return f"{min(counts)} times" if len(counts) == 1 else f"{min(counts)} to {max(counts)} times"


def _plots(results: Results) -> dict[str, str]:
    every = "thin line: least to most of the runs"
    return {
        "frames": _chart(
            results,
            "Frames sent in a second by one core",
            f"10,000 residents, one frame for each event, p99 below 250 ms; {every}",
            "frames",
            "frames",
            "{:,.0f}",
            more=True,
        ),
        "memory": _chart(results, "Memory for each idle connection, KiB", every, "frames", "kib", "{:.1f}"),
        "storm": _chart(
            results,
            "10,000 dropped at once: seconds until all are back",
            f"20 KB of state for each; {every}",
            "storm",
            "took/0",
            "{:.2f}",
        ),
        "latency": _latency(results, every),
    }


def _chart(results: Results, title: str, under: str, scenario: str, figure: str, shown: str, more: bool = False) -> str:
    bars = [
        bar
        for server in results.servers(scenario)
        if (bar := _bar(results, scenario, server, figure, tables.name(server)))
    ]
    return chart(title, under, sorted(bars, key=lambda bar: bar.value, reverse=more), shown) if bars else ""


def _latency(results: Results, every: str) -> str:
    bars = []
    for lines, rates in SIZES.items():
        for rate in rates:
            group = f"{lines:,}, {rate}/s"
            for server in (OURS, "coalescing"):
                label = "ours" if server == OURS else "coalescing"
                bar = _bar(results, "flush", server, f"p99/{lines}/{rate}", label, group)
                bars += [bar] if bar else []
    title = "Milliseconds from approval to all residents, p99"
    return chart(title, f"by residents and comments a second; {every}", bars) if bars else ""


def _bar(results: Results, scenario: str, server: str, figure: str, label: str, group: str = "") -> Bar | None:
    spread = results.spread(scenario, server, figure)
    return Bar(label, *spread, ours=server in tables.OUR_NAMES, group=group) if spread else None
