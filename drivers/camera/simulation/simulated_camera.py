"""A camera that is not there: MJPEG at its own imperfect pace, every picture true about itself."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Literal

from drivers.camera.simulation.barcode import Barcode, role_id
from drivers.camera.simulation.jpeg_encoder import JpegEncoder
from drivers.camera.simulation.scene import Image, Scene
from drivers.camera.simulation.shutter import Buffers, Shutter
from drivers.camera.subprocess_camera import SubprocessCamera
from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from drivers.samples import Coding, JpegPicture, PictureFormat

_FAULT_LOOK_S = 0.02
_SMALLEST_WIDTH = 320


@dataclass(frozen=True, slots=True)
class SimulatedCameraOptions:
    """What a simulated camera can be told; ValueError where a value makes no sense."""

    ppm: float = 0.0
    """How much faster (+) or slower (-) than its nominal rate the camera's own clock runs."""
    seed: int | None = None
    """Makes phase and jitter repeatable; without it they are random."""
    exposure_jitter_ms: float = 0.5
    """Each exposure is up to this far from its even pace, either way."""
    delivery_jitter_ms: float = 2.0
    """A picture is ready up to this long after its exposure."""
    stamp_jitter_ms: float = 0.2
    """The capture time is up to this long after the true exposure time."""
    buffers: int = 4
    """Pictures kept for a late reader; while all are full, new pictures are lost and their numbers skipped."""
    subsampling: Literal["420", "422"] = "420"
    """Chroma of the JPEG pictures; real UVC cameras often send 422."""
    quality: int = 80
    """JPEG quality, 1 to 100."""
    flash_period_s: float = 10.0
    """The picture is white for 0.1 s at every multiple of this on CLOCK_MONOTONIC; 0 for never."""
    still: bool = False
    """One still picture without bar code and flash, as a computer's screen often is."""
    log: Path | None = None
    """JSON lines ``{"role", "frame", "exposure_ns"}`` of every picture delivered are appended here."""
    fault_file: Path | None = None
    """While this file exists its one word is what is wrong: lost, stall, freeze, black or hang."""
    process: bool = False
    """Run in a process of its own, which keeps the buffers; what is lost is seen in what arrives."""

    def __post_init__(self) -> None:
        for name in ("exposure_jitter_ms", "delivery_jitter_ms", "stamp_jitter_ms", "flash_period_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        if self.buffers < 1:
            raise ValueError("buffers must be 1 or more")
        if not 1 <= self.quality <= 100:
            raise ValueError("quality must be from 1 to 100")
        if abs(self.ppm) > 100_000:
            raise ValueError("ppm must be within 100000 of 0")


class CameraFault(StrEnum):
    """What the fault file can ask for."""

    NONE = ""
    LOST = "lost"
    STALL = "stall"
    FREEZE = "freeze"
    BLACK = "black"
    HANG = "hang"


class SimulatedCamera:
    """MJPEG of a moving scene. Any size from 320 pixels of width on, any rate; frames count from each open.

    A picture is exposed by the schedule even when nobody reads; it is drawn only when it is read.
    """

    Options = SimulatedCameraOptions

    def __init__(self, role: str, wanted: PictureFormat, options: SimulatedCameraOptions) -> None:
        self._role = role
        self._wanted = wanted
        self._options = options
        self._run: _Run | None = None
        self._apart = SubprocessCamera(role, self._here()) if options.process else None

    def open(self) -> PictureFormat:
        """DeviceMissing while the fault is ``lost``; DeviceUnfit for a size or a log that cannot be had."""
        if self._apart is not None:
            return self._apart.open()
        wanted = self._wanted
        if wanted.width < _SMALLEST_WIDTH or wanted.width % 2 or wanted.height % 2:
            raise DeviceMisconfigured(self._role, f"the size must be even and at least {_SMALLEST_WIDTH} pixels wide")
        if self._fault() is CameraFault.LOST:
            raise DeviceMissing(self._role, "the simulated camera is unplugged")
        if self._options.log is not None:
            self._check_log(self._options.log)
        self._run = _Run(self._role, wanted, self._options)
        return replace(wanted, coding=Coding.MJPEG)

    def read(self, timeout_s: float) -> JpegPicture:
        """The oldest picture not read yet. DeviceStalled, DeviceLost."""
        if self._apart is not None:
            return self._apart.read(timeout_s)
        run = self._run
        if run is None:
            raise DeviceLost(self._role, "the camera is closed")
        deadline_ns = time.monotonic_ns() + int(timeout_s * 1e9)
        while not run.closed.is_set():
            fault = self._fault()
            if fault is CameraFault.LOST:
                raise DeviceLost(self._role, "the simulated camera was unplugged")
            while fault is CameraFault.HANG:
                time.sleep(_FAULT_LOOK_S)
                fault = self._fault()
            now_ns = time.monotonic_ns()
            if fault is CameraFault.STALL:
                run.buffers.clear(now_ns)
            elif (frame := run.buffers.take(now_ns)) is not None:
                return run.picture(frame, fault)
            if now_ns >= deadline_ns:
                raise DeviceStalled(self._role, f"no picture for {timeout_s:g} s")
            wait_s = (min(deadline_ns, run.buffers.next_ns()) - now_ns) / 1e9
            run.closed.wait(wait_s if self._options.fault_file is None else min(wait_s, _FAULT_LOOK_S))
        raise DeviceLost(self._role, "the camera was closed")

    def close(self) -> None:
        """End a read in progress; again: nothing."""
        if self._apart is not None:
            self._apart.close()
        run, self._run = self._run, None
        if run is not None:
            run.closed.set()

    def _here(self) -> SimulatedCamera:
        """The same camera, to be run in whatever process it is sent to."""
        return SimulatedCamera(self._role, self._wanted, replace(self._options, process=False))

    def _check_log(self, log: Path) -> None:
        try:
            log.touch()
        except OSError as error:
            raise DeviceMisconfigured(self._role, f"the log {log} cannot be written: {error.strerror}") from error

    def _fault(self) -> CameraFault:
        if self._options.fault_file is None:
            return CameraFault.NONE
        try:
            word = self._options.fault_file.read_text().strip()
        except FileNotFoundError:
            return CameraFault.NONE
        try:
            return CameraFault(word)
        except ValueError as error:
            known = ", ".join(fault for fault in CameraFault if fault)
            raise DeviceMisconfigured(self._role, f"the fault file says {word!r}; it may say {known}") from error


class _Run:
    """What lives from one open to its close."""

    def __init__(self, role: str, wanted: PictureFormat, options: SimulatedCameraOptions) -> None:
        self.closed = threading.Event()
        self._role = role
        self._options = options
        half = options.subsampling == "420"
        self._scene = Scene(role, wanted.width, wanted.height, wanted.height // 2 if half else wanted.height)
        self._encoder = JpegEncoder(wanted.width, wanted.height, options.subsampling, options.quality)
        self._shown: bytes | None = None
        seed = random.randrange(2**32) if options.seed is None else options.seed
        self._dice = random.Random(seed)
        period_ns = 1e9 / float(wanted.fps) / (1 + options.ppm / 1e6)
        self._shutter = Shutter(
            start_ns=time.monotonic_ns() + round(self._dice.random() * period_ns),
            period_ns=period_ns,
            seed=seed,
            exposure_jitter_ns=options.exposure_jitter_ms * 1e6,
            delivery_jitter_ns=options.delivery_jitter_ms * 1e6,
        )
        self.buffers = Buffers(self._shutter, options.buffers)

    def picture(self, frame: int, fault: CameraFault) -> JpegPicture:
        """Draw, encode and log what the camera saw in ``frame``."""
        exposed_ns = self._shutter.exposed_ns(frame)
        if self._shown is None or not (fault is CameraFault.FREEZE or self._options.still):
            planes = self._scene.black() if fault is CameraFault.BLACK else self._draw(frame, exposed_ns)
            self._shown = self._encoder.encode(planes)
        if self._options.log is not None:
            entry = {"role": self._role, "frame": frame, "exposure_ns": exposed_ns}
            with self._options.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(entry) + "\n")
        late_ns = round(self._dice.random() * self._options.stamp_jitter_ms * 1e6)
        return JpegPicture(captured_ns=exposed_ns + late_ns, data=self._shown)

    def _draw(self, frame: int, exposed_ns: int) -> Image:
        if self._options.still:
            return self._scene.still()
        reading = Barcode(role_id(self._role), frame, exposed_ns // 1000)
        flash_period_ns = round(self._options.flash_period_s * 1e9)
        if flash_period_ns and self._shutter.flashes(frame, flash_period_ns):
            return self._scene.white(reading)
        return self._scene.moving(reading)
