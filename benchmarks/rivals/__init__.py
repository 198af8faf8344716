"""The servers that ours is measured against: small, of our own writing, one file each.

They all do one thing: each text from the websocket `/publish` goes to every websocket at `/listen`. Who opens
`/listen` is greeted with a text of a given size (not by nchan, which cannot). `install.py` gets what they need.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.crowd import Crowd, Feed
from benchmarks.machine import SERVER_CPU, pinned, program, working
from benchmarks.rivals.install import NODE, PYTHON, nginx_module, nginx_program

HERE = Path(__file__).parent
PATIENCE = 15

TEXT = 250
"""Bytes of a text."""


class Rival(NamedTuple):
    """`command(folder, port, greeting)` starts it; `needs` is what `install.py` must have got."""

    name: str
    about: str
    needs: str
    command: Callable[[Path, int, int], list[str]]
    greets: bool = True


class Running(NamedTuple):
    """A server that listens."""

    rival: Rival
    port: int
    pid: int

    @property
    def pids(self) -> list[int]:
        """The processes that do the work."""
        return working(self.pid)

    def crowd(self, lines: int) -> Crowd:
        """Clients that hear every text."""
        return Crowd(self.port, "/listen", lines, options=() if self.rival.greets else ("-F",))

    def feed(self, folder: Path) -> tuple[Crowd, Feed]:
        """An open line that publishes texts of 250 bytes, and the texts."""
        line = Crowd(self.port, "/publish", 1, options=("-F",))
        line.open()
        return line, Feed(line, "publish", lambda number: f"seq={number} ".ljust(TEXT, "o"), folder)


def _python(file: str, *more: str) -> Callable[[Path, int, int], list[str]]:
    return lambda folder, port, greeting: [str(PYTHON), str(HERE / file), str(port), str(greeting), *more]


def _node(file: str) -> Callable[[Path, int, int], list[str]]:
    return lambda folder, port, greeting: [
        "env",
        f"NODE_PATH={NODE}",
        "node",
        str(HERE / file),
        str(port),
        str(greeting),
    ]


def _nchan(folder: Path, port: int, greeting: int) -> list[str]:
    conf = (HERE / "nchan.conf").read_text()
    for name, value in {"DIR": folder, "MODULE": nginx_module(), "PORT": port}.items():
        conf = conf.replace(name, str(value))
    (folder / "nginx.conf").write_text(conf)
    return [str(nginx_program()), "-p", str(folder), "-c", str(folder / "nginx.conf")]


RIVALS = [
    Rival("floor", "C floor (epoll, send)", "gcc", lambda _, port, size: [str(program("floor")), str(port), str(size)]),
    Rival("uws", "uWebSockets.js (C++)", "node", _node("uws.cjs")),
    Rival("nchan", "nginx with nchan (C)", "nginx", _nchan, greets=False),
    Rival("picows", "picows (Cython)", "python", _python("picows_server.py")),
    Rival("ws", "node with ws", "node", _node("ws.cjs")),
    Rival("websockets", "websockets, its broadcast", "python", _python("websockets_server.py")),
    Rival("naive", "Starlette and uvicorn, a loop", "python", _python("naive.py", "0")),
    Rival("coalescing", "the same, all of 50 ms in one text", "python", _python("naive.py", "0.05")),
]

BY_NAME = {rival.name: rival for rival in RIVALS}


@contextmanager
def running(rival: Rival, folder: Path, greeting: int = 5) -> Iterator[Running]:
    """The rival, started on a free port and its core; ended with the block."""
    port = free_port()
    with (folder / f"{rival.name}.out").open("wb") as out:
        command = pinned(SERVER_CPU, rival.command(folder, port, greeting))
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        wait_for(port, process)
        yield Running(rival, port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Returns when the port can be reached; exits with a sentence if the process ends or takes too long."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                sys.exit(f"a server did not start: {process.args!r}")
            time.sleep(0.05)
