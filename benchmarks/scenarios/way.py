"""A comment's way at an ordinary meeting: sent, acknowledged, on the desk; approved, on the display, with everybody."""

from benchmarks.crowd import Feed
from benchmarks.plan import OURS, Figures, Plan, started
from benchmarks.service import Service

RESIDENTS = 200
AUTHORS = 10
RATE = 10
SECONDS = 8.0


def measure(plan: Plan) -> Figures:
    """One run: all comments are sent, then all are approved, at the same pace."""
    with started(OURS) as (service, folder):
        assert isinstance(service, Service)
        with service.crowd(RESIDENTS) as crowd, service.crowd(AUTHORS) as authors, service.staff("display") as display:
            for line in (crowd, authors, display):
                line.open()
            desk, approving = service.feed(folder)
            with desk:
                epoch = service.epoch
                sending = Feed(authors, "send", lambda number: service.comment(number, epoch), folder)
                sent = sending.window([desk], RATE, plan.seconds(SECONDS))
                approved = approving.window([crowd, display], RATE, plan.seconds(SECONDS))
    found: dict[str, float] = {}
    for what, times in {
        "acknowledged": sent.published["answers"],
        "on the desk": sent.heard[0]["latency"],
        "decided": approved.published["answers"],
        "on the display": approved.heard[1]["latency"],
        "with all residents": approved.heard[0]["latency"],
    }.items():
        found |= {f"{what}/{share}": times[share] for share in ("p50", "p99", "max")}
    plan.say(f"on the desk p99 {found['on the desk/p99']:.1f} ms, on the display {found['on the display/p99']:.1f} ms")
    return {OURS: found}
