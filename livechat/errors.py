"""Two kinds of failure: a refusal is an answer to a person; all else is our bug and is reported.

Between the two is a store that cannot be reached: nobody's bug, and waited out.
"""

import logging
import secrets
import traceback
from pathlib import Path
from typing import Any, Literal

Code = Literal[
    "malformed",
    "unknown_type",
    "invalid",
    "too_large",
    "unknown_meeting",
    "unknown_role",
    "no_session",
    "bad_link",
    "not_permitted",
    "epoch_changed",
    "unknown_comment",
    "unknown_item",
    "unknown_channel",
    "unknown_body",
    "cannot_carry",
    "comments_not_open",
    "comments_paused",
    "item_closed",
    "queue_full",
    "empty_text",
    "text_too_long",
    "secret_reused",
    "already_decided",
    "wrong_outcome",
    "bad_ballot",
    "ballots_closed",
    "too_fast",
    "too_busy",
    "not_saved",
    "not_reachable",
    "acted_since",
    "unknown_member",
    "item_takes_none",
    "rehearsal_over",
]
"""Every reason for a refusal; `docs/protocol.md` says what each means."""


class Refused(Exception):
    """The command changed nothing.

    `code` says why. `details` holds what helps: `field`, `retry_after` (seconds), `by`, `outcome`, `revision`.
    The door turns the code into a sentence in the reader's language. Never a resident's words.
    """

    def __init__(self, code: Code, **details: Any) -> None:
        super().__init__(code)
        self.code: Code = code
        self.details = details


class Unavailable(Exception):
    """The store cannot be reached or written. Whether what was under way was written is not known.

    Its text is for the operator: what failed, never what was being written.
    """


def report(error: BaseException) -> str:
    """Logs a bug and gives the id under which it stands there.

    What is logged is the error's type and where it happened. Never its message or any variable: they may hold
    what a resident wrote.
    """
    id = secrets.token_hex(4)
    _LOGGER.error("error %s: %s at %s", id, type(error).__name__, where(error))
    return id


def where(error: BaseException) -> str:
    """The last three places that an error came through, as `file:line` with the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames) or "unknown"


_LOGGER = logging.getLogger("livechat")
