"""Small thread pools, one for each part of a process: a call that hangs uses up the threads of its own part alone.

``PartExecutor`` becomes the event loop's default executor. What ``asyncio.to_thread``, ``run_in_executor(None, …)`` and
the loop's own name resolution are given then runs in the pool of the part whose task makes the call, also where a
library makes it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MOST_WAITING = 256


class ThreadsExhausted(OSError):
    """Too many calls wait for the threads of a part already."""


class PartThreads:
    """A pool of at most ``size`` daemon threads, which are started when they are needed.

    Threads that hang do not keep the process from ending.
    """

    def __init__(self, name: str, size: int = 2) -> None:
        self.name = name
        self._size = size
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._running: dict[Future[Any], float] = {}
        self._threads = 0
        self._idle = 0
        self._is_closed = False

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a thread run the call, as soon as one is free.

        Raises:
            ThreadsExhausted: too many calls wait already.
        """
        future: Future[T] = Future()
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                raise ThreadsExhausted(f"{self.name}: {MOST_WAITING} calls wait for its threads")
            self._waiting.append((future, partial(call, *args, **kwargs)))
            if self._idle < len(self._waiting) and self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._work, name=f"{self.name}-{self._threads}", daemon=True).start()
            self._changed.notify()
        return future

    def longest_running_s(self) -> float:
        """The running time of the oldest running call; 0 where none runs."""
        with self._changed:
            since_s = min(self._running.values(), default=None)
        return 0.0 if since_s is None else time.monotonic() - since_s

    def close(self, timeout_s: float) -> bool:
        """Cancel waiting calls and wait for running ones; whether all have ended in time."""
        with self._changed:
            self._is_closed = True
            for future, _ in self._waiting:
                future.cancel()
            self._waiting.clear()
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._threads, timeout_s)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            future, call = job
            if future.set_running_or_notify_cancel():
                self._call(future, call)
            with self._changed:
                self._running.pop(future, None)

    def _next(self) -> tuple[Future[Any], Callable[[], Any]] | None:
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            self._idle -= 1
            if not self._waiting:
                self._threads -= 1
                self._changed.notify_all()
                return None
            job = self._waiting.popleft()
            self._running[job[0]] = time.monotonic()
            return job

    @staticmethod
    def _call(future: Future[Any], call: Callable[[], Any]) -> None:
        """Run a call; also a panic of a native library, which is no Exception, goes to the caller."""
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - a part's edge: a panic is no Exception
            future.set_exception(error)
        else:
            future.set_result(result)


CURRENT: ContextVar[PartThreads] = ContextVar("the threads of the part that is running")


class PartExecutor(ThreadPoolExecutor):
    """Hands each call to the threads of the part whose task makes it; ``others`` are those of tasks of no part.

    A ThreadPoolExecutor by type only, which the event loop requires; it has no threads of its own.
    """

    def __init__(self, others: PartThreads) -> None:
        super().__init__(max_workers=1)
        self._others = others

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """See ``PartThreads.submit``."""
        return CURRENT.get(self._others).submit(call, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing: whoever made the parts' threads closes them, and the end of the loop waits for none."""
