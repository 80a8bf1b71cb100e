"""A plugin of pytest: a real-time test that keeps both cores busy itself waits until no other one runs."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_SH, LOCK_UN, flock
from pathlib import Path

import pytest
from hang_exit import ends_the_process_after

# Nobody's turn takes so long.
PATIENCE_S = 600.0


class Turns:
    """Locks between the worker processes: one that waits to be alone goes before those that come after it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        here = Path(__file__).parent
        self._gate = os.open(here, os.O_RDONLY)
        self._floor = os.open(here / "system", os.O_RDONLY)

    def close(self) -> None:
        os.close(self._gate)
        os.close(self._floor)

    @contextmanager
    def taken(self, *, alone: bool) -> Generator[None]:
        kind = LOCK_EX if alone else LOCK_SH
        with ends_the_process_after(PATIENCE_S, self._config):
            flock(self._gate, kind)
            try:
                flock(self._floor, kind)
            finally:
                flock(self._gate, LOCK_UN)
        try:
            yield
        finally:
            flock(self._floor, LOCK_UN)


_turns = pytest.StashKey[Turns]()


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        config.stash[_turns] = turns = Turns(config)
        config.add_cleanup(turns.close)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    turns = item.config.stash.get(_turns, None)
    if turns is None or item.get_closest_marker("realtime") is None:
        return (yield)
    with turns.taken(alone=item.get_closest_marker("alone") is not None):
        return (yield)
