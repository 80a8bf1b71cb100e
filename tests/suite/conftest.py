"""A small suite that is run with the rules of this one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SETTINGS = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = error
markers =
    realtime
    apart
    long
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty suite with this one's conftest, in a folder of its own and run in a process of its own."""
    pytester.makeconftest((TESTS / "conftest.py").read_text())
    pytester.makeini(SETTINGS)
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    for name in [name for name in os.environ if name.startswith("PYTEST_XDIST")]:
        monkeypatch.delenv(name)
    return pytester
