"""What is asked of the service, and whether it was measured. Ratios are taken within each run, then their median."""

from collections.abc import Callable
from typing import NamedTuple

from benchmarks.plan import OURS, RESTLESS
from benchmarks.results import Results
from benchmarks.scenarios import processes
from benchmarks.scenarios.flush import SIZES

MS, SECONDS, KIB, TIMES, COUNT = "{:,.0f} ms", "{:.1f} s", "{:.1f} KiB", "{:.2f} ×", "{:,.0f}"

Measured = Callable[[Results], float | None]


class Bar(NamedTuple):
    """`measured` must be at most or at least `limit`; `shown` says how both are written."""

    scenario: str
    what: str
    measured: Measured
    limit: float
    shown: str = MS
    at_least: bool = False

    def met(self, results: Results) -> bool | None:
        """Whether it is met; None if it was not measured."""
        value = self.measured(results)
        if value is None:
            return None
        return value >= self.limit if self.at_least else value <= self.limit

    def bound(self) -> str:
        """The limit in words."""
        return ("≥ " if self.at_least else "≤ ") + self.shown.format(self.limit)

    def value(self, results: Results) -> str:
        """What was measured, in words."""
        value = self.measured(results)
        return "–" if value is None else self.shown.format(value)


def _ours(scenario: str, *figures: str) -> Measured:
    """The largest of the medians of these figures."""

    def worst(results: Results) -> float | None:
        values = [results.median(scenario, OURS, figure) for figure in figures]
        return max((value for value in values if value is not None), default=None)

    return worst


def _ratio(scenario: str, other: str, *figures: str) -> Measured:
    """The largest of the ratios of ours to another."""

    def worst(results: Results) -> float | None:
        ratios = [results.ratio(scenario, figure, OURS, other) for figure in figures]
        return max((ratio for ratio in ratios if ratio is not None), default=None)

    return worst


def _frames_of(other: str) -> Measured:
    return lambda results: results.ratio("frames", "frames", RESTLESS, other)


def _within(scenario: str, one: str, other: str) -> Measured:
    """The ratio of two figures of ours."""
    return lambda results: results.quotient(scenario, (OURS, one), (OURS, other))


def _at(lines: int, *whats: str) -> tuple[str, ...]:
    return tuple(f"{what}/{lines}/{rate}" for what in whats for rate in SIZES[lines])


# The load program and Valkey take a seventh of the second core: a tenth more for p99 is still "the same" (1.1 below).
ONE, TWO = (f"p99/{count}/{lines}" for count, lines in processes.CASES[:2])

BARS = [
    Bar(
        "frames",
        "frames/s to 10,000, one an event: share of the C floor",
        _frames_of("floor"),
        0.75,
        TIMES,
        at_least=True,
    ),
    Bar("frames", "… of nginx with nchan", _frames_of("nchan"), 0.9, TIMES, at_least=True),
    Bar("frames", "… of node with ws", _frames_of("ws"), 1.4, TIMES, at_least=True),
    Bar(
        "flush",
        "p99 approval → 10,000 residents, 20–100 comments/s: share of plain coalescing",
        _ratio("flush", "coalescing", *_at(10_000, "p99")),
        1 / 3,
        TIMES,
    ),
    Bar("flush", "… in milliseconds (aim)", _ours("flush", *_at(10_000, "p99")), 150),
    Bar("flush", "p99 approval → 5,000 residents", _ours("flush", *_at(5_000, "p99")), 100),
    Bar("flush", "p99 approval → 1,000 residents", _ours("flush", *_at(1_000, "p99")), 30),
    Bar(
        "flush",
        "most comments delivered/s to 10,000, p99 below 250 ms",
        _ours("flush", "most"),
        2e6,
        COUNT,
        at_least=True,
    ),
    Bar(
        "flush",
        "p99 approval → desk, chair, display while 10,000 are sent to",
        _ours("flush", *_at(10_000, "desk", "chair", "display")),
        50,
    ),
    Bar("idle", "idle residents on one process, all held", _ours("idle", "held"), 19_500, COUNT, at_least=True),
    Bar("idle", "memory for each", _ours("idle", "kib"), 16, KIB),
    Bar("idle", "… aim", _ours("idle", "kib"), 12, KIB),
    Bar("idle", "lines opened/s, with the first state", _ours("idle", "opened"), 3_000, COUNT, at_least=True),
    Bar("storm", "10,000 dropped at once, all back with 20 KB each", _ours("storm", "took/0"), 4, SECONDS),
    Bar("storm", "… that failed", _ours("storm", "failed"), 0, COUNT),
    Bar("storm", "… p99 for each, spread as our pages spread themselves", _ours("storm", "p99/1"), 1_000),
    Bar(
        "storm", "… a moderator's slowest answer meanwhile", _ours("storm", "slowest answer/0", "slowest answer/1"), 100
    ),
    Bar(
        "stopped",
        "100 stop reading: the others' p99, to that without",
        _within("stopped", "p99/stopped", "p99/reading"),
        1.1,
        TIMES,
    ),
    Bar("stopped", "… memory for each that stopped", _ours("stopped", "kib"), 64, KIB),
    Bar("stopped", "… all of them whole again after", _ours("stopped", "whole ms"), 1_000),
    Bar(
        "ballots",
        "2,000 ballots/s for 30 s, 10,000 residents: p99 until a comment is acknowledged",
        _ours("ballots", "acknowledged"),
        250,
    ),
    Bar(
        "processes",
        "two processes with 16,000: p99, to that of one with 10,000",
        _within("processes", TWO, ONE),
        1.1,
        TIMES,
    ),
]
