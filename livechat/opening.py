"""Opening: a rehearsal ends, and the meeting begins with nothing of it.

The step itself is one of the log's: what was rehearsed is deleted as the next epoch begins, and every process that
comes to that epoch sees to it that it is gone in bytes, too.
"""

import asyncio
from collections.abc import Callable

from livechat.commands import OpenMeeting
from livechat.epochs import begin_anew
from livechat.errors import Refused, Unavailable
from livechat.handle import handle
from livechat.log import Conflict, Log
from livechat.reader import Reader
from livechat.roles import Actor
from livechat.scrubbing import scrub


class Opening:
    """The opening of one meeting. `failed(error)` is told when the log fails, `minute` is now.

    `pen` is held while writing, so that nothing of this process comes in between.
    """

    def __init__(
        self,
        log: Log,
        reader: Reader,
        failed: Callable[[Unavailable], None],
        minute: Callable[[], int],
        pen: asyncio.Lock,
    ) -> None:
        self._log = log
        self._reader = reader
        self._failed = failed
        self._minute = minute
        self._pen = pen
        self._moved = asyncio.Event()

    async def submit(self, command: OpenMeeting, actor: Actor) -> None:
        """Returns when the meeting has begun, in all that is told of it from now on. Raises `Refused`."""
        try:
            async with self._pen:
                while not await self._opened(command, actor):
                    pass
        except Unavailable as error:
            self._failed(error)
            raise Refused("not_saved", retry_after=2) from None

    def moved(self) -> None:
        """Another epoch has begun."""
        self._moved.set()

    async def run(self) -> None:
        """Scrubs whenever an epoch has begun; forever."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            await scrub(self._log, self._reader.meeting.id)

    async def _opened(self, command: OpenMeeting, actor: Actor) -> bool:
        """Whether it is done; if not, returns when there is a newer state."""
        state, done = self._reader.meeting, False
        try:
            await self._reader.catch_up()
            state = self._reader.meeting
            if not handle(state, command, actor, self._minute()):
                return True
            await begin_anew(self._log, state, rehearsal=False)
            done = True
        except Conflict:
            pass  # Somebody wrote meanwhile, or opened.
        await self._reader.folded(state, state.offset + 1)
        return done
