"""A sound card made of arithmetic: any clock error, jitter, loss and signal, and no waiting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat

Signal = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Amplitude (±1) at moments given in seconds of the card's life on our clock."""

MONO = SoundFormat(48_000, 1)
START_NS = 5_000_000_000_000


class Card:
    """Gives blocks one after another. ``now_ns`` is when the last one was complete."""

    def __init__(
        self,
        signal: Signal,
        *,
        form: SoundFormat = MONO,
        ppm: float = 0.0,
        jitter_ms: float = 0.0,
        block_ms: float = 20.0,
        seed: int = 0,
        start_ns: int = START_NS,
    ) -> None:
        self.form = form
        self._signal = signal
        self._rate_hz = form.rate_hz * (1 + ppm * 1e-6)
        self._jitter_ns = jitter_ms * 1e6
        self._block = round(form.rate_hz * block_ms / 1e3)
        self._dice = np.random.default_rng(seed)
        self._start_ns = start_ns
        self._next = 0

    @property
    def now_ns(self) -> int:
        """When the last block was complete."""
        return self._start_ns + int(self._next / self._rate_hz * 1e9)

    def block(self) -> SoundBlock:
        """The next block."""
        seconds = (self._next + np.arange(self._block)) / self._rate_hz
        jitter_ns = self._dice.uniform(-self._jitter_ns, self._jitter_ns)
        captured_ns = self._start_ns + int(seconds[0] * 1e9 + jitter_ns)
        samples = np.rint(32767 * self._signal(seconds + (self._start_ns - START_NS) / 1e9)).astype(np.int16)
        self._next += self._block
        return SoundBlock(captured_ns, np.repeat(samples[:, None], self.form.channels, axis=1))

    def lose(self, seconds: float) -> None:
        """What the card takes for so long never comes out."""
        self._next += round(seconds * self._rate_hz)


PULSE_S = 0.25
_WIDTH_S = 0.002
# As a room is never without sound: soxr takes ten times as long for what fades into zeros (subnormal numbers).
_QUIET = 1 / 32767


def pulses(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """A smooth click of 4 ms around every quarter second of the card's life, but for second 0; a faint hum else."""
    away = (seconds + PULSE_S / 2) % PULSE_S - PULSE_S / 2
    return np.where(
        np.abs(away) < _WIDTH_S, 0.3 + 0.3 * np.cos(np.pi * away / _WIDTH_S), _QUIET * np.sin(300.0 * seconds)
    )


def pulse_times(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Where whole clicks lie in lesson sound (n, 1), in seconds from its first sample."""
    level = np.abs(sound[:, 0].astype(np.float64))
    loud = np.flatnonzero(level > 0.3)
    starts = loud[np.diff(loud, prepend=-10_000) > 2_400]
    found = []
    for start in starts:
        begin, end = max(0, start - 150), start + 250
        part = level[begin:end]
        found.append((begin + float(part @ np.arange(len(part)) / part.sum())) / 48_000)
    return np.array(found)


def tone(hertz: float) -> Signal:
    """A sine that is 0 and rising when the card's life begins."""
    return lambda seconds: 0.25 * np.sin(2 * np.pi * hertz * seconds)
