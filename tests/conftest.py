"""How the suite is run: few real-time tests at once, before the others; what was flaky is listed at the end."""

from __future__ import annotations

import os
import signal

import priority
import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

pytest_plugins = ["pytester", "leaks", "scoreboard"]

# So many groups of real-time tests; a group runs in one worker process, one test after the other.
REALTIME_GROUPS = 2
# How a file says that its tests are such; who gives the tests out sees no marks.
REALTIME = "pytestmark = pytest.mark.realtime"


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        os.setsid()
    # A shell starts what runs in the background with SIGINT ignored, and the programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # How long an example takes on a machine that is shared says nothing.
    settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("shared machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real-time tests come first, since they want little of the processors; then what would else be waited for."""
    items.sort(key=lambda item: (not _is_realtime(item), item.get_closest_marker("long") is None))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Give out the tests by file (pytest-xdist)."""
    return FilesAndGroups(config, log)


class FilesAndGroups(LoadFileScheduling):
    """A file's tests run in one worker process; the files of real-time tests are put together in two groups."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        self._groups: dict[str, str] = {}
        self._realtime_files = 0

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if file not in self._groups:
            self._groups[file] = file
            if REALTIME in (self.config.rootpath / file).read_text():
                self._groups[file] = f"realtime {self._realtime_files % REALTIME_GROUPS}"
                self._realtime_files += 1
        return self._groups[file]


def _is_realtime(item: pytest.Item) -> bool:
    return item.get_closest_marker("realtime") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """From its first other test on, a worker process gives way to the real-time tests."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        priority.put(os.getpid(), priority.FIRST if _is_realtime(item) else priority.LAST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the tests that passed only when they were run again (pytest-rerunfailures)."""
    passed = {report.nodeid for report in terminalreporter.stats.get("passed", [])}
    flaky = {report.nodeid for report in terminalreporter.stats.get("rerun", [])} & passed
    if flaky:
        terminalreporter.section("flaky: passed only when run again", yellow=True)
        for name in sorted(flaky):
            terminalreporter.line(name)
