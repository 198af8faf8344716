"""Fixtures: a service with an open meeting, and nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cast import Service, serving


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running
