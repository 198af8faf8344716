"""What the model says of larger evenings: tables, and figures in the text."""

from math import ceil

from benchmarks.scale import limits, model, plans
from benchmarks.scale.costs import Costs
from benchmarks.scale.limits import AUDIENCE, GIGABIT, WITHIN, Limit
from benchmarks.scale.model import Case
from benchmarks.tables import table
from livechat.casts import SPACING
from livechat.channel import REST
from livechat.fanout import COHORT

MILLION = 1_000_000
MANY = 5_000
HOURS = 3
"""That the machines of an evening run: before, during and after."""


def meeting(costs: Costs) -> str:
    """One meeting with a million residents."""
    size, on = plans.for_one(costs, MILLION), plans.PER_PROCESS
    frames, processes = plans.frames(costs), ceil(MILLION / on)
    mean = frames * MILLION * plans.wire() * 8 / 1e9
    sweep = on * costs.frame
    twice = model.p99(costs, Case(processes // 2, plans.QUIET_PER_PROCESS, 0, plans.DECISIONS))
    burst = size.residents * plans.wire() * 8 / sweep / 1e9
    both = (costs.frame + costs.nginx_frame) * frames * MILLION
    beats = MILLION / plans.BEAT * (2 * costs.frame + costs.nginx_beat)
    written = frames * plans.wire() * plans.MINUTES * 60 / 1e6
    lines = [
        [
            "p99 from approval, in the service",
            f"{model.p99(costs, Case(processes, on, 0, plans.DECISIONS)) * 1e3:.0f} ms",
        ],
        ["processes, with 10,000 residents each", f"{processes}"],
        ["cores for nginx, so that it keeps up with the sweeps", f"{processes * costs.nginx_frame / costs.frame:.0f}"],
        [
            f"machines with {plans.CORES} cores: {size.processes} processes, {size.nginx:.0f} cores for nginx",
            f"{size.machines}, and 1 to spare",
        ],
        ["processors busy on average, of all these", f"{both + beats:.0f}"],
        [
            "memory on each machine",
            f"{size.residents * plans.a_line(costs) / 1e9:.1f} GB, "
            f"of which nginx {size.residents * costs.nginx_memory / 1e9:.1f}",
        ],
        ["state frames to each resident, busiest", f"{frames:.1f}/s"],
        ["bandwidth, busiest, all and each machine", f"{mean:.1f} and {mean / size.machines:.2f} Gbit/s"],
        [
            "… while one comment goes to all",
            f"{burst * size.machines:.0f} and {burst:.1f} Gbit/s, for {sweep * 1e3:.0f} ms",
        ],
        ["data to one resident, an evening at the busiest", f"{written:.0f} MB"],
        ["Redis, of its one core: nobody votes", f"{plans.redis(costs, MILLION, votes=False):.0%}"],
        ["… all vote, 200 ballots a second on each process", f"{plans.redis(costs, MILLION, votes=True):.0%}"],
        [
            f"… the same with {plans.QUIET_PER_PROCESS:,} on a process, p99 {twice * 1e3:.0f} ms",
            f"{plans.redis(costs, MILLION, votes=True, each=plans.QUIET_PER_PROCESS):.0%}",
        ],
        [
            "comments sent in by 2 %, in all and in the busiest second",
            f"{MILLION * plans.WRITERS:,.0f} and {plans.submissions(MILLION):.0f}",
        ],
        [f"an evening of {HOURS} hours, with Redis and its replica", f"{(size.machines + 3) * HOURS} machine hours"],
    ]
    return table(["1,000,000 residents, one meeting", ""], lines)


def meetings(costs: Costs) -> str:
    """5,000 meetings at once."""
    residents = MANY * AUDIENCE
    size = plans.for_many(costs, residents)
    processes = size.machines * size.processes
    opened = plans.spread(MANY, processes, AUDIENCE)
    hashed = MANY / processes
    lines = [
        ["residents", f"{residents:,}", f"{residents:,}"],
        [
            f"machines with {plans.CORES} cores and {plans.MEMORY / 1e9:.0f} GB",
            f"{size.machines}, and 1 to spare",
            "the same",
        ],
        ["processes, with about 20,000 residents each", f"{processes}", "the same"],
        ["meetings open on each process", f"{opened:,.0f}", f"{hashed:,.0f}"],
        [
            "… memory for them, a process",
            f"{opened * costs.channel / 1e9:.1f} GB",
            f"{hashed * costs.channel / 1e9:.2f} GB",
        ],
        [
            "a process's core, for meetings that rest",
            f"{plans.keeping(costs, opened, processes, MANY):.0%}",
            f"{plans.keeping(costs, hashed, processes, MANY):.1%}",
        ],
        [
            "Redis, cores for them",
            f"{plans.keeping_redis(costs, opened, processes, MANY):.1f}",
            f"{plans.keeping_redis(costs, hashed, processes, MANY):.2f}",
        ],
        [
            "signs of life: our cores and nginx's, in all",
            *[f"{residents / plans.BEAT * 2 * costs.frame:.1f} and {residents / plans.BEAT * costs.nginx_beat:.1f}"]
            * 2,
        ],
        [
            "20 busy meetings, 5 frames a second: cores",
            *[f"{20 * AUDIENCE * 5 * (costs.frame + costs.nginx_frame):.1f}"] * 2,
        ],
        ["memory for lines, a machine", *[f"{size.residents * plans.a_line(costs) / 1e9:.0f} GB"] * 2],
        [
            "bandwidth, signs of life and the 20 busy, in all",
            *[f"{(residents / plans.BEAT * 250 + 20 * AUDIENCE * 5 * plans.wire()) * 8 / 1e9:.1f} Gbit/s"] * 2,
        ],
        [
            f"an evening of {HOURS} hours, with Redis and its replica",
            f"{(size.machines + 3) * HOURS} machine hours",
            "the same",
        ],
    ]
    return table(
        [f"{MANY:,} meetings, {AUDIENCE} residents each", "any process for anybody", "a meeting to one process"], lines
    )


def storms(costs: Costs) -> str:
    """All at once."""
    size, on = plans.for_one(costs, MILLION), plans.PER_PROCESS
    many = plans.for_many(costs, MANY * AUDIENCE)
    whole = size.residents * plans.STATE / plans.CARD
    nginx = size.residents * costs.nginx_opening / size.nginx
    lines = [
        ["all lines drop and come back where they were", f"{model.storm(costs, on, 1):.1f} s", f"{nginx:.1f} s"],
        [
            f"… and each needs the whole state, {plans.STATE // 1000} kB",
            f"{model.storm(costs, on, 1):.1f} s, and writing it",
            f"{whole:.1f} s of a 10 Gbit/s card",
        ],
        [
            "everybody opens the page in the same minute",
            f"{on * costs.page:.0f} s of each process's 60",
            f"{nginx:.1f} s of 60",
        ],
        [
            f"{many.residents:,} small meetings' residents on one machine drop",
            f"{model.storm(costs, plans.QUIET_PER_PROCESS, 1):.1f} s",
            f"{many.residents * costs.nginx_opening / plans.CORES:.1f} s and more",
        ],
    ]
    return table(["", "in the service", "in nginx"], lines)


def breaks(rows: list[Limit], what: str) -> str:
    """What breaks, in order."""
    head = [f"{what}", "what breaks", "what then", "built?"]
    lines = [[f"{_round(row.at):,.0f}", row.what, row.then, row.built] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["--:", "---", "---", "---"], *lines])


def figures(costs: Costs) -> dict[str, str]:
    """Figures in the text, by name."""
    one, many = plans.for_one(costs, MILLION), plans.for_many(costs, MANY * AUDIENCE)
    return {
        "short one": f"{ceil(MILLION / plans.PER_PROCESS)} processes on {one.machines} machines of "
        f"{plans.CORES} cores and 10 Gbit/s, nginx on the same ones, and one Redis",
        "short many": f"{many.machines} machines of {plans.CORES} cores and {plans.MEMORY / 1e9:.0f} GB, and one "
        "Redis, if a meeting's residents come to one process; not at all if they come to any",
        "machines": f"{one.machines}",
        "voters": f"{_round(limits.voters(costs)):,.0f}",
        "silent": f"{_round(limits.of_one(costs)[-1].at):,.0f}",
        "people": f"{_round(plans.DECISIONS * 60 * plans.MINUTES / plans.WRITERS):,.0f}",
        "pages": f"{MILLION * costs.page / 600:.1f}",
        "first": f"{_round(model.most_residents(costs, WITHIN)):,.0f}",
        "cohort": f"{COHORT}",
        "rest": f"{REST * 1000:g}",
        "spacing": f"{SPACING:g}",
        "most voting": f"{model.most_voting(costs, plans.DECISIONS)}",
        "way": f"{model.way(costs, Case(1, plans.PER_PROCESS, 0, 1)) * 1000:.1f}",
        "sweep": f"{plans.PER_PROCESS * costs.frame * 1000:.0f}",
        "gigabit": f"{plans.for_one(costs, 1).residents * plans.wire() / GIGABIT * 1000:.0f}",
        "readable": f"{plans.DECISIONS * 60 * plans.MINUTES:,.0f}",
        "line": f"{plans.a_line(costs) / 1000:.0f}",
    }


def _round(value: float) -> float:
    """To two digits: nothing here is known better."""
    return float(f"{value:.2g}")
