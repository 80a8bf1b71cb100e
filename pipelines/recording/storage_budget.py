"""Whether a lesson fits on the disk, at which bit rate, and how many hours fit in all; pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

# Below half its bit rate a picture is not worth the lesson's name.
MIN_BITRATE_SHARE = 0.5
# Boxes, journal and playlists, and the rest of a lesson's last blocks.
_BESIDES = 1.05
# What a lesson that runs may not use of the reserve: journal, receipt and ledger must find room at its end.
_LAST_PART = 8


@dataclass(frozen=True, slots=True)
class StorageDemand:
    """What a lesson takes: bits a second of its pictures and of its sound, for ``seconds``.

    ``reserve_bytes`` of the disk stay free whatever is planned.
    """

    video_bps: int
    audio_bps: int
    seconds: float
    reserve_bytes: int

    @property
    def bits_per_second(self) -> float:
        """All of it at the full bit rate, everything included."""
        return self._bps(1.0)

    @property
    def critical_reserve_bytes(self) -> int:
        """So much of the reserve no picture and no sound may take."""
        return self.reserve_bytes // _LAST_PART

    def required_bytes(self, share: float = 1.0) -> int:
        """What must be free for the lesson, with so much of its pictures' bit rate."""
        return self.reserve_bytes + round(self._bps(share) * self.seconds / 8)

    def bitrate_share(self, free_bytes: int) -> float | None:
        """How much of the pictures' bit rate fits: 1, or hundredths of it; None where not even the lowest does."""
        if free_bytes >= self.required_bytes():
            return 1.0
        if free_bytes < self.required_bytes(MIN_BITRATE_SHARE):
            return None
        bps = (free_bytes - self.reserve_bytes) * 8 / self.seconds / _BESIDES
        return max(MIN_BITRATE_SHARE, floor((bps - self.audio_bps) / self.video_bps * 100) / 100)

    def _bps(self, share: float) -> float:
        return (self.video_bps * share + self.audio_bps) * _BESIDES


def hours_left(free_bytes: int, reserve_bytes: int, bits_per_second: float) -> float:
    """Hours of recording that fit above the reserve."""
    return max(0, free_bytes - reserve_bytes) * 8 / bits_per_second / 3600 if bits_per_second else 0.0
