"""The log in one SQLite file: no service to run, durable on return, fast enough for one machine.

Write-ahead log with synchronous=FULL: a commit is on disk before `append` returns. secure_delete on every
connection: what is erased is overwritten. One thread writes, one reads; a statement never blocks the loop.

Other processes (the command line) may write to the same file; followers notice within `poll` seconds.
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from livechat.events import Entry, Event, TalliesCounted
from livechat.log import Cast, Conflict, TailMissing, Unavailable, bare, erased, join, split, wordy
from livechat.log.anew import sqlite as anew
from livechat.log.ballots import sqlite as ballots
from livechat.log.scrubbing import sqlite as scrubbing

T = TypeVar("T")

SCHEMA = """
CREATE TABLE IF NOT EXISTS meetings (
    meeting TEXT PRIMARY KEY,
    epoch TEXT NOT NULL                       -- the pointer
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    meeting TEXT NOT NULL,
    epoch TEXT NOT NULL,
    "offset" INTEGER NOT NULL,                -- 1, 2, 3, … without holes
    body BLOB NOT NULL,                       -- a JSON list of events, without residents' words
    PRIMARY KEY (meeting, epoch, "offset")
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (            -- residents' words: the only place where they are
    meeting TEXT NOT NULL,
    epoch TEXT NOT NULL,
    comment TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (meeting, epoch, comment, kind)
) STRICT, WITHOUT ROWID;
"""

FORK = (
    "UPDATE meetings SET epoch = :new WHERE meeting = :meeting AND epoch = :old",
    "UPDATE entries SET epoch = :new WHERE meeting = :meeting AND epoch = :old",
    "UPDATE texts SET epoch = :new WHERE meeting = :meeting AND epoch = :old",
    "UPDATE ballots SET epoch = :new WHERE meeting = :meeting AND epoch = :old",
    "UPDATE ballot_secrets SET epoch = :new WHERE meeting = :meeting AND epoch = :old",
)
"""What moves to the new epoch: every table that has rows of an epoch."""


class SqliteLog:
    """A `livechat.log.Log` in the file `path`, which is made if it is not there.

    Raises `Unavailable` if the file cannot be opened or is not ours.
    """

    def __init__(self, path: Path, *, poll: float = 0.2) -> None:
        self._poll = poll
        self._news = asyncio.Event()
        self._writer_thread = ThreadPoolExecutor(1, "log-writer")
        self._reader_thread = ThreadPoolExecutor(1, "log-reader")
        with _failures(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # It holds what nobody has approved yet.
            self._writer = _connect(path)
            self._writer.executescript(SCHEMA + ballots.SCHEMA + scrubbing.SCHEMA)
            self._reader = _connect(path)
        self._poller: asyncio.Task[None] | None = None

    async def meetings(self) -> list[str]:
        return await self._read(lambda db: [row[0] for row in db.execute("SELECT meeting FROM meetings")])

    async def epoch(self, meeting: str) -> str | None:
        return await self._read(lambda db: _epoch(db, meeting))

    async def start(self, meeting: str, epoch: str, events: Sequence[Event], *, instead_of: str | None = None) -> None:
        def write(db: sqlite3.Connection) -> None:
            if _epoch(db, meeting) != instead_of:
                raise Conflict
            db.execute("INSERT OR REPLACE INTO meetings VALUES (?, ?)", (meeting, epoch))
            _insert(db, meeting, epoch, 1, events)

        await self._write(write)

    async def append(self, meeting: str, epoch: str, events: Sequence[Event], *, at: int) -> int:
        def write(db: sqlite3.Connection) -> int:
            _expect(db, meeting, epoch, at)
            _insert(db, meeting, epoch, at + 1, events)
            return at + 1

        return await self._write(write)

    async def ballot_secret(self, meeting: str, epoch: str, *, fresh: bytes) -> bytes:
        def write(db: sqlite3.Connection) -> bytes:
            if _epoch(db, meeting) != epoch:
                raise Conflict
            return ballots.secret(db, meeting, epoch, fresh)

        return await self._write(write)

    async def cast(self, meeting: str, epoch: str, casts: Sequence[Cast], *, at: int) -> int:
        def write(db: sqlite3.Connection) -> int:
            _expect(db, meeting, epoch, at)
            tallies = ballots.cast(db, meeting, epoch, casts)
            if not tallies:
                return at
            _insert(db, meeting, epoch, at + 1, [TalliesCounted(tallies=tallies)])
            return at + 1

        return await self._write(write)

    async def forget_ballots(self, meeting: str, epoch: str) -> None:
        await self._write(lambda db: ballots.forget(db, meeting, epoch))
        await self._in_writer_thread(lambda: scrubbing.truncate(self._writer))

    async def fork(self, meeting: str, epoch: str, new_epoch: str, events: Sequence[Event]) -> None:
        def write(db: sqlite3.Connection) -> None:
            end = _end(db, meeting, epoch)
            for statement in FORK:
                db.execute(statement, {"meeting": meeting, "old": epoch, "new": new_epoch})
            _insert(db, meeting, new_epoch, end + 1, events)

        await self._write(write)

    async def begin_anew(self, meeting: str, epoch: str, new_epoch: str, events: Sequence[Event], *, at: int) -> None:
        def write(db: sqlite3.Connection) -> None:
            _expect(db, meeting, epoch, at)
            anew.move_pointer(db, meeting, epoch, new_epoch)
            scrubbing.leave(db, meeting, new_epoch)
            _insert(db, meeting, new_epoch, 1, events)

        await self._write(write)

    async def scrub(self, meeting: str) -> None:
        if note := await self._read(lambda db: scrubbing.left(db, meeting)):
            await self._in_writer_thread(lambda: scrubbing.truncate(self._writer))
            await self._write(lambda db: scrubbing.done(db, meeting, note))

    async def end(self, meeting: str, epoch: str) -> int:
        return await self._read(lambda db: _end(db, meeting, epoch))

    async def read(self, meeting: str, epoch: str, *, after: int = 0, limit: int = 5_000) -> list[Entry]:
        return await self._read(lambda db: _entries(db, meeting, epoch, after, limit))

    async def follow(self, meeting: str, epoch: str, *, after: int = 0) -> AsyncIterator[list[Entry]]:
        self._start_polling()
        while True:
            news = self._news  # Taken before reading: what comes meanwhile is not missed.
            if entries := await self.read(meeting, epoch, after=after):
                after = entries[-1].offset
                yield entries
                continue
            try:
                end = await self.end(meeting, epoch)
            except Conflict:
                return
            if end < after:
                raise TailMissing
            if end == after:
                await news.wait()

    async def check(self, meeting: str = "") -> None:
        await self._write(lambda db: None)

    async def close(self) -> None:
        if self._poller:
            self._poller.cancel()
            await asyncio.gather(self._poller, return_exceptions=True)
        for thread, db in ((self._writer_thread, self._writer), (self._reader_thread, self._reader)):
            await asyncio.get_running_loop().run_in_executor(thread, db.close)
            thread.shutdown()

    async def _read(self, statement: Callable[[sqlite3.Connection], T]) -> T:
        def run() -> T:
            with _failures():
                return statement(self._reader)

        return await asyncio.get_running_loop().run_in_executor(self._reader_thread, run)

    async def _write(self, statements: Callable[[sqlite3.Connection], T]) -> T:
        def run() -> T:
            with _transaction(self._writer):
                return statements(self._writer)

        result = await self._in_writer_thread(run)
        self._tell()
        return result

    async def _in_writer_thread(self, call: Callable[[], T]) -> T:
        def run() -> T:
            with _failures():
                return call()

        return await asyncio.get_running_loop().run_in_executor(self._writer_thread, run)

    def _tell(self) -> None:
        self._news, news = asyncio.Event(), self._news
        news.set()

    def _start_polling(self) -> None:
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll_for_other_processes())

    async def _poll_for_other_processes(self) -> None:
        version = None
        while True:
            await asyncio.sleep(self._poll)
            try:
                version, before = await self._read(_data_version), version
            except Unavailable:
                continue
            if version != before:
                self._tell()


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY"):
        db.execute(f"PRAGMA {pragma}")
    if db.execute("PRAGMA secure_delete").fetchone() != (1,):
        raise sqlite3.NotSupportedError("this SQLite cannot delete securely")
    return db


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def _failures(path: Path | None = None) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        where = f"{path}: " if path else ""
        raise Unavailable(f"{where}{error}") from None


def _epoch(db: sqlite3.Connection, meeting: str) -> str | None:
    row = db.execute("SELECT epoch FROM meetings WHERE meeting = ?", (meeting,)).fetchone()
    return row and str(row[0])


def _last(db: sqlite3.Connection, meeting: str, epoch: str) -> int:
    query = 'SELECT coalesce(max("offset"), 0) FROM entries WHERE meeting = ? AND epoch = ?'
    return int(db.execute(query, (meeting, epoch)).fetchone()[0])


def _expect(db: sqlite3.Connection, meeting: str, epoch: str, at: int) -> None:
    if _end(db, meeting, epoch) != at:
        raise Conflict


def _end(db: sqlite3.Connection, meeting: str, epoch: str) -> int:
    """The last offset of the current epoch. Raises `Conflict` if that is another one."""
    current = _epoch(db, meeting)
    if current is None:
        raise Unavailable("the meeting is gone from the log")
    if current != epoch:
        raise Conflict
    return _last(db, meeting, epoch)


def _insert(db: sqlite3.Connection, meeting: str, epoch: str, offset: int, events: Sequence[Event]) -> None:
    body, words = split(events)
    db.execute("INSERT INTO entries VALUES (?, ?, ?, ?)", (meeting, epoch, offset, body))
    rows = [(meeting, epoch, *piece) for piece in words]
    db.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?, ?)", rows)
    if gone := [(meeting, epoch, comment) for comment in erased(events)]:
        db.executemany("DELETE FROM texts WHERE meeting = ? AND epoch = ? AND comment = ?", gone)
        scrubbing.leave(db, meeting, f"{epoch}:{offset}")


def _entries(db: sqlite3.Connection, meeting: str, epoch: str, after: int, limit: int) -> list[Entry]:
    query = (
        'SELECT "offset", body FROM entries WHERE meeting = ? AND epoch = ? AND "offset" > ? ORDER BY "offset" LIMIT ?'
    )
    with _snapshot(db):
        rows = db.execute(query, (meeting, epoch, after, limit)).fetchall()
        entries = [(offset, bare(body)) for offset, body in rows]
        places = set().union(*(wordy(events) for _, events in entries))
        words = _words(db, meeting, epoch, {comment for comment, _ in places})
    return [Entry(offset, join(events, words)) for offset, events in entries]


@contextmanager
def _snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """Entries and words of one moment: an erasure between the two reads must not be half seen."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("COMMIT")


def _words(db: sqlite3.Connection, meeting: str, epoch: str, comments: set[str]) -> dict[tuple[str, str], str]:
    query = (
        "SELECT comment, kind, text FROM texts"
        " WHERE meeting = ? AND epoch = ? AND comment IN (SELECT value FROM json_each(?))"
    )
    rows = db.execute(query, (meeting, epoch, json.dumps(sorted(comments)))) if comments else ()
    return {(comment, kind): text for comment, kind, text in rows}


def _data_version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA data_version").fetchone()[0])
