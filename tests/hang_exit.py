"""A plugin of pytest: a test that its time limit cannot end ends its process, which says where each thread stood."""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

import pytest

# pytest-timeout raises an exception in the main thread, which a call into native code never sees, and which whoever
# catches everything may swallow. So long after the limit there is no hope left.
GRACE_S = "60"

_stderr = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("hang_grace", "seconds after a test's time limit at which its process is ended", default=GRACE_S)


def pytest_configure(config: pytest.Config) -> None:
    # The file descriptor that pytest does not capture.
    config.stash[_stderr] = stderr = os.dup(2)
    config.add_cleanup(lambda: os.close(stderr))


@contextmanager
def ends_the_process_after(limit_s: float, config: pytest.Config) -> Generator[None]:
    faulthandler.dump_traceback_later(limit_s, exit=True, file=config.stash[_stderr])
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    limit_s = _limit_s(item)
    if not limit_s:
        return (yield)
    with ends_the_process_after(limit_s + float(cast("str", item.config.getini("hang_grace"))), item.config):
        return (yield)


def _limit_s(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0] if marker else cast("str", item.config.getini("timeout")) or 0)
