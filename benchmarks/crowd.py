"""The load program (`benchmarks/load`) in Python's hand: many websocket clients, told what to do step by step."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from benchmarks.machine import LOAD_CPU, pinned, program

Result = dict[str, Any]
"""One line of JSON from the load program; its head comment says what is in it."""


class Broken(Exception):
    """The load program ended before it was told to."""


class Crowd:
    """`lines` clients of `path` on one or more ports. Use as a context manager."""

    def __init__(
        self,
        ports: int | list[int],
        path: str,
        lines: int,
        *,
        headers: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
        cpu: int | None = LOAD_CPU,
    ) -> None:
        self.lines = lines
        told = [str(program("load")), "-p", _commas(ports), "-P", path, "-n", str(lines), *options]
        told += [word for header in headers for word in ("-A", header)]
        self._process = subprocess.Popen(
            pinned(cpu, told), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def begin(self, step: str) -> None:
        """Tells it the next step."""
        assert self._process.stdin
        self._process.stdin.write(step + "\n")
        self._process.stdin.flush()

    def result(self) -> Result:
        """Waits for the end of the step that was begun. Raises `Broken`."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise Broken(f"the load program ended with status {self._process.wait()}")
        return json.loads(line)  # type: ignore[no-any-return]

    def do(self, step: str) -> Result:
        """Begins a step and waits for its end."""
        self.begin(step)
        return self.result()

    def open(self) -> Result:
        """Opens all lines; raises `Broken` if one fails."""
        opened = self.do("open")
        if opened["ready"] < self.lines:
            raise Broken(f"{opened['ready']} of {self.lines} lines open: {opened['trouble']}")
        return opened


class Window(NamedTuple):
    """What was measured while events were published at one pace: by the publishing line, and by each crowd."""

    rate: float
    published: Result
    heard: list[Result]

    @property
    def residents(self) -> Result:
        """What the first crowd heard."""
        return self.heard[0]

    @property
    def p99(self) -> float:
        """Milliseconds; infinite if something did not come at all, or a line was lost."""
        heard = self.residents
        whole = heard["events"] == heard["expected"] > 0 and not heard["lost"]
        return float(heard["latency"]["p99"]) if whole else float("inf")


FEWEST = 6
"""Events in a window, however slow they come."""


class Feed:
    """A line that publishes numbered events. `text(n)` is the frame that publishes event n, `step` how it is sent."""

    LEAD = 300_000
    """Microseconds from telling all the schedule to its first event."""

    def __init__(self, line: Crowd, step: str, text: Callable[[int], str], folder: Path) -> None:
        self._line = line
        self._step = step
        self._text = text
        self._file = folder / "frames"
        self.next = 0

    def window(self, crowds: list[Crowd], rate: float, seconds: float, grace: float = 2) -> Window:
        """Publishes for some seconds at `rate`; all is heard or given up `grace` seconds later."""
        first, count = self.next, max(FEWEST, round(rate * seconds))
        self.next += count
        self._file.write_text("".join(self._text(number) + "\n" for number in range(first, self.next)))
        start = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000 + self.LEAD
        most = count / rate + grace + self.LEAD / 1e6
        for crowd in crowds:
            crowd.begin(f"listen {most} {start} {rate} {first} {count}")
        self._line.begin(f"{self._step} {most} {self._file} {start} {rate} {first}")
        published = self._line.result()
        return Window(rate, published, [crowd.result() for crowd in crowds])


def settle(crowd: Crowd, most: float = 15) -> None:
    """Returns when nothing comes any more: a server that was asked for too much is through with it."""
    until = time.monotonic() + most
    while crowd.do("idle 0.5")["frames"] and time.monotonic() < until:
        pass


def _commas(ports: int | list[int]) -> str:
    return ",".join(map(str, ports if isinstance(ports, list) else [ports]))
