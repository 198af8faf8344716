"""Signals: residents say by one tap that they cannot follow what goes on in the room. Counted for a minute, never kept.

A signal is no event. Each process counts those of its own connections in memory; over processes they are counts with
a short life (`livechat.live`). Who gave one is known only as long as it counts, as the connection that it came over.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Mapping
from enum import StrEnum

from livechat.errors import Refused
from livechat.events import SignalRules

LIFE = 60
"""Seconds that a signal counts, unless it is withdrawn before: what was hard to hear a minute ago may be mended."""

MOST = 100_000
"""Signals of one kind that a process counts at once, at most."""


class Signal(StrEnum):
    """What a resident can signal: hears nothing, it goes too fast, does not understand."""

    INAUDIBLE = "inaudible"
    HURRIED = "hurried"
    UNCLEAR = "unclear"


class Signals:
    """The signals of one meeting in this process. `clock` gives now in seconds.

    All live equally long, so those of a kind stand in the order in which they end: a step costs the same however many
    there are.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[Signal, OrderedDict[Hashable, float]] = {signal: OrderedDict() for signal in Signal}

    def give(self, giver: Hashable, signal: Signal) -> None:
        """Counts once for each giver, from now on for `LIFE` seconds. Raises `Refused`."""
        counted = self._until[signal]
        if counted.pop(giver, None) is None and len(counted) >= MOST:
            raise Refused("too_busy", retry_after=LIFE)
        counted[giver] = self._clock() + LIFE

    def withdraw(self, giver: Hashable, signal: Signal) -> None:
        """Counts no more."""
        self._until[signal].pop(giver, None)

    def forget(self, giver: Hashable) -> None:
        """The giver is gone."""
        for counted in self._until.values():
            counted.pop(giver, None)

    def count(self) -> Counter[Signal]:
        """How many of each kind count now; forgets those that do not any more."""
        now = self._clock()
        for counted in self._until.values():
            while counted and next(iter(counted.values())) <= now:
                counted.popitem(last=False)
        return Counter({signal: len(counted) for signal, counted in self._until.items() if counted})


def loud(counts: Mapping[Signal, int], residents: int, rules: SignalRules) -> dict[Signal, int]:
    """The signals that the room is told, and how many give each, of so many residents who follow.

    There must be at least `rules.least`, and so many percent of those who follow. Never more are told than follow: a
    count may outlive its connection, where websockets are blocked.
    """
    enough = max(rules.least, -(-residents * rules.percent // 100))
    heard = {signal: min(counts.get(signal, 0), residents) for signal in Signal}
    return {signal: number for signal, number in heard.items() if number >= enough}
