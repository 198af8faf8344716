"""As many residents as one process can hold with the files it may open, who do nothing: what each one costs."""

from benchmarks.machine import resident_kib
from benchmarks.plan import OURS, Figures, Plan, started


def measure(plan: Plan) -> Figures:
    """One run."""
    lines = plan.size(19_500, 2_000)
    with started(OURS) as (service, _):
        empty = resident_kib(service.pids)
        with service.crowd(lines) as crowd:
            opened = crowd.do("open")
            held = crowd.do(f"idle {plan.size(15, 2)}")
            kib = (resident_kib(service.pids) - empty) / max(1, held["ready"])
    plan.say(f"{held['ready']:,} of {lines:,} held, {kib:.1f} KiB each, {opened['per_second']:,.0f} opened/s")
    return {OURS: {"lines": lines, "held": held["ready"], "kib": kib, "opened": opened["per_second"]}}
