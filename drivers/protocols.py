"""The interfaces that every driver implements: Camera, Microphone, Panel, Wand, ClickerReceiver and PtzDevice.

Cameras, microphones, receivers and heads are used by one thread of their own and may block in ``open`` and ``read``.
``close`` may be called twice and from another thread; a ``read`` in progress then raises DeviceLost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.samples import (
    Beep,
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
    WandFlash,
)


class Camera(Protocol):
    """A source of pictures, constructed as ``Driver(role, wanted, options)``.

    ``wanted`` is the format that the config asks for, ``options`` an instance of the class attribute ``Options``, a
    frozen dataclass.
    """

    def open(self) -> PictureFormat:
        """Start the device; return the format it really delivers.

        Raises:
            DeviceMissing: It is not there.
            DeviceMisconfigured: It cannot do what the config asks.
        """

    def read(self, timeout_s: float) -> Picture:
        """Return the next picture; each picture is returned once.

        Raises:
            DeviceStalled: None came within ``timeout_s``.
            DeviceLost: The device has gone or was closed.
        """

    def close(self) -> None:
        """Release the device."""


class Microphone(Protocol):
    """A source of sound, constructed as ``Driver(role, wanted, options)`` like a camera."""

    def open(self) -> SoundFormat:
        """Start the device; return the format it really delivers. Raises as ``Camera.open``."""

    def read(self, timeout_s: float) -> SoundBlock:
        """Return the next block of samples. Raises as ``Camera.read``."""

    def close(self) -> None:
        """Release the device."""


class Loudspeaker(Protocol):
    """What the calibration plays sounds with; constructed as ``Driver()``, used by one thread."""

    def open(self) -> None:
        """See whether there is one.

        Raises:
            DeviceMissing: There is none.
        """

    def play(self, samples: NDArray[np.float64], rate_hz: int) -> None:
        """Play samples of shape (n,), full scale at ±1, and return when they have sounded.

        Raises:
            DeviceLost: They cannot be played.
        """


class CaptureGain(Protocol):
    """The gain of the card behind a microphone, in dB, as ``open_capture_gain(role, options)`` of a driver gives it.

    ``step_db`` is the largest step between two gains. Each call may raise DeviceLost and DeviceRefused.
    """

    low_db: float
    high_db: float
    step_db: float

    def read_db(self) -> float:
        """Return the gain that is set."""

    def set_db(self, wanted_db: float) -> float:
        """Set the highest gain that is not above the wanted one; return it."""

    def close(self) -> None:
        """Close the card's mixer."""


class Panel(Protocol):
    """Buttons, lamps and a buzzer, constructed as ``Driver(process, options)``.

    ``process`` is recorder or controller: each holds a part of the panel.
    """

    def open(self, on_button: Callable[[ButtonEvent], None]) -> None:
        """Claim the pins; ``on_button`` is called from the driver's own threads.

        Raises:
            DeviceMissing: There is no GPIO, or a pin is in use.
            DeviceMisconfigured: A library or right is missing.
        """

    def show(self, lamp: str, pattern: Pattern) -> None:
        """Show a pattern on a lamp; showing the same pattern again changes nothing.

        Raises:
            DeviceLost: The panel is closed, or its pins no longer work.
        """

    def beep(self, beep: Beep) -> None:
        """Begin to sound a beep, in place of one that sounds, without waiting for its end; nothing without a buzzer.

        Raises as ``show``.
        """

    def close(self) -> None:
        """Switch lamps and buzzer off and release the pins."""


class Wand(Protocol):
    """A light and a buzzer on one line, which begin together, constructed as ``Driver(options)``.

    It is used by one thread.
    """

    def open(self) -> None:
        """Claim the line, which is low.

        Raises:
            DeviceMissing: There is no GPIO, or the pin is in use.
            DeviceMisconfigured: A library or right is missing.
        """

    def flash(self, on_ms: float) -> WandFlash:
        """Raise the line, wait for ``on_ms``, lower it; return when that was.

        Raises:
            DeviceLost: The wand is closed, or its pin no longer works.
        """

    def close(self) -> None:
        """Lower the line and release the pin."""


class ClickerReceiver(Protocol):
    """The base station of the students' clickers, constructed as ``Driver(role, options)``.

    A base forgets its open question when it is reopened: the caller starts it again. Most bases push answers. One that
    has to be polled is polled in ``read``, and answers are confirmed to it by the next ``read``: what was not passed on
    yet comes again, so delivery is at least once.
    """

    def open(self) -> ReceiverCapabilities:
        """Connect to the base and wait for its reply; return its capabilities.

        Raises:
            DeviceMissing: No base answers.
            DeviceMisconfigured: The port may not be opened, or the config does not fit it.
        """

    def read(self, timeout_s: float) -> Sequence[ReceiverEvent]:
        """Return the next events in their order; empty after ``timeout_s``, since silence is no fault.

        Raises:
            DeviceLost: The base has gone or was closed.
        """

    def send(self, command: ReceiverCommand) -> None:
        """Queue a command, from any thread; it is sent while ``read`` is called.

        Raises:
            DeviceMisconfigured: This base cannot do it.
            DeviceLost: The base is not open.
        """

    def close(self) -> None:
        """Release the base."""


class PtzDevice(Protocol):
    """A pan-tilt-zoom head, constructed as ``Driver(role, options)``.

    One thread opens, reads and closes; ``recall``, ``drive`` and ``store`` may be called from any thread and never
    block. The newest command wins: a recall in progress is superseded by the next recall or drive.
    """

    def open(self) -> HeadModel:
        """Connect to the head and stop its movement; return its model.

        Raises:
            DeviceMissing: It does not answer.
            DeviceMisconfigured: The port or its address does not fit.
        """

    def recall(self, preset: int) -> Future[None]:
        """Move to a preset (0 to 15); the future is done when the head reports its arrival.

        It fails with Superseded, DeviceRefused, DeviceStalled if no arrival is reported in time, or DeviceLost.
        """

    def drive(self, pan: float, tilt: float, zoom: float) -> Future[None]:
        """Pan right, tilt up and zoom in at these shares of full speed, -1 to 1; all 0 stops, also during a recall.

        The future is done when the head does so and fails as that of ``recall``. A drive that is not renewed in time is
        stopped by the driver.
        """

    def store(self, preset: int) -> Future[None]:
        """Make the position in which it stands a preset (0 to 15), in place of what was stored there.

        The future is done when the head has it and fails as that of ``recall``; with DeviceRefused while it moves.
        """

    def read(self, timeout_s: float) -> HeadState:
        """Exchange messages with the head; return its state once it changes, or after ``timeout_s``.

        Raises:
            DeviceStalled: It does not answer at once.
            DeviceLost: It has gone or was closed.
        """

    def close(self) -> None:
        """Stop a drive and release the head."""
