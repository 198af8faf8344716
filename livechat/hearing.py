"""Which agenda item those hear who follow the stream: what the room had taken up as long ago as the stream is late.

Known from what this process has seen happen: when it has just begun, nobody hears anything but what is current.
"""


class Hearing:
    """The latest turns of one meeting's agenda. Times are in Unix seconds, `delay` in seconds."""

    def __init__(self, item: str | None, delay: float) -> None:
        self._delay = delay
        self._turns: list[tuple[float, str | None]] = [(float("-inf"), item)]

    def turn(self, item: str | None, now: float) -> None:
        """The committee turned to another item, or to none."""
        self._turns.append((now, item))
        self.item(now)  # Forgets what nobody can hear any more.

    def item(self, now: float) -> str | None:
        """The item that is heard now."""
        while len(self._turns) > 1 and self._turns[1][0] + self._delay <= now:
            del self._turns[0]
        return self._turns[0][1]

    def late(self, now: float) -> float:
        """Seconds until the current item is the one that is heard."""
        return max(0.0, self._turns[-1][0] + self._delay - now) if len(self._turns) > 1 else 0.0
