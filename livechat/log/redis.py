"""The log in Redis or Valkey: the same truth for any number of processes, on any number of machines.

An epoch's entries are a stream whose ids are the offsets (`41-0`); residents' words are a hash beside it, never
in the stream, since a stream keeps what is deleted from it. One script compares the stream's last id with `at`
and writes entry and words in one atomic step: an XADD with an id of its own alone would allow holes.

A meeting's keys share the hash tag {meeting}, so a cluster keeps them on one node. Run Redis with
`appendonly yes`; `docs/operations.md` says what `appendfsync` means for what has been acknowledged.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from livechat.events import Entry, Event
from livechat.log import Cast, Conflict, Unavailable, bare, join, split, wordy
from livechat.log.ballots import redis as ballots

# KEYS: pointer, stream, texts, news.  ARGV: the epoch that must be current ("" for none), the epoch to write to,
# the offset that must be the last one, the body, then pairs of text key and text.
_APPEND = """
local current = redis.call('GET', KEYS[1]) or ''
if current ~= ARGV[1] then return 0 end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local offset = 0
if #last > 0 then offset = tonumber(string.match(last[1][1], '^%d+')) end
if offset ~= tonumber(ARGV[3]) then return 0 end
for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
redis.call('XADD', KEYS[2], (offset + 1) .. '-0', 'body', ARGV[4])
if current ~= ARGV[2] then redis.call('SET', KEYS[1], ARGV[2]) end
redis.call('PUBLISH', KEYS[4], offset + 1)
return offset + 1
"""


class RedisLog:
    """A `livechat.log.Log` in the Redis at `url` (`redis://…` or `unix://…`), under keys that begin with `prefix`.

    `poll` is how often, in seconds, a follower looks by itself, should a wake-up have been lost on the way.
    """

    def __init__(self, url: str, *, prefix: str = "livechat", poll: float = 1.0) -> None:
        self._redis = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._listening = self._redis.pubsub(ignore_subscribe_messages=True)
        self._append = self._redis.register_script(_APPEND)
        self._ballot_secret = self._redis.register_script(ballots.GET_OR_KEEP)
        self._cast = self._redis.register_script(ballots.CAST)
        self._prefix = prefix
        self._poll = poll
        self._news: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._listener: asyncio.Task[None] | None = None

    async def meetings(self) -> list[str]:
        with _failures():
            found: set[bytes] = await _now(self._redis.smembers(self._all))
        named = sorted(meeting.decode() for meeting in found)
        return [meeting for meeting in named if await self.epoch(meeting)]

    async def epoch(self, meeting: str) -> str | None:
        with _failures():
            epoch: bytes | None = await _now(self._redis.get(self._pointer(meeting)))
        return epoch.decode() if epoch else None

    async def start(self, meeting: str, epoch: str, events: Sequence[Event], *, instead_of: str | None = None) -> None:
        with _failures():
            await _now(self._redis.sadd(self._all, meeting))
        await self._write(meeting, instead_of or "", epoch, 0, events)

    async def append(self, meeting: str, epoch: str, events: Sequence[Event], *, at: int) -> int:
        return await self._write(meeting, epoch, epoch, at, events)

    async def ballot_secret(self, meeting: str, epoch: str, *, fresh: bytes) -> bytes:
        keys = [self._pointer(meeting), self._secret(meeting, epoch)]
        with _failures():
            return await ballots.secret(self._ballot_secret, keys, epoch, fresh)

    async def cast(self, meeting: str, epoch: str, casts: Sequence[Cast], *, at: int) -> int:
        secret, marks = self._secret(meeting, epoch), self._ballots(meeting, epoch)
        keys = [self._pointer(meeting), self._stream(meeting, epoch), secret, marks, self._wake(meeting)]
        with _failures():
            return await ballots.cast(self._cast, keys, epoch, casts, at)

    async def forget_ballots(self, meeting: str, epoch: str) -> None:
        with _failures():
            await ballots.forget(self._redis, self._secret(meeting, epoch), self._ballots(meeting, epoch))

    async def read(self, meeting: str, epoch: str, *, after: int = 0, limit: int = 5_000) -> list[Entry]:
        with _failures():
            rows = await _now(self._redis.xrange(self._stream(meeting, epoch), f"({after}-0", "+", count=limit))
            entries = [(int(id.partition(b"-")[0]), bare(fields[b"body"])) for id, fields in rows]
            places = set().union(*(wordy(events) for _, events in entries))
            words = await self._words(meeting, epoch, sorted(places))
        return [Entry(offset, join(events, words)) for offset, events in entries]

    async def follow(self, meeting: str, epoch: str, *, after: int = 0) -> AsyncIterator[list[Entry]]:
        await self._listen_for(meeting)
        while True:
            news = self._news[self._wake(meeting)]  # Taken before reading: what comes meanwhile is not missed.
            try:
                entries = await self.read(meeting, epoch, after=after)
                if not entries and await self.epoch(meeting) != epoch:
                    return
            except Unavailable:
                await asyncio.sleep(self._poll)
                continue
            if entries:
                after = entries[-1].offset
                yield entries
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), self._poll)

    async def check(self) -> None:
        with _failures():
            await _now(self._redis.ping())

    async def close(self) -> None:
        if self._listener:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        with suppress(RedisError, OSError):
            await self._listening.aclose()  # type: ignore[no-untyped-call]
        await self._redis.aclose()

    async def _write(self, meeting: str, current: str, epoch: str, at: int, events: Sequence[Event]) -> int:
        body, words = split(events)
        texts = [part for piece in words for part in (f"{piece.comment}|{piece.kind}", piece.text)]
        keys = [self._pointer(meeting), self._stream(meeting, epoch), self._texts(meeting, epoch), self._wake(meeting)]
        with _failures():
            offset = await _now(self._append(keys=keys, args=[current, epoch, at, body, *texts]))
        if not offset:
            raise Conflict
        return int(offset)

    async def _words(self, meeting: str, epoch: str, places: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        if not places:
            return {}
        fields = [f"{comment}|{kind}" for comment, kind in places]
        texts: list[bytes | None] = await _now(self._redis.hmget(self._texts(meeting, epoch), fields))
        return {place: text.decode() for place, text in zip(places, texts, strict=True) if text is not None}

    async def _listen_for(self, meeting: str) -> None:
        with suppress(RedisError, OSError):  # Polling finds what no wake-up tells of.
            await self._listening.subscribe(self._wake(meeting))
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while True:
            try:
                message = await self._listening.get_message(timeout=self._poll)
            except (RedisError, OSError, RuntimeError):  # RuntimeError: not subscribed to anything yet.
                await asyncio.sleep(self._poll)
                continue
            if message and (news := self._news.pop(message["channel"].decode(), None)):
                news.set()

    @property
    def _all(self) -> str:
        return f"{self._prefix}:meetings"

    def _pointer(self, meeting: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:epoch"

    def _stream(self, meeting: str, epoch: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:entries:{epoch}"

    def _texts(self, meeting: str, epoch: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:texts:{epoch}"

    def _secret(self, meeting: str, epoch: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:ballot-secret:{epoch}"

    def _ballots(self, meeting: str, epoch: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:ballots:{epoch}"

    def _wake(self, meeting: str) -> str:
        return f"{self._prefix}:{{{meeting}}}:news"


async def _now(answer: Any) -> Any:
    """The answer to a command: the client's annotations leave open that it must be awaited."""
    return await answer


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable(type(error).__name__) from None
