"""Where video tracks leave small luma of what they decode anyway, for the director; shut while a lesson is paused."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import av

from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.directing.scaled_luma import LumaScaler
from pipelines.recording.key_picture_decoder import LOOK_INTERVAL_NS
from pipelines.yuv_planes import Plane

log = logging.getLogger(__name__)

LOOK_NS = 200_000_000
SLOW_LOOK_NS = 1_000_000_000
"""How often each camera is looked at; and while the box cannot keep up."""

# Cameras send a key picture each second, or every other, not to the millisecond.
_KEY_LOOK_NS = 900_000_000
# Three seconds of five cameras: whoever is later than that need not look at what has been.
_MOST_WAITING = 75


@dataclass(frozen=True, slots=True)
class SmallLuma:
    """A camera's picture at a lesson time, ``luma`` uint8 (90, 160)."""

    role: str
    lesson_ns: int
    luma: Plane


class LookTap:
    """Between the tracks' threads and the director's; the oldest of what waits is dropped.

    ``period_ns`` may be changed by any thread at any time. ``newest_ns`` is the lesson time of each camera's last
    true picture, decoded or not; ``start_ns`` before the first.
    """

    def __init__(self, roles: Iterable[str], start_ns: int = 0) -> None:
        self.period_ns = LOOK_NS
        self.newest_ns = dict.fromkeys(roles, start_ns)
        self._lock = threading.Lock()
        self._is_suspended = False
        self._queue = self._new_queue()

    def key_look_ns(self) -> int:
        """How often a key picture is decoded of a camera that is passed through, which costs more than other looks."""
        return _KEY_LOOK_NS if self.period_ns < SLOW_LOOK_NS else LOOK_INTERVAL_NS

    def listener(self, role: str) -> Callable[[av.VideoFrame | None, int], None]:
        """For the track of ``role``, in its thread: what it calls with the lesson time of each picture that it records.

        It gives the frame where it has decoded one, which is copied, small, if one is due; else it costs a comparison.
        """
        due_ns = 0
        scaler = LumaScaler()

        def look(frame: av.VideoFrame | None, lesson_ns: int) -> None:
            nonlocal due_ns
            self.newest_ns[role] = lesson_ns
            if frame is None or lesson_ns < due_ns or self._is_suspended:
                return
            due_ns = lesson_ns + self.period_ns
            try:
                small = SmallLuma(role, lesson_ns, scaler.shrink(frame))
            except (av.FFmpegError, ValueError) as error:
                log.debug("%s: a picture that the director cannot look at: %s", role, error)
                return
            with self._lock:
                if not self._is_suspended:
                    self._queue.put(small)

        return look

    def get(self, timeout_s: float) -> SmallLuma | None:
        """The oldest that waits; None after ``timeout_s`` without one."""
        return self._queue.get(timeout_s)

    def wake(self) -> None:
        """Let a waiting ``get`` return now."""
        self._queue.wake()

    def suspend(self) -> None:
        """A pause begins: nothing is looked at, nor what waits from before. Idempotent."""
        with self._lock:
            self._is_suspended = True
            waiting, self._queue = self._queue, self._new_queue()
        waiting.wake()

    def resume(self) -> None:
        """The pause is over. Idempotent."""
        with self._lock:
            self._is_suspended = False

    @staticmethod
    def _new_queue() -> DropOldestQueue[SmallLuma]:
        return DropOldestQueue(_MOST_WAITING)
