"""A connection as its meeting sees it: what it may say, and what it is answered."""

import asyncio
from abc import abstractmethod
from collections import deque
from typing import Any

from livechat.channel import Channel
from livechat.commands import CastBallot, Command, EnterComment, IssueBallot, SubmitComment, comment_id
from livechat.errors import Refused, report
from livechat.fanout import Subscriber
from livechat.messages import Claim, Codec, Inbound, ReadAloud, Signalling, TypeCaption, Watch, ack, read
from livechat.roles import STAFF, Actor, Role
from livechat.signals import LIFE
from web.ballots import tell_when_cast
from web.limits import CONNECTION, Bucket, Limits
from web.pace import Pace
from web.refusals import answer
from web.texts import Texts

BROKE_PROTOCOL = 4500
CRASHED = 1011

MOST_FAULTS = 100
"""Frames that cannot be read, on one connection, before it is closed."""

MOST_WATCHED = 1_000

MOST_WAITING = 16
"""Messages of one connection that wait for the one before them; then it is not read from for a while."""


class Connection(Subscriber):
    """One person or screen, live. How frames get onto the line is for the kinds of connection to say."""

    __slots__ = ("_answering", "_budget", "_faults", "_limits", "_pace", "_rate_key", "_texts", "_waiting", "channel")

    def __init__(
        self, channel: Channel, actor: Actor, codec: Codec, texts: Texts, limits: Limits, rate_key: bytes
    ) -> None:
        super().__init__(actor, codec)
        self.channel = channel
        self._texts = texts
        self._limits = limits
        self._rate_key = rate_key
        self._faults = 0
        # Most residents only read. What writing takes is made when somebody writes.
        self._budget: Bucket | None = None
        self._pace: Pace | None = None
        self._waiting: deque[bytes] | None = None
        self._answering: asyncio.Task[None] | None = None

    @abstractmethod
    async def emptied(self) -> None:
        """Returns when what was written has gone out, or nearly: nobody is read from who does not read."""

    @abstractmethod
    def pause_reading(self) -> None:
        """Takes nothing more from the other side for now."""

    @abstractmethod
    def resume_reading(self) -> None:
        """Goes on taking from the other side."""

    def received(self, message: bytes) -> None:
        """Answers a message, after those that came before it."""
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(message)
        if self._answering is None:
            self._answering = asyncio.create_task(self._answer_all(self._waiting))
        elif len(self._waiting) >= MOST_WAITING:
            self.pause_reading()

    def lost(self) -> None:
        """The connection is gone."""
        self.channel.fanout.leave(self)
        self.channel.attendance.release(self)
        if self._answering:
            self._answering.cancel()

    async def _answer_all(self, waiting: deque[bytes]) -> None:
        try:
            while waiting:
                await self._answer_one(waiting.popleft())
                if len(waiting) == MOST_WAITING - 1:
                    self.resume_reading()
        except Exception as error:
            report(error)
            self.close(CRASHED)
        finally:
            self._waiting = self._answering = None

    async def _answer_one(self, message: bytes) -> None:
        ref = None
        try:
            frame = read(message, self.codec)
            ref = frame.ref
            reply = await self._answer_to(frame)
        except Refused as refusal:
            if self._breaks_the_protocol(refusal):
                return
            reply = answer(refusal, self._texts, ref)
        if reply:
            self._tell(reply)
        if self.paused:
            await self.emptied()

    async def _answer_to(self, frame: Inbound) -> dict[str, Any] | None:
        if isinstance(frame, Watch):
            return ack(frame.ref, ids=await self._watch(frame))
        if isinstance(frame, Claim):
            return await self._claim(frame)
        if isinstance(frame, TypeCaption):
            return await self._type_caption(frame)
        if isinstance(frame, Signalling):
            return self._signal(frame)
        if isinstance(frame, ReadAloud):
            return await self._read_aloud(frame)
        return await self._command(frame)

    def _tell(self, reply: dict[str, Any]) -> None:
        self.write(self.channel.frames.message(self.codec, reply))

    async def _command(self, command: Command) -> dict[str, Any] | None:
        role = self.actor.role
        if role not in STAFF:
            self._slow_down()
        if isinstance(command, IssueBallot):
            return ack(command.ref, ballot=await self.channel.issue_ballot(command, self.actor))
        if isinstance(command, CastBallot):
            tell_when_cast(self.channel.cast(command, self.actor), command.ref, self._texts, self._tell)
            return None
        if isinstance(command, SubmitComment) and role not in STAFF:
            self._pace = self._pace or Pace()
            self._pace.keep(command, self.channel.meeting, self._limits, self._rate_key)
        offset = await self.channel.submit(command, self.actor)
        if not isinstance(command, SubmitComment):
            about = {"id": comment_id(command.secret)} if isinstance(command, EnterComment) else {}
            return ack(command.ref, offset=offset, **about) if role in STAFF else ack(command.ref)
        id = comment_id(command.secret)
        if len(self.watched) < MOST_WATCHED:
            await self.channel.watch(self, [id])
        return ack(command.ref, id=id)

    async def _watch(self, frame: Watch) -> list[str | None]:
        if self.actor.role is not Role.RESIDENT:
            raise Refused("not_permitted")
        if len(self.watched) + len(frame.secrets) > MOST_WATCHED:
            raise Refused("invalid", field="secrets")
        self._slow_down()
        return await self.channel.watch(self, [comment_id(secret) for secret in frame.secrets])

    async def _claim(self, frame: Claim) -> dict[str, Any]:
        if self.actor.role is not Role.MODERATOR:
            raise Refused("not_permitted")
        seat = await self.channel.seat(self.actor)
        if frame.comment is not None and not self.channel.projection.shows(frame.comment, Role.MODERATOR):
            raise Refused("unknown_comment")
        self.channel.attendance.claim(self, seat, frame.comment)
        return ack(frame.ref)

    async def _type_caption(self, frame: TypeCaption) -> dict[str, Any]:
        if self.actor.role is not Role.CAPTIONER:
            raise Refused("not_permitted")
        self._slow_down()
        await self.channel.seat(self.actor)
        await self.channel.captioning.type(frame.language, frame.text)
        return ack(frame.ref)

    def _signal(self, frame: Signalling) -> dict[str, Any]:
        if self.actor.role is not Role.RESIDENT:
            raise Refused("not_permitted")
        self._slow_down()
        self.channel.signal(self, frame.signal, frame.on)
        return ack(frame.ref, lasts=LIFE) if frame.on else ack(frame.ref)

    async def _read_aloud(self, frame: ReadAloud) -> dict[str, Any]:
        if self.actor.role is not Role.CHAIR:
            raise Refused("not_permitted")
        await self.channel.seat(self.actor)
        meeting = self.channel.meeting
        if frame.comment is not None and meeting.terms.closed:
            raise Refused("item_closed")
        if frame.comment not in (None, meeting.discussing):
            raise Refused("unknown_comment")
        self.channel.attendance.read_aloud(self, frame.comment)
        return ack(frame.ref)

    def _slow_down(self) -> None:
        now = self._limits.clock()
        self._budget = self._budget or Bucket(CONNECTION, now)
        if wait := self._budget.take(now) or self._limits.take(self._rate_key):
            raise Refused("too_fast", retry_after=max(1, round(wait)))

    def _breaks_the_protocol(self, refusal: Refused) -> bool:
        """Whether this was one fault too many; then the connection is closed and nothing more is read from it."""
        self._faults += refusal.code in ("malformed", "unknown_type", "invalid")
        if self._faults <= MOST_FAULTS:
            return False
        if self._waiting:
            self._waiting.clear()
        self.close(BROKE_PROTOCOL)
        return True
