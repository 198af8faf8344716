"""A real nginx with docs/nginx.conf: only names, addresses, paths and the certificate are others."""

import asyncio
import os
import shutil
import signal
import socket
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from starlette.types import ASGIApp, Receive, Scope, Send

from livechat.roles import Role
from tests.cast import PATIENCE, Service

CONFIGURATION = Path(__file__).parent.parent / "docs" / "nginx.conf"
PROGRAM = shutil.which("nginx", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin")))

needs_nginx = pytest.mark.skipif(
    not PROGRAM or sys.platform != "linux", reason="needs nginx, on Linux: tests/prepare.sh says how to get it"
)


class Arrivals:
    """The requests that reach the service, as they are before it forgets who asks."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    def around(self, app: ASGIApp) -> ASGIApp:
        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "lifespan":
                self.scopes.append({**scope, "headers": dict(scope["headers"])})
            await app(scope, receive, send)

        return watched

    def at(self, path: str) -> list[Scope]:
        return [scope for scope in self.scopes if scope["path"] == path]


class Nginx(Service):
    """What residents reach: the service behind nginx, over TLS."""

    def __init__(self, folder: Path, upstreams: list[str], links: dict[Role, str]) -> None:
        self.folder = folder
        self.links = links
        self.port, self.plain_port = _free_ports()
        self.url = f"https://localhost:{self.port}"
        self._authority = trustme.CA()
        self._upstreams = upstreams

    @property
    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()  # One for each client: some change it.
        self._authority.configure_trust(context)
        return context

    def address(self, query: str, meeting: str = "dialog") -> str:
        return f"wss://localhost:{self.port}/m/{meeting}/live?{query}"

    def http(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=PATIENCE, **{"verify": self.tls, **options})

    def workers(self) -> set[int]:
        """The process ids of its workers, old and new."""
        master = self.process.pid
        return {int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()}

    def write_configuration(self, change: Callable[[str], str]) -> None:
        certificate = self._authority.issue_cert("localhost")
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self.folder / "tls.pem"))
        text = CONFIGURATION.read_text()
        for ours, test in self._replaced().items():
            assert ours in text, ours
            text = text.replace(ours, test)
        (self.folder / "nginx.conf").write_text(change(text))

    async def start(self) -> None:
        """Returns when it takes connections."""
        with (self.folder / "output").open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                str(PROGRAM),
                *("-c", str(self.folder / "nginx.conf"), "-p", str(self.folder), "-g", "daemon off;"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        async with asyncio.timeout(PATIENCE):
            while not await self._listens():
                assert self.process.returncode is None, (self.folder / "output").read_text()
                await asyncio.sleep(0.01)

    async def reload(self) -> None:
        """Returns when the new workers are there; the old ones keep their lines."""
        before = self.workers()
        self.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(PATIENCE):
            while self.workers() <= before:  # noqa: ASYNC110 - another program's workers send us no event
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    def _replaced(self) -> dict[str, str]:
        return {
            "dialog.kommunen.se": "localhost",
            "/etc/ssl/livechat.crt": f"{self.folder}/tls.pem",
            "/etc/ssl/livechat.key": f"{self.folder}/tls.pem",
            " /run/": f" {self.folder}/",
            # Where there is no IPv6, nginx would not start.
            "listen [::]:443": f"listen unix:{self.folder}/tls",
            "listen [::]:80": f"listen unix:{self.folder}/plain",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "127.0.0.1:8000": self._upstreams[0],
            "127.0.0.1:8001": self._upstreams[-1],
        }


@asynccontextmanager
async def nginx(
    *services: Service, upstreams: list[str] | None = None, change: Callable[[str], str] = lambda text: text
) -> AsyncIterator[Nginx]:
    """nginx before these services, or before other addresses. `change` makes a configuration that is not ours."""
    with open_folder() as folder:
        addresses = upstreams or [f"127.0.0.1:{service.port}" for service in services]
        running = Nginx(folder, addresses, services[0].links)
        running.write_configuration(change)
        await running.start()
        try:
            yield running
        finally:
            if running.process.returncode is None:
                await running.stop()


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that nginx's workers (www-data) may enter, which they may not with pytest's."""
    with tempfile.TemporaryDirectory(prefix="nginx") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]
