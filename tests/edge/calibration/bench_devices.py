"""Cameras and microphones of a bench: each shows the picture, and hears the taps, that a test puts before it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.discovered_device import DiscoveredDevice
from drivers.errors import DeviceMisconfigured
from drivers.samples import Coding, JpegPicture, PictureFormat, SoundBlock, SoundFormat
from tests.waiting import pass_time

DRIVER = "bench"
SIZE = (480, 270)
FPS = 25

VIEWS: dict[str, bytes] = {}
"""The JPEG that the camera of this name sees; one that is not here does not open."""
TAPPED: set[str] = set()
"""The microphones that are being tapped."""
OPEN: set[str] = set()
"""The cameras that are open now."""
MOST_OPEN: list[int] = []


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """Names of a bench device."""

    device: str = ""
    serial: str = ""
    usb_port: str = ""


class BenchCamera:
    """See ``drivers.protocols.Camera``."""

    Options = BenchOptions

    def __init__(self, role: str, wanted: PictureFormat, options: BenchOptions) -> None:
        self._role = role
        self._device = options.device

    def open(self) -> PictureFormat:
        if self._device not in VIEWS:
            raise DeviceMisconfigured(self._role, "there is none on the bench")
        OPEN.add(self._device)
        MOST_OPEN.append(len(OPEN))
        return PictureFormat(*SIZE, Fraction(FPS), Coding.MJPEG)

    def read(self, timeout_s: float) -> JpegPicture:
        pass_time(1 / FPS)
        return JpegPicture(time.monotonic_ns(), VIEWS[self._device])

    def close(self) -> None:
        OPEN.discard(self._device)


class BenchMicrophone:
    """See ``drivers.protocols.Microphone``."""

    Options = BenchOptions

    def __init__(self, role: str, wanted: SoundFormat, options: BenchOptions) -> None:
        self._device = options.device
        self._dice = np.random.default_rng(1)

    def open(self) -> SoundFormat:
        return SoundFormat(48000, 1)

    def read(self, timeout_s: float) -> SoundBlock:
        pass_time(0.02)
        # What taps one of them is heard by all, far weaker.
        loudness = 12000 if self._device in TAPPED else 200 if TAPPED else 30
        scale = loudness if self._dice.random() < 0.1 else 30
        samples = self._dice.normal(0, scale, (960, 1)).clip(-32768, 32767).astype(np.int16)
        return SoundBlock(time.monotonic_ns(), samples)

    def close(self) -> None:
        pass


def plugged_in(section: str, place: str, serial: str = "") -> DiscoveredDevice:
    """A device of the bench as discovery finds it: named by its place, as is one of which there are two alike."""
    aliases = frozenset(filter(None, (place, serial)))
    return DiscoveredDevice(
        section,
        DRIVER,
        {"device": place},
        "Bench",
        f"USB {place}",
        aliases,
        model="1234:5678",
        serial=serial,
        usb_port=place,
    )


def see(place: str, picture: NDArray[np.uint8]) -> None:
    """Hang a camera where it sees this picture, BGR."""
    VIEWS[place] = cv2.imencode(".jpg", picture)[1].tobytes()
