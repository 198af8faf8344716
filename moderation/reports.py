"""Reports: residents say that a published comment should not be there. Only counted, by reason.

Bulletin boards must be watched, and what is clearly unlawful be removed (lagen 1998:112 om ansvar för elektroniska
anslagstavlor, 4 and 5 §§): a report is how those who follow help with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class ReportReason(StrEnum):
    """Why a comment is reported."""

    THREAT = "threat"
    HATE = "hate"
    PERSONAL_DATA = "personal_data"
    UNLAWFUL = "unlawful"


MOST = 99
"""Reports of a comment that are counted for each reason: more would tell a moderator nothing new."""


class Reports(NamedTuple):
    """How often a comment was reported for each reason, and how many of these reports a moderator has looked at."""

    counts: Mapping[ReportReason, int] = {}
    reviewed: int = 0

    @property
    def fresh(self) -> int:
        """How many nobody has looked at yet."""
        return sum(self.counts.values()) - self.reviewed

    def full(self, reason: ReportReason) -> bool:
        """Whether no more are counted for this reason."""
        return self.counts.get(reason, 0) >= MOST

    def one_more(self, reason: ReportReason) -> Reports:
        """The reports with one more for this reason."""
        return self._replace(counts={**self.counts, reason: self.counts.get(reason, 0) + 1})

    def looked_at(self) -> Reports:
        """The reports when a moderator has looked at all of them."""
        return self._replace(reviewed=sum(self.counts.values()))
