"""Scrubbing in SQLite, which overwrites what it deletes, but not at once what its write-ahead log holds of it."""

import sqlite3

from livechat.errors import Unavailable

SCHEMA = """
CREATE TABLE IF NOT EXISTS unscrubbed (       -- meetings of which the write-ahead log may hold what was deleted
    meeting TEXT PRIMARY KEY,
    note TEXT NOT NULL                        -- another one with each deletion
) STRICT, WITHOUT ROWID;
"""


def leave(db: sqlite3.Connection, meeting: str, note: str) -> None:
    """Notes, in the transaction that deletes, that something has been deleted."""
    db.execute("INSERT OR REPLACE INTO unscrubbed VALUES (?, ?)", (meeting, note))


def left(db: sqlite3.Connection, meeting: str) -> str | None:
    """The note of the last deletion that has not been scrubbed; None if there is none."""
    row = db.execute("SELECT note FROM unscrubbed WHERE meeting = ?", (meeting,)).fetchone()
    return row and str(row[0])


def done(db: sqlite3.Connection, meeting: str, note: str) -> None:
    """Drops the note, unless more has been deleted since."""
    db.execute("DELETE FROM unscrubbed WHERE meeting = ? AND note = ?", (meeting, note))


def truncate(db: sqlite3.Connection) -> None:
    """Empties the write-ahead log, which still holds what has been deleted. Raises `Unavailable` if a reader is in
    the way for longer than the connection waits."""
    (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Unavailable("the write-ahead log is in use")
