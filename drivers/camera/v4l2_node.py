"""One V4L2 node queried by ioctl: capabilities, formats, signal and controls."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.camera import v4l2_structs as structs
from drivers.camera.v4l2_modes import PIXEL_FORMATS, CaptureMode
from drivers.samples import PictureFormat

# Drivers end their lists by an error; one that never does must not hold us.
_MAX_ENTRIES = 256


class OpenNode:
    """An open node, beside the one that captures; OSError where it has gone or may not be opened."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def can_capture(self) -> bool:
        """Return whether it captures pictures."""
        return structs.can_capture(self._ioctl(structs.QUERYCAP, structs.querycap()))

    def pixel_formats(self) -> list[str]:
        """Return the codes of its pixel formats, including unsupported ones."""
        return [structs.fourcc(entry) for entry in self._enumerate(structs.ENUM_FMT, structs.enum_format)]

    def modes(self, wanted: PictureFormat) -> list[CaptureMode]:
        """Return its modes in supported pixel formats; of a range of sizes or rates, the nearest to the wanted one."""
        return [
            CaptureMode(code, width, height, fps)
            for code in self.pixel_formats()
            if code in PIXEL_FORMATS
            for width, height in self._frame_sizes(code, wanted)
            for fps in self._frame_rates(code, width, height, wanted.fps)
        ]

    def has_signal(self) -> bool:
        """Return whether its input has a signal; a camera without selectable inputs always has."""
        try:
            number = structs.input_number(self._ioctl(structs.G_INPUT, structs.get_input()))
            return structs.has_signal(self._ioctl(structs.ENUMINPUT, structs.enum_input(number)))
        except OSError as error:
            if error.errno == errno.ENODEV:
                raise
            return True

    def control(self, cid: int) -> structs.Control | None:
        with suppress(OSError):
            control = structs.control(self._ioctl(structs.QUERYCTRL, structs.query_control(cid)))
            return control if control.settable else None
        return None

    def has_menu_item(self, cid: int, value: int) -> bool:
        try:
            self._ioctl(structs.QUERYMENU, structs.query_menu(cid, value))
        except OSError:
            return False
        return True

    def set_control(self, cid: int, value: int) -> int:
        self._ioctl(structs.S_CTRL, structs.control_value(cid, value))
        return structs.value(self._ioctl(structs.G_CTRL, structs.control_value(cid)))

    def _frame_sizes(self, code: str, wanted: PictureFormat) -> Iterator[tuple[int, int]]:
        for entry in self._enumerate(structs.ENUM_FRAMESIZES, lambda index: structs.enum_frame_size(index, code)):
            sizes = structs.sizes(entry)
            yield sizes.width.nearest(wanted.width), sizes.height.nearest(wanted.height)

    def _frame_rates(self, code: str, width: int, height: int, wanted_fps: Fraction) -> Iterator[Fraction]:
        def request_for(index: int) -> bytearray:
            return structs.enum_frame_interval(index, code, width, height)

        has_rates = False
        for entry in self._enumerate(structs.ENUM_FRAMEINTERVALS, request_for):
            if (rates := structs.rates(entry)) is not None:
                has_rates = True
                yield min(max(wanted_fps, rates.slowest), rates.fastest)
        if not has_rates:
            yield wanted_fps

    def _enumerate(self, request: int, request_for: Callable[[int], bytearray]) -> Iterator[bytes]:
        """Yield the answers to a request for index 0, 1, … until the driver has no more."""
        for index in range(_MAX_ENTRIES):
            try:
                yield self._ioctl(request, request_for(index))
            except OSError as error:
                if error.errno == errno.ENODEV:
                    raise
                return

    def _ioctl(self, request: int, message: bytearray) -> bytes:
        fcntl.ioctl(self._fd, request, message, True)
        return bytes(message)


def can_capture(path: Path) -> bool:
    """Return whether a node captures pictures; true also for one that this user may not open."""
    try:
        with OpenNode(path) as node:
            return node.can_capture()
    except PermissionError:
        return True
    except OSError:
        return False
