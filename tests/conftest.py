"""How the suite is run: few real-time tests at once, before the others; what was flaky is listed at the end."""

from __future__ import annotations

import os
import signal
from functools import cache
from pathlib import Path

import priority
import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

pytest_plugins = ["pytester", "leaks", "scoreboard", "hang_exit", "realtime_turns"]

# So many worker processes run real-time tests.
REALTIME_WORKERS = 2
# How a file says that its tests are such; who gives the tests out sees no marks.
REALTIME = "pytestmark = pytest.mark.realtime"
# And how it says that they need not run in one process.
APART = "pytest.mark.apart"


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
    return FilesByTime(config, log)


class FilesByTime(LoadFileScheduling):
    """A file's tests run in one worker process; files of real-time tests are given to the same two processes.

    The tests of a file that lets them run apart are given out one by one.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if APART in self._text(nodeid) else super()._split_scope(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        takes_realtime = node in self.nodes[:REALTIME_WORKERS]
        fit = [scope for scope in self.workqueue if (REALTIME in self._text(scope)) == takes_realtime]
        if fit or takes_realtime:
            self.workqueue.move_to_end(next(iter(fit or self.workqueue)), last=False)
            super()._assign_work_unit(node)
        else:
            node.shutdown()

    def remove_node(self, node: WorkerController) -> str | None:
        """A test that ended its worker process has had its try, and files that are done need not be given out again."""
        units = list(self.assigned_work[node].values())
        ended_by: str | None = super().remove_node(node)
        for unit in units:
            if ended_by in unit:
                unit[ended_by] = True
        for scope in [scope for scope, unit in self.workqueue.items() if all(unit.values())]:
            del self.workqueue[scope]
        return ended_by

    def _text(self, scope: str) -> str:
        return _text(self.config.rootpath / scope.partition("::")[0])


@cache
def _text(file: Path) -> str:
    return file.read_text()


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
