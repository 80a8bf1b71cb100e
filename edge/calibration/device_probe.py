"""Every camera and microphone of a room tried for a moment: does it open, and what comes from it?"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import numpy as np

from drivers.samples import AccessUnit, Picture, PictureFormat, SoundBlock, SoundFormat
from edge.config.model import Config
from edge.recorder import composition
from pipelines.capture.frame_converter import FrameConverter, InvalidPicture
from pipelines.capture.level_meter import FLOOR_DBFS, to_dbfs
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.yuv_planes import subsampled_luma

LONGEST_S = 15.0

_LOOK_S = 0.05
_FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What came of it: the condition that says how the device does, with its format if it opened.

    ``rate`` is pictures or samples a second by their capture times, None where too little came. Of a camera
    the mean ``luma`` (0-255) of one picture, of a microphone the loudest block's RMS as ``level_dbfs``.
    """

    condition: DeviceCondition[object]
    rate: float | None = None
    luma: float | None = None
    level_dbfs: float | None = None


def probe_devices(config: Config, seconds: float) -> dict[str, ProbeResult]:
    """Open every device at the same time and listen for ``seconds``; by role. Nothing may hold the devices.

    A device that fails is not waited for; one that takes longer than ``LONGEST_S`` in all is left.
    """
    conditions: dict[str, DeviceCondition[object]] = {}
    sources = composition.sources(config, conditions.__setitem__)
    eyes = {role: VideoProbe() for role in sources.cameras}
    ears = {role: AudioProbe() for role in sources.microphones}
    spans = {role: eye.span for role, eye in eyes.items()} | {role: ear.span for role, ear in ears.items()}
    for role, camera in sources.cameras.items():
        camera.attach(eyes[role].take)
    for role, microphone in sources.microphones.items():
        microphone.attach(ears[role].take)

    def undecided(role: str) -> bool:
        condition = conditions.get(role)
        failed = condition is not None and condition.state in (DeviceState.MISSING, DeviceState.UNFIT)
        return not failed and spans[role].seconds < seconds

    for source in sources:
        source.start()
    try:
        deadline_s = time.monotonic() + LONGEST_S
        while time.monotonic() < deadline_s and any(map(undecided, spans)):
            time.sleep(_LOOK_S)
        found = {source.role: source.condition for source in sources}
    finally:
        for source in sources:
            source.close()
    seen = {role: eye.tried(found[role]) for role, eye in eyes.items()}
    return {**seen, **{role: ear.tried(found[role]) for role, ear in ears.items()}}


@dataclass(slots=True)
class _Span:
    """From the first capture time to the last, and how much came before the last."""

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
        """How long it is."""
        return (self.last_ns - self.first_ns) / 1e9

    @property
    def rate(self) -> float | None:
        """How many a second, None before there are two."""
        return self.count / self.seconds if self.seconds > 0 else None


@dataclass(slots=True)
class VideoProbe:
    """Looks at a camera."""

    span: _Span = field(default_factory=_Span)
    _kept: tuple[PictureFormat, Picture] | None = None

    def take(self, form: PictureFormat, picture: Picture) -> None:
        """One more picture."""
        self.span.add(picture.captured_ns, 1)
        if not isinstance(picture, AccessUnit) or picture.key:
            self._kept = form, picture

    def tried(self, condition: DeviceCondition[object]) -> ProbeResult:
        """What was seen."""
        return ProbeResult(condition, self.span.rate, luma=self._luma())

    def _luma(self) -> float | None:
        if self._kept is None:
            return None
        form, picture = self._kept
        try:
            frame = FrameConverter(form.width, form.height, full_range=True).convert(picture)
        except InvalidPicture:
            return None
        return float(subsampled_luma(frame).mean()) if frame is not None else None


@dataclass(slots=True)
class AudioProbe:
    """Listens to a microphone."""

    span: _Span = field(default_factory=_Span)
    _loudest_dbfs: float | None = None

    def take(self, _form: SoundFormat, block: SoundBlock) -> None:
        """One more block."""
        self.span.add(block.captured_ns, len(block.samples))
        rms = math.sqrt(float(np.square(block.samples / _FULL_SCALE).mean())) if block.samples.size else 0.0
        self._loudest_dbfs = max(self._loudest_dbfs or FLOOR_DBFS, to_dbfs(rms))

    def tried(self, condition: DeviceCondition[object]) -> ProbeResult:
        """What was heard."""
        return ProbeResult(condition, self.span.rate, level_dbfs=self._loudest_dbfs)
