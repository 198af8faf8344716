"""Redis goes away and comes back: residents read on and are told, and nothing that was sent is lost or doubled."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Display, Moderator, Resident, new_secret
from tests.process import Process
from tests.servers import Deployment


@pytest.fixture(params=["redis-single", "valkey-cluster"])
def deployment(request: pytest.FixtureRequest) -> Any:
    kind, shape = request.param.split("-")
    with Deployment(kind, shape) as servers:
        yield servers


@pytest.fixture
async def process(deployment: Deployment, tmp_path: Path) -> AsyncIterator[Process]:
    async with Process(tmp_path, LIVECHAT_REDIS_URL=deployment.url) as running:
        await running.open_intake()
        yield running


async def test_while_redis_is_away_all_read_on_and_afterwards_everything_catches_up(
    deployment: Deployment, process: Process
) -> None:
    resident, moderator = await Resident.join(process), await Moderator.join(process)
    before = await resident.writes("Före")
    await moderator.approves(before)
    node = deployment.owner("livechat:{dialog}:epoch")
    node.kill()

    await resident.until(lambda: resident.live.get("saving") is False)
    late = await Display.join(process)
    assert late.sees(before)
    async with process.http() as http:
        assert (await http.get("/m/dialog")).status_code == 200
        assert (await http.get("/healthz")).status_code == 503
    secrets = {new_secret(): f"Medan ingen hör {number}" for number in range(5)}
    for secret, text in secrets.items():
        answer = await resident.ask("submit_comment", secret=secret, item="1", text=text)
        assert (answer["code"], answer["retry_after"] > 0) == ("not_saved", True)
    assert (await moderator.ask("take_back_comment", comment=before))["code"] == "not_saved"
    assert (await resident.ask("watch", secrets=[new_secret()]))["code"] == "not_reachable"

    node.start()
    node.until_ready()
    await resident.until(lambda: resident.live.get("saving") is True)
    for secret, text in secrets.items():  # What the pages do: send what is in the outbox again.
        await resident.writes(text, secret=secret)
    await moderator.until(lambda: len(moderator.comments()) == 6)
    fresh = await Moderator.join(process, cookie=moderator.cookie)
    assert sorted(c["text"] for c in fresh.comments().values()) == sorted(["Före", *secrets.values()])
    assert fresh.epoch == moderator.epoch == late.epoch  # Nothing was lost, so nobody had to start over.
    assert b"the log cannot be used" in process.logged()
    assert b"Traceback" not in process.logged()


async def test_a_service_that_starts_while_redis_is_away_says_so_and_waits(tmp_path: Path) -> None:
    with Deployment("valkey", "single") as deployment:
        async with Process(tmp_path, LIVECHAT_REDIS_URL=deployment.url) as process:
            process.stop()
            await process.ended()
            node = deployment.nodes[0]
            node.kill()
            await process.start()
            resident = await Resident.join(process)
            await resident.until(lambda: resident.closed is not None)
            assert (resident.frames[0]["code"], resident.closed) == ("not_reachable", 1011)
            async with process.http(headers={"Accept": "text/html"}) as http:
                page = await http.get("/m/dialog")
            assert (page.status_code, "går inte att nå just nu" in page.text) == (503, True)
            assert b"the log cannot be used" in process.logged()
            node.start()
            node.until_ready()
            assert (await Resident.join(process)).meeting["id"] == "dialog"
