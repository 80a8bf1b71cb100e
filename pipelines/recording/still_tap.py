"""Where video tracks leave small copies of what they decode, while somebody looks; shut while a lesson is paused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

import av
from av.video.reformatter import VideoReformatter

from pipelines.capture.still_picture import shrink

_SHOWING_NS = 3_000_000_000


class StillTap:
    """Between the tracks' threads, whoever makes stills, and the pause; any thread may call anything.

    ``on_suspend`` is called, within the same lock as ``publish``, when a pause begins: after it nothing of before the
    pause may be left to be seen.
    """

    def __init__(self) -> None:
        self.on_suspend: Callable[[], None] = _nothing
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._frames: dict[str, av.VideoFrame] = {}
        self._is_suspended = False
        self._published_ns = -_SHOWING_NS

    def listener(self, role: str) -> Callable[[av.VideoFrame], None]:
        """For the track of ``role``, in its thread: what it calls with every frame that it has decoded.

        It copies the frame if one is wanted, and else costs a look into a set.
        """
        reformatter = VideoReformatter()

        def offer(frame: av.VideoFrame) -> None:
            if role not in self._wanted:
                return
            small = shrink(frame, reformatter)
            with self._lock:
                if role in self._wanted:
                    self._wanted.discard(role)
                    self._frames[role] = small

        return offer

    def ask_for(self, roles: Iterable[str]) -> None:
        """Want the next frame of each of these roles; older ones are dropped."""
        with self._lock:
            self._frames.clear()
            self._wanted = set() if self._is_suspended else set(roles)

    def take(self, role: str) -> av.VideoFrame | None:
        """The frame that came for a role, once; None if none did."""
        with self._lock:
            return self._frames.pop(role, None)

    def publish(self, show: Callable[[], None]) -> bool:
        """Call ``show``, unless there is a pause; whether it was called."""
        with self._lock:
            if self._is_suspended:
                return False
            show()
            self._published_ns = time.monotonic_ns()
            return True

    def is_showing(self, now_ns: int) -> bool:
        """Whether stills were made of late: somebody outside sees what the cameras see."""
        return now_ns - self._published_ns < _SHOWING_NS

    def suspend(self) -> None:
        """A pause begins: nothing is taken, and nothing of before is shown. Idempotent."""
        with self._lock:
            self._is_suspended = True
            self._wanted.clear()
            self._frames.clear()
            self._published_ns = -_SHOWING_NS
            self.on_suspend()

    def resume(self) -> None:
        """The pause is over. Idempotent."""
        with self._lock:
            self._is_suspended = False


def _nothing() -> None:
    """Nobody makes stills."""
