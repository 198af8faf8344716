"""What takes minutes: killing again and again under load, nonsense by the thousand, and memory that must not grow."""

import asyncio
import os
import random
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException

from tests.cast import Display, Moderator, Resident, new_secret, until
from tests.process import Process

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

SEED = int(os.environ.get("TEST_SEED", "1"))


async def test_killed_ten_times_at_random_moments_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    async with Process(tmp_path) as process:
        await process.open_intake()
        moderator = await Moderator.join(process)
        cookie = moderator.cookie
        texts: dict[str, str] = {}
        acknowledged: dict[str, str] = {}
        decisions: dict[str, str] = {}

        async def write_until_the_line_is_lost() -> None:
            resident = await Resident.join(process)
            while True:
                secret = new_secret()
                texts[secret] = f"Kommentar {len(texts)}"
                acknowledged[secret] = await resident.writes(texts[secret], secret=secret)

        async def decide_until_the_line_is_lost(decider: Moderator) -> None:
            while True:
                await decider.until(lambda: any(c["outcome"] == "pending" for c in decider.comments().values()))
                pending = [c["id"] for c in decider.comments().values() if c["outcome"] == "pending"]
                id, approve = chance.choice(pending), chance.random() < 0.5
                await (decider.approves(id) if approve else decider.declines(id))
                decisions[id] = "approved" if approve else "declined"

        for _ in range(10):
            moderator = await Moderator.join(process, cookie=cookie)
            busy = [asyncio.create_task(write_until_the_line_is_lost()) for _ in range(20)]
            busy.append(asyncio.create_task(decide_until_the_line_is_lost(moderator)))
            written = len(acknowledged)
            enough = written + chance.randint(20, 400)
            await until(lambda enough=enough: len(acknowledged) >= enough)  # type: ignore[misc]
            process.kill()
            ended = await asyncio.gather(*busy, return_exceptions=True)
            assert all(isinstance(error, WebSocketException | AssertionError | OSError) for error in ended), ended
            await process.ended()
            await process.start()

        moderator, display = await Moderator.join(process, cookie=cookie), await Display.join(process)
        comments = {comment["id"]: comment for comment in moderator.comments().values()}
        assert set(acknowledged.values()) <= set(comments)
        assert len({comment["text"] for comment in comments.values()}) == len(comments)
        assert all(comments[id]["text"] == texts[secret] for secret, id in acknowledged.items())
        assert all(comments[id]["outcome"] == outcome for id, outcome in decisions.items())
        approved = {id for id, comment in comments.items() if comment["outcome"] == "approved"}
        assert {comment["id"] for comment in display.comments().values()} == approved


async def test_nonsense_by_the_thousand_breaks_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    async with Process(tmp_path) as process:
        await process.open_intake()
        for binary in (False, True):
            for _ in range(100):
                client = await Resident.join(process, binary=binary)
                for _ in range(50):
                    await _send_nonsense(client, chance)
                client.drop()
        resident, moderator = await Resident.join(process), await Moderator.join(process)
        id = await resident.writes("Fungerar ändå")
        await moderator.until(lambda: moderator.sees(id))
        assert len(moderator.comments()) == 1
    assert b"ERROR" not in process.logged()


async def test_memory_does_not_grow_with_people_who_come_and_go(tmp_path: Path) -> None:
    async with Process(tmp_path) as process:
        await process.open_intake()

        async def come_and_go(times: int) -> None:
            for _ in range(times):
                crowd = [await Resident.join(process) for _ in range(100)]
                await asyncio.gather(*(resident.do("watch", secrets=[new_secret()]) for resident in crowd))
                for resident in crowd[::2]:
                    resident.drop()
                await asyncio.gather(*(resident.leave() for resident in crowd[1::2]))

        await come_and_go(10)
        before = process.memory()
        await come_and_go(20)
        assert process.memory() - before < 2_000 * 5_000  # One connection holds about 25 kB while it lasts.


async def _send_nonsense(client: Resident, chance: random.Random) -> None:
    good = f'{{"type":"submit_comment","ref":"1","epoch":"{client.epoch}","secret":"{new_secret()}","item":"1"}}'
    data = bytearray(good.encode())
    for _ in range(chance.randint(1, 9)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        await client.line.send(bytes(data) if client.binary else data.decode("latin-1"))
    except WebSocketException:
        assert client.closed in (4500, 1009)
