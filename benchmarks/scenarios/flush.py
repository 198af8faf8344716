"""How soon an approved comment is everywhere, and how many can be delivered, while all residents are sent to.

Ours against plain coalescing: Starlette's own sends in a loop, with all of 50 ms in one text.
"""

from contextlib import ExitStack

from benchmarks.crowd import FEWEST, Crowd, Window, settle
from benchmarks.plan import OURS, Figures, Plan, started
from benchmarks.rivals import Running
from benchmarks.service import Service

SERVERS = (OURS, "coalescing")

SIZES = {10_000: (20, 50, 100), 5_000: (20, 100), 1_000: (20, 100)}
"""Residents, and comments a second for which the time to the residents is measured."""

QUICK = {1_000: (20, 100), 500: (20,)}

MOST = 10_000
"""Residents for which the most comments delivered are sought."""

LADDER = (150, 200, 250, 300, 400, 500)
"""Comments a second, one after the other, until p99 is above the limit."""

LIMIT = 250
SECONDS = {10_000: 4.0, 5_000: 3.0, 1_000: 3.0, 500: 1.0}


def measure(plan: Plan) -> Figures:
    """One run over all sizes and servers."""
    figures: Figures = {}
    for lines, rates in (QUICK if plan.quick else SIZES).items():
        for name in plan.servers(*SERVERS):
            figures.setdefault(name, {}).update(_one(name, lines, rates, plan))
    return figures


def _one(name: str, lines: int, rates: tuple[int, ...], plan: Plan) -> dict[str, float]:
    ladder = LADDER if name == OURS and lines == MOST else ()
    seconds = plan.seconds(SECONDS[lines])
    comments = round((sum(rates) + sum(ladder) / 2) * seconds) + FEWEST * len((*rates, *ladder))
    found: dict[str, float] = {}
    with ExitStack() as stack:
        server, folder = stack.enter_context(started(name, comments=comments))
        crowds = [stack.enter_context(server.crowd(lines)), *_room(server, stack)]
        for crowd in crowds:
            crowd.open()
        line, feed = server.feed(folder)
        stack.enter_context(line)
        for rate in rates:
            window = feed.window(crowds, rate, seconds)
            found |= {f"{what}/{lines}/{rate}": ms for what, ms in _times(window).items()}
            plan.say(f"{name}, {lines:,} residents, {rate} comments/s: p99 {window.p99:.0f} ms")
            if window.p99 < LIMIT:
                found["most"] = rate * lines
            settle(crowds[0])
        for rate in ladder:
            window = feed.window(crowds, rate, seconds / 2)
            if window.p99 >= LIMIT:
                break
            found["most"] = rate * lines
    if not ladder:
        found.pop("most", None)
    return found


def _room(server: Service | Running, stack: ExitStack) -> list[Crowd]:
    if isinstance(server, Running):
        return []
    return [stack.enter_context(server.staff(role)) for role in ("chair", "display")]


def _times(window: Window) -> dict[str, float]:
    """p99 in milliseconds: to the residents and, in ours, to those in the room."""
    heard = window.residents
    found = {"p99": window.p99, "p50": heard["latency"]["p50"], "per event": heard["frames"] / max(1, heard["events"])}
    if len(window.heard) > 1:
        found |= {
            "desk": window.published["latency"]["p99"],
            "answer": window.published["answers"]["p99"],
            "chair": window.heard[1]["latency"]["p99"],
            "display": window.heard[2]["latency"]["p99"],
        }
    return found
