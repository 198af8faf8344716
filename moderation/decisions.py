"""The life of a comment: its outcomes, the decisions that move it, and the reasons for declining one.

    pending ─ approve ─→ approved ─ discuss ─→ discussing ─ answer ─→ answered
       │                    │  ↖───── put back ─────┘ ←──── put back ────┘
       ├ decline ─→ declined
       ├ refer ───→ referred    to the channel where it belongs
       └ merge ───→ merged      into another that carries it; also from approved
    seal:      whatever is not withdrawn ─→ sealed    a threat: seen by nobody but the one it is kept for
    take back: approved, discussing, answered, declined, referred, merged, sealed ─→ pending
    withdraw:  whatever its author has not withdrawn yet, and is not sealed ─→ withdrawn

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
    REFERRED = "referred"
    MERGED = "merged"
    SEALED = "sealed"
    WITHDRAWN = "withdrawn"

    __hash__ = str.__hash__  # Enum's own runs in Python, and this one is looked up for every event.


class Decision(StrEnum):
    """What a person does with a comment."""

    APPROVE = "approve"
    DECLINE = "decline"
    REFER = "refer"
    MERGE = "merge"
    SEAL = "seal"
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

CARRIERS = frozenset({Outcome.PENDING, *SHOWN})
"""The outcomes in which a comment can have another merged into it."""

EDITABLE = frozenset({Outcome.PENDING})
"""The outcomes in which a moderator may edit the text: what has been approved is what is shown."""

TRANSLATABLE = frozenset({Outcome.PENDING, *SHOWN})
"""The outcomes in which a moderator may set a translation beside the text."""

UNSEEN = frozenset({Outcome.WITHDRAWN, Outcome.SEALED})
"""The outcomes in which not even moderators see a comment."""

TRANSITIONS: Mapping[Decision, Mapping[Outcome, Outcome]] = {
    Decision.APPROVE: {Outcome.PENDING: Outcome.APPROVED},
    Decision.DECLINE: {Outcome.PENDING: Outcome.DECLINED},
    Decision.REFER: {Outcome.PENDING: Outcome.REFERRED},
    Decision.MERGE: {Outcome.PENDING: Outcome.MERGED, Outcome.APPROVED: Outcome.MERGED},
    Decision.SEAL: dict.fromkeys(set(Outcome) - UNSEEN, Outcome.SEALED),
    Decision.DISCUSS: {Outcome.APPROVED: Outcome.DISCUSSING},
    Decision.ANSWER: {Outcome.APPROVED: Outcome.ANSWERED, Outcome.DISCUSSING: Outcome.ANSWERED},
    Decision.PUT_BACK: {Outcome.DISCUSSING: Outcome.APPROVED, Outcome.ANSWERED: Outcome.APPROVED},
    Decision.TAKE_BACK: dict.fromkeys(set(Outcome) - {Outcome.PENDING, Outcome.WITHDRAWN}, Outcome.PENDING),
    Decision.WITHDRAW: dict.fromkeys(set(Outcome) - UNSEEN, Outcome.WITHDRAWN),
}

RESULT: Mapping[Decision, Outcome] = {decision: next(iter(moves.values())) for decision, moves in TRANSITIONS.items()}
"""Where each decision leads; the same from everywhere it may be taken."""


def after(decision: Decision, outcome: Outcome) -> Outcome | None:
    """The outcome that `decision` gives a comment whose outcome is `outcome`; None if it may not be taken."""
    return TRANSITIONS[decision].get(outcome)
