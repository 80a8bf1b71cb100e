"""A simulated voice: noise of the spectrum and the rhythm of speech, while somebody speaks in the simulated room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.simulated_sync_events import SyncEventFile

_LOOP_S = 8
_LOWEST_HZ, _CORNER_HZ, _HIGHEST_HZ = 100.0, 500.0, 8000.0
# Speech loses 9 dB an octave above 500 Hz, and comes in about four syllables a second.
# Source: D. Byrne et al., An international comparison of long-term average speech spectra, JASA 96, 1994.
_SLOPE = 1.5
_SYLLABLES_HZ = 4.0
_PAUSE_EVERY_S, _PAUSE_S = 2.0, 0.4


class VoiceSound:
    """Adds a voice to blocks of samples; its RMS while it speaks is ``amplitude`` in the samples' unit."""

    def __init__(self, events: SyncEventFile, amplitude: float, rate_hz: int) -> None:
        self._events = events
        self._rate_hz = rate_hz
        self._loop = amplitude * _speech(_LOOP_S * rate_hz, rate_hz)

    def add(self, sound: NDArray[np.float64], begin_ns: int) -> None:
        """Add to ``sound``, shape (n,), which begins at ``begin_ns``, what is said in it."""
        end_ns = begin_ns + round(len(sound) / self._rate_hz * 1e9)
        for event in self._events.between(begin_ns, end_ns):
            if event.kind == "voice":
                first = round((begin_ns - event.on_ns) * self._rate_hz / 1e9)
                places = first + np.arange(len(sound))
                spoken = (places >= 0) & (places < (event.off_ns - event.on_ns) * self._rate_hz / 1e9)
                sound += np.where(spoken, self._loop[places % len(self._loop)], 0.0)


def _speech(count: int, rate_hz: int) -> NDArray[np.float64]:
    """Return ``count`` samples, which may be repeated end to end, with an RMS of 1 outside of the pauses."""
    frequencies = np.fft.rfftfreq(count, 1 / rate_hz)
    inside = (frequencies >= _LOWEST_HZ) & (frequencies <= _HIGHEST_HZ)
    shape = np.where(inside, np.maximum(frequencies / _CORNER_HZ, 1.0) ** -_SLOPE, 0.0)
    phases = np.random.default_rng(11).uniform(0, 2 * np.pi, len(frequencies))
    noise = np.fft.irfft(shape * np.exp(1j * phases), count)
    seconds = np.arange(count) / rate_hz
    syllables = 0.15 + np.abs(np.sin(np.pi * _SYLLABLES_HZ * seconds)) ** 1.5
    is_spoken = seconds % _PAUSE_EVERY_S < _PAUSE_EVERY_S - _PAUSE_S
    voice = noise * syllables * is_spoken
    made: NDArray[np.float64] = voice / np.sqrt(np.square(voice[is_spoken]).mean())
    return made
