"""The service as an operator runs it: a process of its own, that can be stopped and killed."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any, Self

import httpx

from livechat.roles import Role
from tests.cast import PATIENCE, Chair, Service

MEETING = Path(__file__).parent / "dialog.toml"


async def run(*arguments: str, folder: Path, **environment: str) -> tuple[int, str, str]:
    """Runs the command line; gives exit status, output and error output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "web.cli",
        *arguments,
        env=_environment(folder, environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode or 0, out.decode(), error.decode()


class Process(Service):
    """`livechat serve` on a free port, with the meeting `dialog`, which it makes unless another process has.

    `arguments` are more for the command line; `beside` is a process that shares its log with this one.
    """

    def __init__(self, folder: Path, *arguments: str, beside: "Process | None" = None, **environment: Any) -> None:
        self.folder = folder
        self.out = folder / "stderr"
        self.arguments = arguments
        self.beside = beside
        self.environment: dict[str, str] = environment
        self.port = 0

    async def __aenter__(self) -> Self:
        self.folder.mkdir(exist_ok=True)
        if self.beside:
            self.links = self.beside.links
        elif not self.out.exists():
            status, out, error = await run("meeting", "new", str(MEETING), folder=self.folder, **self.environment)
            assert status == 0, error
            self.links = _links(out)
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def start(self) -> None:
        """Starts the service, on the same port as before if there was one; returns when it listens."""
        with self.out.open("ab") as error:
            start = error.tell()
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "web.cli",
                "serve",
                *self.arguments,
                env=_environment(self.folder, {"PORT": str(self.port), **self.environment}),
                stderr=error,
            )
        async with asyncio.timeout(30):
            while not (found := re.search(rb"listening on (?:unix:|.*:(\d+))", self.logged()[start:])):
                assert self.process.returncode is None, self.logged().decode()
                await asyncio.sleep(0.01)
        self.port = int(found[1] or 0)
        self.url = f"http://127.0.0.1:{self.port}"

    async def open_intake(self) -> None:
        """The chair opens for comments."""
        chair = await Chair.join(self)
        await chair.do("open_intake")
        await chair.leave()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    def memory(self) -> int:
        """Bytes of resident memory that the service holds."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def logged(self) -> bytes:
        return self.out.read_bytes()

    def http(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=PATIENCE, **options)


def _links(printed: str) -> dict[Role, str]:
    found = re.findall(r"/m/dialog(?:/(moderate|chair|politician|captions))#(\S+)", printed)
    names = {"moderate": Role.MODERATOR, "chair": Role.CHAIR, "politician": Role.POLITICIAN, "captions": Role.CAPTIONER}
    return {names[page]: secret for page, secret in found}


def _environment(folder: Path, more: dict[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LIVECHAT_") and name != "PORT"}
    return {**ours, "LIVECHAT_DATA": str(folder / "data"), "LIVECHAT_HOST": "127.0.0.1", **more}
