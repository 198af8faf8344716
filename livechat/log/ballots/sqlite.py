"""Ballots in SQLite: a row for each mark, and no row number that could tell which came first.

All functions but `truncate` are steps of a transaction that their caller holds.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from livechat.events import Tally
from livechat.log import BallotsClosed, Cast

SCHEMA = """
CREATE TABLE IF NOT EXISTS ballots (          -- one set of marks for each comment; its size is the tally
    meeting TEXT NOT NULL,
    epoch TEXT NOT NULL,
    comment TEXT NOT NULL,
    mark BLOB NOT NULL,
    PRIMARY KEY (meeting, epoch, comment, mark)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ballot_secrets (   -- what the marks are made with
    meeting TEXT NOT NULL,
    epoch TEXT NOT NULL,
    secret BLOB NOT NULL,                     -- empty: destroyed
    PRIMARY KEY (meeting, epoch)
) STRICT, WITHOUT ROWID;
"""


def secret(db: sqlite3.Connection, meeting: str, epoch: str, fresh: bytes) -> bytes:
    """The epoch's secret, `fresh` if it had none. Raises `BallotsClosed`."""
    db.execute("INSERT OR IGNORE INTO ballot_secrets VALUES (?, ?, ?)", (meeting, epoch, fresh))
    return _kept_secret(db, meeting, epoch)


def cast(db: sqlite3.Connection, meeting: str, epoch: str, casts: Iterable[Cast]) -> tuple[Tally, ...]:
    """Puts marks in and takes them out; gives the new sizes of the sets that changed. Raises `BallotsClosed`."""
    _kept_secret(db, meeting, epoch)
    by_comment: defaultdict[str, list[Cast]] = defaultdict(list)
    for each in sorted(casts):  # In the order of the set: not even a page of the file keeps that of a batch.
        by_comment[each.comment].append(each)
    changed = [comment for comment, some in by_comment.items() if _change(db, (meeting, epoch, comment), some)]
    return tuple(Tally(comment, _size(db, (meeting, epoch, comment))) for comment in changed)


def forget(db: sqlite3.Connection, meeting: str, epoch: str) -> None:
    """Deletes secret and marks; none can be made any more."""
    db.execute("INSERT OR REPLACE INTO ballot_secrets VALUES (?, ?, x'')", (meeting, epoch))
    db.execute("DELETE FROM ballots WHERE meeting = ? AND epoch = ?", (meeting, epoch))


def _kept_secret(db: sqlite3.Connection, meeting: str, epoch: str) -> bytes:
    query = "SELECT secret FROM ballot_secrets WHERE meeting = ? AND epoch = ?"
    row = db.execute(query, (meeting, epoch)).fetchone()
    if row is None or not row[0]:
        raise BallotsClosed
    return bytes(row[0])


def _change(db: sqlite3.Connection, which: tuple[str, str, str], casts: list[Cast]) -> bool:
    put = db.executemany(
        "INSERT OR IGNORE INTO ballots VALUES (?, ?, ?, ?)", [(*which, each.mark) for each in casts if each.supports]
    ).rowcount
    taken = db.executemany(
        "DELETE FROM ballots WHERE meeting = ? AND epoch = ? AND comment = ? AND mark = ?",
        [(*which, each.mark) for each in casts if not each.supports],
    ).rowcount
    return put > 0 or taken > 0


def _size(db: sqlite3.Connection, which: tuple[str, str, str]) -> int:
    # Counted every time (0.05 ms for 1,000 marks): a number kept beside a set drifts away from it some day.
    query = "SELECT count(*) FROM ballots WHERE meeting = ? AND epoch = ? AND comment = ?"
    return int(db.execute(query, which).fetchone()[0])
