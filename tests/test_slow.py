"""Nobody waits for the slowest: who cannot take more is passed over, and gets all that was missed later."""

import asyncio
import socket
from functools import partial
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from livechat.messages import VERSION
from livechat.roles import Role
from tests.cast import KEY, Client, Display, Moderator, Resident, Service, new_secret, serving, session, until
from web.meetings import Meetings

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
        # On the way it also passes through states that look the same.
        await slow.until(lambda: slow.entities == author.entities and not cohort.behind)


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


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
async def test_who_sends_without_reading_is_not_read_from_either(tmp_path: Path, server: str) -> None:
    async with serving(tmp_path, send_buffer=4096, ws=server) as service:
        greedy = await _join_with_a_small_buffer(service)
        greedy.line.transport.pause_reading()
        flood = asyncio.create_task(_send_without_end(greedy))
        (channel,) = service.hub.channels()
        (cohort,) = channel.fanout._cohorts[Role.RESIDENT, "livechat.json"]
        (subscriber,) = cohort.members
        await until(lambda: subscriber.paused)
        resident, moderator = await Resident.join(service), await Moderator.join(service)
        id = await resident.writes("Jag kommer fram ändå")
        await moderator.until(lambda: moderator.sees(id))
        assert not flood.done()
        flood.cancel()
        await asyncio.gather(flood, return_exceptions=True)
        greedy.drop()


async def test_a_moderator_whose_link_is_renewed_sees_no_more_though_the_line_is_stuck(tmp_path: Path) -> None:
    async with serving(tmp_path, send_buffer=4096) as service:
        author, desk = await Resident.join(service), await _join_with_a_small_buffer(service, Moderator)
        desk.line.transport.pause_reading()
        fanout = service.hub.channels()[0].fanout
        (cohort,) = fanout._cohorts[Role.MODERATOR, "livechat.json"]
        for number in range(400):
            await author.writes(f"{number} {TEXT}"[:500].strip())
            if cohort.behind:
                break
        assert cohort.behind
        await Meetings(service.hub.log, KEY, new_secret).renew_links("dialog")
        await until(lambda: not fanout._cohorts[Role.MODERATOR, "livechat.json"])
        late = await author.writes("Kommen efter bytet")
        desk.line.transport.resume_reading()
        await desk.line.wait_closed()
        assert not desk.sees(late)


async def test_made_up_offsets_share_one_frame(service: Service) -> None:
    resident = await Resident.join(service)
    frames = service.hub.channels()[0].frames
    for number in range(20):
        query = f"&v={VERSION}&epoch={resident.epoch}&offset={10_000 + number}"
        assert (await Resident.join(service, query=query)).frames[0]["since"] == 0
    assert len(frames._frames) == 1


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


async def _send_without_end(client: Client) -> None:
    while True:
        await client.send({"type": "watch", "ref": "x" * 60, "secrets": []})


async def _join_with_a_small_buffer(service: Service, kind: type[Client] = Resident) -> Client:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", service.port))
    cookie = {"Cookie": await session(service, kind.role)} if kind.role is Role.MODERATOR else None
    address = service.address(f"role={kind.role}")
    client = kind(await connect(address, sock=sock, max_queue=None, additional_headers=cookie), service, binary=False)
    await client.until(lambda: client.frames)
    return client
