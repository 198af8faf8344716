"""How long a process takes to fold a long meeting from its log, and how much memory the meeting then holds.

python -m benchmarks.fold [--events 100000] [--per-entry 1]

Half of the events are comments, the others decisions about them. Each fold is done by a process of its own, which
opens the log, folds, and says what it took. The bars: 2 s from SQLite, 4 s from a Redis on the same machine, 200 MB.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from livechat.commands import comment_id
from livechat.epochs import load
from livechat.events import AgendaItem, CommentApproved, CommentSubmitted, Event, MeetingSetUp, Settings
from livechat.log import Log
from livechat.log.redis import RedisLog
from livechat.log.sqlite import SqliteLog
from livechat.roles import Role, Seat
from tests.servers import Deployment
from web.serve import collect_rarely

TEXT = "Det är mörkt i gångtunneln vid stationen på kvällarna. Kan ni sätta upp fler lampor där, tack? "
WRITTEN_AT_ONCE = 500


class Took(NamedTuple):
    """Seconds to fold, and of processor time; megabytes of memory, in all and before the log was opened."""

    seconds: float
    processor: float
    memory: float
    before: float


def main() -> None:
    """Measures both stores and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--per-entry", type=int, default=1, help="events in one entry, as a group commit makes them")
    parser.add_argument("--fold", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.fold:
        print(msgspec.json.encode(asyncio.run(_fold(chosen.fold))).decode())
        return
    print(f"{chosen.events} events, {chosen.per_entry} in an entry\n")
    print("| log | seconds | of processor | MB in all | MB of it before |\n|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder, Deployment("redis", "single") as redis:
        for name, where in (("SQLite", str(Path(folder) / "log.sqlite")), ("Redis", redis.url)):
            asyncio.run(_write(where, chosen.events, chosen.per_entry))
            took = _in_a_process_of_its_own(where)
            times = f"{took.seconds:.2f} | {took.processor:.2f}"
            print(f"| {name} | {times} | {took.memory:.0f} | {took.before:.0f} |", flush=True)


def _log(where: str) -> Log:
    return RedisLog(where) if "://" in where else SqliteLog(Path(where))


async def _write(where: str, events: int, per_entry: int) -> None:
    log = _log(where)
    about = Settings("Nämnden", "Dialog", "Höra", "Ordning", "Gator")
    items = tuple(AgendaItem(str(number), f"Punkt {number}") for number in range(1, 11))
    await log.start("m", "e", [MeetingSetUp(announced=0, settings=about, agenda=items)])
    entry: list[Event] = []
    at = 1
    for event in _events(events - 1):
        entry.append(event)
        if len(entry) == per_entry:
            at, entry = await log.append("m", "e", entry, at=at), []
    if entry:
        await log.append("m", "e", entry, at=at)
    await log.close()


def _events(number: int) -> Iterator[Event]:
    by = Seat(Role.MODERATOR, 1)
    for each in range(0, number, 2):
        id = comment_id(f"secret of comment {each}")
        yield CommentSubmitted(id=id, item=str(each % 10 + 1), minute=each // 1_000, text=f"{TEXT}{each}")
        if each + 1 < number:
            yield CommentApproved(id=id, by=by, minute=each // 1_000)


def _in_a_process_of_its_own(where: str) -> Took:
    done = subprocess.run([sys.executable, "-m", __spec__.name, "--fold", where], check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout, type=Took)


async def _fold(where: str) -> Took:
    collect_rarely()
    before, log = _memory(), _log(where)
    began, busy = time.perf_counter(), time.process_time()
    folded = await load(log, "m", "e")
    seconds, processor = time.perf_counter() - began, time.process_time() - busy
    assert folded.meeting.comments
    await log.close()
    return Took(seconds, processor, _memory(), before)


def _memory() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1_000


if __name__ == "__main__":
    main()
