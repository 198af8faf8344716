"""The cast: people and screens as real websocket clients of a real server."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import msgpack
import msgspec
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livechat.hub import Hub
from livechat.live import Counts
from livechat.log import Log
from livechat.log.sqlite import SqliteLog
from livechat.messages import VERSION
from livechat.relay import Relay
from livechat.roles import Role
from web.app import create_app, create_hub
from web.meeting_file import MeetingFile, read_meeting_file
from web.meetings import Meetings
from web.serve import Server, configure, listen
from web.settings import Settings
from web.texts import texts

PATIENCE = 10
KEY = b"the key of the tests, and of nothing else"

FILE = read_meeting_file(Path(__file__).parent / "dialog.toml", texts("sv"))


class Service:
    """A running service with one meeting, `dialog`, open for comments."""

    def __init__(self, hub: Hub, port: int, links: dict[Role, str]) -> None:
        self.hub = hub
        self.port = port
        self.links = links
        self.url = f"http://127.0.0.1:{port}"

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What a client trusts, where lines are encrypted."""
        return None

    def address(self, query: str, meeting: str = "dialog") -> str:
        return f"ws://127.0.0.1:{self.port}/m/{meeting}/live?{query}"

    def http(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=PATIENCE, **options)


@asynccontextmanager
async def serving(
    folder: Path,
    *,
    beat: float = 10,
    log: Log | None = None,
    counts: Counts | None = None,
    relay: Relay | None = None,
    begun: bool = True,
    send_buffer: int = 0,
    ws: str = "",
    host: str = "127.0.0.1",
    around: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    made: bool = False,
    clock: Callable[[], float] = time.time,
    file: MeetingFile = FILE,
) -> AsyncIterator[Service]:
    """A real server on a free port, in the test's own loop. `ws` names another websocket server than ours.

    `around` wraps the app, to watch what reaches it; `made`: the meeting is there already, whatever the log says;
    `file` is another one for the meeting `dialog`.
    """
    settings = Settings(data=str(folder), host=host, port=0)
    log = log or SqliteLog(settings.log_file, poll=0.02)
    meetings = Meetings(log, KEY, lambda: secrets.token_urlsafe(9), clock)
    links = {} if made else await _links(meetings, log, begun, file)
    hub = create_hub(log, counts, relay, clock=clock, beat=beat)
    configured = configure(around(create_app(settings, hub)), settings)
    if ws:
        configured.ws = ws
    server = Server(configured, hub)
    listener = listen(settings)
    if send_buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    task = asyncio.create_task(server._serve([listener]))
    await until(lambda: server.started or task.done())
    try:
        yield Service(hub, 0 if settings.socket_file else listener.getsockname()[1], links)
    finally:
        server.should_exit = True
        await task


async def _links(meetings: Meetings, log: Log, begun: bool, file: MeetingFile) -> dict[Role, str]:
    if not await log.epoch("dialog"):
        await meetings.new(file, begun=begun)
    return {role: url.partition("#")[2] for role, url in await meetings.links("dialog", "") if url}


