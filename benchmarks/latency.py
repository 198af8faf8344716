"""How long a comment takes to the moderator's screen, and an approved one to the display in the room.

    make bench       or       python -m benchmarks.latency [--residents 200] [--comments 200] [--per-second 10]

The service runs as a process of its own with its SQLite log on disk; the clients run in this one. Every resident
folds every frame, so the clients' own work is in the figures.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.cast import Display, Moderator, Resident
from tests.process import Process


async def measure(residents: int, comments: int, per_second: float) -> dict[str, list[float]]:
    """Milliseconds of each comment: sent → acknowledged, → on the desk, approved → on the display, → everywhere."""
    took: dict[str, list[float]] = {
        "acknowledged": [],
        "on the desk": [],
        "on the display": [],
        "with all residents": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        async with Process(Path(folder)) as process:
            await process.open_intake()
            moderator, display = await Moderator.join(process), await Display.join(process)
            crowd = [await Resident.join(process) for _ in range(residents)]
            began = time.perf_counter()
            async with asyncio.TaskGroup() as tasks:
                for number in range(comments):
                    await asyncio.sleep(max(0, began + number / per_second - time.perf_counter()))
                    author = crowd[number % len(crowd)]
                    tasks.create_task(_one(author, moderator, display, crowd, f"Kommentar {number} om stationen", took))
            await asyncio.gather(*(client.leave() for client in (*crowd, moderator, display)))
    return took


async def _one(
    author: Resident,
    moderator: Moderator,
    display: Display,
    crowd: list[Resident],
    text: str,
    took: dict[str, list[float]],
) -> None:
    sent = time.perf_counter()
    on_desk = asyncio.create_task(_when(moderator, lambda: _has(moderator, text)))
    id = await author.writes(text)
    took["acknowledged"].append(_since(sent))
    took["on the desk"].append((await on_desk - sent) * 1000)
    approved = time.perf_counter()
    on_display = asyncio.create_task(_when(display, partial(display.sees, id)))
    everywhere = [asyncio.create_task(_when(resident, partial(resident.sees, id))) for resident in crowd]
    await moderator.approves(id)
    took["on the display"].append((await on_display - approved) * 1000)
    took["with all residents"].append((max(await asyncio.gather(*everywhere)) - approved) * 1000)


async def _when(client: Resident | Moderator | Display, condition: object) -> float:
    await client.until(condition)  # type: ignore[arg-type]
    return time.perf_counter()


def _has(moderator: Moderator, text: str) -> bool:
    return any(comment["text"] == text for comment in moderator.comments().values())


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=200)
    parser.add_argument("--comments", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=10)
    chosen = parser.parse_args()
    took = asyncio.run(measure(chosen.residents, chosen.comments, chosen.per_second))
    print(f"{chosen.residents} residents, {chosen.comments} comments, {chosen.per_second:g} a second; milliseconds")
    print("| | p50 | p95 | p99 | worst |\n|---|--:|--:|--:|--:|")
    for name, values in took.items():
        at = statistics.quantiles(values, n=100)
        print(f"| {name} | {at[49]:.1f} | {at[94]:.1f} | {at[98]:.1f} | {max(values):.1f} |")


if __name__ == "__main__":
    main()
