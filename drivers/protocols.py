"""What a camera, a microphone and a panel promise, whoever made them.

Cameras and microphones are used by one thread of their own and may block in
``open`` and ``read``; ``close`` may be called twice, and by another thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.samples import ButtonEvent, Pattern, Picture, PictureFormat, SoundBlock, SoundFormat


class Camera(Protocol):
    """A source of pictures.

    Made as ``Driver(role, wanted, options)``, where ``wanted`` is the format the
    config asks for and ``options`` an instance of the class's frozen dataclass ``Options``.
    """

    def open(self) -> PictureFormat:
        """Start the device; the format it really gives. DeviceMissing, DeviceUnfit."""

    def read(self, timeout_s: float) -> Picture:
        """The next picture, never the same twice. DeviceStalled after ``timeout_s``, DeviceLost."""

    def close(self) -> None:
        """Let the device go; a read in progress ends with DeviceLost."""


class Microphone(Protocol):
    """A source of sound, made as ``Driver(role, wanted, options)`` like a camera."""

    def open(self) -> SoundFormat:
        """Start the device; the format it really gives. DeviceMissing, DeviceUnfit."""

    def read(self, timeout_s: float) -> SoundBlock:
        """The next block of sound. DeviceStalled after ``timeout_s``, DeviceLost."""

    def close(self) -> None:
        """Let the device go; a read in progress ends with DeviceLost."""


class Panel(Protocol):
    """Buttons and lamps, made as ``Driver(process, options)``; ``process`` is recorder or controller."""

    def open(self, on_button: Callable[[ButtonEvent], None]) -> None:
        """Claim the pins; ``on_button`` is called from the driver's own threads. DeviceMissing, DeviceUnfit."""

    def show(self, lamp: str, pattern: Pattern) -> None:
        """Make a lamp say something; the same again changes nothing. DeviceLost."""

    def close(self) -> None:
        """Lamps off, pins free."""
