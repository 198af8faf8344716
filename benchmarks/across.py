"""How long a comment takes through three processes that share a Redis: written at one, approved at another, shown at
the third.

python -m benchmarks.across [--comments 200] [--per-second 10] [--shape single|sentinel|cluster]

The bar: 95 of 100 within 150 ms from the author's tap to the display. The moderator of this measurement approves at
once what comes. All clients run in one process, whose own work is in the figures.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from tests.cast import Display, Moderator, Resident
from tests.process import Process
from tests.servers import SHAPES, Deployment, Shape


async def measure(comments: int, per_second: float, shape: Shape) -> dict[str, list[float]]:
    """Milliseconds of each comment: sent → acknowledged, → on the desk, → on the display."""
    took: dict[str, list[float]] = {"acknowledged": [], "on the desk": [], "on the display": []}
    with tempfile.TemporaryDirectory() as folder, Deployment("redis", shape) as redis:
        async with AsyncExitStack() as stack:
            processes: list[Process] = []
            for number in range(3):
                beside = processes[0] if processes else None
                process = Process(Path(folder) / str(number), beside=beside, LIVECHAT_REDIS_URL=redis.url)
                processes.append(await stack.enter_async_context(process))
            await processes[0].open_intake()
            author, desk = await Resident.join(processes[0]), await Moderator.join(processes[1])
            display = await Display.join(processes[2])
            began = time.perf_counter()
            async with asyncio.TaskGroup() as tasks:
                for number in range(comments):
                    await asyncio.sleep(max(0, began + number / per_second - time.perf_counter()))
                    tasks.create_task(_one(author, desk, display, f"Kommentar {number} om stationen", took))
    return took


async def _one(author: Resident, desk: Moderator, display: Display, text: str, took: dict[str, list[float]]) -> None:
    sent = time.perf_counter()

    def note(what: str) -> None:
        took[what].append((time.perf_counter() - sent) * 1000)

    async def decide() -> str:
        await desk.until(lambda: _has(desk, text))
        note("on the desk")
        id = next(str(comment["id"]) for comment in desk.comments().values() if comment["text"] == text)
        await desk.approves(id)
        return id

    deciding = asyncio.create_task(decide())
    id = await author.writes(text)
    note("acknowledged")
    await display.until(lambda: display.sees(id))
    note("on the display")
    await deciding


def _has(desk: Moderator, text: str) -> bool:
    return any(comment["text"] == text for comment in desk.comments().values())


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=10)
    parser.add_argument("--shape", choices=SHAPES, default="single")
    chosen = parser.parse_args()
    took = asyncio.run(measure(chosen.comments, chosen.per_second, chosen.shape))
    print(f"{chosen.comments} comments, {chosen.per_second:g} a second, Redis {chosen.shape}\n")
    print("| milliseconds from sending | p50 | p95 | p99 | worst |\n|---|--:|--:|--:|--:|")
    for name, values in took.items():
        at = statistics.quantiles(values, n=100)
        print(f"| {name} | {at[49]:.1f} | {at[94]:.1f} | {at[98]:.1f} | {max(values):.1f} |")


if __name__ == "__main__":
    main()
