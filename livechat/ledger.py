"""The ledger: what became of all comments, as counts only. Kept up as the meeting goes on: a look at it is cheap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from moderation.decisions import Outcome, Reason

T = TypeVar("T")


class Ledger(Struct, frozen=True):
    """How many comments came in, how many have each outcome, and each reason of those declined now.

    `waits` says how many waited so many minutes for a moderator's first decision.
    """

    received: int = 0
    outcomes: Mapping[Outcome, int] = {}
    declined: Mapping[Reason, int] = {}
    waits: Mapping[int, int] = {}

    @property
    def pending(self) -> int:
        """How many wait now."""
        return self.outcomes.get(Outcome.PENDING, 0)

    @property
    def decided(self) -> int:
        """How many were decided about at least once."""
        return sum(self.waits.values())

    def one_more(self) -> Ledger:
        """The ledger when one more comment has come in."""
        return replace(self, received=self.received + 1, outcomes=_moved(self.outcomes, None, Outcome.PENDING))

    def moved(self, before: Standing, now: Standing) -> Ledger:
        """The ledger when a comment got another outcome."""
        return replace(
            self,
            outcomes=_moved(self.outcomes, before.outcome, now.outcome),
            declined=_moved(self.declined, before.reason, now.reason),
        )

    def waited(self, minutes: int) -> Ledger:
        """The ledger when a comment was decided about for the first time."""
        return replace(self, waits=_moved(self.waits, None, minutes))

    @property
    def median_wait(self) -> int | None:
        """The minutes that half of those decided about waited at most; None if there are none."""
        passed, half = 0, self.decided / 2
        for minutes, number in sorted(self.waits.items()):
            passed += number
            if passed >= half:
                return minutes
        return None


class Standing(Struct, frozen=True):
    """Where a comment stands."""

    outcome: Outcome
    reason: Reason | None


def _moved(counts: Mapping[T, int], before: T | None, now: T | None) -> Mapping[T, int]:
    moved = dict(counts)
    if before is not None:
        moved[before] = moved.get(before, 0) - 1
        if not moved[before]:
            del moved[before]
    if now is not None:
        moved[now] = moved.get(now, 0) + 1
    return moved
