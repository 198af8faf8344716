"""A live meeting in this process: it follows the log, folds, fans out, and takes commands to the log."""

import asyncio
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from livechat.attendance import Attendance
from livechat.captioning import Captioning
from livechat.casts import Casts
from livechat.commands import CastBallot, Command, IssueBallot, OpenMeeting, PauseUnattended, SubmitScreened
from livechat.commits import Commits
from livechat.disposal import LOOK, Disposal
from livechat.epochs import Fold, current
from livechat.errors import Refused, Unavailable
from livechat.events import AnyEvent, CurrentItemSet, Event, LinksRenewed, TalliesCounted
from livechat.fanout import FIRST, THEN, Fanout, Subscriber
from livechat.frames import Frames, Pack
from livechat.handle import require_permission
from livechat.hearing import Hearing
from livechat.live import Counts
from livechat.log import Cast, Conflict, Log
from livechat.meeting import Meeting
from livechat.messages import VERSION, live
from livechat.opening import Opening
from livechat.outage import Outage
from livechat.projection import Projection
from livechat.reader import Reader
from livechat.relay import Relay
from livechat.roles import SEATED, Actor, Role, Seat
from livechat.screening import Screened, Screening
from livechat.scrubbing import complain
from livechat.seats import seat
from livechat.signals import Signal

RELOADED = 4000
NO_SESSION = 4501

REST = 0.008
"""Seconds. A sweep over 1,000 residents takes about 10 ms, so they wait about 20 at most; over 10,000 it takes 70 or
more, and the pause hardly counts. Without any, the thread that writes the log finds no moment on a single core: some
decisions then take half a second."""

TALLIES_EVERY = 1.0
"""Seconds between two frames that are sent for the sake of tallies alone."""

Clock = Callable[[], float]
"""Gives now in Unix seconds."""


