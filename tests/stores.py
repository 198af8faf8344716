"""Every store that a log can be in. A new one is added to `STORES`, and must pass all that is asked of the others."""

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from livechat.log import Log
from livechat.log.redis import RedisLog
from livechat.log.sqlite import SqliteLog
from tests.servers import KINDS, SHAPES, Kind, Shape, shared


def sqlite(folder: Path) -> Log:
    return SqliteLog(folder / "log.sqlite", poll=0.01)


def redis(kind: Kind, shape: Shape, folder: Path) -> Log:
    return RedisLog(shared(kind, shape).url, prefix=str(folder), poll=0.05)


STORES: dict[str, Callable[[Path], Log]] = {
    "sqlite": sqlite,
    **{f"{kind}-{shape}": partial(redis, kind, shape) for kind in KINDS for shape in SHAPES},
}


def lose_tail(store: str, folder: Path, *, keep: int, meeting: str = "m", epoch: str = "e") -> None:
    """The store comes back without what was written to an epoch after the offset `keep`."""
    if store == "sqlite":
        with sqlite3.connect(folder / "log.sqlite") as db:
            db.execute('DELETE FROM entries WHERE meeting = ? AND epoch = ? AND "offset" > ?', (meeting, epoch, keep))
        return
    ask, stream = _owner(store, folder, meeting, f"entries:{epoch}")
    kept = ask.xrange(stream, "-", f"{keep}-0")
    step = ask.pipeline(transaction=True)  # Nobody may see it half done.
    step.delete(stream)  # Deleting entries would leave the stream's last id where it was.
    for id, fields in kept:
        step.xadd(stream, fields, id)
    step.execute()


def lose_pointer(store: str, folder: Path, meeting: str = "m") -> None:
    """The store comes back without knowing the meeting."""
    if store == "sqlite":
        with sqlite3.connect(folder / "log.sqlite") as db:
            db.execute("DELETE FROM meetings WHERE meeting = ?", (meeting,))
        return
    ask, key = _owner(store, folder, meeting, "epoch")
    ask.delete(key)


def put_pointer_back(store: str, folder: Path, meeting: str, epoch: str) -> None:
    """Puts back what `lose_pointer` took."""
    ask, key = _owner(store, folder, meeting, "epoch")
    ask.set(key, epoch)


def traces(store: str, folder: Path, epoch: str, meeting: str = "m") -> list[str]:
    """Where the store still has anything of an epoch."""
    if store == "sqlite":
        with sqlite3.connect(folder / "log.sqlite") as db:
            queries = (f"SELECT '{table}' FROM {table} WHERE epoch = ?" for table in ("meetings", "entries", "texts"))
            return [row[0] for query in queries for row in db.execute(query, (epoch,))]
    ask, _ = _owner(store, folder, meeting, "epoch")
    return [key.decode() for key in ask.keys(f"{folder}:{{{meeting}}}:*:{epoch}")]


def _owner(store: str, folder: Path, meeting: str, kind: str) -> tuple[Any, str]:
    of, shape = store.split("-")
    key = f"{folder}:{{{meeting}}}:{kind}"
    return shared(of, shape).owner(key).ask, key
