"""One video node asked by ioctl: what it is, its formats, its signal, its controls."""

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

from drivers.camera import v4l2_structs as wire
from drivers.camera.v4l2_modes import ORDER, CaptureMode
from drivers.samples import PictureFormat

# Drivers end their lists by an error; one that never does must not hold us.
_MOST_ANSWERS = 256


class OpenNode:
    """An open node, beside the one that streams. OSError where it has gone or may not be opened."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def capability(self) -> wire.Capability:
        """Who answers here."""
        return wire.capability(self._ask(wire.QUERYCAP, wire.querycap()))

    def codes(self) -> list[str]:
        """The pixel formats it has, also those that nobody here understands, by their four letters."""
        return [wire.fourcc(answer) for answer in self._answers(wire.ENUM_FMT, wire.enum_format)]

    def modes(self, wanted: PictureFormat) -> list[CaptureMode]:
        """The ways in which it can send pictures; where it can do any size or rate, the one nearest to the wish."""
        return [
            CaptureMode(code, width, height, fps)
            for code in self.codes()
            if code in ORDER
            for width, height in self._sizes(code, wanted)
            for fps in self._rates(code, width, height, wanted.fps)
        ]

    def has_signal(self) -> bool:
        """Whether its input has a signal; a camera without inputs to choose from always has."""
        try:
            number = wire.input_number(self._ask(wire.G_INPUT, wire.get_input()))
            return wire.has_signal(self._ask(wire.ENUMINPUT, wire.enum_input(number)))
        except OSError as error:
            if error.errno == errno.ENODEV:
                raise
            return True

    def control(self, cid: int) -> wire.Control | None:
        """A control that can be set; None where the camera has not got it."""
        with suppress(OSError):
            found = wire.control(self._ask(wire.QUERYCTRL, wire.query_control(cid)))
            return found if found.settable else None
        return None

    def has_choice(self, cid: int, value: int) -> bool:
        """Whether the menu of a control has this value in it."""
        try:
            self._ask(wire.QUERYMENU, wire.query_menu(cid, value))
        except OSError:
            return False
        return True

    def set_control(self, cid: int, value: int) -> int:
        """Set it; what it is then. OSError."""
        self._ask(wire.S_CTRL, wire.control_value(cid, value))
        return wire.value(self._ask(wire.G_CTRL, wire.control_value(cid)))

    def _sizes(self, code: str, wanted: PictureFormat) -> Iterator[tuple[int, int]]:
        for answer in self._answers(wire.ENUM_FRAMESIZES, lambda index: wire.enum_frame_size(index, code)):
            sizes = wire.sizes(answer)
            yield sizes.width.nearest(wanted.width), sizes.height.nearest(wanted.height)

    def _rates(self, code: str, width: int, height: int, wanted_fps: Fraction) -> Iterator[Fraction]:
        def question(index: int) -> bytearray:
            return wire.enum_frame_interval(index, code, width, height)

        told = False
        for answer in self._answers(wire.ENUM_FRAMEINTERVALS, question):
            if (rates := wire.rates(answer)) is not None:
                told = True
                yield min(max(wanted_fps, rates.slowest), rates.fastest)
        if not told:
            yield wanted_fps

    def _answers(self, request: int, question: Callable[[int], bytearray]) -> Iterator[bytes]:
        """The answers to a question asked for index 0, 1, … until the driver has no more."""
        for index in range(_MOST_ANSWERS):
            try:
                yield self._ask(request, question(index))
            except OSError as error:
                if error.errno == errno.ENODEV:
                    raise
                return

    def _ask(self, request: int, message: bytearray) -> bytes:
        fcntl.ioctl(self._fd, request, message, True)
        return bytes(message)


def captures(path: Path) -> bool:
    """Whether a node streams pictures, as far as is known: one that may not be opened might."""
    try:
        with OpenNode(path) as node:
            return node.capability().captures
    except PermissionError:
        return True
    except OSError:
        return False
