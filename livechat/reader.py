"""A meeting as this process reads it from its log: it follows, folds, and goes along from epoch to epoch."""

import asyncio
import logging
from collections.abc import Callable

from livechat.epochs import Fold, fork, next_epoch
from livechat.errors import Unavailable
from livechat.events import AnyEvent, Entry
from livechat.log import Log, TailMissing
from livechat.meeting import Meeting
from livechat.projection import Projection, touched_comments

PATIENCE = 10
"""Seconds to wait for what is in the log to be folded."""

PAUSE = 0.5
"""Seconds between two tries to follow a log that cannot be reached."""


class Reader:
    """Reads one meeting's log while `run` runs.

    `minute` is now, `came(events, comments)` is told what has been folded and the ids of the comments that it
    touches (of another epoch: nothing, for all is new), `failed(error)` that the log cannot be read.
    """

    def __init__(
        self,
        log: Log,
        fold: Fold,
        minute: Callable[[], int],
        came: Callable[[list[AnyEvent], set[str]], None],
        failed: Callable[[Unavailable], None],
    ) -> None:
        self.fold = fold
        self._log = log
        self._minute = minute
        self._came = came
        self._failed = failed
        self._progress = asyncio.Event()

    @property
    def projection(self) -> Projection:
        """What each role sees of the meeting as folded so far."""
        return self.fold.projection

    @property
    def meeting(self) -> Meeting:
        """The meeting as folded so far."""
        return self.fold.meeting

    async def run(self) -> None:
        """Reads, forever. A log that cannot be read is waited out."""
        while True:
            try:
                await self._follow_epoch()
            except Unavailable as error:
                self._failed(error)
                await asyncio.sleep(PAUSE)

    async def catch_up(self) -> None:
        """Returns when all that is in the log by now has been folded.

        Raises `Unavailable`, or `Conflict` if another epoch is about to begin.
        """
        state = self.meeting
        await self.folded(state, await self._log.end(state.id, state.epoch))

    async def folded(self, state: Meeting, offset: int) -> None:
        """Returns when `offset` of the epoch of `state` has been folded, or another epoch has begun.

        Raises `Unavailable` if that takes too long.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                while self.meeting.epoch == state.epoch and self.meeting.offset < offset:
                    await self._progress.wait()
        except TimeoutError:
            raise Unavailable("what was written does not come back") from None

    async def _follow_epoch(self) -> None:
        meeting = self.meeting
        try:
            async for entries in self._log.follow(meeting.id, meeting.epoch, after=meeting.offset):
                self._add(entries)
        except TailMissing:
            _LOGGER.warning("meeting %s: the log has lost its end and goes on under a new epoch", meeting.id)
            await fork(self._log, self.meeting, self._minute())
        self.fold = await next_epoch(self._log, self.fold, self._minute())
        self._tell([], set())

    def _add(self, entries: list[Entry]) -> None:
        comments: set[str] = set()
        for entry in entries:
            self.fold.add(entry)
            comments |= touched_comments(entry, self.meeting)
        self._tell([event for entry in entries for event in entry.events], comments)

    def _tell(self, events: list[AnyEvent], comments: set[str]) -> None:
        self._came(events, comments)
        self._progress, progress = asyncio.Event(), self._progress
        progress.set()


_LOGGER = logging.getLogger("livechat")
