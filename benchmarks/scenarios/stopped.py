"""Residents that stop reading, among many that read: what they cost the others, what they cost in memory, and how
soon each has everything once it reads on.
"""

from statistics import mean

from benchmarks.crowd import Crowd, Feed, Window, settle
from benchmarks.machine import resident_kib
from benchmarks.plan import OURS, Figures, Plan, started
from benchmarks.service import RESIDENT, Service

STOPPED = 100
LENGTH = 500
"""Long texts, so that the buffers of those that stopped fill soon …"""

SMALL = 4096
"""… as their receive buffers have so many bytes only."""

FILL, RATE = 100, 50
"""Comments a second while buffers fill, and while the others are measured."""

SECONDS = 4.0


def measure(plan: Plan) -> Figures:
    """One run: all read, some stop, all read again."""
    lines = plan.size(10_000, 1_000) + STOPPED
    comments = round((2 * FILL + 3 * RATE) * SECONDS)
    with started(OURS, comments=comments, length=LENGTH) as (service, folder):
        assert isinstance(service, Service)
        options = ("-k", str(STOPPED), "-b", str(SMALL))
        line, feed = service.feed(folder)
        with Crowd(service.port, RESIDENT, lines, options=options) as crowd, line:
            crowd.open()
            run = _Run(service, crowd, feed, plan.seconds(SECONDS))
            before, grew = run.measure()
            crowd.do("pause")
            during, grew_more = run.measure()
            again = crowd.do("resume 10")
            settle(crowd)
            after = run.window(RATE)
    found = {
        "p99/reading": mean([before.p99, after.p99]),
        "p99/stopped": during.p99,
        "kib": (grew_more - grew) / STOPPED,
        "whole": again["whole"],
        "whole ms": again["seconds"] * 1000,
        "lost": again["lost"] + during.residents["lost"],
    }
    plan.say(
        f"p99 {found['p99/reading']:.0f} ms, with {STOPPED} stopped {found['p99/stopped']:.0f} ms; "
        f"{found['kib']:.0f} KiB each; {found['whole']} whole again within {found['whole ms']:.0f} ms"
    )
    return {OURS: found}


class _Run:
    """One service and its crowd, measured several times in the same way."""

    def __init__(self, service: Service, crowd: Crowd, feed: Feed, seconds: float) -> None:
        self._service, self._crowd, self._feed, self._seconds = service, crowd, feed, seconds

    def measure(self) -> tuple[Window, float]:
        """Fills what fills, then measures; also gives the KiB by which the service grew."""
        before = resident_kib(self._service.pids)
        self.window(FILL)
        measured = self.window(RATE)
        return measured, resident_kib(self._service.pids) - before

    def window(self, rate: float) -> Window:
        """A window in which the same number of comments is approved each time."""
        return self._feed.window([self._crowd], rate, self._seconds)
