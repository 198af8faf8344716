"""What happens on an open websocket, byte by byte: frames in pieces, pings, closing, and peers that fall silent."""

import asyncio
import os
import resource
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from websockets.frames import Close, Frame, Opcode

from livechat.messages import JSON
from tests.cast import PATIENCE, Resident, Service, serving, until
from tests.process import Process
from web.line import DEAF

PLAIN = {
    "Host": "localhost",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
"""What RFC 6455, section 1.3, answers to that key."""

WATCH = JSON.encode({"type": "watch", "ref": "r", "secrets": []})
ACK = b'{"type":"ack","ref":"r","ids":[]}'


class Wire:
    """A client that writes bytes, and reads frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    def say(self, opcode: Opcode, data: bytes = b"", fin: bool = True) -> None:
        self.write(Frame(opcode, data, fin).serialize(mask=True))

    async def head(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def hear(self) -> tuple[int, bytes]:
        async with asyncio.timeout(PATIENCE):
            first, length = await self.reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack("!H", await self.reader.readexactly(2))
            return first & 0x0F, await self.reader.readexactly(length)

    async def hear_of(self, opcode: Opcode) -> bytes:
        while (heard := await self.hear())[0] != opcode:
            pass
        return heard[1]

    async def ends(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.reader.read()
            assert self.reader.at_eof()


@asynccontextmanager
async def dialled(service: Service) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def opened(service: Service, **more: str) -> AsyncIterator[Wire]:
    async with dialled(service) as wire:
        wire.write(_request(PLAIN | more))
        head = await wire.head()
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"\r\nSec-WebSocket-Accept: " + ACCEPT + b"\r\n" in head
        assert b'"type":"state"' in await wire.hear_of(Opcode.TEXT)
        yield wire


def _request(headers: dict[str, str], method: str = "GET") -> bytes:
    lines = [f"{method} /m/dialog/live HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@pytest.mark.parametrize("connection", ["Upgrade", "keep-alive, Upgrade", "upgrade"])
async def test_every_browser_gets_in(service: Service, connection: str) -> None:
    async with opened(service, Connection=connection) as wire:
        wire.say(Opcode.TEXT, WATCH)
        assert await wire.hear_of(Opcode.TEXT) == ACK


async def test_an_unusual_handshake_gets_in_the_long_way(service: Service) -> None:
    more = {f"X-Filler-{number}": "a" * 500 for number in range(20)}
    async with opened(service, **more) as wire:
        wire.say(Opcode.TEXT, WATCH)
        while (await wire.hear_of(Opcode.TEXT)) != ACK:
            pass


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (PLAIN | {"Sec-WebSocket-Version": "8"}, b"400"),
        (PLAIN | {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ"}, b"400"),
        (PLAIN | {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAAAA"}, b"400"),
        (PLAIN | {"Sec-WebSocket-Protocol": "chat"}, b"400"),
        ({name: value for name, value in PLAIN.items() if name != "Sec-WebSocket-Key"}, b"400"),
    ],
)
async def test_a_handshake_that_breaks_the_rules_is_turned_down(
    service: Service, headers: dict[str, str], status: bytes
) -> None:
    async with dialled(service) as wire:
        wire.write(_request(headers))
        assert (await wire.head()).split()[1] == status
        await wire.ends()


async def test_another_address_is_not_found(service: Service) -> None:
    async with dialled(service) as wire:
        wire.write(_request(PLAIN).replace(b"/m/dialog/live", b"/m/dialog/life"))
        assert (await wire.head()).split()[1] == b"404"
        await wire.ends()


async def test_a_message_may_come_byte_by_byte(service: Service) -> None:
    async with opened(service) as wire:
        for byte in Frame(Opcode.TEXT, WATCH).serialize(mask=True):
            wire.write(bytes([byte]))
            await wire.writer.drain()
        assert await wire.hear_of(Opcode.TEXT) == ACK
        wire.say(Opcode.TEXT, WATCH)
        assert await wire.hear_of(Opcode.TEXT) == ACK


async def test_a_message_may_come_in_fragments_with_a_ping_between(service: Service) -> None:
    async with opened(service) as wire:
        wire.say(Opcode.TEXT, WATCH[:9], fin=False)
        wire.say(Opcode.PING, b"there?")
        assert await wire.hear() == (Opcode.PONG, b"there?")
        wire.say(Opcode.CONT, WATCH[9:20], fin=False)
        wire.say(Opcode.CONT, WATCH[20:])
        assert await wire.hear_of(Opcode.TEXT) == ACK


async def test_many_messages_may_come_at_once_and_are_answered_in_order(service: Service) -> None:
    async with opened(service) as wire:
        asked = [JSON.encode({"type": "watch", "ref": str(number), "secrets": []}) for number in range(50)]
        wire.write(b"".join(Frame(Opcode.TEXT, message).serialize(mask=True) for message in asked))
        heard = [JSON.decode(await wire.hear_of(Opcode.TEXT))["ref"] for _ in asked]
        assert heard == [str(number) for number in range(50)]


async def test_fragments_without_end_are_too_large(service: Service) -> None:
    async with opened(service) as wire:
        wire.say(Opcode.TEXT, b"a" * 10_000, fin=False)
        wire.say(Opcode.CONT, b"a" * 10_000, fin=False)
        assert Close.parse(await wire.hear_of(Opcode.CLOSE)).code == 1009
        await wire.ends()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (Frame(Opcode.TEXT, b"\xff").serialize(mask=True), 1007),
        (Frame(Opcode.TEXT, WATCH).serialize(mask=False), 1002),
        (Frame(Opcode.CONT, WATCH).serialize(mask=True), 1002),
        (b"\xf3\x80\0\0\0\0", 1002),
    ],
    ids=["text that is no UTF-8", "not masked", "a continuation of nothing", "reserved bits"],
)
async def test_who_breaks_the_rules_of_websockets_is_told_and_let_go(service: Service, data: bytes, code: int) -> None:
    async with opened(service) as wire:
        wire.write(data)
        assert Close.parse(await wire.hear_of(Opcode.CLOSE)).code == code
        wire.say(Opcode.CLOSE, Close(code, "").serialize())
        await wire.ends()


async def test_who_says_goodbye_is_answered(service: Service) -> None:
    async with opened(service) as wire:
        wire.say(Opcode.CLOSE, Close(1000, "").serialize())
        assert Close.parse(await wire.hear_of(Opcode.CLOSE)).code == 1000
        await wire.ends()
    await until(lambda: service.hub.channels()[0].fanout.count() == 0)


async def test_a_peer_that_answers_no_ping_is_let_go_and_one_that_does_stays(tmp_path: Path) -> None:
    async with serving(tmp_path, beat=0.05) as service, opened(service) as deaf:
        there = await Resident.join(service)
        for _ in range(DEAF):
            await deaf.hear_of(Opcode.PING)
        await deaf.ends()
        await until(lambda: service.hub.channels()[0].fanout.count() == 1)
        assert await there.writes("Jag är kvar")


async def test_what_a_quiet_line_keeps_is_next_to_nothing(service: Service) -> None:
    async with opened(service) as wire:
        wire.say(Opcode.TEXT, WATCH)
        assert await wire.hear_of(Opcode.TEXT) == ACK
        (channel,) = service.hub.channels()
        (connection,) = [member for cohort in channel.fanout._all_cohorts(["resident"]) for member in cohort.members]  # type: ignore[list-item]
        assert not hasattr(connection, "__dict__")
        assert not hasattr(connection._line, "__dict__")  # type: ignore[attr-defined]
        await until(lambda: connection._answering is None)  # type: ignore[attr-defined]
        assert connection._line._reader is None  # type: ignore[attr-defined]


async def test_who_knocks_and_says_nothing_is_let_go(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.protocol.HEAD_PATIENCE", 0.1)
    async with dialled(service) as silent, dialled(service) as later:
        await asyncio.gather(silent.ends(), later.ends())
    async with opened(service) as wire:
        wire.say(Opcode.TEXT, WATCH)
        assert await wire.hear_of(Opcode.TEXT) == ACK


async def test_hundreds_who_come_at_once_all_get_in_and_those_who_leave_are_forgotten(service: Service) -> None:
    async with AsyncExitStack() as stack:
        dialling = (stack.enter_async_context(dialled(service)) for _ in range(300))
        wires = await asyncio.gather(*dialling)
        for wire in wires[::3]:
            wire.write(_request(PLAIN))
            wire.writer.transport.abort()
        for wire in wires[1::3]:
            wire.write(_request(PLAIN)[:40])
        for wire in wires[2::3]:
            wire.write(_request(PLAIN))
            assert (await wire.head()).split()[1] == b"101"
        for wire in wires[1::3]:
            wire.write(_request(PLAIN)[40:])
            assert (await wire.head()).split()[1] == b"101"
        await until(lambda: service.hub.channels()[0].fanout.count() == 200)
    await until(lambda: service.hub.channels()[0].fanout.count() == 0)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="there is no /proc to count file descriptors in")
async def test_those_who_find_no_room_wait_and_get_in_when_others_have_left(tmp_path: Path) -> None:
    async with Process(tmp_path) as service:
        pid = service.process.pid
        room = len(os.listdir(f"/proc/{pid}/fd")) + 5
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (room, room))
        crowd = [await asyncio.open_connection("127.0.0.1", service.port) for _ in range(10)]
        await until(lambda: b"no more connections can be taken for now: Too many open files" in service.logged())
        for _, writer in crowd:
            writer.close()
        late = await Resident.join(service)
        await until(lambda: late.epoch)
        await late.leave()
        assert service.logged().count(b"no more connections") == 1
