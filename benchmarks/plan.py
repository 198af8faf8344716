"""What every scenario is given and gives back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.rivals import BY_NAME, Running, running
from benchmarks.rivals.install import missing
from benchmarks.service import LENGTH, Service

Figures = dict[str, dict[str, float]]
"""For each server, what was measured, by name."""

OURS = "ours"
RESTLESS = "restless"
"""Ours, run as `benchmarks/restless.py`."""

MODULES = {OURS: "web.cli", RESTLESS: "benchmarks.restless"}


class Plan(NamedTuple):
    """One run: sizes for a quick look or for the record, which rivals take part, and the medians so far."""

    quick: bool
    rivals: frozenset[str]
    before: Figures
    say: Callable[[str], None]

    def size(self, whole: int, quick: int) -> int:
        """The size for this plan."""
        return quick if self.quick else whole

    def seconds(self, whole: float) -> float:
        """How long to measure."""
        return min(whole, 1.0) if self.quick else whole

    def servers(self, *names: str) -> list[str]:
        """Those that take part: ours always, rivals if they are wanted and can be had."""
        return [name for name in names if name in MODULES or (name in self.rivals and not missing(BY_NAME[name].needs))]


@contextmanager
def started(
    name: str, *, comments: int = 0, length: int = LENGTH, greeting: int = 5
) -> Iterator[tuple[Service | Running, Path]]:
    """Ours, with comments waiting, or a rival; and a folder that lives as long."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="livechat-bench-")))
        if name in MODULES:
            service = stack.enter_context(Service(folder, module=MODULES[name]))
            service.write_comments(comments, length)
            yield service, folder
        else:
            yield stack.enter_context(running(BY_NAME[name], folder, greeting)), folder
