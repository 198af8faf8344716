"""A whole meeting on three processes and a primary with its replica, while all of them are killed at random.

At the end every surface shows the same state, every acknowledged comment is there once, every decision is the first
one that was made, and every ballot is counted once. One minute of it runs with the tests, five with `make soak`.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import WebSocketException

from tests.cast import Client, Display, Moderator, Resident, new_secret
from tests.process import Process
from tests.servers import Deployment

SEED = int(os.environ.get("TEST_SEED", "1"))
RESIDENTS = 300
LOST = (WebSocketException, AssertionError, OSError, TimeoutError)
"""How a line that is gone shows itself to whoever is speaking."""


class Evening:
    """What people know of the meeting, whatever happens to the machines. `over`: nobody begins anything new."""

    def __init__(self, processes: list[Process], chance: random.Random, cookies: list[str]) -> None:
        self.processes = processes
        self.chance = chance
        self.cookies = cookies
        self.over = asyncio.Event()
        self.written: dict[str, str] = {}
        self.acknowledged: dict[str, str] = {}
        self.decided: dict[str, str] = {}
        self.supporters: Counter[str] = Counter()
        self.drops = 0

    async def takes_part(self, live: Callable[[Process], Awaitable[None]]) -> None:
        """Lives at one door or another until the evening is over; comes back whenever the line is lost."""
        while True:
            try:
                await live(self.chance.choice(self.processes))
                return
            except LOST:
                self.drops += 1
                await asyncio.sleep(self.chance.random() / 2)

    async def pause(self, seconds: float) -> None:
        """Waits for so long, or until the evening is over."""
        try:
            async with asyncio.timeout(seconds):
                await self.over.wait()
        except TimeoutError:
            return


class Author:
    """A resident with an outbox and a ballot, as a browser keeps them."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        self.outbox: dict[str, str] = {}
        self.ballot = ""
        self.supported: set[str] = set()

    async def live(self, process: Process) -> None:
        evening, resident = self.evening, await Resident.join(process)
        resident.ballot = self.ballot
        await self._send_all(resident)
        while not evening.over.is_set():
            await evening.pause(evening.chance.uniform(5, 15))
            self._writes_something()
            await self._send_all(resident)
            await self._votes(resident)
        await self._send_all(resident)
        for id in self.supported:  # What a browser remembers of its votes, said once more.
            await self._asks(resident, "support_comment", comment=id, ballot=self.ballot)
        await resident.leave()

    def _writes_something(self) -> None:
        secret = new_secret()
        self.outbox[secret] = self.evening.written[secret] = f"Kommentar {len(self.evening.written)}"

    async def _send_all(self, resident: Resident) -> None:
        for secret, text in list(self.outbox.items()):
            answer = await self._asks(resident, "submit_comment", secret=secret, item="1", text=text)
            self.evening.acknowledged[secret] = str(answer["id"])
            del self.outbox[secret]

    async def _votes(self, resident: Resident) -> None:
        shown = [comment["id"] for comment in resident.comments().values()]
        if not shown:
            return
        if not self.ballot:
            self.ballot = str((await self._asks(resident, "issue_ballot"))["ballot"])
        id = self.evening.chance.choice(shown)
        if id not in self.supported:
            self.supported.add(id)
            self.evening.supporters[id] += 1
        await self._asks(resident, "support_comment", comment=id, ballot=self.ballot)

    async def _asks(self, resident: Resident, type: str, **fields: str) -> dict[str, object]:
        """Asks until the answer is yes: "not saved" and a new epoch mean to try again."""
        while (answer := await resident.ask(type, **fields))["type"] != "ack":
            assert answer["code"] in ("not_saved", "not_reachable", "epoch_changed", "too_busy", "too_fast"), answer
            await asyncio.sleep(0.3)
        return answer


class Desk:
    """A moderator who decides about whatever waits, and learns when somebody else was first."""

    def __init__(self, evening: Evening, number: int) -> None:
        self.evening = evening
        self.cookie = evening.cookies[number]

    async def live(self, process: Process) -> None:
        evening, desk = self.evening, await Moderator.join(process, cookie=self.cookie)
        while not evening.over.is_set():
            waiting = [c["id"] for c in desk.comments().values() if c["outcome"] == "pending"]
            if not waiting:
                await evening.pause(0.2)
                continue
            await self._decides(desk, evening.chance.choice(waiting))
        await desk.leave()

    async def _decides(self, desk: Moderator, id: str) -> None:
        approve = self.evening.chance.random() < 0.7
        answer = await (
            desk.ask("approve_comment", comment=id, revision=0)
            if approve
            else desk.ask("decline_comment", comment=id, revision=0, reason="duplicate")
        )
        if answer["type"] == "ack":
            self.evening.decided.setdefault(id, "approved" if approve else "declined")
        elif answer["code"] in ("not_saved", "not_reachable", "epoch_changed"):
            await self.evening.pause(0.3)
        else:
            assert answer["code"] == "already_decided", answer
            await desk.until(lambda: (comment := desk.comment(id)) and comment["outcome"] != "pending")


