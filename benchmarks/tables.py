"""The tables of the report, one for each scenario."""

from collections.abc import Callable

from benchmarks.plan import OURS, RESTLESS
from benchmarks.results import Results, Spread
from benchmarks.rivals import BY_NAME
from benchmarks.scenarios import fold, processes
from benchmarks.scenarios.flush import SIZES

OUR_NAMES = {OURS: "livechat", RESTLESS: "livechat without its rest"}

BUSY = 0.9
"""Share of a core from which the load program is itself the limit."""


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, all columns but the first to the right."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def name(server: str) -> str:
    """What a server is called in the report."""
    return OUR_NAMES.get(server) or BY_NAME[server].about


def figure(spread: Spread | None, shown: str = "{:,.0f}") -> str:
    """The median, and the least and the most of the runs."""
    if spread is None:
        return "–"
    ends = f"{shown.format(spread.least)}–{shown.format(spread.most)}"
    return f"{shown.format(spread.median)} ({ends})" if spread.least != spread.most else shown.format(spread.median)


def _frames(results: Results) -> str:
    rows = []
    by_frames = sorted(results.servers("frames"), key=lambda server: -(results.median("frames", server, "frames") or 0))
    for server in by_frames:
        ratio = results.ratio("frames", "frames", server, "floor")
        load = results.median("frames", server, "load") or 0
        rows.append(
            [
                _strong(server),
                ("≥ " if load >= BUSY else "") + figure(results.spread("frames", server, "frames")),
                "–" if ratio is None else f"{ratio:.2f}",
                figure(results.spread("frames", server, "p99")),
                figure(results.spread("frames", server, "us"), "{:.1f}"),
                f"{load:.0%}",
                figure(results.spread("frames", server, "opened")),
                figure(results.spread("frames", server, "kib"), "{:.1f}"),
            ]
        )
    head = [
        "server",
        "frames/s",
        "of the floor",
        "p99, ms",
        "CPU µs a frame",
        "load program",
        "lines opened/s",
        "KiB a line",
    ]
    return table(head, rows)


def _flush(results: Results) -> str:
    rows = []
    for lines, rates in SIZES.items():
        for rate in rates:
            at = f"{lines}/{rate}"
            ratio = results.ratio("flush", f"p99/{at}", OURS, "coalescing")
            staff = [results.spread("flush", OURS, f"{who}/{at}") for who in ("desk", "chair", "display")]
            rows.append(
                [
                    f"{lines:,} residents, {rate}/s",
                    figure(results.spread("flush", OURS, f"p99/{at}")),
                    figure(results.spread("flush", "coalescing", f"p99/{at}")),
                    "–" if ratio is None else f"{ratio:.2f}",
                    *(figure(one) for one in staff),
                ]
            )
    head = ["", "livechat", "plain coalescing", "ratio", "desk", "chair", "display"]
    most = figure(results.spread("flush", OURS, "most"))
    return (
        f"{table(head, rows)}\n\nMost comments delivered in a second to 10,000 residents with p99 below 250 ms: {most}."
    )


def _storm(results: Results) -> str:
    columns = {
        "at once: all back, s": ("took/0", "{:.2f}"),
        "p99, ms": ("p99/0", "{:,.0f}"),
        "spread: all back, s": ("took/1", "{:.2f}"),
        "spread: p99, ms": ("p99/1", "{:,.0f}"),
        "failed": ("failed", "{:,.0f}"),
        "slowest answer, at once": ("slowest answer/0", "{:,.0f}"),
        "slowest answer, spread": ("slowest answer/1", "{:,.0f}"),
    }
    servers = sorted(results.servers("storm"), key=lambda server: results.median("storm", server, "took/0") or 0)
    rows = [
        [_strong(server), *(figure(results.spread("storm", server, key), shown) for key, shown in columns.values())]
        for server in servers
    ]
    return table(["server", *columns], rows)


def _way(results: Results) -> str:
    whats = ["acknowledged", "on the desk", "decided", "on the display", "with all residents"]
    rows = [
        [what, *(figure(results.spread("way", OURS, f"{what}/{share}"), "{:.1f}") for share in ("p50", "p99", "max"))]
        for what in whats
    ]
    return table(["milliseconds", "p50", "p99", "worst"], rows)


def _idle(results: Results) -> str:
    return _ours(
        results,
        "idle",
        {
            "residents asked to join": ("lines", "{:,.0f}"),
            "held to the end": ("held", "{:,.0f}"),
            "memory for each, KiB": ("kib", "{:.1f}"),
            "opened in a second, with the first state": ("opened", "{:,.0f}"),
        },
    )


def _stopped(results: Results) -> str:
    return _ours(
        results,
        "stopped",
        {
            "p99 when all read, ms": ("p99/reading", "{:,.0f}"),
            "p99 of the others when 100 have stopped, ms": ("p99/stopped", "{:,.0f}"),
            "memory for each that stopped, KiB": ("kib", "{:,.0f}"),
            "whole again of 100": ("whole", "{:,.0f}"),
            "… after, ms": ("whole ms", "{:,.0f}"),
            "lines lost": ("lost", "{:,.0f}"),
        },
    )


def _ballots(results: Results) -> str:
    return _ours(
        results,
        "ballots",
        {
            "ballots cast": ("cast", "{:,.0f}"),
            "… counted and acknowledged": ("counted", "{:,.0f}"),
            "… p99 until acknowledged, ms": ("a ballot", "{:,.0f}"),
            "p99 until a comment is acknowledged, ms": ("acknowledged", "{:,.0f}"),
            "comments that got no answer, or a no": ("unanswered", "{:,.0f}"),
        },
    )


def _fold(results: Results) -> str:
    return fold.PRINTED.read_text().strip() if fold.PRINTED.exists() else "Not measured."


def _processes(results: Results) -> str:
    rows = []
    for count, lines in processes.CASES:
        spreads = [results.spread("processes", OURS, f"{what}/{count}/{lines}") for what in ("p99", "load")]
        rows.append([f"{count}, {lines:,} residents", figure(spreads[0]), figure(spreads[1], "{:.0%}")])
    return table(["processes", "p99, ms", "load program and Valkey, of a core"], rows)


def _ours(results: Results, scenario: str, figures: dict[str, tuple[str, str]]) -> str:
    rows = [[what, figure(results.spread(scenario, OURS, key), shown)] for what, (key, shown) in figures.items()]
    return table(["", ""], rows)


def _strong(server: str) -> str:
    return f"**{name(server)}**" if server in OUR_NAMES else name(server)


TABLES: dict[str, Callable[[Results], str]] = {
    "way": _way,
    "frames": _frames,
    "flush": _flush,
    "idle": _idle,
    "storm": _storm,
    "stopped": _stopped,
    "ballots": _ballots,
    "processes": _processes,
    "fold": _fold,
}
