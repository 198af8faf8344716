"""The way to a Redis or Valkey: one server, a primary that Sentinel names, or the members of a Cluster.

Each server has a client of its own, so whoever asks with a key gets the one that owns it and can keep to one
connection there. That is why a Cluster is not left to the library's own client: `WAIT` must follow a write on the
same connection, and a subscription must be where the key is.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import ConnectionError as ConnectionFailed
from redis.exceptions import MovedError, RedisError, ResponseError
from redis.retry import Retry

from livechat.errors import Unavailable
from livechat.redis_address import Address, read_address

T = TypeVar("T")

Client = Any
"""A `redis.asyncio.Redis`: its own annotations leave open what a command gives, and whether it must be awaited."""

Work = Callable[[Client], Awaitable[T]]

PATIENCE = 5
"""Seconds to wait for a server's answer."""

SLOTS = 16_384


async def begin_rewrite(client: Client) -> bool:
    """Asks the server to write its append-only file anew; False if another process has just asked."""
    try:
        await client.bgrewriteaof()
    except ResponseError as error:
        if "in progress" not in str(error):
            raise
        return False
    return True


class Servers(ABC):
    """The servers of one Redis."""

    @abstractmethod
    async def owner(self, key: str) -> Client:
        """The client of the server that owns the key. Raises `Unavailable`."""

    @abstractmethod
    async def tags(self) -> list[str]:
        """Hash tags that lead to every server, one to each. Raises `Unavailable`."""

    @abstractmethod
    def look_again(self, error: Exception | None = None) -> None:
        """Who owns what may have changed; the error may say how."""

    @abstractmethod
    async def close(self) -> None:
        """Lets go of all connections."""

    async def run(self, key: str, work: Work[T], *, patience: float = PATIENCE) -> T:
        """What `work` gives on the server that owns `key`, within `patience` seconds. Raises `Unavailable`.

        Tried twice where the first try only shows that a connection is stale or that the key has moved: `work` must
        bear being done twice.
        """
        try:
            return await self._try(key, work, patience)
        except _STALE:
            return await self._try_last(key, work, patience)

    async def _try(self, key: str, work: Work[T], patience: float) -> T:
        with failures(passing=_STALE):
            client = await self.owner(key)
            try:
                async with asyncio.timeout(patience):
                    return await work(client)
            except (RedisError, OSError) as error:
                self.look_again(error)
                raise

    async def _try_last(self, key: str, work: Work[T], patience: float) -> T:
        with failures():
            return await self._try(key, work, patience)


def servers_at(url: str) -> Servers:
    """The servers at an address (`livechat.redis_address`). Connects when first used. Raises `WrongAddress`."""
    address = read_address(url)
    if address.kind == "cluster":
        return _Cluster(address)
    return _Sentinel(address) if address.kind == "sentinel" else _Single(address)


@contextmanager
def failures(passing: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Turns what the client raises into `Unavailable`, except for the types in `passing`."""
    try:
        yield
    except passing:
        raise
    except (RedisError, OSError) as error:
        raise Unavailable(_in_brief(error)) from None


_STALE = (ConnectionFailed, MovedError)
"""Failures that another try may mend at once."""


def _in_brief(error: Exception) -> str:
    # The first word of a server's complaint is its code (NOREPLICAS, OOM, …). The rest may quote what was written.
    code = str(error).partition(" ")[0]
    kind = type(error).__name__
    return f"{kind} {code}" if code.isascii() and code.isupper() and code.isalpha() else kind


_OURS: dict[str, Any] = {
    # We wait no longer than PATIENCE either, but by asyncio.timeout: the library's wait_for loses a cancellation now
    # and then (on Python 3.11), and who has lost it never ends.
    "socket_timeout": None,
    "socket_connect_timeout": PATIENCE,
    # Tried again by those who know what it is about: the library would wait where somebody waits for an answer.
    "retry": Retry(NoBackoff(), 0),
    "max_connections": 1_000,
}


class _Single(Servers):
    """One server."""

    def __init__(self, address: Address) -> None:
        self._client = _client(*address.hosts, **address.options)

    async def owner(self, key: str) -> Client:
        return self._client

    async def tags(self) -> list[str]:
        return ["0"]

    def look_again(self, error: Exception | None = None) -> None:
        pass

    async def close(self) -> None:
        await self._client.aclose()


class _Sentinel(_Single):
    """The primary that Sentinel names. Its client asks again with every new connection."""

    def __init__(self, address: Address) -> None:
        asking = {**_OURS, **address.sentinel_options}
        self._sentinel: Any = Sentinel(address.hosts, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
        # Checked: a server that has just been demoted still takes connections.
        self._client = self._sentinel.master_for(address.service, check_connection=True, **address.options, **_OURS)

    def look_again(self, error: Exception | None = None) -> None:
        sentinels = self._sentinel.sentinels
        sentinels.append(sentinels.pop(0))  # The first to be asked may be the one that hangs.

    async def close(self) -> None:
        await super().close()
        await self._sentinel.aclose()


class _Cluster(Servers):
    """The members of a Cluster, and which of them owns which slots."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._clients: dict[tuple[str, int], Client] = {}
        self._owners: list[Client] | None = None
        self._looking = asyncio.Lock()

    async def owner(self, key: str) -> Client:
        return (await self._map())[key_slot(key.encode())]

    async def tags(self) -> list[str]:
        owners = await self._map()
        tags: dict[Client, str] = {}
        for number in range(1_000):  # More than enough: a tag's server is as good as drawn by lot.
            tags.setdefault(owners[key_slot(b"%d" % number)], str(number))
        return list(tags.values())

    def look_again(self, error: Exception | None = None) -> None:
        if isinstance(error, MovedError) and self._owners:
            # Who says so knows; the member that would be asked may not have heard of it yet.
            self._owners[error.slot_id] = self._client(error.host, error.port)
        else:
            self._owners = None

    async def close(self) -> None:
        for client in list(self._clients.values()):
            await client.aclose()

    async def _map(self) -> list[Client]:
        async with self._looking:
            if self._owners is None:
                self._owners = await self._ask_around()
            return self._owners

    async def _ask_around(self) -> list[Client]:
        """The owner of each slot, as the first member says that answers and knows all of them."""
        complaint = "no member of the cluster answers"
        for host, port in dict.fromkeys((*self._clients, *self._address.hosts)):
            try:
                async with asyncio.timeout(PATIENCE):
                    rows = await self._client(host, port).execute_command("CLUSTER SLOTS")
            except (RedisError, OSError):
                self._clients[host, port] = self._clients.pop((host, port))  # The last to be asked next time.
                continue
            owners = self._read(rows, host)
            if None not in owners:
                return owners
            complaint = "the cluster does not cover all slots"
        raise Unavailable(complaint)

    def _read(self, rows: list[Any], asked: str) -> list[Client | None]:
        owners: list[Client | None] = [None] * SLOTS
        for first, last, (host, port, *_), *_replicas in rows:
            # No host means: the one that was asked.
            client = self._client(host.decode() if host else asked, port)
            owners[first : last + 1] = [client] * (last + 1 - first)
        return owners

    def _client(self, host: str, port: int) -> Client:
        known = self._clients.get((host, port))
        if known is None:
            known = self._clients[host, port] = _client((host, port), **self._address.options)
        return known


def _client(*where: tuple[str, int], **options: Any) -> Client:
    host: dict[str, Any] = {"host": where[0][0], "port": where[0][1]} if where else {}
    return Redis(**host, **options, **_OURS)
