"""Beginning anew in SQLite. All functions are steps of a transaction that their caller holds."""

import sqlite3

DELETE = (
    "DELETE FROM entries WHERE meeting = :meeting AND epoch = :epoch",
    "DELETE FROM texts WHERE meeting = :meeting AND epoch = :epoch",
    "DELETE FROM ballots WHERE meeting = :meeting AND epoch = :epoch",
    "DELETE FROM ballot_secrets WHERE meeting = :meeting AND epoch = :epoch",
)
"""What goes with an epoch: every table that has rows of one, but for the pointer."""


def move_pointer(db: sqlite3.Connection, meeting: str, epoch: str, new_epoch: str) -> None:
    """Deletes all of `epoch`, and makes `new_epoch` the meeting's own."""
    for statement in DELETE:
        db.execute(statement, {"meeting": meeting, "epoch": epoch})
    db.execute("UPDATE meetings SET epoch = ? WHERE meeting = ?", (new_epoch, meeting))
