"""The one thread that touches the disk: jobs in order, bounded in bytes, tried again until they succeed."""

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
_PICTURE_SHARE = 0.75
_RETRY_S = 0.5
_SYNC_S = 1.0
_HUNG_S = 3.0
# What waits so long has met a disk that cannot keep up, whatever the reason.
_SLOW_S = 5.0


class _Work(StrEnum):
    """What the thread does; a disk may refuse the one and do the other."""

    WRITE = "write"
    SYNC = "sync"


class FileThread:
    """Runs jobs that may raise OSError; a failed one is tried again, so nothing is written out of order.

    The policy when the disk is slower than the lesson: above three quarters of the limit
    ``has_room_for_video`` says no, and picture tracks leave out whole GOPs; above the
    limit ``put`` refuses, and sound is lost too. A fault is a word of ``pipelines.files.disk`` while it lasts.
    ``turns`` grows every second at least, unless the disk is waited for. ``sync`` is called once a second,
    and, with ``sync_at_once``, whenever everything that came has been written.
    """

    def __init__(
        self,
        name: str,
        sync: Callable[[], None],
        limit_bytes: int = LIMIT_BYTES,
        *,
        sync_at_once: bool = False,
    ) -> None:
        self.iterations = 0
        self._faults = dict.fromkeys(_Work, "")
        self._sync = sync
        self._sync_at_once = sync_at_once
        self._limit = limit_bytes
        self._jobs: deque[tuple[Callable[[], None], int, float]] = deque()
        self._bytes = 0
        self._wake = threading.Condition()
        self._closing = False
        self._given_up = False
        self._begun_s: float | None = None
        self._slow = False
        self._thread = threading.Thread(target=self._run, name=f"files-{name}", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def put(self, job: Callable[[], None], size: int = 0) -> bool:
        """Queue a job that holds ``size`` bytes; false if there is no room for it, or it closes. Never waits."""
        with self._wake:
            if self._closing or (size and self._bytes + size > self._limit):
                return False
            self._queue(job, size)
            return True

    @property
    def is_waiting_for_disk(self) -> bool:
        """Whether the disk is waited for just now."""
        return self._begun_s is not None

    @property
    def fault(self) -> str:
        """What the disk refuses, that it does not answer, or is too slow; empty while it takes everything."""
        begun_s = self._begun_s
        if begun_s is not None and time.monotonic() - begun_s > _HUNG_S:
            return disk.HUNG
        return self._faults[_Work.WRITE] or self._faults[_Work.SYNC] or (disk.SLOW if self._slow else "")

    @property
    def has_room_for_video(self) -> bool:
        """Whether another GOP may be encoded."""
        return self._bytes < self._limit * _PICTURE_SHARE

    @property
    def is_finished(self) -> bool:
        """Whether it has ended, with everything done or given up."""
        return not self._thread.is_alive()

    def close(self, deadline_s: float, last: Callable[[], None] | None = None) -> bool:
        """Finish every job, then ``last``, and end; false if the disk did not let us within the deadline.

        Again: wait again.
        """
        with self._wake:
            if last is not None and not self._closing:
                self._queue(last, 0)
            self._closing = True
            self._wake.notify()
        self._thread.join(deadline_s)
        return not self._thread.is_alive()

    def abandon(self) -> None:
        """Give up what is queued, and end as soon as the disk answers; never waits."""
        with self._wake:
            self._closing = True
            self._given_up = True
            self._wake.notify()

    def _queue(self, job: Callable[[], None], size: int) -> None:
        self._jobs.append((job, size, time.monotonic()))
        self._bytes += size
        self._wake.notify()

    def _run(self) -> None:
        sync_at = time.monotonic() + _SYNC_S
        while not self._finished():
            self.iterations += 1
            self._wait(sync_at)
            written = False
            if self._jobs:
                job, size, put_s = self._jobs[0]
                if self._tried(_Work.WRITE, job):
                    self._look_how_slow(time.monotonic() - put_s)
                    with self._wake:
                        self._jobs.popleft()
                        self._bytes -= size
                        written = not self._jobs
            if time.monotonic() >= sync_at or (written and self._sync_at_once):
                self._tried(_Work.SYNC, self._sync)
                sync_at = time.monotonic() + _SYNC_S

    def _finished(self) -> bool:
        return self._given_up or (self._closing and not self._jobs)

    def _wait(self, until: float) -> None:
        with self._wake:
            while not self._jobs and not self._closing and (left := until - time.monotonic()) > 0:
                self._wake.wait(left)

    def _look_how_slow(self, waited_s: float) -> None:
        if not self._slow and waited_s > _SLOW_S:
            self._slow = True
            log.warning("the disk is too slow: what it takes now waited %.1f s", waited_s)
        elif self._slow and waited_s < _SLOW_S / 2:
            self._slow = False
            log.info("the disk keeps up again")

    def _tried(self, work: _Work, job: Callable[[], None]) -> bool:
        self._begun_s = time.monotonic()
        try:
            job()
        except OSError as error:
            if not any(self._faults.values()):
                log.warning("the disk refuses to take the lesson: %s", error)
            self._faults[work] = disk.fault_code(error)
            time.sleep(_RETRY_S)
            return False
        finally:
            self._begun_s = None
        if self._faults[work]:
            self._faults[work] = ""
            if not any(self._faults.values()):
                log.info("the disk takes the lesson again")
        return True
