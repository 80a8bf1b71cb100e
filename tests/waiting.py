"""Waiting for what a real thread, process or kernel does: a condition is polled until a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE_S = 30.0
_POLL_S = 0.01


def until(condition: Callable[[], object], seconds: float = PATIENCE_S, why: Callable[[], str] = str) -> None:
    """Wait until a condition is true.

    ``why`` is called for more words where it does not become true.

    Raises:
        AssertionError: the condition is still false after ``seconds``.
    """
    deadline_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline_s, f"not so after {seconds} s {why()}"
        time.sleep(_POLL_S)


def stays(condition: Callable[[], object], seconds: float) -> None:
    """Watch that a condition is true all the time for so long, where nothing must happen.

    Raises:
        AssertionError: the condition became false.
    """
    deadline_s = time.monotonic() + seconds
    while time.monotonic() < deadline_s:
        assert condition(), "it did not stay so"
        time.sleep(_POLL_S)


async def until_async(condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Wait like ``until`` while the event loop runs on."""
    deadline_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline_s, f"not so after {seconds} s"
        await asyncio.sleep(_POLL_S)


async def stays_async(condition: Callable[[], object], seconds: float) -> None:
    """Watch like ``stays`` while the event loop runs on."""
    deadline_s = time.monotonic() + seconds
    while time.monotonic() < deadline_s:
        assert condition(), "it did not stay so"
        await asyncio.sleep(_POLL_S)


def pass_time(seconds: float) -> None:
    """Let real time pass, where a real process, device or finger has to have it and shows nothing to poll."""
    time.sleep(seconds)


class SkippableTime:
    """The time module for a module under test, set in its place: time can be skipped instead of waited for.

    Where it ``stands`` it goes on only when it is skipped.
    """

    def __init__(self, *, stands: bool = False) -> None:
        self.skipped_s = 0.0
        self._stands_at_ns = time.monotonic_ns() if stands else None

    def skip(self, seconds: float) -> None:
        self.skipped_s += seconds

    def monotonic(self) -> float:
        return self.monotonic_ns() / 1e9

    def monotonic_ns(self) -> int:
        return (self._stands_at_ns or time.monotonic_ns()) + round(self.skipped_s * 1e9)

    sleep = skip
