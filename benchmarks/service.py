"""Our own service, as an operator runs it, with one meeting that has comments waiting to be approved."""

import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.crowd import Broken, Crowd, Feed
from benchmarks.machine import ROOT, SERVER_CPU, pinned, working
from livechat.commands import comment_id

MEETING = ROOT / "tests" / "dialog.toml"
PATIENCE = 30
RESIDENT = "/m/dialog/live?role=resident"

LENGTH = 30
"""Characters of a comment's text: the frame that holds one comment then has about 250 bytes."""

FROM_ONE_LINE = 200
"""Comments that are sent in on one line: a line has a budget of 300 at once."""

PACE = 1500
"""Comments sent in a second while a meeting is prepared."""


class Service:
    """`livechat serve` on one core. Use as a context manager; everything is in `folder`.

    `module` is what is run. `first` is another service on the same log, whose meeting this one shares.
    """

    def __init__(
        self,
        folder: Path,
        *,
        module: str = "web.cli",
        cpu: int = SERVER_CPU,
        environment: dict[str, str] | None = None,
        first: "Service | None" = None,
    ) -> None:
        self._folder = folder
        self._command = [sys.executable, "-m", module, "serve"]
        self._cpu = cpu
        self._first = first
        self._environment = _environment(folder, environment or {})
        self.comments: list[str] = []
        self.cookies: dict[str, str] = first.cookies if first else {}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._first:
            self._start()
            return self
        links = self._new_meeting()
        self._start()
        self.cookies |= {role: self._session(role, secret) for role, secret in links.items()}
        self._open_intake()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def pids(self) -> list[int]:
        """The processes that do the work."""
        return working(self._process.pid)

    @property
    def epoch(self) -> str:
        """The meeting's epoch."""
        return str(self.state()["epoch"])

    def state(self) -> dict[str, Any]:
        """What a resident sees."""
        return json.loads(self._ask("state"))  # type: ignore[no-any-return]

    def crowd(self, lines: int, *options: str) -> Crowd:
        """Residents."""
        return Crowd(self.port, RESIDENT, lines, options=options)

    def staff(self, role: str) -> Crowd:
        """One line of a moderator, the chair or the display."""
        cookie = (f"Cookie: {self.cookies[role]}",) if role in self.cookies else ()
        return Crowd(self.port, f"/m/dialog/live?role={role}", 1, headers=cookie)

    def comment(self, number: int, epoch: str, length: int = LENGTH) -> str:
        """The frame that sends in comment `number`, whose text is `seq=` and the number; numbers come in turn."""
        proof = secrets.token_urlsafe(16)
        assert number == len(self.comments)
        self.comments.append(comment_id(proof))
        text = f"seq={number} ".ljust(length, "o")[:length]
        return _frame("submit_comment", number, epoch, secret=proof, item="1", text=text)

    def write_comments(self, count: int, length: int = LENGTH) -> None:
        """Sends in the next comments; all must be taken."""
        if not count:
            return
        first, epoch = len(self.comments), self.epoch
        frames = [self.comment(first + number, epoch, length) for number in range(count)]
        with self.crowd(-(-count // FROM_ONE_LINE)) as authors:
            authors.open()
            self._send_all(authors, frames, first)

    def approve(self, count: int) -> None:
        """Approves the first comments, all at once."""
        epoch = self.epoch
        with self.staff("moderator") as desk:
            desk.open()
            self._send_all(desk, [self.approval(number, epoch) for number in range(count)], 0)

    def feed(self, folder: Path) -> tuple[Crowd, Feed]:
        """An open desk, and its approvals of the comments that were written, in turn."""
        desk, epoch = self.staff("moderator"), self.epoch
        desk.open()
        return desk, Feed(desk, "send", lambda number: self.approval(number, epoch), folder)

    def approval(self, number: int, epoch: str) -> str:
        """The frame that approves a comment."""
        return _frame("approve_comment", number, epoch, comment=self.comments[number])

    def decline(self, number: int, epoch: str) -> str:
        """The frame that declines a comment."""
        return _frame("decline_comment", number, epoch, comment=self.comments[number], reason="outside_remit")

    def write(self, frames: list[str]) -> Path:
        """The frames in a file, as the load program takes them."""
        file = self._folder / f"frames-{secrets.token_hex(4)}"
        file.write_text("".join(frame + "\n" for frame in frames))
        return file

    def _send_all(self, line: Crowd, frames: list[str], first: int) -> None:
        sent = line.do(f"send {len(frames) / PACE + 20} {self.write(frames)} 0 {PACE} {first}")
        if sent["acked"] != len(frames):
            raise Broken(f"{sent['acked']} of {len(frames)} commands acknowledged: {sent['trouble']}")

    def _open_intake(self) -> None:
        with self.staff("chair") as chair:
            chair.open()
            self._send_all(chair, [_frame("open_intake", 0, self.epoch)], 0)

    def _new_meeting(self) -> dict[str, str]:
        command = [sys.executable, "-m", "web.cli", "meeting", "new", str(MEETING)]
        made = subprocess.run(command, env=self._environment, cwd=ROOT, capture_output=True, text=True, check=True)
        pages = {"moderate": "moderator", "chair": "chair"}
        return {pages[page]: secret for page, secret in re.findall(r"/(moderate|chair)#(\S+)", made.stdout)}

    def _start(self) -> None:
        log = self._folder / f"stderr-{self._cpu}"
        with log.open("wb") as error:
            command = pinned(self._cpu, self._command)
            self._process = subprocess.Popen(command, env=self._environment, cwd=ROOT, stderr=error)
        until = time.monotonic() + PATIENCE
        while not (found := re.search(rb"listening on .*:(\d+)", log.read_bytes())):
            if self._process.poll() is not None or time.monotonic() > until:
                sys.exit(f"the service did not start: {log.read_text()}")
            time.sleep(0.02)
        self.port = int(found[1])

    def _session(self, role: str, secret: str) -> str:
        answer = self._open("session", json.dumps({"role": role, "secret": secret}).encode())
        return str(answer.headers["set-cookie"]).partition(";")[0]

    def _ask(self, path: str) -> bytes:
        return self._open(path, None).read()  # type: ignore[no-any-return]

    def _open(self, path: str, body: bytes | None) -> Any:
        url = f"http://127.0.0.1:{self.port}/m/dialog/{path}"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        return urllib.request.urlopen(request, timeout=PATIENCE)


def _frame(type: str, number: int, epoch: str, **fields: str) -> str:
    return json.dumps({"type": type, "ref": str(number), "epoch": epoch, **fields})


def _environment(folder: Path, more: dict[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LIVECHAT_")}
    return {**ours, "LIVECHAT_DATA": str(folder / "data"), "LIVECHAT_HOST": "127.0.0.1", "PORT": "0", **more}
