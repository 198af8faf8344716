"""Commands on their way into the log.

While one append is under way, commands queue; the next append takes them all as one entry. Each is handled on the
state that those before it leave, and nobody is answered before that state is durable and folded: a decision that
loses against another process is handled again on what that process wrote.

Nobody is answered on an old state either. A refusal, or "that is so already", counts only if the log ends where the
fold does: else one process would refuse a withdrawal of what another has just acknowledged.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from livechat.commands import Command
from livechat.errors import Refused
from livechat.events import Event
from livechat.handle import handle
from livechat.log import Conflict, Unavailable
from livechat.meeting import Meeting, apply
from livechat.roles import STAFF, Actor

BATCH = 500
"""Commands in one entry, at most."""

LONGEST_QUEUE = 10_000
"""Commands waiting, at most; beyond that they are refused as `too_busy`."""


class Request(NamedTuple):
    """A command, who gives it, and where the answer goes: None, or `Refused`."""

    command: Command
    actor: Actor
    answer: asyncio.Future[None]


class Commits:
    """The queue of one meeting's commands, and the group commit that empties it.

    `state` gives the meeting as folded so far, `append(events, state)` writes one entry after that state and gives
    its offset, `end(state)` gives the offset of the log's last entry, `folded(state, offset)` returns when the fold
    has come to that offset or to another epoch, `failed(error)` is told when the log fails, `minute` is now. `pen` is
    held while writing, so that what else this process writes to the meeting waits for its turn.
    """

    def __init__(
        self,
        state: Callable[[], Meeting],
        append: Callable[[list[Event], Meeting], Awaitable[int]],
        end: Callable[[Meeting], Awaitable[int]],
        folded: Callable[[Meeting, int], Awaitable[None]],
        failed: Callable[[Unavailable], None],
        minute: Callable[[], int],
        pen: asyncio.Lock,
    ) -> None:
        self._state = state
        self._append = append
        self._end = end
        self._failed = failed
        self._folded = folded
        self._minute = minute
        self._pen = pen
        self._staff: deque[Request] = deque()
        self._residents: deque[Request] = deque()
        self._queued = asyncio.Event()
        self._given_up = False

    async def submit(self, command: Command, actor: Actor) -> None:
        """Returns when the command is durable and folded; raises `Refused`."""
        if self._given_up:
            raise Refused("not_saved", retry_after=2)
        if len(self._staff) + len(self._residents) >= LONGEST_QUEUE:
            raise Refused("too_busy", retry_after=2)
        request = Request(command, actor, asyncio.get_running_loop().create_future())
        (self._staff if actor.role in STAFF else self._residents).append(request)
        self._queued.set()
        await request.answer

    async def run(self) -> None:
        """Commits what is queued, forever."""
        while True:
            await self._queued.wait()
            self._queued.clear()
            while self._staff or self._residents:
                async with self._pen:
                    await self._commit(self._next_batch())

    def give_up(self) -> None:
        """Refuses all that waits and all that comes: this object cannot write any more."""
        self._given_up = True
        for request in (*self._staff, *self._residents):
            settle(request, Refused("not_saved", retry_after=2))
        self._staff.clear()
        self._residents.clear()

    def _next_batch(self) -> list[Request]:
        batch: list[Request] = []
        for queue in (self._staff, self._residents):  # Staff first.
            while queue and len(batch) < BATCH:
                batch.append(queue.popleft())
        return batch

    async def _commit(self, batch: list[Request]) -> None:
        try:
            answers = await self._write(batch)
        except Unavailable as error:
            self._failed(error)
            answers = [Refused("not_saved", retry_after=2)] * len(batch)
        except BaseException:
            self._residents.extendleft(reversed(batch))  # give_up() answers them.
            raise
        for request, answer in zip(batch, answers, strict=True):
            settle(request, answer)

    async def _write(self, batch: list[Request]) -> list[Exception | None]:
        while True:
            state = self._state()
            events, answers = self._decide(state, batch)
            if await (self._written(events, state) if events else self._stands(state)):
                return answers

    async def _written(self, events: list[Event], state: Meeting) -> bool:
        """Whether the events are in the log and folded, right after the state that they were decided on."""
        try:
            offset = await self._append(events, state)
        except Conflict:
            await self._folded(state, state.offset + 1)
            return False
        await self._folded(state, offset)
        # If another epoch has begun, the entry may not have come along.
        return self._state().epoch == state.epoch

    async def _stands(self, state: Meeting) -> bool:
        """Whether the log ends where the state does; if not, returns when there is a newer state."""
        try:
            latest = await self._end(state) == state.offset
        except Conflict:
            latest = False
        if not latest:
            await self._folded(state, state.offset + 1)
        return latest

    def _decide(self, state: Meeting, batch: list[Request]) -> tuple[list[Event], list[Exception | None]]:
        events: list[Event] = []
        answers: list[Exception | None] = []
        for request in batch:
            try:
                caused = handle(state, request.command, request.actor, self._minute())
                for event in caused:
                    state = apply(state, event)
            except Refused as refusal:
                answers.append(refusal)
            except Exception as error:  # A bug in one command must not lose the others of its batch.
                answers.append(error)
            else:
                events.extend(caused)
                answers.append(None)
        return events, answers


def settle(request: Request, answer: Exception | None) -> None:
    """Answers a request: yes, or with an exception."""
    if request.answer.done():  # Its connection is gone.
        return
    if answer is None:
        request.answer.set_result(None)
    else:
        request.answer.set_exception(answer)
