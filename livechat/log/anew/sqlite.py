"""Beginning anew in SQLite. All functions are steps of a transaction that their caller holds."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS unscrubbed (       -- meetings of which the write-ahead log may hold what was deleted
    meeting TEXT PRIMARY KEY,
    epoch TEXT NOT NULL                       -- the one that began with the deletion
) STRICT, WITHOUT ROWID;
"""

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
    db.execute("INSERT OR REPLACE INTO unscrubbed VALUES (?, ?)", (meeting, new_epoch))


def unscrubbed(db: sqlite3.Connection, meeting: str) -> str | None:
    """The epoch whose beginning has left deleted bytes behind; None if there are none."""
    row = db.execute("SELECT epoch FROM unscrubbed WHERE meeting = ?", (meeting,)).fetchone()
    return row and str(row[0])


def scrubbed(db: sqlite3.Connection, meeting: str, epoch: str) -> None:
    """Notes that they are gone, unless more has been deleted since."""
    db.execute("DELETE FROM unscrubbed WHERE meeting = ? AND epoch = ?", (meeting, epoch))
