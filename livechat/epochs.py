"""A meeting as it is folded from its log, and the way from one epoch of that log to the next.

An epoch ends when somebody starts another (a rehearsal ends so), or when a process finds that the log has lost its
end. Then what the log still holds goes on under a new epoch, each process says again what it knows to be lost, and
only then do its readers get the new state: who was told that something is saved finds it there.
"""

import asyncio
import secrets
from collections import deque
from contextlib import suppress

from livechat.draft import drafted, finished
from livechat.errors import Unavailable
from livechat.events import Entry, EpochForked
from livechat.log import Conflict, Log, erased, without_words
from livechat.meeting import Meeting
from livechat.projection import blank, fold
from livechat.rehearsal import Begun, anew
from livechat.salvage import again

TAIL = 1_000
"""Entries that a process keeps in memory, in case the log loses them: more than a failover can take along."""


class Fold:
    """A meeting folded from one epoch of its log, and the last entries that it was folded from."""

    def __init__(self, meeting: str, epoch: str) -> None:
        self.projection = blank(Meeting(meeting, epoch))
        self.tail: deque[Entry] = deque(maxlen=TAIL)

    @property
    def meeting(self) -> Meeting:
        """The meeting as folded so far."""
        return self.projection.meeting

    def add(self, entry: Entry) -> None:
        """Folds one more entry."""
        self.projection = fold(self.projection, entry)
        self.tail.append(entry)
        if gone := erased(entry.events):
            self.tail = deque((without_words(each, gone) for each in self.tail), maxlen=TAIL)


async def current(log: Log, meeting: str) -> Fold | None:
    """The meeting as its log holds it now; None if there is no such meeting. Raises `Unavailable`."""
    while epoch := await log.epoch(meeting):
        folded = await load(log, meeting, epoch)
        if folded.meeting.offset:
            return folded
        with suppress(Conflict):  # Else it has begun anew between the two.
            await log.end(meeting, epoch)
            raise Unavailable("the meeting is empty")
    return None


async def load(log: Log, meeting: str, epoch: str) -> Fold:
    """All that the log holds of an epoch. Raises `Unavailable`."""
    folded = Fold(meeting, epoch)
    folded.projection = drafted(folded.projection)
    await _read_on(log, folded)
    folded.projection = finished(folded.projection)
    return folded


async def fork(log: Log, meeting: Meeting, minute: int) -> None:
    """Begins a new epoch with what the log still holds, unless somebody has done so. Raises `Unavailable`."""
    with suppress(Conflict):
        forked = EpochForked(epoch=meeting.epoch, minute=minute)
        await log.fork(meeting.id, meeting.epoch, secrets.token_urlsafe(9), [forked])


async def begin_anew(log: Log, meeting: Meeting, *, rehearsal: bool) -> None:
    """Wipes what is in the meeting, and begins a rehearsal or the meeting proper in its place.

    Raises `Begun` if that must not be, `Conflict` if `meeting` is not what the log holds, or `Unavailable`.
    """
    first = anew(meeting, rehearsal=rehearsal)
    await log.begin_anew(meeting.id, meeting.epoch, secrets.token_urlsafe(9), first, at=meeting.offset)


async def next_epoch(log: Log, before: Fold, minute: int) -> Fold:
    """The epoch that came after the one of `before`, with what was lost on the way said again.

    Raises `Unavailable`.
    """
    while True:
        folded = await current(log, before.meeting.id)
        if folded is None:
            raise Unavailable("the meeting is gone from the log")
        try:
            if await _began_again(log, folded.meeting, before.meeting, minute):
                continue
            if before.meeting.epoch in folded.meeting.forked_from:
                await _say_again(log, folded, before)
        except Conflict:
            continue  # Yet another epoch has begun.
        return folded


async def _began_again(log: Log, held: Meeting, before: Meeting, minute: int) -> bool:
    """Whether another epoch has begun, since the store had lost that the one it `held` was over."""
    if held.epoch not in before.instead_of:
        return False
    try:
        first = anew(held, rehearsal=before.rehearsal)
    except Begun:
        return False
    goes_on = EpochForked(epoch=before.epoch, minute=minute)
    await log.begin_anew(held.id, held.epoch, secrets.token_urlsafe(9), [*first, goes_on], at=held.offset)
    return True


async def _say_again(log: Log, folded: Fold, before: Fold) -> None:
    while events := again(folded.meeting, list(folded.tail), before.meeting, list(before.tail)):
        now = folded.meeting
        with suppress(Conflict):
            await log.append(now.id, now.epoch, events, at=now.offset)
        await log.end(now.id, now.epoch)
        await _read_on(log, folded)


async def _read_on(log: Log, folded: Fold) -> None:
    now = folded.meeting
    while entries := await log.read(now.id, now.epoch, after=folded.meeting.offset):
        for number, entry in enumerate(entries):
            folded.add(entry)
            if number % 200 == 199:
                await asyncio.sleep(0)  # A long log must not keep other meetings waiting.
