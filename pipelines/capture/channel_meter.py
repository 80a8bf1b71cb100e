"""Level of each channel of a device above mains hum, for each second of lesson time."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.capture.level_meter import SECOND_NS, to_dbfs

CUTOFF_HZ = 120
_WINDOWS_A_SECOND = 10


class ChannelMeter:
    """RMS of every channel from ``CUTOFF_HZ`` up: neither a constant nor mains hum (50 or 60 Hz) is sound.

    Sound is looked at in windows of 0.1 s by their spectrum (Hann window, whose first zeros lie 20 Hz beside a
    tone). It takes the device's own channels, before they are mixed down: a dead one is silent here and
    nowhere else. Owned by one thread.
    """

    def __init__(self) -> None:
        self._taper = np.empty((0, 1), np.float32)
        self._pending: list[NDArray[np.float32]] = []
        self._pending_count = 0
        self._window_ns = 0
        self._powers: dict[int, list[NDArray[np.float32]]] = {}

    def restart(self, rate_hz: int) -> None:
        """Begin anew at this rate: what comes next does not continue what was pushed."""
        self._pending, self._pending_count = [], 0
        length = rate_hz // _WINDOWS_A_SECOND
        if len(self._taper) != length:
            self._taper = np.hanning(length).astype(np.float32)[:, None]

    def push_samples(self, samples: NDArray[np.float32], lesson_ns: int) -> None:
        """Add contiguous samples of shape (n, channels), full scale ±1, the first of which is at ``lesson_ns``."""
        length = len(self._taper)
        begin = 0
        while begin < len(samples):
            if not self._pending_count:
                self._window_ns = lesson_ns + begin * SECOND_NS // (length * _WINDOWS_A_SECOND)
            part = samples[begin : begin + length - self._pending_count]
            self._pending.append(part)
            self._pending_count += len(part)
            begin += len(part)
            if self._pending_count == length:
                window = np.concatenate(self._pending)
                self._pending, self._pending_count = [], 0
                self._powers.setdefault(self._window_ns // SECOND_NS, []).append(_power(window, self._taper))

    def pop_second(self, second: int) -> list[float]:
        """Remove the level of each channel in this lesson second, in dBFS, and all that is older.

        Empty if less than a whole window was captured in it.
        """
        powers = self._powers.pop(second, [])
        self._powers = {one: kept for one, kept in self._powers.items() if one > second}
        # A device may have been opened again with another number of channels: its last ones count.
        powers = [power for power in powers if len(power) == len(powers[-1])]
        return [to_dbfs(float(mean) ** 0.5) for mean in np.mean(powers, axis=0)] if powers else []


def _power(window: NDArray[np.float32], taper: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean square of each channel from ``CUTOFF_HZ`` up, by Parseval's theorem."""
    spectrum = cv2.dft(np.ascontiguousarray((window * taper).T), flags=cv2.DFT_ROWS)
    # OpenCV packs a real spectrum as Re 0, Re 1, Im 1, Re 2 …
    first = 2 * CUTOFF_HZ // _WINDOWS_A_SECOND - 1
    energy = np.square(spectrum[:, first:]).sum(axis=1)
    return np.asarray(2 * energy / (len(taper) * float(np.vdot(taper, taper))), np.float32)
