"""Measures the service against the C floor and its rivals, and writes `docs/performance.md`.

python -m benchmarks.run                      everything, for the record: about 25 minutes
python -m benchmarks.run --quick              everything, small, in about two minutes; writes artefacts/bench only
python -m benchmarks.run storm --runs 5       one scenario
python -m benchmarks.run --resume             only what has not enough runs yet
python -m benchmarks.run --write              the report again, from what was measured
"""

import argparse
import sys
import time

from benchmarks import report
from benchmarks.crowd import Broken
from benchmarks.machine import complain, description
from benchmarks.plan import Plan
from benchmarks.results import Results
from benchmarks.rivals import RIVALS
from benchmarks.rivals.install import missing
from benchmarks.rivals.install import versions as rivals_versions
from benchmarks.scenarios import SCENARIOS


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], help=", ".join(SCENARIOS))
    parser.add_argument("--quick", action="store_true", help="small sizes, one run")
    parser.add_argument("--runs", type=int, help="3, or 1 with --quick")
    parser.add_argument("--resume", action="store_true", help="keep earlier runs and add those that are missing")
    parser.add_argument("--rivals", help="with commas; all if left out: " + ", ".join(rival.name for rival in RIVALS))
    parser.add_argument("--write", action="store_true", help="measure nothing, write the report")
    chosen = parser.parse_args()
    results = Results(chosen.quick)
    if not chosen.write:
        if wrong := complain():
            sys.exit("Nothing can be measured here: " + "; ".join(wrong))
        _measure(chosen, results)
    for path in report.write(results):
        print(f"wrote {path}")


def _measure(chosen: argparse.Namespace, results: Results) -> None:
    wanted = frozenset(chosen.rivals.split(",") if chosen.rivals is not None else (rival.name for rival in RIVALS))
    for rival in RIVALS:
        if rival.name in wanted and (why := missing(rival.needs)):
            print(f"without {rival.name}: {why}")
    machine = description() | rivals_versions()
    runs = chosen.runs or (1 if chosen.quick else 3)
    for name in chosen.scenario or SCENARIOS:
        if not chosen.resume:
            results.begin(name)
        while (run := len(results.runs(name))) < runs:
            began = time.monotonic()
            print(f"== {name}, run {run + 1} of {runs}", flush=True)
            plan = Plan(chosen.quick, wanted, results.medians(name), lambda line: print(f"   {line}", flush=True))
            try:
                results.add(name, SCENARIOS[name](plan), machine)
            except Broken as broken:
                print(f"   broken off: {broken}", flush=True)
                break
            print(f"   {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
