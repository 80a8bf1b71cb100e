"""One still of a borrowed camera, of a picture that was captured after a moment."""

from __future__ import annotations

import queue
import time

from drivers.samples import AccessUnit, DamagedPicture, Picture, PictureFormat
from edge.calibration.room_under_test import RoomUnderTest
from pipelines.capture.still_picture import still_of_picture

_WAIT_S = 6.0
_MOST_WAITING = 2


def take_still(room: RoomUnderTest, role: str, after_ns: int) -> bytes | None:
    """A JPEG of the first picture captured after ``after_ns`` (CLOCK_MONOTONIC); None where none came in time.

    Raises:
        DeviceUnavailable: The camera does not deliver.
    """
    pictures: queue.Queue[Picture] = queue.Queue(_MOST_WAITING)

    def keep(_form: PictureFormat, picture: Picture) -> None:
        is_whole = not isinstance(picture, DamagedPicture) and (not isinstance(picture, AccessUnit) or picture.key)
        if is_whole and picture.captured_ns >= after_ns and not pictures.full():
            pictures.put_nowait(picture)

    deadline_s = time.monotonic() + _WAIT_S
    with room.watch(role, keep):
        while (left_s := deadline_s - time.monotonic()) > 0:
            try:
                still = still_of_picture(pictures.get(timeout=left_s))
            except queue.Empty:
                return None
            if still is not None:
                return still
    return None
