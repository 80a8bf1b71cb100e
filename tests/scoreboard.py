"""The scoreboard: what tests that inject faults measured, kept as JSON for docs/faults.md (``--scoreboard FILE``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

_OPTION = "--scoreboard"
_ROWS = pytest.StashKey[dict[str, Any]]()


class Scoreboard:
    """Collects what one test measures."""

    def __init__(self, test: str, rows: dict[str, Any], is_kept: bool) -> None:
        self._test = test
        self._rows = rows
        self._is_kept = is_kept

    @property
    def times(self) -> int:
        """How often a fault is injected whose moment is chance: often for the figures, less where they are not kept."""
        return 10 if self._is_kept else 4

    def record(self, fault: str, *, told_s: float | None = None, back_s: float | None = None, **lost: float) -> None:
        """Add one injection of ``fault``; faults and units are those of docs/generate/scoreboard.py.

        ``lost`` is what is missing because of it, by unit; ``told_s`` until a lamp or the status said
        so, ``back_s`` from its end until all was recorded, shown or copied again, where that was measured.
        """
        figures = {**lost, "told_s": told_s, "back_s": back_s}
        row = self._rows.setdefault(fault, {"test": self._test, "times": 0, "figures": {}})
        assert row["test"] == self._test, "each fault has one test that its figures come from"
        row["times"] += 1
        for name, figure in figures.items():
            if figure is not None:
                row["figures"].setdefault(name, []).append(round(max(0.0, float(figure)), 3))


@pytest.fixture
def scoreboard(request: pytest.FixtureRequest) -> Scoreboard:
    """Where a test that injects a fault puts what it measured."""
    return Scoreboard(
        request.node.nodeid.partition("[")[0], request.config.stash[_ROWS], _kept(request.config) is not None
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(_OPTION, type=Path, metavar="FILE", help="add what fault tests measure to this file")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_ROWS] = {}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A fault that was injected in this run replaces what the file has of it."""
    file, rows = _kept(session.config), session.config.stash[_ROWS]
    if file is None or not rows:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**before, **rows}, indent=1) + "\n")


def _kept(config: pytest.Config) -> Path | None:
    file: Path | None = config.getoption(_OPTION)
    return file
