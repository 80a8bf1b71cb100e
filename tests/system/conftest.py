"""Fixtures of the system tests: a whole room of real processes."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.room import Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A room that is not started yet; whatever it started is ended with the test."""
    with Room(tmp_path) as made:
        yield made


@pytest.fixture
def dice() -> random.Random:
    """Chance for the moments of faults; it tells its seed, and ``DICE`` gives it that seed again."""
    seed = os.environ.get("DICE") or str(random.SystemRandom().randrange(1_000_000))
    print(f"the dice were thrown with DICE={seed}")
    return random.Random(seed)
