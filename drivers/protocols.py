"""What a camera, a microphone, a panel, a clicker receiver and a PTZ head promise, whoever made them.

Cameras, microphones, receivers and heads are used by one thread of their own and may block
in ``open`` and ``read``; ``close`` may be called twice, and by another thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

from drivers.samples import (
    ButtonEvent,
    HeadModel,
    HeadState,
    Pattern,
    Picture,
    PictureFormat,
    ReceiverCapabilities,
    ReceiverCommand,
    ReceiverEvent,
    SoundBlock,
    SoundFormat,
)


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


class ClickerReceiver(Protocol):
    """The base that students' clickers answer to, made as ``Driver(role, options)``.

    It forgets the open question when it is opened anew: who asked asks again. Most bases push their answers.
    One that keeps a queue and has to be polled is asked for it within ``read``, and is told that answers were
    taken when ``read`` is called the next time: what was not yet passed on comes again, so twice but never lost.
    """

    def open(self) -> ReceiverCapabilities:
        """Find the base and hear it answer; what it can do. DeviceMissing, DeviceUnfit."""

    def read(self, timeout_s: float) -> Sequence[ReceiverEvent]:
        """What came next, in its order; nothing after ``timeout_s``, for silence is no fault. DeviceLost."""

    def send(self, command: ReceiverCommand) -> None:
        """Put a command in line, from any thread; it goes out while ``read`` is called.

        DeviceUnfit for what this base cannot do, DeviceLost where it is not open.
        """

    def close(self) -> None:
        """Let the base go; a read in progress ends with DeviceLost."""


class PtzDevice(Protocol):
    """A head that turns and zooms a camera, made as ``Driver(role, options)``.

    One thread opens, reads and closes; ``recall`` and ``drive`` may be called by any thread and never wait.
    The newest order counts: a recall that is under way gives way to the next recall or drive.
    """

    def open(self) -> HeadModel:
        """Reach the head and have it stand still. DeviceMissing, DeviceUnfit."""

    def recall(self, preset: int) -> Future[None]:
        """Go to a preset (0 to 15); done when the head says that it has arrived.

        Fails with Superseded, DeviceRefused, DeviceStalled where it never said so, or DeviceLost.
        """

    def drive(self, pan: float, tilt: float, zoom: float) -> Future[None]:
        """Turn right, up and in at these shares of full speed, -1 to 1; all 0: stand still, also in mid-recall.

        Done when the head does so; it stops by itself where it is not renewed in time. Fails as ``recall`` does.
        """

    def read(self, timeout_s: float) -> HeadState:
        """Carry out what was ordered; the head's state once it changes, or after ``timeout_s``.

        DeviceStalled while it does not answer, DeviceLost.
        """

    def close(self) -> None:
        """Stop a drive and let the head go; a read in progress ends with DeviceLost."""
