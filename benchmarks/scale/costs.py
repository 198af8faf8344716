"""What one of everything costs, and how that is known."""

import json
from typing import NamedTuple

from benchmarks.machine import ARTEFACTS
from benchmarks.plan import OURS
from benchmarks.results import Results

KIB = 1024

FILE = ARTEFACTS / "costs.json"
"""What `measure.py` found, if it has been run."""


class Costs(NamedTuple):
    """Seconds of a processor, and bytes. Defaults: 24 November 2026, the middle of several runs."""

    frame: float = 8.3e-6
    opening: float = 85e-6
    memory: float = 2.2 * KIB
    socket: float = 3.7 * KIB
    page: float = 2.5e-3
    handle: float = 80e-6
    commit: float = 0.5e-3
    fold: float = 14e-6
    trip: float = 0.1e-3
    append: float = 31e-6
    refused: float = 22e-6
    ballot: float = 3.1e-6
    cast: float = 3.9e-6
    read: float = 21e-6
    look: float = 110e-6
    words_read: float = 28e-6
    words: float = 150e-6
    idle_read: float = 12e-6
    idle_look: float = 75e-6
    said: float = 59e-6
    heard: float = 21e-6
    heard_by_redis: float = 2.1e-6
    channel: float = 120e3
    nginx_frame: float = 14e-6
    nginx_beat: float = 27e-6
    nginx_opening: float = 530e-6
    nginx_memory: float = 80e3


class Row(NamedTuple):
    """A line of the table of costs. `unit` is what the figure is divided by, `shown` how it is written."""

    name: str
    what: str
    unit: float
    shown: str
    source: str


US, MS = 1e-6, 1e-3

FRAMES, IDLE = "`make bench`, frames", "`make bench`, idle"
ONCE = "apart"
"""Measured by `measure.py`."""
OPERATIONS = "[operations.md](operations.md#behind-nginx)"

ROWS = [
    Row("frame", "a frame written to a resident", US, "{:.1f} µs", FRAMES),
    Row("opening", "a websocket opened, with a short first state", US, "{:.0f} µs", IDLE),
    Row("memory", "memory of an open line", KIB, "{:.1f} KiB", IDLE),
    Row("socket", "the kernel's memory of an idle TCP socket (slab, not in the line above)", KIB, "{:.1f} KiB", ONCE),
    Row("page", "a resident's page, 20 kB of HTML", MS, "{:.1f} ms", ONCE),
    Row("handle", "an entry handed to the log, in our process", US, "{:.0f} µs", ONCE),
    Row("commit", "a commit of SQLite, waited for", MS, "{:.1f} ms", ONCE),
    Row("fold", "an entry folded", US, "{:.0f} µs", "`make bench`, fold, by default"),
    Row("trip", "a message to or from Redis, one way, on a local network", MS, "{:.1f} ms", "assumed"),
    Row("append", "Redis: an entry appended", US, "{:.0f} µs", ONCE),
    Row("refused", "Redis: an entry refused, since another came first", US, "{:.0f} µs", ONCE),
    Row("ballot", "Redis: a ballot put into its set", US, "{:.1f} µs", ONCE),
    Row("cast", "a ballot, in our process", US, "{:.1f} µs", ONCE),
    Row("read", "Redis: a read by a follower (each entry causes two in each process)", US, "{:.0f} µs", ONCE),
    Row("look", "… in our process", US, "{:.0f} µs", ONCE),
    Row("words_read", "Redis: more for an entry that brings a text, in each process", US, "{:.0f} µs", ONCE),
    Row("words", "… in our process", US, "{:.0f} µs", ONCE),
    Row("idle_read", "Redis: a look where nothing is new, once a second for each open meeting", US, "{:.0f} µs", ONCE),
    Row("idle_look", "… in our process", US, "{:.0f} µs", ONCE),
    Row("said", "a count said to the other processes", US, "{:.0f} µs", ONCE),
    Row("heard", "a count heard from another process", US, "{:.0f} µs", ONCE),
    Row("heard_by_redis", "Redis: a count handed to one process", US, "{:.0f} µs", ONCE),
    Row("channel", "memory of an open meeting with 100 comments", 1e3, "{:.0f} kB", ONCE),
    Row("nginx_frame", "nginx: a frame handed on, with TLS", US, "{:.1f} µs", ONCE),
    Row("nginx_beat", "nginx: a sign of life and its answer, with TLS", US, "{:.0f} µs", ONCE),
    Row("nginx_opening", "nginx: a line opened, with its TLS handshake (ECDSA)", US, "{:.0f} µs", ONCE),
    Row("nginx_memory", "nginx: memory of a line (50 kB were seen on warm workers)", 1e3, "{:.0f} kB", OPERATIONS),
]


def known(results: Results) -> tuple[Costs, frozenset[str]]:
    """The costs, and the names of those that are from these results or from `FILE`; the others are the defaults."""
    opened = results.median("idle", OURS, "opened")
    kib = results.median("idle", OURS, "kib")
    us = results.median("frames", OURS, "us")
    measured = {
        "frame": us * US if us else None,
        "opening": 1 / opened if opened else None,
        "memory": kib * KIB if kib else None,
    }
    apart: dict[str, float] = json.loads(FILE.read_text()) if FILE.exists() else {}
    found = {name: value for name, value in (apart | measured).items() if value and value > 0}
    return Costs()._replace(**found), frozenset(found)