class Client:
    """A connection that folds what it is sent, as docs/protocol.md says."""

    role = Role.RESIDENT

    def __init__(self, line: ClientConnection, service: Service, binary: bool) -> None:
        self.line = line
        self.service = service
        self.binary = binary
        self.epoch = ""
        self.offset = 0
        self.entities: dict[str, dict[str, Any]] = {}
        self.own: dict[str, dict[str, Any]] = {}
        self.live: dict[str, Any] = {}
        self.captions: dict[str, str] = {}
        self.frames: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.closed: int | None = None
        self._heard = asyncio.Event()
        self._reading = asyncio.create_task(self._read())
        self._refs = 0

    @classmethod
    async def join(
        cls,
        service: Service,
        *,
        binary: bool = False,
        query: str = "",
        resume: Client | None = None,
        headers: dict[str, str] | None = None,
    ) -> Self:
        """Opens a line. With `resume`, from where another connection stood."""
        if resume:
            query += f"&v={VERSION}&epoch={resume.epoch}&offset={resume.offset}"
        protocol: Any = "livechat.msgpack" if binary else "livechat.json"
        line = await connect(
            service.address(f"role={cls.role}{query}"),
            subprotocols=[protocol],
            additional_headers=headers,
            max_size=2**24,
            max_queue=None,
            ssl=service.tls,
        )
        client = cls(line, service, binary)
        if resume:
            client.epoch, client.offset, client.entities = resume.epoch, resume.offset, dict(resume.entities)
        await client.until(lambda: bool(client.frames) or client.closed is not None)
        return client

    async def leave(self) -> None:
        await self.line.close()
        await self._reading

    def drop(self) -> None:
        """The line breaks, without a word."""
        self.line.transport.abort()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                assert not self._reading.done() or condition(), f"closed with {self.closed}"
                self._heard.clear()
                await self._heard.wait()

    async def send(self, frame: Any) -> None:
        await self.line.send(msgpack.packb(frame) if self.binary else msgspec.json.encode(frame).decode())

    async def ask_all(self, type: str, comments: list[str]) -> None:
        """Sends a decision about each of the comments at once; all answers must be yes."""
        refs = [f"{type} {number}" for number in range(len(comments))]
        for ref, comment in zip(refs, comments, strict=True):
            await self.send({"type": type, "ref": ref, "epoch": self.epoch, "comment": comment})
        await self.until(lambda: set(refs) <= set(self.answers))
        assert {self.answers.pop(ref)["type"] for ref in refs} == {"ack"}

    async def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        """Sends a command and gives the answer."""
        self._refs += 1
        ref = fields.setdefault("ref", f"r{self._refs}")
        if type not in ("watch", "claim", "type_caption", "signal", "read_aloud"):
            fields.setdefault("epoch", self.epoch)
        await self.send({"type": type, **fields})
        await self.until(lambda: ref in self.answers)
        return self.answers.pop(ref)

    async def do(self, type: str, **fields: Any) -> dict[str, Any]:
        """As `ask`, and the answer must be yes."""
        answer = await self.ask(type, **fields)
        assert answer["type"] == "ack", answer
        return answer

    def comment(self, id: str) -> dict[str, Any] | None:
        return self.entities.get(f"comment:{id}")

    def sees(self, id: str, outcome: str | None = None) -> bool:
        comment = self.comment(id)
        return comment is not None and outcome in (None, comment["outcome"])

    def tally(self, id: str) -> int:
        """How many ballots the comment has, as far as this client has been told."""
        return int(self.entities.get(f"tally:{id}", {"count": 0})["count"])

    def comments(self) -> dict[str, dict[str, Any]]:
        return {key: entity for key, entity in self.entities.items() if entity["kind"] == "comment"}

    def heard(self, type: str) -> bool:
        """Whether a frame of this type has come."""
        return any(frame["type"] == type for frame in self.frames)

    def mine(self, id: str) -> dict[str, Any]:
        """What this author has been told of an own comment."""
        return self.own.get(id, {})

    @property
    def meeting(self) -> dict[str, Any]:
        return next(entity for entity in self.entities.values() if entity["kind"] == "meeting")

    async def _read(self) -> None:
        try:
            async for data in self.line:
                self._hear(data.encode() if isinstance(data, str) else data)
        except ConnectionClosed:
            pass
        finally:
            self.closed = self.line.close_code
            self._heard.set()

    def _hear(self, data: bytes) -> None:
        self.raw.append(data)
        frame = msgpack.unpackb(data) if self.binary else msgspec.json.decode(data)
        self.frames.append(frame)
        getattr(self, f"_hear_{frame['type']}")(frame)
        self._heard.set()

    def _hear_state(self, frame: dict[str, Any]) -> None:
        assert frame["since"] <= self.offset or not frame["since"], "a gap"
        if frame["since"] == 0:
            self.entities = {}
        for entity in frame["put"]:
            self.entities[f"{entity['kind']}:{entity['id']}"] = entity
        for key in frame["drop"]:
            self.entities.pop(key, None)
        self.epoch, self.offset = frame["epoch"], frame["offset"]

    def _hear_own(self, frame: dict[str, Any]) -> None:
        self.own.update({comment["id"]: comment for comment in frame["put"]})

    def _hear_ack(self, frame: dict[str, Any]) -> None:
        self.answers[frame["ref"]] = frame

    def _hear_refused(self, frame: dict[str, Any]) -> None:
        self.answers[frame["ref"]] = frame

    def _hear_captions(self, frame: dict[str, Any]) -> None:
        self.captions = {caption["language"]: caption["text"] for caption in frame["put"]}

    def _hear_live(self, frame: dict[str, Any]) -> None:
        self.live = frame


