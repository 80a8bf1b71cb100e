"""What the meters show of the devices: levels of microphones, pictures a second of cameras."""

from __future__ import annotations

from pipelines.recording.room_devices import RoomDevices

_RATE_NS = 1_000_000_000


class Meters:
    """``level`` may be called from any thread, the rest from one that asks now and then."""

    def __init__(self, sources: RoomDevices) -> None:
        self._sources = sources
        self._levels: dict[str, float] = {}
        self._counted: dict[str, tuple[int, int, float]] = {}

    def level(self, role: str, dbfs: float) -> None:
        """A microphone's level of the last half second."""
        self._levels[role] = round(dbfs, 1)

    def forget(self) -> None:
        """Another lesson begins."""
        self._levels.clear()

    @property
    def levels_dbfs(self) -> dict[str, float]:
        """Each microphone's last level."""
        return dict(self._levels)

    def rates_fps(self, now_ns: int) -> dict[str, float]:
        """The pictures a second that each camera gave between this look and one a second ago or more."""
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
