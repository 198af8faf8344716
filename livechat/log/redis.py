"""The log in Redis or Valkey (7 or newer): the same truth for any number of processes, on any number of machines.

An epoch's entries are a stream whose ids are the offsets (`41-0`); residents' words are a hash beside it, never
in the stream, since a stream keeps what is deleted from it. One script compares the stream's last id with `at`
and writes entry and words in one atomic step: an XADD with an id of its own alone would allow holes.

Redis replicates after it has answered, so a failover may bring back a log that lacks its last entries, and others
may have written in their place by the time somebody looks. So each entry carries a mark of its own, drawn by its
writer. Who appends says which mark the entry before must have, and a follower reads its last entry again with the
next ones: neither goes on from something that the log does not hold any more.

A meeting's keys share the hash tag {meeting}, so a Cluster keeps them on one node. Run Redis with `appendonly yes`;
`docs/operations.md` says what `appendfsync`, replicas and `wait` mean for what has been acknowledged.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from livechat.events import Entry, Event
from livechat.log import KINDS, BallotsClosed, Cast, Conflict, TailMissing, Unavailable, erased, split
from livechat.log.anew.redis import BEGIN_ANEW
from livechat.log.ballots import redis as ballots
from livechat.log.scripts import APPEND, CHECK, CONFLICT, END, FORK, GONE, NO_SECRET
from livechat.log.scrubbing.redis import DONE, Rewrites
from livechat.log.stream import Marks, Page
from livechat.radio import Radio
from livechat.redis import Client, servers_at

WAIT = 1_000
"""Milliseconds in which replicas must have confirmed an entry."""

PAGE = 5_000

DEAF = 1.0
"""Seconds between two looks while no wake-ups can be heard."""


class RedisLog:
    """A `livechat.log.Log` in the Redis at `url` (see `livechat.redis_address`), under keys that begin with `prefix`.

    `poll` is how often, in seconds, a follower looks by itself, should a wake-up have been lost on the way. `wait`
    is how many replicas must have an entry before it counts as written.
    """

    def __init__(self, url: str, *, prefix: str = "livechat", poll: float = 1.0, wait: int = 0) -> None:
        self._servers = servers_at(url)
        self._radio = Radio(self._servers)
        self._prefix = prefix
        self._poll = poll
        self._wait = wait
        self._news: dict[str, asyncio.Event] = {}
        self._marks = Marks()
        self._rewrites = Rewrites()

    async def meetings(self) -> list[str]:
        found: set[bytes] = await self._servers.run(self._all, lambda client: client.smembers(self._all))
        named = sorted(meeting.decode() for meeting in found)
        return [meeting for meeting in named if await self._current(meeting)]

    async def epoch(self, meeting: str) -> str | None:
        epoch = await self._current(meeting)
        if epoch is None and await self._servers.run(self._all, lambda client: client.sismember(self._all, meeting)):
            raise Unavailable(_VANISHED)
        return epoch

    async def start(self, meeting: str, epoch: str, events: Sequence[Event], *, instead_of: str | None = None) -> None:
        await self._servers.run(self._all, lambda client: client.sadd(self._all, meeting))
        await self._append(meeting, instead_of or "", epoch, 0, events)

    async def append(self, meeting: str, epoch: str, events: Sequence[Event], *, at: int) -> int:
        return await self._append(meeting, epoch, epoch, at, events)

    async def ballot_secret(self, meeting: str, epoch: str, *, fresh: bytes) -> bytes:
        keys = [self._pointer(meeting), self._key(meeting, "ballot-secret", epoch)]
        script = ballots.GET_OR_KEEP
        kept = await self._servers.run(keys[0], partial(self._durable, script=script, keys=keys, args=[epoch, fresh]))
        return ballots.secret(kept)

    async def cast(self, meeting: str, epoch: str, casts: Sequence[Cast], *, at: int) -> int:
        keys = [self._pointer(meeting), self._stream(meeting, epoch), self._key(meeting, "ballot-secret", epoch)]
        keys += [self._key(meeting, "ballots", epoch), self._channel(meeting)]
        before, mark = self._marks.get(meeting, epoch, at), _new_mark()
        args = [epoch, at, before, mark, *ballots.arguments(casts)]
        return await self._write(meeting, epoch, ballots.CAST, keys, args, mark, unchanged=at)

    async def forget_ballots(self, meeting: str, epoch: str) -> None:
        secret, marks = self._key(meeting, "ballot-secret", epoch), self._key(meeting, "ballots", epoch)
        await self._servers.run(secret, partial(ballots.forget, secret=secret, marks=marks))
        await self._rewrites.next(await self._servers.owner(secret))

    async def fork(self, meeting: str, epoch: str, new_epoch: str, events: Sequence[Event]) -> None:
        body, words = split(events)
        assert not words  # What a fork says of itself is nobody's words.
        keys = [self._pointer(meeting), self._channel(meeting)]
        keys += [key for kind in _OF_AN_EPOCH for key in (self._key(meeting, kind, e) for e in (epoch, new_epoch))]
        await self._write(meeting, new_epoch, FORK, keys, [epoch, new_epoch, mark := _new_mark(), body], mark)

    async def begin_anew(self, meeting: str, epoch: str, new_epoch: str, events: Sequence[Event], *, at: int) -> None:
        body, words = split(events)
        assert not words  # An epoch begins with what staff have set up.
        keys = [self._pointer(meeting), self._channel(meeting), self._unscrubbed(meeting)]
        keys += [self._stream(meeting, new_epoch), *(self._key(meeting, kind, epoch) for kind in _OF_AN_EPOCH)]
        before, mark = self._marks.get(meeting, epoch, at), _new_mark()
        await self._write(meeting, new_epoch, BEGIN_ANEW, keys, [epoch, new_epoch, at, before, mark, body], mark)

    async def scrub(self, meeting: str) -> None:
        key = self._unscrubbed(meeting)
        if note := await self._servers.run(key, lambda client: client.get(key)):
            await self._rewrites.next(await self._servers.owner(key))
            await self._servers.run(key, partial(self._durable, script=DONE, keys=[key], args=[note]))

    async def end(self, meeting: str, epoch: str) -> int:
        keys = [self._pointer(meeting), self._stream(meeting, epoch), f"{self._prefix}:{{{meeting}}}:touched"]
        args = [epoch, "1" if self._wait else ""]
        offset, mark = await self._servers.run(keys[0], partial(self._durable, script=END, keys=keys, args=args))
        known = self._marks.get(meeting, epoch, _written(offset))
        if known and known != mark:
            raise Conflict
        return int(offset)

    async def read(self, meeting: str, epoch: str, *, after: int = 0, limit: int = PAGE) -> list[Entry]:
        page = await self._page(meeting, epoch, after + 1, limit)
        self._remember(meeting, epoch, page)
        return page.entries

    async def follow(self, meeting: str, epoch: str, *, after: int = 0) -> AsyncIterator[list[Entry]]:
        mark = self._marks.get(meeting, epoch, after)
        while True:
            news = self._news.setdefault(meeting, asyncio.Event())  # Before reading: what comes meanwhile counts.
            patience = await self._tune(meeting)
            page = await self._page(meeting, epoch, max(after, 1), PAGE)
            if page.current is None:
                raise Unavailable(_VANISHED)
            if after and not page.begins_with(after, mark):
                if page.current == epoch:
                    raise TailMissing
                return
            if entries := page.entries[bool(after) :]:
                after, mark = entries[-1].offset, page.marks[-1]
                self._remember(meeting, epoch, page)
                yield entries
            elif page.current != epoch:
                return
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(patience):  # wait_for loses a cancellation that comes with the news.
                        await news.wait()

    async def check(self, meeting: str = "") -> None:
        tags = [meeting] if meeting else await self._servers.tags()
        for tag in tags:
            keys = [f"{self._prefix}:{{{tag}}}:check"]
            await self._servers.run(keys[0], partial(self._durable, script=CHECK, keys=keys, args=[]))

    async def close(self) -> None:
        await self._radio.close()
        await self._rewrites.close()
        await self._servers.close()

    async def _append(self, meeting: str, current: str, epoch: str, at: int, events: Sequence[Event]) -> int:
        body, words = split(events)
        texts = [part for piece in words for part in (f"{piece.comment}|{piece.kind}", piece.text)]
        gone = [f"{comment}|{kind}" for comment in erased(events) for kind in KINDS]
        keys = [self._pointer(meeting), self._stream(meeting, epoch), self._texts(meeting, epoch)]
        keys += [self._channel(meeting), self._unscrubbed(meeting)]
        before, mark = self._marks.get(meeting, epoch, at), _new_mark()
        args = [current, epoch, at, before, mark, body, len(gone), *gone, *texts]
        return await self._write(meeting, epoch, APPEND, keys, args, mark)

    async def _write(
        self,
        meeting: str,
        epoch: str,
        script: str,
        keys: list[str],
        args: list[Any],
        mark: bytes,
        *,
        unchanged: int | None = None,
    ) -> int:
        """The offset that a script wrote an entry at; `unchanged` is the one it gives if there was nothing to write."""
        try:
            answer = await self._servers.run(keys[0], partial(self._durable, script=script, keys=keys, args=args))
            offset = _written(answer)
        finally:
            self._wake(meeting)  # Written, or overtaken by somebody else: either way there is something to read.
        if offset != unchanged:
            self._marks.put(meeting, epoch, offset, mark)
        return offset

    async def _durable(self, client: Client, script: str, keys: list[str], args: list[Any]) -> Any:
        """What a script gives, once enough replicas have all that it wrote."""
        commands = client.pipeline(transaction=False)
        commands.eval(script, len(keys), *keys, *args)
        if self._wait:
            commands.wait(self._wait, WAIT)  # On the connection that has written: it counts no others' writes.
        # Not raised by the library: it would put what was written into the error's message.
        answer, *confirmed = await commands.execute(raise_on_error=False)
        if isinstance(answer, Exception):
            raise answer
        if confirmed and confirmed[0] < self._wait:
            raise Unavailable(f"{confirmed[0]} of {self._wait} replicas have confirmed")
        return answer

    async def _tune(self, meeting: str) -> float:
        """Listens for wake-ups. Gives how many seconds one can do without looking."""
        try:
            await self._radio.tune(self._channel(meeting), lambda _: self._wake(meeting))
        except Unavailable:
            return min(self._poll, DEAF)
        return self._poll

    async def _current(self, meeting: str) -> str | None:
        key = self._pointer(meeting)
        epoch: bytes | None = await self._servers.run(key, lambda client: client.get(key))
        return epoch.decode() if epoch else None

    async def _page(self, meeting: str, epoch: str, first: int, limit: int) -> Page:
        pointer, stream, texts = self._pointer(meeting), self._stream(meeting, epoch), self._texts(meeting, epoch)

        async def read(client: Client) -> Page:
            while True:
                commands = client.pipeline().get(pointer).xrange(stream, f"{first}-0", "+", count=limit)
                current, rows = await commands.execute()
                page = Page(current, rows)
                if not page.places:
                    return page
                words = await client.pipeline().get(pointer).hmget(texts, page.places).execute()
                if words[0] == current:  # Else a fork took the words away between the two steps.
                    page.join(words[1])
                    return page

        return await self._servers.run(pointer, read)

    def _remember(self, meeting: str, epoch: str, page: Page) -> None:
        if page.entries:
            self._marks.put(meeting, epoch, page.entries[-1].offset, page.marks[-1])

    def _wake(self, meeting: str) -> None:
        if news := self._news.pop(meeting, None):
            news.set()

    @property
    def _all(self) -> str:
        return f"{self._prefix}:meetings"

    def _pointer(self, meeting: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:epoch"

    def _channel(self, meeting: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:news"

    def _unscrubbed(self, meeting: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:unscrubbed"

    def _stream(self, meeting: str, epoch: str) -> str:
        return self._key(meeting, "entries", epoch)

    def _texts(self, meeting: str, epoch: str) -> str:
        return self._key(meeting, "texts", epoch)

    def _key(self, meeting: str, kind: str, epoch: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:{kind}:{epoch}"


_OF_AN_EPOCH = ("entries", "texts", "ballot-secret", "ballots")
"""The kinds of key that an epoch has, the stream first. What a later kind adds here goes along when it forks."""


_VANISHED = "the meeting is gone from the log"


def _new_mark() -> bytes:
    return secrets.token_hex(6).encode()


def _written(answer: int) -> int:
    """The offset that a script gives. Raises `Conflict`, `Unavailable` or `BallotsClosed` for the other answers."""
    if answer == GONE:
        raise Unavailable(_VANISHED)
    if answer == CONFLICT:
        raise Conflict
    if answer == NO_SECRET:
        raise BallotsClosed
    return int(answer)
