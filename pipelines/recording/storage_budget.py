"""Storage budget of a lesson: whether it fits on the disk, at which bit rate, and the hours left. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

# Below half its bit rate a picture is not good enough for a lesson.
MIN_BITRATE_SHARE = 0.5
# MP4 boxes, journal, playlists, and partly filled disk blocks.
_OVERHEAD = 1.05
# Part of the reserve that a running lesson may not use: journal, receipt and ledger need room at its end.
_CRITICAL_FRACTION = 8


@dataclass(frozen=True, slots=True)
class StorageDemand:
    """What a lesson needs: bits per second of its video and its audio, for ``seconds``.

    ``reserve_bytes`` of the disk stay free in any plan.
    """

    video_bps: int
    audio_bps: int
    seconds: float
    reserve_bytes: int

    @property
    def bits_per_second(self) -> float:
        """Everything at the full bit rate, overhead included."""
        return self._bps(1.0)

    @property
    def critical_reserve_bytes(self) -> int:
        """The part of the reserve that video and audio may not use."""
        return self.reserve_bytes // _CRITICAL_FRACTION

    def required_bytes(self, share: float = 1.0) -> int:
        """The free space that the lesson needs, with ``share`` of its video bit rate."""
        return self.reserve_bytes + round(self._bps(share) * self.seconds / 8)

    def bitrate_share(self, free_bytes: int) -> float | None:
        """The share of the video bit rate that fits: 1, or hundredths; None if not even the lowest does."""
        if free_bytes >= self.required_bytes():
            return 1.0
        if free_bytes < self.required_bytes(MIN_BITRATE_SHARE):
            return None
        bps = (free_bytes - self.reserve_bytes) * 8 / self.seconds / _OVERHEAD
        return max(MIN_BITRATE_SHARE, floor((bps - self.audio_bps) / self.video_bps * 100) / 100)

    def _bps(self, share: float) -> float:
        return (self.video_bps * share + self.audio_bps) * _OVERHEAD


def hours_left(free_bytes: int, reserve_bytes: int, bits_per_second: float) -> float:
    """Hours of recording that fit on the disk above the reserve."""
    return max(0, free_bytes - reserve_bytes) * 8 / bits_per_second / 3600 if bits_per_second else 0.0
