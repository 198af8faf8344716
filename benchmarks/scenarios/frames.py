"""How many frames a second one core sends, one frame for each event: the highest pace with p99 below 250 ms."""

from benchmarks.crowd import Crowd, Feed, Window, settle
from benchmarks.machine import cpu_seconds, resident_kib
from benchmarks.plan import OURS, RESTLESS, Figures, Plan, started
from benchmarks.rivals import Running
from benchmarks.service import Service

SERVERS = ("uws", "picows", "floor", RESTLESS, OURS, "nchan", "ws", "websockets", "naive")

LIMIT = 250
"""Milliseconds that p99 must stay below."""

GATHERED = 0.9
"""Frames for each event, at least: who gathers more than that into one is not compared here."""

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
    plan.say(f"{name}: {found['frames']:,.0f} frames/s")
    return found


class _Search:
    """The search for the highest pace that a server keeps."""

    def __init__(self, server: Service | Running, crowd: Crowd, feed: Feed, plan: Plan) -> None:
        self._server = server
        self._crowd = crowd
        self._feed = feed
        self._seconds = plan.seconds(2)
        self._tries = plan.size(4 if plan.before else 7, 3)

    def run(self, before: float, name: str) -> dict[str, float]:
        """What was measured at the highest pace kept; no frames if none was."""
        pace, up = (before / CLOSE, CLOSE) if before else (GUESS.get(name, 60_000.0), STEP)
        best, failed = {"frames": 0.0}, 0.0
        for _ in range(self._tries):
            # A hiccup of the machine is not the server's limit: what fails is tried once more.
            found = self._try(pace) or self._try(pace)
            if found:
                best = found
            else:
                failed = pace
            if failed and failed <= CLOSE * 1.001 * best["frames"]:
                break
            pace = _next(best["frames"], failed, up)
        return best

    def _try(self, pace: float) -> dict[str, float] | None:
        """What was measured at so many frames a second; None if the server did not keep that pace."""
        before = cpu_seconds(self._server.pids)
        window = self._feed.window([self._crowd], pace / self._crowd.lines, self._seconds)
        cost = (cpu_seconds(self._server.pids) - before) * 1e6
        if not _good(window):
            settle(self._crowd)
            return None
        heard = window.residents
        return {
            "frames": pace,
            "p99": window.p99,
            "us": cost / heard["frames"],
            "bytes": heard["bytes"] / heard["frames"],
            "load": heard["cpu"],
        }


def _next(best: float, failed: float, up: float) -> float:
    if not failed:
        return best * up
    return (best + failed) / 2 if best else failed / STEP


def _good(window: Window) -> bool:
    heard = window.residents
    return window.p99 < LIMIT and heard["frames"] >= GATHERED * heard["events"]
