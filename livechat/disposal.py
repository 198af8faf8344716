"""Disposal: the words of a sealed comment are erased when the day comes that it was kept until.

The event and the words' leaving the store are one step, so nothing is half done, and of several processes one is
first and the others find nothing left to do. What still holds the words then (a journal) is scrubbed; that is tried at
every look, and costs one question where there is nothing to scrub.
"""

import asyncio
from collections.abc import Awaitable, Callable

from livechat.commands import Command, EraseSealed
from livechat.errors import Refused, Unavailable
from livechat.events import CommentErased, Event
from livechat.meeting import Meeting
from livechat.roles import Actor, Role
from moderation.decisions import Outcome

LOOK = 30
"""Seconds between two looks, at most: the day that a comment is kept until comes to the minute."""


def due(meeting: Meeting, minute: int) -> list[str]:
    """The ids of the sealed comments whose day has come, and whose words are still there."""
    if not meeting.ledger.outcomes.get(Outcome.SEALED):
        return []
    return [id for id, comment in meeting.comments.items() if not comment.erased and _over(meeting, id, minute)]


def erase_sealed(meeting: Meeting, command: EraseSealed, actor: Actor, minute: int) -> tuple[Event, ...]:
    """Nobody's act: the meeting file has said for how many days a threat is kept."""
    return tuple(CommentErased(id=id, minute=minute) for id in due(meeting, minute))


def _over(meeting: Meeting, id: str, minute: int) -> bool:
    until = meeting.sealed_until(meeting.comments[id])
    return until is not None and minute >= until


class Disposal:
    """Disposes of what one meeting no longer keeps, while `run` runs.

    `state` gives the meeting as folded so far, `minute` is now, `submit(command, actor)` takes a command to the log,
    `scrub(meeting)` is the log's, and `failed(meeting, error)` is told once when it fails.
    """

    def __init__(
        self,
        state: Callable[[], Meeting],
        submit: Callable[[Command, Actor], Awaitable[None]],
        scrub: Callable[[str], Awaitable[None]],
        failed: Callable[[str, Unavailable], None],
        minute: Callable[[], int],
    ) -> None:
        self._state = state
        self._minute = minute
        self._submit = submit
        self._scrub = scrub
        self._failed = failed

    async def run(self, pause: float) -> None:
        """Looks now and every `pause` seconds, forever. What fails is done at the next look."""
        told = False
        while True:
            try:
                await self._look()
                told = False
            except Refused:
                pass
            except Unavailable as error:
                if not told:
                    self._failed(self._state().id, error)
                told = True
            await asyncio.sleep(pause)

    async def _look(self) -> None:
        if due(self._state(), self._minute()):
            await self._submit(EraseSealed(epoch=self._state().epoch), Actor(Role.MODERATOR))
        await self._scrub(self._state().id)
