"""A plugin of pytest: a test that leaves a thread, task, file, socket or process behind fails."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence

import obstore
import pytest
from guard import Guard
from obstore.store import MemoryStore
from resources import Resources, adopt_orphans, held, kill, left_behind, unfinished_tasks

_BEFORE = pytest.StashKey[Resources]()
_TASKS = pytest.StashKey[list[str]]()
_told: list[Resources] = []
_shared: list[Resources] = []


def pytest_configure(config: pytest.Config) -> None:
    adopt_orphans()
    config.add_cleanup(Guard().close)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> Iterator[None]:
    """Remember what a fixture that several tests share opens: it is not the first one that leaves it."""
    before = held()
    try:
        return (yield)
    finally:
        if fixturedef.scope != "function" and (opened := held().beyond(before)):
            _shared.append(opened)


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_left_at_the_end() -> Iterator[None]:
    """Fail the last test if fixtures that were shared left something behind."""
    _begin_what_lasts()
    before = held()
    yield
    _fail_if(left_behind(before, _told))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    item.stash[_BEFORE] = held()
    with unfinished_tasks() as item.stash[_TASKS]:
        return (yield)


@pytest.fixture(autouse=True)
def _cycles_are_collected(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a file that is open in a cycle of objects be told of in its own test, by its ResourceWarning."""
    yield
    if held().beyond(request.node.stash[_BEFORE]):
        gc.collect()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Look when all else is torn down: pytest keeps what a test logged, and with it what an error was about."""
    yield
    getattr(item, "funcargs", {}).clear()  # what fixtures gave, which is kept until the test is reported
    if left := left_behind(item.stash[_BEFORE], [*_told, *_shared]):
        _told.append(left)
    _fail_if(left, item.stash[_TASKS])


def _begin_what_lasts() -> None:
    """Start what lasts as long as the process once it is used: the runtime of obstore (Tokio)."""
    obstore.put(MemoryStore(), "begin", b"")


def _fail_if(left: Resources, tasks: Sequence[str] = ()) -> None:
    """Fail the test if something was left, after killing the processes among that."""
    if named := [*tasks, *left.named()]:
        kill(left.children)
        pytest.fail(f"left behind: {', '.join(named)}", pytrace=False)