class Channel:
    """One meeting, live. Made by `Channel.open`; works while `run` runs.

    `rest` is the pause after a sweep over the residents, in seconds (a tenth of it for staff and display), `beat`
    the time between two signs of life.
    """

    def __init__(
        self,
        log: Log,
        fold: Fold,
        pack: Pack,
        counts: Counts,
        relay: Relay,
        *,
        clock: Clock,
        rest: float = REST,
        beat: float = 10,
    ) -> None:
        self._log = log
        self._clock = clock
        self._rest = rest
        self._beat = beat
        self._outage = Outage(fold.meeting.id, self._check, self._tell)
        minute, failed = lambda: self.minute, self._outage.notice
        self._reader = Reader(log, fold, minute, self._came, failed)
        self.frames = Frames(pack)
        self.fanout = Fanout(self.frames, self.projection)
        self._screening = Screening(self.meeting)
        self.attendance = Attendance(lambda: self.meeting, self.fanout, counts, clock)
        self.captioning = Captioning(lambda: self.meeting, self.fanout, self.frames, relay, clock)
        self._hearing = self._new_hearing()
        self._counted = asyncio.Event()
        pen, folded = asyncio.Lock(), self._reader.folded
        self._commits = Commits(lambda: self.meeting, self._append, self._end, folded, failed, minute, pen)
        self._disposal = Disposal(lambda: self.meeting, self._commits.submit, log.scrub, complain, minute)
        self._casts = Casts(lambda: self.meeting, self._secret, self._cast, folded, failed, minute, pen)
        self._opening = Opening(log, self._reader, failed, minute, pen)

    @classmethod
    async def open(
        cls, meeting: str, log: Log, pack: Pack, counts: Counts, relay: Relay, *, clock: Clock, beat: float = 10
    ) -> "Channel":
        """The channel of a meeting, folded from its log. Raises `Refused("unknown_meeting")` or `Unavailable`."""
        fold = await current(log, meeting)
        if fold is None:
            raise Refused("unknown_meeting")
        return cls(log, fold, pack, counts, relay, clock=clock, beat=beat)

    @property
    def projection(self) -> Projection:
        """What each role sees of the meeting as folded so far."""
        return self._reader.projection

    @property
    def meeting(self) -> Meeting:
        """The meeting as folded so far."""
        return self._reader.meeting

    @property
    def saving(self) -> bool:
        """Whether what is sent now can be saved, as far as is known."""
        return not self._outage.lasts

    @property
    def now(self) -> float:
        """Now, in Unix seconds."""
        return self._clock()

    @property
    def minute(self) -> int:
        """Now, in whole minutes since the meeting was announced."""
        return self.meeting.minute(self.now)

    @property
    def heard(self) -> str | None:
        """The item that is heard now by those who follow the stream; the first while the meeting is at none."""
        return self._hearing.item(self.now) or next((item.id for item in self.meeting.agenda), None)

    @property
    def late(self) -> float:
        """Seconds until the current item is the one that is heard."""
        return self._hearing.late(self.now)

    async def run(self) -> None:
        """Keeps the meeting live until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._reader.run())
                tasks.create_task(self._commits.run())
                tasks.create_task(self._casts.run())
                tasks.create_task(self._opening.run())
                tasks.create_task(self._keep_telling_tallies())
                tasks.create_task(self.fanout.sweep(FIRST, self._rest / 10))
                tasks.create_task(self.fanout.sweep(THEN, self._rest))
                tasks.create_task(self._keep_beating())
                tasks.create_task(self.attendance.run(self._beat, self._tell_at_once, self._pause_unattended))
                tasks.create_task(self.captioning.run())
                tasks.create_task(self._disposal.run(min(LOOK, self._beat)))
                tasks.create_task(self._outage.run())
        finally:
            self._commits.give_up()
            self._casts.give_up()
            self.fanout.close(RELOADED)

    async def submit(self, command: Command, actor: Actor) -> int:
        """Returns when the command is durable and folded: the offset of the actor's role that includes it.

        Raises `Refused`.
        """
        require_permission(command, actor)  # Before anything is screened, or waits for the log.
        if isinstance(command, CastBallot):
            await self.cast(command, actor)
        elif isinstance(command, OpenMeeting):
            await self._opening.submit(command, actor)
        else:
            if isinstance(command, Screened):
                command = self._screening.screened(command, self.minute)
            if isinstance(command, SubmitScreened):
                command = replace(command, heard=self.heard)
            await self._commits.submit(command, actor)
        return self.projection.indexes[actor.role].offset

    async def issue_ballot(self, command: IssueBallot, actor: Actor) -> str:
        """A new ballot for this meeting. Nothing is kept of it. Raises `Refused`."""
        return await self._casts.issue(command, actor)

    def cast(self, command: CastBallot, actor: Actor) -> asyncio.Future[None]:
        """Done when the ballot is durable and folded; it may wait for others a while. Raises or ends in `Refused`."""
        return self._casts.submit(command, actor)

    def join(self, subscriber: Subscriber, epoch: str = "", offset: int = 0, version: int = VERSION) -> None:
        """Sends the state, or what changed after `offset` if that is known here, and keeps it up to date."""
        known = epoch == self.meeting.epoch and version == VERSION
        self.fanout.join(subscriber, offset if known else 0)
        if not self.saving:  # Else told at the next beat only.
            subscriber.write(self.frames.message(subscriber.codec, self.live(subscriber.actor.role)))
        if captions := self.captioning.frame(subscriber.actor.role, subscriber.codec):
            subscriber.write(captions)

    async def watch(self, subscriber: Subscriber, comments: Iterable[str]) -> list[str | None]:
        """Keeps an author up to date on these comments. Gives their ids, None for those that do not exist.

        Raises `Refused` if the log cannot say whether one exists.
        """
        wanted = list(comments)
        if not all(comment in self.meeting.comments for comment in wanted):
            await self.catch_up()  # Another process may have just taken it.
        ids = [comment if comment in self.meeting.comments else None for comment in wanted]
        self.fanout.watch(subscriber, (id for id in ids if id))
        return ids

    async def seat(self, actor: Actor) -> Seat:
        """The seat that the actor's session holds. Raises `Refused`."""
        try:
            return seat(self.meeting, actor, self.minute)
        except Refused:
            if not actor.session:
                raise
        await self.catch_up()  # Another process may have just given it.
        return seat(self.meeting, actor, self.minute)

    def signal(self, giver: Hashable, signal: Signal, on: bool) -> None:
        """Counts a resident's signal for a minute, or no more. `giver` is the connection. Raises `Refused`."""
        if on and self.meeting.terms.closed:
            raise Refused("item_closed")
        self.attendance.signal(giver, signal, on)

    async def catch_up(self) -> None:
        """Returns when all that is in the log by now has been folded. Raises `Refused`."""
        try:
            await self._reader.catch_up()
        except Conflict:
            raise Refused("not_reachable", retry_after=1) from None  # Another epoch is about to begin.
        except Unavailable as error:
            self._outage.notice(error)
            raise Refused("not_reachable", retry_after=2) from None

    def live(self, role: Role) -> dict[str, Any]:
        """A sign of life: the time, whether what is sent now can be saved, and what is told of this moment."""
        return live(self.now, self.saving, self.attendance.tell(role))

    async def _append(self, events: list[Event], state: Meeting) -> int:
        return await self._log.append(state.id, state.epoch, events, at=state.offset)

    async def _cast(self, casts: list[Cast], state: Meeting) -> int:
        return await self._log.cast(state.id, state.epoch, casts, at=state.offset)

    async def _secret(self, state: Meeting, fresh: bytes) -> bytes:
        return await self._log.ballot_secret(state.id, state.epoch, fresh=fresh)

    async def _end(self, state: Meeting) -> int:
        return await self._log.end(state.id, state.epoch)

    def _came(self, events: list[AnyEvent], comments: set[str]) -> None:
        if events:
            self._screening.learn(events)
        else:  # Another epoch has begun.
            self._screening = Screening(self.meeting)
            self.attendance.begin_anew()
            self._opening.moved()
            self._hearing = self._new_hearing()
        for event in events:
            if isinstance(event, CurrentItemSet):
                self._hearing.turn(event.item, self.now)
        if not events or self.meeting.terms.closed:
            self.captioning.shut()
        if events and all(isinstance(event, TalliesCounted) for event in events):
            self._counted.set()
            return
        self.fanout.publish(self.projection, comments)
        if not events or any(isinstance(event, LinksRenewed) for event in events):
            self._close_void_sessions()

    def _new_hearing(self) -> Hearing:
        return Hearing(self.meeting.current_item, self.meeting.settings.delay)

    def _close_void_sessions(self) -> None:
        sessions = self.meeting.sessions
        self.fanout.close(NO_SESSION, lambda actor: actor.role in SEATED and actor.session not in sessions)

    async def _keep_telling_tallies(self) -> None:
        # Apart from texts, which go out at once: a thousand votes a second are one number a second.
        while True:
            await self._counted.wait()
            self._counted.clear()
            self.fanout.publish(self.projection, ())
            await asyncio.sleep(TALLIES_EVERY)

    async def _check(self) -> None:
        await self._log.check(self.meeting.id)
        with suppress(Conflict):
            await self._end(self.meeting)

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(self._beat / 2)
            self.attendance.count()
            await self.fanout.beat(self.live, *FIRST)
            await self.fanout.beat(self.live, *THEN, over=self._beat / 2)

    async def _pause_unattended(self) -> None:
        with suppress(Refused):  # The log cannot be written: the next look comes soon.
            await self._commits.submit(PauseUnattended(epoch=self.meeting.epoch), Actor(Role.MODERATOR))

    async def _tell(self) -> None:
        await self.fanout.beat(self.live)

    async def _tell_at_once(self, *roles: Role) -> None:
        await self.fanout.tell(self.live, *roles)
