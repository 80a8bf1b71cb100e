"""Live meters of the devices: levels of microphones, and real frame rates of cameras."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from drivers.samples import SoundBlock
from pipelines.capture.level_meter import METER_WINDOW_NS, to_dbfs
from pipelines.recording.room_devices import RoomDevices

_RATE_NS = 1_000_000_000
_FULL_SCALE = 32768


class Meters:
    """Collects the figures of one recorder; ``on_level`` may be called from any thread, the rest from one thread."""

    def __init__(self, sources: RoomDevices) -> None:
        self._sources = sources
        self._levels: dict[str, float] = {}
        self._counted: dict[str, tuple[int, int, float]] = {}

    def on_level(self, role: str, dbfs: float) -> None:
        """Store a microphone's level of the last half second, in dBFS."""
        self._levels[role] = round(dbfs, 1)

    def reset(self) -> None:
        """Forget all levels: another lesson begins."""
        self._levels.clear()

    @property
    def levels_dbfs(self) -> dict[str, float]:
        """The last level of each microphone."""
        return dict(self._levels)

    def preroll_levels_dbfs(self, now_ns: int) -> dict[str, float]:
        """The level of each microphone in the last half second of its pre-roll, for the time between lessons."""
        levels = {}
        for role, microphone in self._sources.microphones.items():
            heard = [one for one in microphone.preroll_snapshot() if now_ns - one.captured_ns < METER_WINDOW_NS]
            if heard:
                levels[role] = round(_level_dbfs(heard), 1)
        return levels

    def rates_fps(self, now_ns: int) -> dict[str, float]:
        """Return the pictures a second that each camera delivered since a call a second ago or more."""
        rates = {}
        for role, camera in self._sources.cameras.items():
            count = camera.delivered_count
            then_ns, then, rate = self._counted.get(role, (now_ns, count, 0.0))
            if now_ns - then_ns >= _RATE_NS:
                rate = round((count - then) * 1e9 / (now_ns - then_ns), 1)
                then_ns, then = now_ns, count
            self._counted[role] = (then_ns, then, rate)
            rates[role] = rate
        return rates


def _level_dbfs(blocks: Sequence[SoundBlock]) -> float:
    """The RMS over all channels."""
    samples = np.concatenate([one.samples for one in blocks]).astype(np.float32)
    return to_dbfs(math.sqrt(float(np.vdot(samples, samples)) / samples.size) / _FULL_SCALE)