class Resident(Client):
    ballot = ""

    async def writes(self, text: str, item: str = "1", secret: str = "") -> str:
        """Sends a comment; gives its id once it is acknowledged."""
        answer = await self.do("submit_comment", secret=secret or new_secret(), item=item, text=text)
        return str(answer["id"])

    async def takes_ballot(self) -> str:
        """Asks for a ballot, as a browser does before its first vote."""
        self.ballot = str((await self.do("issue_ballot"))["ballot"])
        return self.ballot

    async def supports(self, id: str) -> None:
        """Supports a comment; returns when that is acknowledged."""
        await self.do("support_comment", comment=id, ballot=self.ballot or await self.takes_ballot())

    async def withdraws_support(self, id: str) -> None:
        await self.do("withdraw_support", comment=id, ballot=self.ballot)

    async def signals(self, signal: str, on: bool = True) -> None:
        """Says that it is hard to follow, or takes that back; returns when that counts."""
        await self.do("signal", signal=signal, on=on)


class Display(Client):
    role = Role.DISPLAY


class Staff(Client):
    cookie = ""

    @classmethod
    async def join(cls, service: Service, *, cookie: str = "", **options: Any) -> Self:
        cookie = cookie or await session(service, cls.role)
        client = await super().join(service, headers={"Cookie": cookie}, **options)
        client.cookie = cookie
        return client


class Moderator(Staff):
    role = Role.MODERATOR

    async def approves(self, id: str) -> None:
        await self.do("approve_comment", comment=id)

    async def declines(self, id: str, reason: str = "outside_remit") -> None:
        await self.do("decline_comment", comment=id, reason=reason)


class Chair(Staff):
    role = Role.CHAIR


class Politician(Staff):
    role = Role.POLITICIAN


class Captioner(Staff):
    role = Role.CAPTIONER

    async def types(self, text: str, language: str = "sv") -> None:
        await self.do("type_caption", language=language, text=text)


async def shown(resident: Resident, moderator: Moderator, text: str) -> str:
    """Writes a comment and approves it; gives its id when residents see it."""
    id = await resident.writes(text)
    await moderator.until(lambda: moderator.sees(id))
    await moderator.approves(id)
    await resident.until(lambda: resident.sees(id))
    return id


class Clock:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


async def session(service: Service, role: Role, secret: str = "") -> str:
    """Exchanges a staff link for a session; gives the cookie to send."""
    async with service.http() as http:
        body = {"role": role, "secret": secret or service.links[role]}
        answer = await http.post("/m/dialog/session", json=body)
        assert answer.status_code == 200, answer.text
        return answer.headers["set-cookie"].partition(";")[0]


async def until(condition: Callable[[], object]) -> None:
    """Waits for a condition that no frame tells of."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - there is nothing to wait for but the loop's next turn
            await asyncio.sleep(0)


def new_secret() -> str:
    return secrets.token_urlsafe(16)
