"""Ballots: issued to browsers, and on their way into their sets.

They gather, and at most every `SPACING` seconds all that have gathered are cast in one step of the log: what counts
is that a number is right, not that it is there at once. They share the pen with the meeting's commands, which
therefore wait for one bounded cast at most. As with commands, each ballot is decided about on the state that the
cast is written after, and nobody is answered before that is durable and folded.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable

from livechat import ballots
from livechat.commands import CastBallot, IssueBallot, SupportComment
from livechat.commits import Request, settle
from livechat.errors import Refused, Unavailable
from livechat.handle import handle
from livechat.log import BallotsClosed, Cast, Conflict
from livechat.meeting import Meeting
from livechat.roles import Actor

SPACING = 0.5
"""Seconds between two casts."""

BATCH = 1_000
"""Ballots in one cast, at most: some 60 milliseconds of SQLite with half a million marks."""

AT_ONCE = 100
"""Answers given before others get their turn: a few milliseconds."""

LONGEST_QUEUE = 20_000
"""Ballots waiting, at most; beyond that they are refused as `too_busy`."""


class Casts:
    """The ballots of one meeting.

    `state` gives the meeting as folded so far, `secret(state, fresh)` the ballot secret of its epoch,
    `cast(casts, state)` casts after that state and gives the log's last offset, `folded(state, offset)` returns when
    the fold has come to that offset or to another epoch, `failed(error)` is told when the log fails, `minute` is now.
    `pen` is held while writing. `random` gives n random bytes.
    """

    def __init__(
        self,
        state: Callable[[], Meeting],
        secret: Callable[[Meeting, bytes], Awaitable[bytes]],
        cast: Callable[[list[Cast], Meeting], Awaitable[int]],
        folded: Callable[[Meeting, int], Awaitable[None]],
        failed: Callable[[Unavailable], None],
        minute: Callable[[], int],
        pen: asyncio.Lock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._state = state
        self._secret = secret
        self._cast = cast
        self._folded = folded
        self._failed = failed
        self._minute = minute
        self._pen = pen
        self._random = random
        self._known_secret = ("", b"")  # Of which epoch, and the secret.
        self._asking_for_secret = asyncio.Lock()
        self._waiting: deque[Request] = deque()
        self._queued = asyncio.Event()
        self._given_up = False

    async def issue(self, command: IssueBallot, actor: Actor) -> str:
        """A new ballot. Nothing is kept of it. Raises `Refused`."""
        while True:
            state = self._state()
            handle(state, command, actor, self._minute())
            try:
                return ballots.issue(await self._secret_of(state), self._random(ballots.RANDOM_SIZE))
            except Conflict:
                await self._folded(state, state.offset + 1)
            except (BallotsClosed, Unavailable) as failure:
                raise self._refusal(failure) from None

    def submit(self, command: CastBallot, actor: Actor) -> asyncio.Future[None]:
        """Done when the ballot is durable and folded, or with `Refused`. Raises `Refused` if that is clear at once."""
        handle(self._state(), command, actor, self._minute())
        if self._given_up:
            raise Refused("not_saved", retry_after=2)
        if len(self._waiting) >= LONGEST_QUEUE:
            raise Refused("too_busy", retry_after=2)
        request = Request(command, actor, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        self._queued.set()
        return request.answer

    async def run(self) -> None:
        """Casts what has gathered, forever."""
        while True:
            await self._queued.wait()
            self._queued.clear()
            while self._waiting:
                await self._cast_batch()
                if len(self._waiting) < BATCH:
                    await asyncio.sleep(SPACING)

    def give_up(self) -> None:
        """Refuses all that waits and all that comes: this object cannot write any more."""
        self._given_up = True
        for request in self._waiting:
            settle(request, Refused("not_saved", retry_after=2))
        self._waiting.clear()

    async def _cast_batch(self) -> None:
        async with self._pen:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            answers = await self._answers_to(batch)
        await _settle_all(list(zip(batch, answers, strict=True)))

    async def _answers_to(self, batch: list[Request]) -> list[Exception | None]:
        try:
            return await self._write(batch)
        except (BallotsClosed, Unavailable) as failure:
            return [self._refusal(failure)] * len(batch)
        except BaseException:
            self._waiting.extendleft(reversed(batch))  # give_up() answers them.
            raise

    async def _write(self, batch: list[Request]) -> list[Exception | None]:
        while True:
            state = self._state()
            try:
                casts, answers = self._decide(state, await self._secret_of(state), batch)
                if casts:
                    await self._folded(state, await self._cast(casts, state))
            except Conflict:
                await self._folded(state, state.offset + 1)
                continue
            # If another epoch has begun, the ballots may not have come along: cast them again.
            if self._state().epoch == state.epoch:
                return answers

    def _decide(self, state: Meeting, secret: bytes, batch: list[Request]) -> tuple[list[Cast], list[Exception | None]]:
        last: dict[tuple[str, bytes], Cast] = {}  # Of what one ballot says about one comment, the last word counts.
        answers: list[Exception | None] = []
        for command, actor, _ in batch:
            assert isinstance(command, CastBallot)
            try:
                handle(state, command, actor, self._minute())
                cast = _cast(secret, command, state.carrier(state.comments[command.comment]).id)
            except Refused as refusal:
                answers.append(refusal)
            else:
                last[cast.comment, cast.mark] = cast
                answers.append(None)
        return list(last.values()), answers

    async def _secret_of(self, state: Meeting) -> bytes:
        async with self._asking_for_secret:  # A thousand first votes ask the store once.
            if self._known_secret[0] != state.epoch:
                self._known_secret = state.epoch, await self._secret(state, self._random(ballots.SECRET_SIZE))
            return self._known_secret[1]

    def _refusal(self, failure: BallotsClosed | Unavailable) -> Refused:
        if isinstance(failure, BallotsClosed):
            return Refused("ballots_closed")
        self._failed(failure)
        return Refused("not_saved", retry_after=2)


async def _settle_all(answered: list[tuple[Request, Exception | None]]) -> None:
    try:
        for number, (request, answer) in enumerate(answered, 1):
            settle(request, answer)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)  # A thousand answers must not stand between a comment and its own.
    finally:
        for request, answer in answered:  # Those that are left, if it broke off.
            settle(request, answer)


def _cast(secret: bytes, command: CastBallot, comment: str) -> Cast:
    if not ballots.is_ours(secret, command.ballot):
        raise Refused("bad_ballot", field="ballot")
    mark = ballots.mark(secret, command.ballot, comment)
    return Cast(comment, mark, isinstance(command, SupportComment))
