"""The primary is killed while people write, and its replica takes over without what it had not got yet.

Nothing that was acknowledged is lost while a process lives that knows it; who wrote what nobody knows any more is told.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.cast import Client, Display, Moderator, Resident, new_secret, until
from tests.process import Process
from tests.servers import Deployment, Kind


@asynccontextmanager
async def two_processes(
    folder: Path, kind: Kind, **environment: Any
) -> AsyncIterator[tuple[Deployment, list[Process]]]:
    """Two machines on the log of a primary with a replica under Sentinel, and the meeting open."""
    with Deployment(kind, "sentinel") as deployment:
        environment["LIVECHAT_REDIS_URL"] = deployment.url
        async with (
            Process(folder / "one", **environment) as one,
            Process(folder / "two", beside=one, **environment) as two,
        ):
            await one.open_intake()
            yield deployment, [one, two]


class Writers:
    """Residents who write one comment after the other, and keep what is not acknowledged in their outboxes."""

    def __init__(self) -> None:
        self.outbox: dict[str, str] = {}
        self.acknowledged: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, residents: list[Resident]) -> None:
        self._tasks += [asyncio.create_task(self._write(resident)) for resident in residents]

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def send_all(self, resident: Resident) -> None:
        """What a page does when the line is back: everything in the outbox goes out again."""
        for secret, text in self.outbox.items():
            await self._send(resident, secret, text)

    async def _write(self, resident: Resident) -> None:
        while True:
            secret = new_secret()
            self.outbox[secret] = f"Kommentar {len(self.outbox)}"
            await self._send(resident, secret, self.outbox[secret])

    async def _send(self, resident: Resident, secret: str, text: str) -> None:
        while (answer := await resident.ask("submit_comment", secret=secret, item="1", text=text))["type"] != "ack":
            assert answer["code"] == "not_saved", answer
            await asyncio.sleep(0.2)  # A tenth of what the answer asks for, to make it harder.
        self.acknowledged[secret] = answer["id"]


async def test_what_the_replica_lacked_is_said_again_and_every_surface_ends_in_the_same_state(tmp_path: Path) -> None:
    async with two_processes(tmp_path, "valkey") as (deployment, processes):
        residents = [await Resident.join(process) for process in processes for _ in range(5)]
        moderator, display = await Moderator.join(processes[0]), await Display.join(processes[1])
        epoch = moderator.epoch
        deployment.until_synced()
        deployment.cut()  # From here on the primary alone has what is written.
        writers = Writers()
        writers.start(residents)
        await until(lambda: len(writers.acknowledged) >= 50)
        first = next(iter(writers.acknowledged.values()))
        await moderator.until(lambda: moderator.sees(first))
        await moderator.do("approve_comment", comment=first)
        await display.until(lambda: display.sees(first))
        deployment.primary.kill()

        everybody: list[Client] = [*residents, moderator, display]
        for client in everybody:
            await client.until(lambda client=client: client.epoch != epoch)  # type: ignore[misc]
        acknowledged = len(writers.acknowledged)
        await until(lambda: len(writers.acknowledged) > acknowledged + 20)
        await writers.end()
        await writers.send_all(await Resident.join(processes[0]))
        await _all_have(processes, writers, moderator, approved={first})


async def test_with_wait_nothing_is_acknowledged_that_a_failover_could_lose(tmp_path: Path) -> None:
    async with two_processes(tmp_path, "redis", LIVECHAT_REDIS_WAIT="1") as (deployment, processes):
        residents = [await Resident.join(process) for process in processes for _ in range(5)]
        moderator = await Moderator.join(processes[1])
        writers = Writers()
        writers.start(residents)
        await until(lambda: len(writers.acknowledged) >= 50)
        replica, primary = deployment.replica, deployment.primary
        deployment.cut()
        await residents[0].until(lambda: residents[0].live.get("saving") is False)
        acknowledged = dict(writers.acknowledged)
        secret, text = next((secret, text) for secret, text in writers.outbox.items() if secret not in acknowledged)
        # The primary has it, so both processes know the comment: still nobody may say that it is saved.
        answer = await (await Resident.join(processes[1])).ask("submit_comment", secret=secret, item="1", text=text)
        assert answer["code"] == "not_saved"
        assert writers.acknowledged == acknowledged
        for process in processes:  # Nobody is left who could say anything again.
            process.kill()
            await process.ended()
        await writers.end()
        primary.kill()

        await deployment.until_primary(replica)
        deployment.bring_back(primary)
        for process in processes:
            await process.start()
        moderator = await Moderator.join(processes[1], cookie=moderator.cookie)
        assert set(acknowledged.values()) <= {comment["id"] for comment in moderator.comments().values()}
        await _until_saving(processes[0])
        await writers.send_all(await Resident.join(processes[0]))
        await _all_have(processes, writers, moderator)


async def test_who_wrote_what_nobody_knows_any_more_is_told(tmp_path: Path) -> None:
    with Deployment("redis", "sentinel") as deployment:
        async with Process(tmp_path, LIVECHAT_REDIS_URL=deployment.url) as process:
            await process.open_intake()
            resident = await Resident.join(process)
            kept, lost = new_secret(), new_secret()
            id = await resident.writes("Hann fram", secret=kept)
            deployment.until_synced()
            replica = deployment.replica
            deployment.cut()
            await resident.writes("Hann inte fram", secret=lost)
            process.kill()
            await process.ended()
            deployment.primary.kill()
            await deployment.until_primary(replica)
            await process.start()
            resident = await Resident.join(process, resume=resident)
            assert (await resident.do("watch", secrets=[kept, lost]))["ids"] == [id, None]
            assert await resident.writes("Hann inte fram", secret=lost)


async def _all_have(
    processes: list[Process], writers: Writers, moderator: Moderator, approved: frozenset[str] | set[str] = frozenset()
) -> None:
    """Every comment is there, once, at every door; and so is what was decided."""
    for process in processes:
        desk = await Moderator.join(process, cookie=moderator.cookie)
        await desk.until(lambda desk=desk: len(desk.comments()) == len(writers.outbox))  # type: ignore[misc]
        comments = desk.comments().values()
        assert sorted(comment["text"] for comment in comments) == sorted(writers.outbox.values())
        assert {comment["id"] for comment in comments} == set(writers.acknowledged.values())
        assert {comment["id"] for comment in comments if comment["outcome"] == "approved"} == set(approved)
        display = await Display.join(process)
        await display.until(lambda d=display: {c["id"] for c in d.comments().values()} == set(approved))  # type: ignore[misc]


async def _until_saving(process: Process) -> None:
    async with process.http() as http, asyncio.timeout(20):
        while True:
            if (await http.get("/healthz")).status_code == 200:
                return
