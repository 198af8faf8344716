"""All residents are dropped at once and come back, each for 20 KB of state: all in the same instant, or each after a
wait of its own between 0 and 1 second, as our pages have it.
"""

import json

from benchmarks.crowd import Crowd, Result
from benchmarks.plan import OURS, Figures, Plan, started
from benchmarks.rivals import Running
from benchmarks.service import Service

SERVERS = ("floor", "uws", OURS, "ws", "websockets", "naive")

STATE = 20_000
"""Bytes that everybody is sent on coming back."""

SPREADS = (0, 1)
"""Seconds over which the clients spread themselves."""

DECISIONS = 20
"""A second, by a moderator, while all come back."""

LASTS = 5
"""Seconds of decisions: longer than the storm should take."""

COMMENTS = 60
LENGTH = 250
"""Approved comments with texts of this length make a state of some 20 KB."""


def measure(plan: Plan) -> Figures:
    """One run over all servers."""
    return {name: _one(name, plan) for name in plan.servers(*SERVERS)}


def _one(name: str, plan: Plan) -> dict[str, float]:
    lines = plan.size(10_000, 1_000)
    found: dict[str, float] = {}
    with started(name, comments=COMMENTS, length=LENGTH, greeting=STATE) as (server, _):
        if isinstance(server, Service):
            found["bytes"] = _fill(server)
        with server.crowd(lines) as crowd:
            crowd.open()
            for spread in SPREADS:
                crowd.do("idle 2")
                back, staff = _storm(server, crowd, spread)
                found |= {
                    f"took/{spread}": back["took"],
                    f"p99/{spread}": back["opening"]["p99"],
                    "failed": found.get("failed", 0) + lines - back["ready"],
                    **{f"{what}/{spread}": ms for what, ms in staff.items()},
                }
    told = [f"{found[f'took/{s}']:.1f} s, p99 {found[f'p99/{s}']:.0f} ms" for s in SPREADS]
    plan.say(f"{name}: all at once {told[0]}; spread over a second {told[1]}")
    return found


def _fill(service: Service) -> float:
    """Approves all, writes those that the moderator decides on meanwhile; gives the size of the state."""
    service.approve(COMMENTS)
    size = len(json.dumps(service.state(), separators=(",", ":")))
    service.write_comments(len(SPREADS) * DECISIONS * LASTS)
    return size


def _storm(server: Service | Running, crowd: Crowd, spread: int) -> tuple[Result, dict[str, float]]:
    """All come back; a moderator declines comments meanwhile, and is timed."""
    if isinstance(server, Running):
        return crowd.do(f"storm {spread}"), {}
    with server.staff("moderator") as desk:
        desk.open()
        epoch, first = server.epoch, COMMENTS + spread * DECISIONS * LASTS
        file = server.write([server.decline(number, epoch) for number in range(first, first + DECISIONS * LASTS)])
        desk.begin(f"send 40 {file} 0 {DECISIONS} {first}")
        back = crowd.do(f"storm {spread}")
        answers = desk.result()["answers"]
    return back, {"answer": answers["p99"], "slowest answer": answers["max"]}
