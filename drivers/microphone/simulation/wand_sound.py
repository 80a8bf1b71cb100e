"""What a simulated microphone hears of a simulated wand and of clapping hands, with the room's reverberation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.simulated_sync_events import SyncEvent, SyncEventFile

TONE_HZ = 3070.0
SPEED_OF_SOUND_M_S = 343.0

_REVERBERANT = 0.7
_FIRST_REFLECTION_S = 0.004
_BUILD_UP_S = 3e-4
_CLICK_S = 1.5e-3
_CLICK_SAMPLES = 2**15
_LN_1000 = 6.907755


class WandSound:
    """Adds tones and claps to blocks of samples; each begins at the sample at which it has come ``distance_m``."""

    def __init__(self, events: SyncEventFile, peak: float, distance_m: float, rt60_s: float) -> None:
        """``peak`` is the amplitude of the direct sound; ``rt60_s`` the time in which its echoes fade by 60 dB."""
        self._events = events
        self._peak = peak
        self._travel_ns = round(distance_m / SPEED_OF_SOUND_M_S * 1e9)
        self._rt60_s = rt60_s
        self._hiss = np.random.default_rng(1).uniform(-1, 1, _CLICK_SAMPLES)

    def add(self, sound: NDArray[np.float64], begin_ns: int, rate_hz: float) -> None:
        """Add to ``sound``, shape (n,), which begins at ``begin_ns``, all that is heard in it."""
        end_ns = begin_ns + round(len(sound) / rate_hz * 1e9)
        fading_ns = round(self._rt60_s * 1e9)
        for event in self._events.between(begin_ns - self._travel_ns - fading_ns, end_ns - self._travel_ns):
            if event.kind == "voice":
                continue
            since = (begin_ns - self._travel_ns - event.on_ns) / 1e9 + np.arange(len(sound)) / rate_hz
            heard = self._tone(event, since) if event.kind == "wand" else self._clap(since, rate_hz)
            sound += self._peak * np.where(since >= 0, heard, 0.0)

    def _tone(self, event: SyncEvent, since: NDArray[np.float64]) -> NDArray[np.float64]:
        """A buzzer that builds up at once, and the reverberation that builds up and fades with the room."""
        on_s = (event.off_ns - event.on_ns) / 1e9
        fade = _LN_1000 / self._rt60_s
        echoed = np.maximum(0, since - _FIRST_REFLECTION_S)
        built = 1 - np.exp(-fade * np.minimum(echoed, on_s))
        faded = np.exp(-fade * np.maximum(0, echoed - on_s))
        direct = np.where(since < on_s, 1 - np.exp(-np.maximum(0, since) / _BUILD_UP_S), 0.0)
        phase = 2 * np.pi * TONE_HZ * since
        heard: NDArray[np.float64] = direct * np.sin(phase) + _REVERBERANT * built * faded * np.sin(phase + 1.9)
        return heard

    def _clap(self, since: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
        hiss = self._hiss[np.rint(since * rate_hz).astype(np.int64) % _CLICK_SAMPLES]
        echoes = np.where(since > _FIRST_REFLECTION_S, np.exp(-_LN_1000 / self._rt60_s * np.maximum(0, since)), 0.0)
        heard: NDArray[np.float64] = hiss * (np.exp(-np.maximum(0, since) / _CLICK_S) + 0.15 * echoes)
        return heard
