"""Probe of every camera and microphone of a room: whether it opens, its real rate, brightness and level."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import numpy as np

from drivers.samples import AccessUnit, DamagedPicture, Picture, PictureFormat, SoundBlock, SoundFormat
from edge.config.model import Config
from edge.recorder import composition
from pipelines.capture.frame_converter import FrameConverter, InvalidPicture
from pipelines.capture.level_meter import FLOOR_DBFS, to_dbfs
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.yuv_planes import subsampled_luma

LONGEST_S = 15.0

_POLL_S = 0.05
_FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The condition of a device, with its format if it opened, and what was measured.

    ``rate`` is pictures or samples a second by capture times, None if too few came. ``luma`` is the mean luma (0-255)
    of one picture of a camera, ``level_dbfs`` the RMS of the loudest block of a microphone.
    """

    condition: DeviceCondition[object]
    rate: float | None = None
    luma: float | None = None
    level_dbfs: float | None = None


def probe_devices(config: Config, seconds: float) -> dict[str, ProbeResult]:
    """Open all devices at the same time and measure for ``seconds``; return the results by role.

    No other process may hold the devices. A device that fails is not waited for, and none longer than ``LONGEST_S``.
    """
    conditions: dict[str, DeviceCondition[object]] = {}
    sources = composition.room_devices(config, conditions.__setitem__)
    video_probes = {role: VideoProbe() for role in sources.cameras}
    audio_probes = {role: AudioProbe() for role in sources.microphones}
    spans = {role: probe.span for role, probe in video_probes.items()} | {
        role: probe.span for role, probe in audio_probes.items()
    }
    for role, camera in sources.cameras.items():
        camera.attach(video_probes[role].on_picture)
    for role, microphone in sources.microphones.items():
        microphone.attach(audio_probes[role].on_block)

    def undecided(role: str) -> bool:
        condition = conditions.get(role)
        failed = condition is not None and condition.state in (DeviceState.MISSING, DeviceState.UNFIT)
        return not failed and spans[role].seconds < seconds

    for source in sources:
        source.start()
    try:
        deadline_s = time.monotonic() + LONGEST_S
        while time.monotonic() < deadline_s and any(map(undecided, spans)):
            time.sleep(_POLL_S)
        found = {source.role: source.condition for source in sources}
    finally:
        for source in sources:
            source.close()
    seen = {role: probe.result(found[role]) for role, probe in video_probes.items()}
    return {**seen, **{role: probe.result(found[role]) for role, probe in audio_probes.items()}}


@dataclass(slots=True)
class _Span:
    """The time from the first to the last capture, and the count of pictures or samples before the last."""

    first_ns: int = 0
    last_ns: int = 0
    count: int = 0
    _newest: int = 0

    def add(self, captured_ns: int, count: int) -> None:
        """``count`` pictures or samples, the first of them at ``captured_ns``."""
        self.first_ns = self.first_ns or captured_ns
        self.count += self._newest
        self.last_ns, self._newest = captured_ns, count

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return (self.last_ns - self.first_ns) / 1e9

    @property
    def rate(self) -> float | None:
        """Pictures or samples a second, None before the second capture."""
        return self.count / self.seconds if self.seconds > 0 else None


@dataclass(slots=True)
class VideoProbe:
    """Measures rate and brightness of a camera."""

    span: _Span = field(default_factory=_Span)
    _kept: tuple[PictureFormat, Picture] | None = None

    def on_picture(self, form: PictureFormat, picture: Picture) -> None:
        """Count a picture; keep it for its brightness if it decodes alone."""
        self.span.add(picture.captured_ns, 1)
        if isinstance(picture, AccessUnit) and not picture.key:
            return
        if not isinstance(picture, DamagedPicture):
            self._kept = form, picture

    def result(self, condition: DeviceCondition[object]) -> ProbeResult:
        """Return the measurements."""
        return ProbeResult(condition, self.span.rate, luma=self._luma())

    def _luma(self) -> float | None:
        if self._kept is None:
            return None
        form, picture = self._kept
        try:
            frame = FrameConverter(form.width, form.height, full_range=True, pixel_aspect=form.pixel_aspect).convert(
                picture
            )
        except InvalidPicture:
            return None
        return float(subsampled_luma(frame).mean()) if frame is not None else None


@dataclass(slots=True)
class AudioProbe:
    """Measures rate and level of a microphone."""

    span: _Span = field(default_factory=_Span)
    _loudest_dbfs: float | None = None

    def on_block(self, _form: SoundFormat, block: SoundBlock) -> None:
        """Count a block of samples and measure its level."""
        self.span.add(block.captured_ns, len(block.samples))
        rms = math.sqrt(float(np.square(block.samples / _FULL_SCALE).mean())) if block.samples.size else 0.0
        self._loudest_dbfs = max(self._loudest_dbfs or FLOOR_DBFS, to_dbfs(rms))

    def result(self, condition: DeviceCondition[object]) -> ProbeResult:
        """Return the measurements."""
        return ProbeResult(condition, self.span.rate, level_dbfs=self._loudest_dbfs)
