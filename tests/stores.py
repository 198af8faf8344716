"""Every store that a log can be in. A new one is added to `STORES`, and must pass all that is asked of the others."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

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
