"""How long a process takes to read a long meeting when it starts: runs `benchmarks/fold.py`, keeps what it prints."""

import subprocess
import sys
import time
from importlib.util import find_spec

from benchmarks.crowd import Broken
from benchmarks.machine import ARTEFACTS, ROOT, SERVER_CPU, pinned
from benchmarks.plan import OURS, Figures, Plan

PRINTED = ARTEFACTS / "fold.txt"


def measure(plan: Plan) -> Figures:
    """One run."""
    if not find_spec("benchmarks.fold"):
        raise Broken("there is no benchmarks/fold.py")
    began = time.monotonic()
    command = pinned(SERVER_CPU, [sys.executable, "-m", "benchmarks.fold"])
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(done.stderr.strip().rpartition("\n")[2])
    PRINTED.write_text(done.stdout)
    plan.say(done.stdout.strip().replace("\n", "\n   "))
    return {OURS: {"seconds": time.monotonic() - began}}
