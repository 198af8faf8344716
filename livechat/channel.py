"""A live meeting in this process: it follows the log, folds, fans out, and takes commands to the log."""

import asyncio
from collections.abc import Callable, Iterable

from livechat.casts import Casts
from livechat.commands import CastBallot, Command, IssueBallot
from livechat.commits import Commits
from livechat.errors import Refused
from livechat.events import Entry, Event, LinksRenewed, TalliesCounted
from livechat.fanout import FIRST, THEN, Fanout, Subscriber
from livechat.frames import Frames, Pack
from livechat.log import Cast, Log
from livechat.meeting import Meeting
from livechat.messages import VERSION, live
from livechat.projection import Projection, blank, fold, touched_comments
from livechat.roles import STAFF, Actor

RELOADED = 4000
NO_SESSION = 4501

REST = 0.008
"""Seconds. A sweep over 1,000 residents takes about 10 ms, so they wait about 20 at most; over 10,000 it takes 100
or more, and the pause hardly counts."""

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
        projection: Projection,
        pack: Pack,
        *,
        clock: Clock,
        rest: float = REST,
        beat: float = 10,
    ) -> None:
        self._log = log
        self._clock = clock
        self._rest = rest
        self._beat = beat
        self._progress = asyncio.Event()
        self.projection = projection
        self.frames = Frames(pack)
        self.fanout = Fanout(self.frames, projection)
        self._counted = asyncio.Event()
        pen = asyncio.Lock()
        self._commits = Commits(lambda: self.meeting, self._append, self._folded, lambda: self.minute, pen)
        self._casts = Casts(lambda: self.meeting, self._secret, self._cast, self._folded, lambda: self.minute, pen)

    @classmethod
    async def open(cls, meeting: str, log: Log, pack: Pack, *, clock: Clock, beat: float = 10) -> "Channel":
        """The channel of a meeting, folded from its log. Raises `Refused("unknown_meeting")`."""
        epoch = await log.epoch(meeting)
        if epoch is None:
            raise Refused("unknown_meeting")
        return cls(log, await _load(log, meeting, epoch), pack, clock=clock, beat=beat)

    @property
    def meeting(self) -> Meeting:
        """The meeting as folded so far."""
        return self.projection.meeting

    @property
    def now(self) -> float:
        """Now, in Unix seconds."""
        return self._clock()

    @property
    def minute(self) -> int:
        """Now, in whole minutes since the meeting was announced."""
        return self.meeting.minute(self.now)

    async def run(self) -> None:
        """Keeps the meeting live until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow())
                tasks.create_task(self._commits.run())
                tasks.create_task(self._casts.run())
                tasks.create_task(self._keep_telling_tallies())
                tasks.create_task(self.fanout.sweep(FIRST, self._rest / 10))
                tasks.create_task(self.fanout.sweep(THEN, self._rest))
                tasks.create_task(self._keep_beating())
        finally:
            self._commits.give_up()
            self._casts.give_up()
            self.fanout.close(RELOADED)

    async def submit(self, command: Command, actor: Actor) -> int:
        """Returns when the command is durable and folded: the offset of the actor's role that includes it.

        Raises `Refused`.
        """
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

    def watch(self, subscriber: Subscriber, comments: Iterable[str]) -> list[str | None]:
        """Keeps an author up to date on these comments. Gives their ids, None for those that do not exist."""
        ids = [comment if comment in self.meeting.comments else None for comment in comments]
        self.fanout.watch(subscriber, (id for id in ids if id))
        return ids

    async def _append(self, events: list[Event], state: Meeting) -> int:
        return await self._log.append(state.id, state.epoch, events, at=state.offset)

    async def _cast(self, casts: list[Cast], state: Meeting) -> int:
        return await self._log.cast(state.id, state.epoch, casts, at=state.offset)

    async def _secret(self, state: Meeting, fresh: bytes) -> bytes:
        return await self._log.ballot_secret(state.id, state.epoch, fresh=fresh)

    async def _folded(self, state: Meeting, offset: int) -> None:
        """Returns when `offset` of the epoch of `state` has been folded, or another epoch has begun."""
        async with asyncio.timeout(10):
            while self.meeting.epoch == state.epoch and self.meeting.offset < offset:
                await self._progress.wait()

    async def _follow(self) -> None:
        while True:
            meeting = self.meeting
            async for entries in self._log.follow(meeting.id, meeting.epoch, after=meeting.offset):
                self._fold(entries)
            await self._begin_next_epoch()

    def _fold(self, entries: list[Entry]) -> None:
        comments: set[str] = set()
        for entry in entries:
            self.projection = fold(self.projection, entry)
            comments |= touched_comments(entry)
        events = [event for entry in entries for event in entry.events]
        if all(isinstance(event, TalliesCounted) for event in events):
            self._counted.set()
            self._tell_progress()
            return
        self._publish(comments)
        if any(isinstance(event, LinksRenewed) for event in events):
            self._close_void_sessions()

    async def _begin_next_epoch(self) -> None:
        meeting = self.meeting.id
        epoch = await self._log.epoch(meeting)
        if epoch is None:
            raise Refused("unknown_meeting")
        self.projection = await _load(self._log, meeting, epoch)
        self._publish(())
        self._close_void_sessions()

    def _publish(self, comments: Iterable[str]) -> None:
        self.fanout.publish(self.projection, comments)
        self._tell_progress()

    def _tell_progress(self) -> None:
        self._progress, progress = asyncio.Event(), self._progress
        progress.set()

    def _close_void_sessions(self) -> None:
        sessions = self.meeting.sessions
        self.fanout.close(NO_SESSION, lambda actor: actor.role in STAFF and actor.session not in sessions)

    async def _keep_telling_tallies(self) -> None:
        # Apart from texts, which go out at once: a thousand votes a second are one number a second.
        while True:
            await self._counted.wait()
            self._counted.clear()
            self._publish(())
            await asyncio.sleep(TALLIES_EVERY)

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(self._beat)
            await self.fanout.beat(live(self.now))


async def _load(log: Log, meeting: str, epoch: str) -> Projection:
    projection = blank(Meeting(meeting, epoch))
    while entries := await log.read(meeting, epoch, after=projection.meeting.offset):
        for number, entry in enumerate(entries):
            projection = fold(projection, entry)
            if number % 200 == 199:
                await asyncio.sleep(0)  # A long log must not keep other meetings waiting.
    return projection
