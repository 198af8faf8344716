"""Numbers of this moment, summed over all processes: how many follow a meeting now, how many tabs a seat has open.

They are nobody's history and no events: never in the log, never on a disk, last value only, gone a few seconds after
whoever told them.
Next: :mod:`livechat.live.redis`, for several processes.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

PRESENT = "present"
"""The name of the count of connected residents."""


class Counts(Protocol):
    """What each process counts for itself, and what that adds up to."""

    def put(self, meeting: str, counts: Mapping[str, int]) -> None:
        """What this process counts in a meeting now."""
        ...

    def total(self, meeting: str) -> Counter[str]:
        """The sums over all processes, 0 for what nobody counts."""
        ...

    async def run(self) -> None:
        """Keeps up with the other processes until cancelled."""
        ...


class LocalCounts:
    """`Counts` where there is only this process."""

    def __init__(self) -> None:
        self._own: dict[str, Counter[str]] = {}

    def put(self, meeting: str, counts: Mapping[str, int]) -> None:
        self._own[meeting] = Counter(counts)

    def total(self, meeting: str) -> Counter[str]:
        return Counter(self._own.get(meeting))

    async def run(self) -> None:
        pass
