"""Waiting for a V4L2 capture's next picture: poll(2) on the descriptor that FFmpeg has opened and does not tell.

Source: Linux, V4L2 poll(): POLLIN where a filled buffer can be dequeued, POLLERR where no capture runs.
"""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path


def descriptors_of(path: Path) -> set[int]:
    """The descriptors that this process has open on a device node; none where that cannot be found out."""
    found = set()
    with suppress(OSError):
        device = path.stat().st_rdev
        for name in os.listdir("/proc/self/fd"):
            # Other threads close theirs meanwhile.
            with suppress(OSError):
                if os.fstat(int(name)).st_rdev == device:
                    found.add(int(name))
    return found


class PictureReadiness:
    """Says when a capture has a picture; ``descriptor`` is FFmpeg's, None where it was not found.

    It is closed with FFmpeg's container: after that a wait ends at once, or tells nothing.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._poll: select.poll | None = None
        if descriptor is not None:
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        """Wait for a picture; false where nothing can tell, then at once. After ``seconds`` without one it is true."""
        if self._poll is None:
            return False
        return all(events & select.POLLIN for _, events in self._poll.poll(seconds * 1e3))