async def watches(evening: Evening, process: Process) -> None:
    """The display in the room."""
    display = await Display.join(process)
    while not evening.over.is_set():
        await evening.pause(1)
        assert display.closed is None
    await display.leave()


async def breaks_things(evening: Evening, deployment: Deployment) -> Counter[str]:
    """Kills a process or the primary every few seconds, and has it back soon after."""
    broken: Counter[str] = Counter()
    while not evening.over.is_set():
        await evening.pause(evening.chance.uniform(2, 6))
        if evening.chance.random() < 0.6:
            process = evening.chance.choice(evening.processes)
            process.kill()
            await process.ended()
            await evening.pause(evening.chance.random())
            await process.start()
            broken["processes"] += 1
        else:
            # Both at once would be beyond what a primary with one replica can bear.
            await asyncio.to_thread(deployment.until_synced)
            primary, replica = deployment.primary, deployment.replica
            primary.kill()
            await deployment.until_primary(replica)
            await asyncio.to_thread(deployment.bring_back, primary)
            await asyncio.to_thread(deployment.until_known)
            broken["primaries"] += 1
    return broken


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seconds", [60, pytest.param(300, marks=pytest.mark.soak)])
async def test_whatever_breaks_all_end_in_the_same_state_and_nothing_acknowledged_is_lost(
    tmp_path: Path, seconds: float
) -> None:
    chance = random.Random(SEED)
    with Deployment("valkey", "sentinel") as deployment:
        options: dict[str, Any] = {"LIVECHAT_REDIS_URL": deployment.url, "LIVECHAT_REDIS_WAIT": "1"}
        async with (
            Process(tmp_path / "one", **options) as one,
            Process(tmp_path / "two", beside=one, **options) as two,
            Process(tmp_path / "three", beside=one, **options) as three,
        ):
            await one.open_intake()
            cookies = [(await Moderator.join(one)).cookie for _ in range(2)]
            evening = Evening([one, two, three], chance, cookies)
            authors = [Author(evening) for _ in range(RESIDENTS)]
            people = [evening.takes_part(author.live) for author in authors]
            people += [evening.takes_part(Desk(evening, number).live) for number in range(2)]
            people.append(evening.takes_part(lambda process: watches(evening, process)))
            async with asyncio.timeout(seconds + 300), asyncio.TaskGroup() as tasks:
                breaking = tasks.create_task(breaks_things(evening, deployment))
                for person in people:
                    tasks.create_task(person)
                await asyncio.sleep(seconds)
                evening.over.set()
            print(f"{dict(breaking.result())} broken, {evening.drops} lines lost and opened again")
            print(f"{len(evening.acknowledged)} comments, {len(evening.decided)} decisions")
            print(f"{evening.supporters.total()} votes")
            assert breaking.result().total() > 0
            await _all_agree(evening)
        for process in evening.processes:
            assert b"Traceback" not in process.logged()


async def _all_agree(evening: Evening) -> None:
    assert set(evening.acknowledged) == set(evening.written)
    desks: list[Client] = [await Moderator.join(p, cookie=evening.cookies[0]) for p in evening.processes]
    displays: list[Client] = [await Display.join(p) for p in evening.processes]
    residents: list[Client] = [await Resident.join(p) for p in evening.processes]
    votes = {f"tally:{id}": count for id, count in evening.supporters.items()}
    for surface in (desks, displays, residents):
        for client in surface:
            await client.until(lambda c=client: _tallies(c) == votes and c.entities == surface[0].entities)  # type: ignore[misc]  # noqa: B023
    comments = {comment["id"]: comment for comment in desks[0].comments().values()}
    assert Counter(comment["text"] for comment in comments.values()) == Counter(evening.written.values())
    assert set(comments) == set(evening.acknowledged.values())
    assert {id: comments[id]["outcome"] for id in evening.decided} == evening.decided
    approved = {id for id, comment in comments.items() if comment["outcome"] == "approved"}
    assert {comment["id"] for comment in displays[0].comments().values()} == approved


def _tallies(client: Client) -> dict[str, int]:
    return {key: entity["count"] for key, entity in client.entities.items() if entity["kind"] == "tally"}
