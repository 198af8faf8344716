"""The life of a comment: its outcomes, the decisions that move it, and the reasons for declining one.

    pending ─ approve ─→ approved ─ discuss ─→ discussing ─ answer ─→ answered
       │                    │  ↖───── put back ─────┘ ←──── put back ────┘
       └ decline ─→ declined
    take back: approved, discussing, answered, declined ─→ pending
    withdraw:  whatever its author has not withdrawn yet ─→ withdrawn

Nothing else happens to a comment, and nothing happens to it by itself.
"""

from collections.abc import Mapping
from enum import StrEnum


class Outcome(StrEnum):
    """Where a comment is in its life. `PENDING` means: none yet."""

    PENDING = "pending"
    APPROVED = "approved"
    DISCUSSING = "discussing"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What a person does with a comment."""

    APPROVE = "approve"
    DECLINE = "decline"
    TAKE_BACK = "take_back"
    DISCUSS = "discuss"
    ANSWER = "answer"
    PUT_BACK = "put_back"
    WITHDRAW = "withdraw"


class Reason(StrEnum):
    """Why a comment is declined; its author is told."""

    INDIVIDUAL_CASE = "individual_case"
    PERSONAL_DATA = "personal_data"
    HATE_OR_THREAT = "hate_or_threat"
    OUTSIDE_REMIT = "outside_remit"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"
    ADVERTISING = "advertising"


SHOWN = frozenset({Outcome.APPROVED, Outcome.DISCUSSING, Outcome.ANSWERED})
"""The outcomes in which a comment may be seen by anybody but its author and the moderators."""

SUPPORTED = frozenset({Outcome.APPROVED, Outcome.DISCUSSING})
"""The outcomes in which a comment takes ballots. Once it is answered, its tally stands as it was then."""

TRANSITIONS: Mapping[Decision, Mapping[Outcome, Outcome]] = {
    Decision.APPROVE: {Outcome.PENDING: Outcome.APPROVED},
    Decision.DECLINE: {Outcome.PENDING: Outcome.DECLINED},
    Decision.DISCUSS: {Outcome.APPROVED: Outcome.DISCUSSING},
    Decision.ANSWER: {Outcome.APPROVED: Outcome.ANSWERED, Outcome.DISCUSSING: Outcome.ANSWERED},
    Decision.PUT_BACK: {Outcome.DISCUSSING: Outcome.APPROVED, Outcome.ANSWERED: Outcome.APPROVED},
    Decision.TAKE_BACK: dict.fromkeys((*SHOWN, Outcome.DECLINED), Outcome.PENDING),
    Decision.WITHDRAW: dict.fromkeys(set(Outcome) - {Outcome.WITHDRAWN}, Outcome.WITHDRAWN),
}

RESULT: Mapping[Decision, Outcome] = {decision: next(iter(moves.values())) for decision, moves in TRANSITIONS.items()}
"""Where each decision leads; the same from everywhere it may be taken."""


def after(decision: Decision, outcome: Outcome) -> Outcome | None:
    """The outcome that `decision` gives a comment whose outcome is `outcome`; None if it may not be taken."""
    return TRANSITIONS[decision].get(outcome)
