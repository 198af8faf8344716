"""Fixtures: a service with an open meeting; two of them behind nginx, and what reaches them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.cast import Service, serving
from tests.nginx import Arrivals, Nginx, nginx


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


@pytest.fixture
def arrivals() -> list[Arrivals]:
    return [Arrivals(), Arrivals()]


@pytest.fixture
async def services(tmp_path: Path, arrivals: list[Arrivals]) -> AsyncIterator[list[Service]]:
    """Two doors to one log."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(serving(tmp_path, beat=1, around=seen.around)) for seen in arrivals]


@pytest.fixture
async def door(services: list[Service]) -> AsyncIterator[Nginx]:
    async with nginx(*services) as running:
        yield running
