"""The thread that writes a lesson to disk: ordered jobs, bounded in bytes, retried until they succeed."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from pipelines.files import disk

log = logging.getLogger(__name__)

LIMIT_BYTES = 48 << 20
_VIDEO_SHARE = 0.75
_RETRY_S = 0.5
_SYNC_S = 1.0
_HUNG_S = 3.0
# A job that waited this long means that the disk cannot keep up, whatever the reason.
_SLOW_S = 5.0


class _JobKind(StrEnum):
    """What a job does; a disk may refuse the one and accept the other."""

    WRITE = "write"
    SYNC = "sync"


class FileThread:
    """Runs jobs that may raise OSError; a failed one is retried, so nothing is written out of order.

    When the disk is slower than the lesson: above three quarters of ``limit_bytes`` ``has_room_for_video`` is false,
    and video tracks leave out whole GOPs; above the limit ``put`` refuses, and audio is lost too. ``iterations``
    grows at least every second, unless the disk is waited for. ``sync`` is called once a second and, with
    ``sync_at_once``, whenever the queue has been emptied.
    """

    def __init__(
        self, name: str, sync: Callable[[], None], limit_bytes: int = LIMIT_BYTES, *, sync_at_once: bool = False
    ) -> None:
        self.iterations = 0
        self._faults = dict.fromkeys(_JobKind, "")
        self._sync = sync
        self._sync_at_once = sync_at_once
        self._limit = limit_bytes
        self._jobs: deque[tuple[Callable[[], None], int, float]] = deque()
        self._bytes = 0
        self._condition = threading.Condition()
        self._is_closing = False
        self._is_abandoned = False
        self._job_started_s: float | None = None
        self._is_slow = False
        self._thread = threading.Thread(target=self._run, name=f"files-{name}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, job: Callable[[], None], size: int = 0) -> bool:
        """Queue a job that holds ``size`` bytes; false if there is no room, or the thread is closing. Never blocks."""
        with self._condition:
            if self._is_closing or (size and self._bytes + size > self._limit):
                return False
            self._queue(job, size)
            return True

    @property
    def is_waiting_for_disk(self) -> bool:
        """Whether a job waits for the disk just now."""
        return self._job_started_s is not None

    @property
    def fault(self) -> str:
        """The disk's fault, a word of ``pipelines.files.disk``: refusing, hung or too slow; empty without one."""
        started_s = self._job_started_s
        if started_s is not None and time.monotonic() - started_s > _HUNG_S:
            return disk.HUNG
        return self._faults[_JobKind.WRITE] or self._faults[_JobKind.SYNC] or (disk.SLOW if self._is_slow else "")

    @property
    def has_room_for_video(self) -> bool:
        """Whether another GOP may be encoded."""
        return self._bytes < self._limit * _VIDEO_SHARE

    @property
    def is_finished(self) -> bool:
        """Whether the thread has ended, with all jobs done or abandoned."""
        return not self._thread.is_alive()

    def close(self, deadline_s: float, last: Callable[[], None] | None = None) -> bool:
        """Finish every job, then ``last``, and end; false if that takes longer than ``deadline_s``.

        A repeated call waits again.
        """
        with self._condition:
            if last is not None and not self._is_closing:
                self._queue(last, 0)
            self._is_closing = True
            self._condition.notify()
        self._thread.join(deadline_s)
        return not self._thread.is_alive()

    def abandon(self) -> None:
        """Drop the queued jobs, and end as soon as the disk answers; never blocks."""
        with self._condition:
            self._is_closing = True
            self._is_abandoned = True
            self._condition.notify()

    def _queue(self, job: Callable[[], None], size: int) -> None:
        self._jobs.append((job, size, time.monotonic()))
        self._bytes += size
        self._condition.notify()

    def _run(self) -> None:
        sync_at = time.monotonic() + _SYNC_S
        while not self._is_done():
            self.iterations += 1
            self._wait(sync_at)
            is_drained = False
            if self._jobs:
                job, size, put_s = self._jobs[0]
                if self._run_job(_JobKind.WRITE, job):
                    self._update_slow(time.monotonic() - put_s)
                    with self._condition:
                        self._jobs.popleft()
                        self._bytes -= size
                        is_drained = not self._jobs
            if time.monotonic() >= sync_at or (is_drained and self._sync_at_once):
                self._run_job(_JobKind.SYNC, self._sync)
                sync_at = time.monotonic() + _SYNC_S

    def _is_done(self) -> bool:
        return self._is_abandoned or (self._is_closing and not self._jobs)

    def _wait(self, until: float) -> None:
        with self._condition:
            while not self._jobs and not self._is_closing and (left := until - time.monotonic()) > 0:
                self._condition.wait(left)

    def _update_slow(self, waited_s: float) -> None:
        if not self._is_slow and waited_s > _SLOW_S:
            self._is_slow = True
            log.warning("the disk is too slow: what it takes now waited %.1f s", waited_s)
        elif self._is_slow and waited_s < _SLOW_S / 2:
            self._is_slow = False
            log.info("the disk keeps up again")

    def _run_job(self, kind: _JobKind, job: Callable[[], None]) -> bool:
        self._job_started_s = time.monotonic()
        try:
            job()
        except OSError as error:
            if not any(self._faults.values()):
                log.warning("the disk refuses to take the lesson: %s", error)
            self._faults[kind] = disk.fault_code(error)
            time.sleep(_RETRY_S)
            return False
        finally:
            self._job_started_s = None
        if self._faults[kind]:
            self._faults[kind] = ""
            if not any(self._faults.values()):
                log.info("the disk takes the lesson again")
        return True
