"""Supervision of one part of a process: whatever it raises becomes a fault code, and it is started again.

A part is work that may fail for reasons of its own while the process goes on: uploads, a disk that is looked after, a
device. Panics of native libraries derive from BaseException, not from Exception (pyo3), and leave a TaskGroup in a
BaseExceptionGroup; they end the part's turn like any other error. KeyboardInterrupt and SystemExit end the process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context

from edge.service.part_threads import CURRENT, PartThreads
from pipelines.backoff import BackOff

log = logging.getLogger(__name__)

FIRST_S, LONGEST_S = 1.0, 60.0
# What is known to pass, such as a full disk, is tried more often.
LONGEST_KNOWN_S = 5.0
# A part that has run so long again is well.
WELL_AFTER_S = 4.0
# Longer than anything on a disk that works, the check of a long lesson on a slow box included.
HUNG_S = 60.0
LOOK_S = 1.0
# There are a dozen parts: where all is well each looks this many times less often.
WELL_LOOKS = 5
# A part that does not heed its cancellation is left behind.
STOP_S = 5.0

KnownFault = Callable[[BaseException], str]
Report = Callable[[str], None]


class PartSupervisor:
    """Runs ``work`` until it returns, and again with back-off when it raises.

    ``report`` is called with the fault code each time it changes: one of ``known`` where that has a code for the error,
    ``<name>-failed`` for any other, ``<name>-hung`` while a call in its threads does not return, and an empty one when
    the part works again. ``hung_s`` is how long such a call may take.
    """

    def __init__(
        self,
        threads: PartThreads,
        work: Callable[[], Awaitable[None]],
        report: Report,
        known: KnownFault = lambda _: "",
        hung_s: float = HUNG_S,
    ) -> None:
        self.name = threads.name
        self._threads = threads
        self._work = work
        self._report = report
        self._known = known
        self._hung_s = hung_s
        self._backoff = BackOff(FIRST_S, LONGEST_S)
        self._retry = asyncio.Event()
        self._failure: BaseException | None = None
        self._task: asyncio.Task[None] | None = None
        self._code = ""
        self._reported = ""

    async def run(self) -> None:
        """Supervise until cancelled, or until the work returns."""
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            error = await self._run_once()
            if error is None:
                self._report_code("")
                return
            if loop.time() - began_s > WELL_AFTER_S:
                self._backoff.reset()
            self._log(error)
            wait_s = self._backoff.next_delay_s()
            await self._pause(min(wait_s, LONGEST_KNOWN_S) if self._known(error) else wait_s)

    def fail(self, error: BaseException) -> None:
        """End the present run with an error that was raised outside it, on the part's behalf."""
        self._failure = error
        if self._task is not None:
            self._task.cancel()

    def retry(self) -> None:
        """End the present back-off."""
        self._retry.set()

    async def _run_once(self) -> BaseException | None:
        """Run the work once; the error that ended it, None where it returned."""
        context = copy_context()
        context.run(CURRENT.set, self._threads)
        self._failure = None
        task = self._task = asyncio.get_running_loop().create_task(self._await_work(), name=self.name, context=context)
        began_s = asyncio.get_running_loop().time()
        try:
            is_well = False
            while not task.done():
                await asyncio.wait([task], timeout=LOOK_S * (WELL_LOOKS if is_well else 1))
                is_well = asyncio.get_running_loop().time() - began_s > WELL_AFTER_S
                self._check(is_well)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=STOP_S)
        return self._outcome(task)

    def _outcome(self, task: asyncio.Task[None]) -> BaseException | None:
        if self._failure is not None:
            return self._failure
        return asyncio.CancelledError("it cancelled itself") if task.cancelled() else task.exception()

    async def _await_work(self) -> None:
        await self._work()

    async def _pause(self, seconds: float) -> None:
        self._retry.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._retry.wait()

    def _check(self, is_well: bool) -> None:
        if is_well:
            self._code = ""
        self._report_code(f"{self.name}-hung" if self._threads.longest_running_s() > self._hung_s else self._code)

    def _log(self, error: BaseException) -> None:
        code = self._known(error) or f"{self.name}-failed"
        is_new, self._code = code != self._code, code
        level = logging.ERROR if is_new else logging.DEBUG
        trace = None if self._known(error) else error
        told = _innermost(error)
        log.log(level, "%s cannot go on and is started again: %s", self.name, told or type(told), exc_info=trace)
        self._report_code(code)

    def _report_code(self, code: str) -> None:
        if code != self._reported:
            if not code:
                log.info("%s is well again", self.name)
            elif code.endswith("-hung"):
                log.error("%s: a call does not come back", self.name)
            self._reported = code
            self._report(code)


def _innermost(error: BaseException) -> BaseException:
    """What a group that holds a single error is about."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
