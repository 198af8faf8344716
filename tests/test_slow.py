"""Nobody waits for the slowest: who cannot take more is passed over, and gets all that was missed later."""

import asyncio
import socket
from functools import partial
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from livechat.roles import Role
from tests.cast import Display, Moderator, Resident, Service, serving, until

SERVERS = {"straight to the socket": "", "plain sends": "websockets-sansio"}
TEXT = "Ett långt inlägg om stationen. " * 16


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
async def test_a_resident_that_stops_reading_catches_up_and_keeps_nobody_waiting(tmp_path: Path, server: str) -> None:
    async with serving(tmp_path, send_buffer=4096, ws=server) as service:
        moderator, display = await Moderator.join(service), await Display.join(service)
        author, slow = await Resident.join(service), await _join_with_a_small_buffer(service)
        ids = [await author.writes(f"{number} {TEXT}"[:500].strip()) for number in range(40)]
        slow.line.transport.pause_reading()
        (cohort,) = service.hub.channels()[0].fanout._cohorts[Role.RESIDENT, "livechat.json"]

        rounds = 0
        while not cohort.behind:  # Until every buffer on the way is full.
            await moderator.ask_all("approve_comment", ids)
            await display.until(lambda: all(display.sees(id) for id in ids))
            await moderator.ask_all("take_back_comment", ids)
            await display.until(lambda: not display.comments())
            rounds += 1
            assert rounds < 100
        await moderator.ask_all("approve_comment", ids[:20])
        await author.until(lambda: len(author.comments()) == 20)

        slow.line.transport.resume_reading()
        await slow.until(lambda: slow.entities == author.entities)
        assert cohort.behind == 0


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
async def test_much_that_happens_at_once_comes_in_few_frames(tmp_path: Path, server: str) -> None:
    async with serving(tmp_path, ws=server) as service:
        moderator, authors = await Moderator.join(service), [await Resident.join(service) for _ in range(5)]
        display = await Resident.join(service)
        ids = [await author.writes(f"Hej {number}") for number in range(20) for author in authors]
        before = len(display.frames)
        await moderator.ask_all("approve_comment", ids)
        await display.until(lambda: all(display.sees(id) for id in ids))
        assert len(display.frames) - before < len(ids) / 2


async def test_everybody_gets_the_same_bytes(service: Service) -> None:
    residents = [await Resident.join(service) for _ in range(3)]
    moderator = await Moderator.join(service)
    id = await residents[0].writes("Hej")
    await moderator.approves(id)
    for resident in residents:
        await resident.until(partial(resident.sees, id))
    assert residents[1].raw == residents[2].raw


async def test_who_leaves_is_forgotten(service: Service) -> None:
    residents = [await Resident.join(service) for _ in range(3)]
    await residents[0].writes("Hej")
    fanout = service.hub.channels()[0].fanout
    assert fanout.count() == 3
    await asyncio.gather(*(resident.leave() for resident in residents[:2]))
    residents[2].drop()
    await until(lambda: fanout.count() == 0)
    assert (fanout._watchers, fanout._owed) == ({}, {})


async def _join_with_a_small_buffer(service: Service) -> Resident:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", service.port))
    line = await connect(service.address("role=resident"), sock=sock, max_queue=None)
    resident = Resident(line, service, binary=False)
    await resident.until(lambda: resident.frames)
    return resident
