"""How much one sender may send. In memory only, and only under a key that nobody can turn back into an address.

An address is cut to its network (IPv4 /32, IPv6 /64) and hashed with a random key that lives half an hour. The
budgets are generous: a school or a library behind one address must work. They slow down, they never lock out.
"""

import hashlib
import ipaddress
import secrets
from collections.abc import Callable
from typing import NamedTuple

Clock = Callable[[], float]


class Rate(NamedTuple):
    """At most `burst` at once, and `per_second` in the long run."""

    burst: float
    per_second: float


CONNECTION = Rate(burst=300, per_second=5)
NETWORK = Rate(burst=6_000, per_second=100)
GUESSES = Rate(burst=60, per_second=0.5)
"""Staff links tried from one network. A town hall's whole staff may open theirs at once; who guesses has to wait."""

SIGNALS = Rate(burst=60, per_second=1)
"""Signals that come without a connection, where websockets are blocked. One network's can count to some hundred."""

SHARED = 5
"""In slow mode one connection sends one comment in its time, and a network as many as this: in a raid, one that opens
connections without end is held by it, and a library's few are not."""

KEY_LIFE = 30 * 60
MOST_NETWORKS = 100_000


class Bucket:
    """A budget that refills with time."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._left = rate.burst
        self._at = now

    def wait(self, now: float) -> float:
        """The seconds until there is budget for one more; 0 if there is. Takes none."""
        self._left = min(self._rate.burst, self._left + (now - self._at) * self._rate.per_second)
        self._at = now
        return 0 if self._left >= 1 else (1 - self._left) / self._rate.per_second

    def take(self, now: float) -> float:
        """0 if there was budget for one more, else the seconds to wait for it."""
        wait = self.wait(now)
        if not wait:
            self._left -= 1
        return wait


class Limits:
    """The budgets of networks in this process. `clock` gives monotonic seconds, `random` n random bytes."""

    def __init__(self, clock: Clock, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self.clock = clock
        self._random = random
        self._key = random(32)
        self._key_until = clock() + KEY_LIFE
        self._now: dict[tuple[bytes, Rate], Bucket] = {}
        self._before: dict[tuple[bytes, Rate], Bucket] = {}

    def key(self, address: str) -> bytes:
        """The key under which an address has its budget for the next half hour."""
        if self.clock() >= self._key_until:
            self._rotate()
        return hashlib.blake2b(_network(address), key=self._key, digest_size=16).digest()

    def take(self, key: bytes, rate: Rate = NETWORK) -> float:
        """0 if this network may send one more of what has this rate, else the seconds to wait."""
        return self._bucket(key, rate).take(self.clock())

    def wait(self, key: bytes, rate: Rate) -> float:
        """The seconds until this network may send one more. Takes none."""
        return self._bucket(key, rate).wait(self.clock())

    def _bucket(self, key: bytes, rate: Rate) -> Bucket:
        bucket = self._before.get((key, rate)) or self._now.get((key, rate))
        if bucket is None:
            if len(self._now) >= MOST_NETWORKS:
                self._now.clear()
            bucket = self._now[key, rate] = Bucket(rate, self.clock())
        return bucket

    def _rotate(self) -> None:
        # One overlap: connections that got their key before the rotation keep their budget until the next.
        self._before, self._now = self._now, {}
        self._key = self._random(32)
        self._key_until = self.clock() + KEY_LIFE


def _network(address: str) -> bytes:
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return b""  # A Unix socket, or no address: all of these share one budget.
    if known.version == 6 and known.ipv4_mapped:
        known = known.ipv4_mapped
    return known.packed if known.version == 4 else known.packed[:8]
