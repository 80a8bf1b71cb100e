"""Supervisor of child processes for ``run`` and the demo: restarted when they die, stopped in reverse order."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import signal
import subprocess
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from pipelines.backoff import BackOff

log = logging.getLogger(__name__)

STOP_S = 20.0
_WELL_AFTER_S = 10.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class ChildProcess:
    """Runs one subcommand of this program in a child process; its output goes to ``log_file``, else to our stderr.

    The child is in a session of its own, so that Ctrl-C reaches this process alone, which keeps the order of stopping.
    It gets SIGTERM as well when this process is killed.
    """

    def __init__(self, subcommand: str, config: Path, log_file: Path | None = None) -> None:
        self.name = subcommand
        self.pid: int | None = None
        self._command = [sys.executable, "-m", "edge.cli.main", "--config", str(config.absolute()), subcommand]
        self._log_file = log_file
        self._backoff = BackOff()

    async def run(self) -> None:
        """Keep the child running until cancelled, then stop it."""
        while True:
            begun_s = time.monotonic()
            code = await self._run_once()
            if time.monotonic() - begun_s > _WELL_AFTER_S:
                self._backoff.reset()
            pause_s = self._backoff.next_delay_s()
            log.warning("the %s has ended (%s) and is started again in %.1f s", self.name, _exit_text(code), pause_s)
            await asyncio.sleep(pause_s)

    async def _run_once(self) -> int:
        """Run the child once; its exit code."""
        with ExitStack() as files:
            output = files.enter_context(self._log_file.open("ab")) if self._log_file is not None else None
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self.pid = process.pid
        log.info("the %s runs as process %d", self.name, process.pid)
        try:
            return await process.wait()
        finally:
            self.pid = None
            await _stop(self.name, process)


@asynccontextmanager
async def running(children: Sequence[ChildProcess]) -> AsyncIterator[None]:
    """Run the children as long as the block runs, and stop them in the reverse order.

    What the block raises comes out in the ExceptionGroup of a TaskGroup.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(child.run(), name=child.name) for child in children]
        try:
            yield
        finally:
            for task in reversed(tasks):
                task.cancel()
                await asyncio.wait([task])


async def _stop(name: str, process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        log.warning("the %s did not stop within %g s and is killed", name, STOP_S)
        process.kill()
        await process.wait()


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _exit_text(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
