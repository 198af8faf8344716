"""`livechat serve --workers N`: several processes on one port, and one that looks after them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio
from websockets.exceptions import WebSocketException

from tests.cast import PATIENCE, Client, Display, Moderator, Resident, new_secret, until
from tests.process import Process, run
from tests.servers import Deployment

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux to tell who serves whom"),
]

C = TypeVar("C", bound=Client)

ESTABLISHED = "01"
"""A connection's state in /proc/net/tcp."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    """One for all tests here; the last of them ends it."""
    folder = tmp_path_factory.mktemp("workers")
    with Deployment("valkey", "single") as deployment:
        async with Process(folder, "--workers", "2", LIVECHAT_REDIS_URL=deployment.url) as running:
            await until(lambda: running.logged().count(b"listening on") == 2)
            await running.open_intake()
            yield running


async def test_what_comes_in_through_one_worker_is_decided_at_the_other(process: Process) -> None:
    here, there = await one_at_each(process, Resident)
    desk = (await one_at_each(process, Moderator))[1]
    id = await here.writes("Kommentar")
    await desk.until(lambda: desk.sees(id, "pending"))
    await desk.approves(id)
    await here.until(lambda: here.mine(id).get("outcome") == "approved")
    await there.until(lambda: there.sees(id))


async def test_of_a_killed_worker_all_come_back_and_nothing_is_lost(process: Process) -> None:
    here, there = await one_at_each(process, Resident)
    texts = {new_secret(): f"Nummer {number}" for number in range(20)}
    ids = [await here.writes(text, secret=secret) for secret, text in texts.items()]
    killed, left = workers(process)
    os.kill(killed, signal.SIGKILL)
    await here.until(lambda: here.closed is not None)
    again = await _comes_back(process, here)
    assert (await again.do("watch", secrets=list(texts)))["ids"] == ids
    assert there.closed is None
    await until(lambda: len(workers(process)) == 2)  # Another one is started in its place.
    assert left in workers(process)
    await until(lambda: process.logged().count(b"listening on") == 3)
    for desk in await one_at_each(process, Moderator):
        found = [comment["text"] for comment in desk.comments().values()]
        assert sorted(text for text in found if text.startswith("Nummer")) == sorted(texts.values())


async def test_workers_need_a_log_that_they_can_share_and_a_port_of_their_own(process: Process) -> None:
    status, _, error = await run("serve", "--workers", "2", folder=process.folder)
    assert (status, "LIVECHAT_REDIS_URL" in error, "Traceback" in error) == (2, True, False)
    assert (await run("serve", "--workers", "0", folder=process.folder))[0] == 2
    file = {**process.environment, "LIVECHAT_HOST": f"unix:{process.folder}/file"}
    status, _, error = await run("serve", "--workers", "2", folder=process.folder, **file)
    assert (status, "Traceback" in error) == (2, False)
    taken = {"PORT": str(process.port), **process.environment}
    status, _, error = await run("serve", "--workers", "2", folder=process.folder, **taken)
    assert (status, str(process.port) in error, "Traceback" in error) == (2, True, False)


async def test_a_stop_ends_all_workers_gracefully_and_a_lost_supervisor_leaves_none_behind(process: Process) -> None:
    clients, ours = await one_at_each(process, Display), workers(process)
    process.stop()
    assert await process.ended() == 0
    for client in clients:
        await client.until(lambda client=client: client.closed is not None)  # type: ignore[misc]
        assert client.closed == 1012
    assert not any(_lives(worker) for worker in ours)

    await process.start()
    await until(lambda: len(workers(process)) == 2)
    ours = workers(process)
    process.kill()
    await process.ended()
    await until(lambda: not any(_lives(worker) for worker in ours))
    assert b"Traceback" not in process.logged()


def workers(process: Process) -> list[int]:
    """The process ids of the workers, the oldest first."""
    pid = process.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _comes_back(process: Process, client: Resident) -> Resident:
    """As a page does: who knocks while a worker dies may be let in by nobody, and knocks again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await Resident.join(process, resume=client)
            except (WebSocketException, OSError):
                await asyncio.sleep(0.05)


async def one_at_each(process: Process, kind: type[C]) -> list[C]:
    """A client at each worker, in the order of `workers`. The system deals them out: who is too many leaves."""
    found: dict[int, C] = {}
    while set(found) != set(workers(process)):
        client = await kind.join(process)
        worker = _worker_of(process, client)
        if worker in found:
            await client.leave()
        else:
            found[worker] = client
    return [found[worker] for worker in workers(process)]


def _worker_of(process: Process, client: Client) -> int:
    """The worker whose socket is at the other end of the client's line."""
    ends = f":{process.port:04X}", f":{client.line.local_address[1]:04X}"
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if (row[1][-5:], row[2][-5:], row[3]) == (*ends, ESTABLISHED)}
    return next(worker for worker in workers(process) if sockets & _open_files(worker))


def _open_files(pid: int) -> set[str]:
    return {os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()}


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
