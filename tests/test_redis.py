"""What only a Redis can do to a log: move it between servers, hold back for its replicas, ask for a password."""

import asyncio
import re
from pathlib import Path

import pytest
import trustme

from livechat.events import IntakeOpened, IntakePaused
from livechat.log import Unavailable
from livechat.log.redis import RedisLog
from livechat.redis_address import WrongAddress, read_address
from tests.cast import until
from tests.servers import KINDS, Deployment, Kind, free_port, shared

ROOT = Path(__file__).parent.parent
OPENED, PAUSED = IntakeOpened(minute=1), IntakePaused(minute=2)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_meeting_that_moves_to_another_server_of_the_cluster_is_followed_there(
    kind: Kind, tmp_path: Path
) -> None:
    deployment, prefix = shared(kind, "cluster"), str(tmp_path)
    log, other = [RedisLog(deployment.url, prefix=prefix, poll=60) for _ in range(2)]
    await log.start("m", "e", [OPENED])
    seen: list[int] = []

    async def follow() -> None:
        async for entries in log.follow("m", "e"):
            seen.extend(entry.offset for entry in entries)

    following = asyncio.create_task(follow())
    await until(lambda: seen == [1])
    await other.append("m", "e", [PAUSED], at=1)
    await until(lambda: seen == [1, 2])
    before = deployment.owner(f"{prefix}:{{m}}:epoch")
    await asyncio.to_thread(deployment.move, f"{prefix}:{{m}}:epoch")
    assert deployment.owner(f"{prefix}:{{m}}:epoch") is not before
    await other.append("m", "e", [OPENED], at=2)
    await until(lambda: seen == [1, 2, 3])  # Long before it would have looked by itself.
    following.cancel()
    for one in (log, other):
        await one.close()


async def test_a_primary_that_must_have_a_replica_takes_nothing_without_it() -> None:
    with Deployment("redis", "sentinel", "min-replicas-to-write 1", "min-replicas-max-lag 1") as deployment:
        log = RedisLog(deployment.url)
        await _until_well(log)
        await log.start("m", "e", [OPENED])
        deployment.cut()
        with pytest.raises(Unavailable, match="NOREPLICAS"):
            await log.append("m", "e", [PAUSED], at=1)
        with pytest.raises(Unavailable, match="NOREPLICAS"):
            await log.check()
        assert len(await log.read("m", "e")) == 1
        await log.close()


async def test_what_replicas_have_not_confirmed_is_not_written_and_trying_again_writes_it_once() -> None:
    with Deployment("valkey", "sentinel") as deployment:
        log = RedisLog(deployment.url, wait=1)
        await log.start("m", "e", [OPENED])
        primary = deployment.primary
        deployment.cut()
        with pytest.raises(Unavailable, match="0 of 1 replicas"):
            await log.append("m", "e", [PAUSED], at=1)
        for asking in (log.end("m", "e"), log.check("m")):
            with pytest.raises(Unavailable, match="0 of 1 replicas"):
                await asking
        primary.ask.execute_command("ACL SETUSER", "default", "+psync", "+sync")
        await asyncio.to_thread(deployment.until_synced)
        assert await log.end("m", "e") == 2
        assert [entry.events for entry in await log.read("m", "e")] == [(OPENED,), (PAUSED,)]
        await log.close()


async def test_over_tls_and_with_the_rights_that_the_documentation_gives_everything_works(tmp_path: Path) -> None:
    authority, port = trustme.CA(), free_port()
    trusted, certificate = tmp_path / "trusted.pem", tmp_path / "certificate.pem"
    authority.cert_pem.write_to_path(str(trusted))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    tls = [f"tls-port {port}", f"tls-cert-file {certificate}", f"tls-key-file {certificate}", "tls-auth-clients no"]
    rights = re.search(r"user livechat on >… (.*)", (ROOT / "docs" / "operations.md").read_text())
    assert rights
    user = f"user livechat on >hemligt:lösen {rights[1]}"
    with Deployment("redis", "single", user, f"tls-ca-cert-file {trusted}", *tls):
        log = RedisLog(f"rediss://livechat:hemligt%3Al%C3%B6sen@127.0.0.1:{port}?ssl_ca_certs={trusted}")
        await log.start("m", "e", [OPENED])
        await log.append("m", "e", [PAUSED], at=1)
        assert await anext(log.follow("m", "e")) == await log.read("m", "e")
        assert await log.meetings() == ["m"]
        await log.check()
        await log.ballot_secret("m", "e", fresh=b"secret")
        await log.forget_ballots("m", "e")
        await log.close()
        for url, complaint in (
            (f"rediss://livechat:fel@127.0.0.1:{port}?ssl_ca_certs={trusted}", "Authentication"),
            (f"rediss://livechat:fel@127.0.0.1:{port}", "Connection"),
        ):
            log = RedisLog(url)
            with pytest.raises(Unavailable, match=complaint):
                await log.meetings()
            await log.close()


async def _until_well(log: RedisLog) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                return await log.check()
            except Unavailable:
                await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://redis", "scheme"),
        ("redis+replica://redis", "scheme"),
        ("redis://", "host"),
        ("redis://one,two", "host"),
        ("unix://socket", "host"),
        ("redis+cluster://one,,two", "host"),
        ("redis://redis:port", "port"),
        ("redis+cluster://one:1,two:70000", "port"),
        ("redis+sentinel://one:26379", "service"),
        ("redis://redis/first", "database"),
        ("redis+cluster://one/1", "database"),
        ("redis+sentinel://one/name/first", "database"),
        ("redis://redis?ssl_verify=no", "option"),
        ("rediss://redis?ssl_check_hostname=perhaps", "option"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_by_what_is_wrong_in_it(url: str, fault: str) -> None:
    with pytest.raises(WrongAddress, match=fault):
        read_address(url)


def test_an_address_says_where_who_and_how() -> None:
    sentinel = read_address("rediss+sentinel://me:p%40ss@[::1],two:7/log/3?sentinel_password=s&ssl_ca_certs=/ca")
    assert sentinel.kind == "sentinel"
    assert sentinel.hosts == (("::1", 26379), ("two", 7))
    assert sentinel.service == "log"
    assert sentinel.options == {"username": "me", "password": "p@ss", "db": 3, "ssl": True, "ssl_ca_certs": "/ca"}
    assert sentinel.sentinel_options == {"ssl": True, "ssl_ca_certs": "/ca", "password": "s"}
    assert read_address("redis+cluster://:p@one,two:7").options == {"password": "p", "db": 0}
    socket = read_address("unix:///run/redis.sock?password=p")
    assert socket.options == {"unix_socket_path": "/run/redis.sock", "password": "p"}
