"""Fixtures of the system tests: a whole room of real processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.room import Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A room that is not started yet; whatever it started is ended with the test."""
    with Room(tmp_path) as made:
        yield made
