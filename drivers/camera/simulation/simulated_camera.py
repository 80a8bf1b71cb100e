"""The driver ``simulated`` for cameras: MJPEG with its own imperfect clock and a bar code in every picture."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Literal

from drivers.camera.simulation.barcode import Barcode, role_id
from drivers.camera.simulation.classroom_scene import ClassroomScene
from drivers.camera.simulation.jpeg_encoder import JpegEncoder
from drivers.camera.simulation.scene import Image, Scene
from drivers.camera.simulation.shutter import FrameBuffers, Shutter
from drivers.camera.subprocess_camera import SubprocessCamera
from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from drivers.samples import Coding, JpegPicture, PictureFormat
from drivers.simulated_classroom.lesson_clock import LessonClock
from drivers.simulated_faults import POLL_S, read_fault
from drivers.simulated_sync_events import HANDS_SEEN_S, SyncEventFile, hands_apart
from drivers.truth_log import TruthLog

_MIN_WIDTH = 320


@dataclass(frozen=True, slots=True)
class SimulatedCameraOptions:
    """Clock, pictures and faults of a simulated camera; ValueError for an invalid value."""

    ppm: float = 0.0
    """Deviation of the camera's clock from its nominal rate; positive is faster."""
    seed: int | None = None
    """Seed that makes phase and jitter repeatable; without it they are random."""
    exposure_jitter_ms: float = 0.5
    """Each exposure deviates from its even pace by up to this, either way."""
    delivery_jitter_ms: float = 2.0
    """A picture is ready up to this long after its exposure."""
    stamp_jitter_ms: float = 0.2
    """The capture time is up to this long after the true exposure time."""
    buffers: int = 4
    """Number of buffers for a late reader; while all are full, new pictures are lost and their numbers skipped."""
    subsampling: Literal["420", "422"] = "420"
    """Chroma subsampling of the JPEG pictures; real UVC cameras often send 4:2:2."""
    quality: int = 80
    """JPEG quality, 1 to 100."""
    flash_period_s: float = 10.0
    """The picture is white for 0.1 s at every multiple of this on CLOCK_MONOTONIC; 0 for never."""
    stamp_late_ms: float = 0.0
    """Pictures come so much later than they were exposed, and their capture times say so."""
    exposure_ms: float = 10.0
    """Exposure time, whose middle is what is called the exposure elsewhere; only a wand's light is blurred by it."""
    wand_file: Path | None = None
    """The file of a simulated wand, whose light is seen; see ``drivers.simulated_sync_events``."""
    classroom_seed: int | None = None
    """The lesson drawn from this seed is seen, instead of the test pattern and without a wand; see
    ``drivers.simulated_classroom``."""
    classroom_begin_s: float = 0.0
    """It begins at this second of CLOCK_MONOTONIC."""
    classroom_barcode: bool = True
    """Bar code and flashes are in the classroom's pictures, too; a director would take them for somebody who moves."""
    still: bool = False
    """One still picture without bar code and flash, like a computer's screen."""
    log: Path | None = None
    """JSON lines ``{"role", "frame", "exposure_ns"}`` of every picture delivered are appended here."""
    fault_file: Path | None = None
    """While this file exists its one word is the fault: lost, stall, freeze, black or hang."""
    process: bool = False
    """Run in a subprocess, which keeps the buffers; what is lost shows in what arrives."""

    def __post_init__(self) -> None:
        for name in ("exposure_jitter_ms", "delivery_jitter_ms", "stamp_jitter_ms", "flash_period_s", "stamp_late_ms"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        if not 0 < self.exposure_ms <= 100:
            raise ValueError("exposure_ms must be above 0 and at most 100")
        if self.stamp_late_ms > 500:
            raise ValueError("stamp_late_ms must be at most 500")
        if self.buffers < 1:
            raise ValueError("buffers must be 1 or more")
        if not 1 <= self.quality <= 100:
            raise ValueError("quality must be from 1 to 100")
        if abs(self.ppm) > 100_000:
            raise ValueError("ppm must be within 100000 of 0")


class CameraFault(StrEnum):
    """The faults that the fault file can ask for."""

    NONE = ""
    LOST = "lost"
    STALL = "stall"
    FREEZE = "freeze"
    BLACK = "black"
    HANG = "hang"


class SimulatedCamera:
    """See ``drivers.protocols.Camera``: MJPEG of a test pattern or a classroom, at least 320 pixels wide, at any rate.

    A picture is exposed by the schedule even when nobody reads; it is drawn only when it is read. Frames are counted
    from each open.
    """

    Options = SimulatedCameraOptions

    def __init__(self, role: str, wanted: PictureFormat, options: SimulatedCameraOptions) -> None:
        self._role = role
        self._wanted = wanted
        self._options = options
        self._capture: _CaptureRun | None = None
        self._subprocess = SubprocessCamera(role, self._in_this_process()) if options.process else None

    def open(self) -> PictureFormat:
        """Start the schedule; DeviceMissing while the fault is ``lost``."""
        if self._subprocess is not None:
            return self._subprocess.open()
        wanted = self._wanted
        if wanted.width < _MIN_WIDTH or wanted.width % 2 or wanted.height % 2:
            raise DeviceMisconfigured(self._role, f"the size must be even and at least {_MIN_WIDTH} pixels wide")
        if self._current_fault() is CameraFault.LOST:
            raise DeviceMissing(self._role, "the simulated camera is unplugged")
        TruthLog(self._options.log).check(self._role)
        self._capture = _CaptureRun(self._role, wanted, self._options)
        return replace(wanted, coding=Coding.MJPEG)

    def read(self, timeout_s: float) -> JpegPicture:
        if self._subprocess is not None:
            return self._subprocess.read(timeout_s)
        capture = self._capture
        if capture is None:
            raise DeviceLost(self._role, "the camera is closed")
        deadline_ns = time.monotonic_ns() + int(timeout_s * 1e9)
        while not capture.closed.is_set():
            fault = self._current_fault()
            if fault is CameraFault.LOST:
                raise DeviceLost(self._role, "the simulated camera was unplugged")
            while fault is CameraFault.HANG:
                time.sleep(POLL_S)
                fault = self._current_fault()
            now_ns = time.monotonic_ns()
            if fault is CameraFault.STALL:
                capture.buffers.clear(now_ns)
            elif (frame := capture.buffers.dequeue(now_ns)) is not None:
                return capture.picture(frame, fault)
            if now_ns >= deadline_ns:
                raise DeviceStalled(self._role, f"no picture for {timeout_s:g} s")
            wait_s = (min(deadline_ns, capture.buffers.next_ns()) - now_ns) / 1e9
            capture.closed.wait(wait_s if self._options.fault_file is None else min(wait_s, POLL_S))
        raise DeviceLost(self._role, "the camera was closed")

    def close(self) -> None:
        if self._subprocess is not None:
            self._subprocess.close()
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.closed.set()

    def _in_this_process(self) -> SimulatedCamera:
        """Return the same camera, to be run in the process that it is sent to."""
        return SimulatedCamera(self._role, self._wanted, replace(self._options, process=False))

    def _current_fault(self) -> CameraFault:
        return read_fault(self._role, self._options.fault_file, CameraFault)


class _CaptureRun:
    """The state from one open to its close."""

    def __init__(self, role: str, wanted: PictureFormat, options: SimulatedCameraOptions) -> None:
        self.closed = threading.Event()
        self._role = role
        self._options = options
        is_420 = options.subsampling == "420"
        size = wanted.width, wanted.height, wanted.height // 2 if is_420 else wanted.height
        self._scene = Scene(role, *size)
        self._lesson: LessonClock | None = None
        if options.classroom_seed is not None:
            self._lesson = LessonClock(options.classroom_seed, options.classroom_begin_s)
            self._classroom = ClassroomScene(role, *size, self._lesson.script)
        self._encoder = JpegEncoder(wanted.width, wanted.height, options.subsampling, options.quality)
        self._last_jpeg: bytes | None = None
        self._truth_log = TruthLog(options.log)
        seed = random.randrange(2**32) if options.seed is None else options.seed
        self._rng = random.Random(seed)
        period_ns = 1e9 / float(wanted.fps) / (1 + options.ppm / 1e6)
        self._shutter = Shutter(
            start_ns=time.monotonic_ns() + round(self._rng.random() * period_ns),
            period_ns=period_ns,
            seed=seed,
            exposure_jitter_ns=options.exposure_jitter_ms * 1e6,
            delivery_jitter_ns=options.delivery_jitter_ms * 1e6,
            late_ns=round(options.stamp_late_ms * 1e6),
        )
        self._events = SyncEventFile(options.wand_file)
        self.buffers = FrameBuffers(self._shutter, options.buffers)

    def picture(self, frame: int, fault: CameraFault) -> JpegPicture:
        """Draw, encode and log frame number ``frame``."""
        exposed_ns = self._shutter.exposed_ns(frame)
        if self._last_jpeg is None or not (fault is CameraFault.FREEZE or self._options.still):
            planes = self._scene.black() if fault is CameraFault.BLACK else self._draw(frame, exposed_ns)
            self._last_jpeg = self._encoder.encode(planes)
        self._truth_log.write({"role": self._role, "frame": frame, "exposure_ns": exposed_ns})
        late_ms = self._rng.random() * self._options.stamp_jitter_ms + self._options.stamp_late_ms
        return JpegPicture(captured_ns=exposed_ns + round(late_ms * 1e6), data=self._last_jpeg)

    def _draw(self, frame: int, exposed_ns: int) -> Image:
        if self._options.still:
            return self._scene.still()
        code = Barcode(role_id(self._role), frame, exposed_ns // 1000)
        if self._lesson is not None and not self._options.classroom_barcode:
            return self._classroom.moving(frame, self._lesson.script_s(exposed_ns))
        flash_period_ns = round(self._options.flash_period_s * 1e9)
        if flash_period_ns and self._shutter.shows_flash(frame, flash_period_ns):
            return self._scene.white(code)
        if self._lesson is not None:
            return self._classroom.moving(frame, self._lesson.script_s(exposed_ns), code)
        half_ns = round(self._options.exposure_ms * 5e5)
        around_ns = round(HANDS_SEEN_S * 1e9)
        events = self._events.between(exposed_ns - around_ns, exposed_ns + around_ns)
        light = sum(event.share_of(exposed_ns - half_ns, exposed_ns + half_ns) for event in events)
        apart = min((hands_apart(event, exposed_ns) for event in events if event.kind == "clap"), default=None)
        return self._scene.moving(code, light=min(1.0, light), hands_apart=apart)
