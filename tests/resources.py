"""Threads, tasks, files, sockets and processes: what this process holds, and what it did not let go."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

# Threads and connections that were told to end may take a moment.
_PATIENCE_S = 2.0
_POLL_S = 0.01
_PR_SET_CHILD_SUBREAPER = 36
# Up to this one they are the standard descriptors, which pytest exchanges while it captures what a test prints.
_STANDARD_ERROR = 2


@dataclass(frozen=True)
class Resources:
    """Threads, open files and sockets (number and what is open) and child processes of this process."""

    threads: frozenset[threading.Thread]
    files: frozenset[tuple[int, str]]
    children: frozenset[int]

    def beyond(self, before: Resources) -> Resources:
        """What is held now and was not before."""
        return Resources(self.threads - before.threads, self.files - before.files, self.children - before.children)

    def __bool__(self) -> bool:
        return bool(self.threads or self.files or self.children)

    def named(self) -> list[str]:
        """A word or two for each."""
        threads = [f"thread {thread.name!r}" for thread in self.threads]
        files = [f"file descriptor {number} ({target})" for number, target in self.files]
        children = [f"process {child} ({_command(child)})" for child in self.children]
        return sorted(threads) + sorted(files) + sorted(children)


def adopt_orphans(adopt: bool = True) -> None:
    """Make this process the parent of what its children leave running, so that it is found here; or no longer.

    Source: Linux, prctl(2), PR_SET_CHILD_SUBREAPER.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(adopt), 0, 0, 0)


def held() -> Resources:
    """What this process holds now."""
    threads = {
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread)  # a library's own, made known by a callback
    }
    return Resources(frozenset(threads), frozenset(_files()), frozenset(filter(is_alive, _children(os.getpid()))))


def left_behind(before: Resources, known: Sequence[Resources]) -> Resources:
    """What is held beyond ``before`` and what is ``known``, two seconds after it was told to end."""
    deadline_s = time.monotonic() + _PATIENCE_S
    found = reduce(Resources.beyond, known, held().beyond(before))
    if found:
        gc.collect()
    while found and time.monotonic() < deadline_s:
        time.sleep(_POLL_S)
        found = reduce(Resources.beyond, known, held().beyond(before))
    return found


def kill(processes: frozenset[int]) -> None:
    """Kill processes and all that they started, and reap those that are children of this one."""
    for process in processes:
        kill(frozenset(_children(process)))
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(process, 0)


def is_alive(process: int) -> bool:
    """Whether a process is there and has not ended; an ended one that nobody has waited for has."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@contextmanager
def unfinished_tasks() -> Iterator[list[str]]:
    """List the asyncio tasks that were not done when their event loop was closed within the block.

    An asyncio.Runner cancels them without a word.
    """
    found: list[str] = []
    close = asyncio.Runner.close

    def close_and_tell(runner: asyncio.Runner) -> None:
        with suppress(RuntimeError):  # closed already
            found.extend(
                f"task {task.get_name()!r} ({task.get_coro()})" for task in asyncio.all_tasks(runner.get_loop())
            )
        close(runner)

    asyncio.Runner.close = close_and_tell  # type: ignore[method-assign]
    try:
        yield found
    finally:
        asyncio.Runner.close = close  # type: ignore[method-assign]


def _files() -> Iterator[tuple[int, str]]:
    for number in map(int, os.listdir("/proc/self/fd")):
        if number > _STANDARD_ERROR:
            with suppress(FileNotFoundError):  # the listing's own
                yield number, os.readlink(f"/proc/self/fd/{number}")


def _children(parent: int) -> set[int]:
    found: set[int] = set()
    for file in Path(f"/proc/{parent}/task").glob("*/children"):
        with suppress(OSError):
            found |= {int(child) for child in file.read_text().split()}
    return found


def _command(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return "ended"
