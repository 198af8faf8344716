"""How many frames a second one core sends, one frame for each event: the highest pace with p99 below 250 ms."""

from benchmarks.crowd import Crowd, Feed, Window, settle
from benchmarks.machine import cpu_seconds, resident_kib
from benchmarks.plan import OURS, Figures, Plan, started
from benchmarks.rivals import Running
from benchmarks.service import Service

SERVERS = ("uws", "picows", "floor", OURS, "nchan", "ws", "websockets", "naive")

LIMIT = 250
"""Milliseconds that p99 must stay below."""

MERGED = 0.95
"""Frames for each event, at least: who gathers several into one is not compared here."""

GUESS = {"naive": 20_000.0, "websockets": 45_000.0}
"""Frames a second to begin the search at; 60,000 for the others."""

STEP = 1.25
CLOSE = 1.08
"""The search ends when the pace that failed is so near to the one that passed. Later runs begin where the earlier
ended, and go in such steps from there."""


def measure(plan: Plan) -> Figures:
    """One run over all servers."""
    return {name: _one(name, plan) for name in plan.servers(*SERVERS)}


def _one(name: str, plan: Plan) -> dict[str, float]:
    lines = plan.size(10_000, 1_000)
    with started(name, comments=1_500) as (server, folder):
        empty = resident_kib(server.pids)
        with server.crowd(lines) as crowd:
            opened = crowd.open()
            crowd.do("idle 1")
            held = resident_kib(server.pids)
            line, feed = server.feed(folder)
            with line:
                found = _Search(server, crowd, feed, plan).run(plan.before.get(name, {}).get("frames", 0), name)
    found |= {"kib": (held - empty) / lines, "opened": opened["per_second"]}
    plan.say(f"{name}: {found['frames']:,.0f} frames/s, p99 {found['p99']:.0f} ms, {found['us']:.1f} µs each")
    return found


class _Search:
    """The search for the highest pace that a server keeps."""

    def __init__(self, server: Service | Running, crowd: Crowd, feed: Feed, plan: Plan) -> None:
        self._server = server
        self._crowd = crowd
        self._feed = feed
        self._seconds = plan.seconds(2)
        self._tries = plan.size(7, 3)

    def run(self, before: float, name: str) -> dict[str, float]:
        """What was measured at the highest pace kept; no frames if none was."""
        pace, step = (before / CLOSE, CLOSE) if before else (GUESS.get(name, 60_000.0), STEP)
        best, failed = {"frames": 0.0, "p99": float("inf"), "us": float("inf")}, 0.0
        for _ in range(self._tries):
            window, cost = self._try(pace)
            if _good(window):
                best = {"frames": pace, "p99": window.p99, "us": cost, **_sides(window)}
            else:
                failed = pace
                settle(self._crowd)
            if failed and failed <= CLOSE * 1.001 * best["frames"]:
                break
            pace = _next(best["frames"], failed, step)
        return best

    def _try(self, pace: float) -> tuple[Window, float]:
        """The window at so many frames a second, and the server's microseconds for each."""
        before = cpu_seconds(self._server.pids)
        window = self._feed.window([self._crowd], pace / self._crowd.lines, self._seconds)
        cost = (cpu_seconds(self._server.pids) - before) * 1e6
        return window, cost / max(1, window.residents["frames"])


def _next(best: float, failed: float, step: float) -> float:
    if not failed:
        return best * step
    return (best + failed) / 2 if best else failed / step


def _good(window: Window) -> bool:
    heard = window.residents
    return window.p99 < LIMIT and not heard["lost"] and heard["frames"] >= MERGED * heard["events"]


def _sides(window: Window) -> dict[str, float]:
    heard = window.residents
    return {"bytes": heard["bytes"] / max(1, heard["frames"]), "load": heard["cpu"]}
