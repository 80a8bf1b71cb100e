"""Mains hum: 50 or 60 Hz and the harmonics, against the noise around them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import ShortTimeFFT
from scipy.signal.windows import hann

from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.full_scale import Samples, mono, to_db

_LEAST_S: Final = 6.0
_WINDOW_S: Final = 2.0
_HOP_S: Final = 0.5
_HARMONICS: Final = 12
_LEADING: Final = 4
_PRESENT_DB: Final = 6.0
_STEADY_PERCENTILE: Final = 20.0
_SPREAD: Final = 1.5
# From the lower fifth of noise (exponentially distributed) in a bin to its mean, and from the bin's bandwidth to 1 Hz.
_FLOOR_TO_1_HZ: Final = -1.0 / math.log(1.0 - _STEADY_PERCENTILE / 100.0) * _WINDOW_S / _SPREAD
_NEAR_HZ: Final = 2.0
_AROUND_HZ: Final = 15.0
_SPAN_HZ: Final = 0.5
_SEARCH_STEP_HZ: Final = 0.05
# A card's own crystal, by which frequency is measured, may be off by so much.
_CARD_CLOCK: Final = 1.5e-4


@dataclass(frozen=True, slots=True)
class HumHarmonic:
    """One harmonic: RMS level, and how far it is above the noise in a band of 1 Hz there."""

    number: int
    level_dbfs: float
    over_floor_db: float
    is_present: bool


@dataclass(frozen=True, slots=True)
class MainsHum:
    """``nominal_hz`` is 50 or 60, and None without hum, as ``frequency_hz`` is; ``harmonics`` are then those of 50 Hz.

    ``level_dbfs`` is the RMS level of all present harmonics together, -200 dBFS without any.
    """

    nominal_hz: int | None
    frequency_hz: Estimate | None
    level_dbfs: float
    harmonics: tuple[HumHarmonic, ...]

    @property
    def is_present(self) -> bool:
        """Whether there is hum."""
        return self.nominal_hz is not None


def mains_hum(samples: Samples, rate_hz: int) -> MainsHum:
    """Look for mains hum in sound of shape (n, channels) or (n,) (channels are averaged), best without speech.

    A harmonic is present where it stands 6 dB above the noise in 1 Hz, as the 15 Hz on both sides have it, in four
    out of five windows of 2 s: the voice of a man, at 100 Hz for a moment, is not steady enough. It is hum if one of
    the first four harmonics is present at a frequency that mains have (49.5 to 50.5, 59.5 to 60.5 Hz); a tone of 440
    Hz is none, nor is one of 1000 Hz alone. What 50 and 60 Hz have in common (300, 600 Hz) decides nothing.

    Raises:
        Unmeasurable: ``too-short`` below 6 s.

    Source: after ECMA-418-1, Psychoacoustic metrics for ITT equipment, Prominent discrete tones; its critical bands are
    wider than what lies between two harmonics of the mains, so the noise is that of 1 Hz.
    """
    sound = mono(samples)
    if len(sound) < _LEAST_S * rate_hz:
        raise Unmeasurable("too-short")
    spectra = _spectra(sound, rate_hz)
    steady = np.percentile(np.square(np.abs(spectra)), _STEADY_PERCENTILE, axis=1)
    scores = {nominal: _best_frequency(steady, nominal) for nominal in (50, 60)}
    nominal = max(scores, key=lambda one: scores[one][1])
    harmonics = _harmonics(steady, scores[nominal][0])
    if not any(harmonic.is_present and _is_own(harmonic.number, nominal) for harmonic in harmonics[:_LEADING]):
        return MainsHum(None, None, to_db(0.0), _without(harmonics if nominal == 50 else _harmonics(steady, 50.0)))
    present = [harmonic for harmonic in harmonics if harmonic.is_present]
    frequency = _frequency(spectra, scores[nominal][0], present)
    total = sum(10.0 ** (harmonic.level_dbfs / 10.0) for harmonic in present)
    return MainsHum(nominal, frequency, to_db(total), harmonics)


def _spectra(sound: NDArray[np.float64], rate_hz: int) -> NDArray[np.complex128]:
    """Spectra of windows of 2 s, every 0.5 s, of shape (bins of 0.5 Hz, windows); a sine's square is its power."""
    length, hop = round(_WINDOW_S * rate_hz), round(_HOP_S * rate_hz)
    transform = ShortTimeFFT(
        hann(length, sym=False), hop, rate_hz, fft_mode="onesided", scale_to="magnitude", phase_shift=None
    )
    first, last = math.ceil(_WINDOW_S / 2 / _HOP_S), (len(sound) - length // 2) // hop
    top = round((_HARMONICS * 61.0 + _AROUND_HZ) * _WINDOW_S)
    spectra = transform.stft(sound, first, last + 1)[:top]
    return np.asarray(spectra * math.sqrt(2.0), np.complex128)


def _best_frequency(steady: NDArray[np.float64], nominal: int) -> tuple[float, float]:
    """The frequency near ``nominal`` whose own harmonics stand out most, and by how many dB in all."""
    candidates = np.arange(nominal - _SPAN_HZ, nominal + _SPAN_HZ + 1e-6, _SEARCH_STEP_HZ)

    def score(frequency: float) -> float:
        found = _harmonics(steady, frequency, within_hz=0.3)
        return sum(max(0.0, one.over_floor_db - _PRESENT_DB) for one in found if _is_own(one.number, nominal))

    scores = [score(float(frequency)) for frequency in candidates]
    best = np.flatnonzero(np.array(scores) >= max(scores) - 1e-9)
    return float(candidates[best].mean()), max(scores)


def _is_own(number: int, nominal: int) -> bool:
    """Whether no harmonic of the other mains frequency is there too."""
    return bool(number * nominal % 300)


def _harmonics(steady: NDArray[np.float64], frequency: float, within_hz: float = 0.5) -> tuple[HumHarmonic, ...]:
    """Each harmonic's power is the sum of the bins of its peak, less what the noise has there."""
    bins_hz = np.arange(len(steady)) / _WINDOW_S
    found = []
    for number in range(1, _HARMONICS + 1):
        away = np.abs(bins_hz - number * frequency)
        floor = float(np.median(steady[(away > _NEAR_HZ) & (away <= _AROUND_HZ)]))
        near = np.flatnonzero(away <= within_hz + 0.25)
        peak = int(near[np.argmax(steady[near])])
        # A Hann window spreads the power of a sine over bins whose sum is 1.5 times it.
        power = max(0.0, float(steady[peak - 2 : peak + 3].sum()) - 5.0 * floor) / _SPREAD
        over_db = to_db(power / max(floor * _FLOOR_TO_1_HZ, 1e-20))
        found.append(HumHarmonic(number, to_db(power), over_db, over_db >= _PRESENT_DB))
    return tuple(found)


def _without(harmonics: Sequence[HumHarmonic]) -> tuple[HumHarmonic, ...]:
    return tuple(HumHarmonic(one.number, one.level_dbfs, one.over_floor_db, False) for one in harmonics)


def _frequency(spectra: NDArray[np.complex128], coarse: float, present: Sequence[HumHarmonic]) -> Estimate:
    """The mains frequency by how each harmonic's phase turns from window to window, the steadiest most."""
    times = np.arange(spectra.shape[1]) * _HOP_S
    figures, weights = [], []
    for harmonic in present:
        row = spectra[round(harmonic.number * coarse * _WINDOW_S)]
        turned = np.unwrap(np.angle(row * np.exp(-2j * np.pi * harmonic.number * coarse * times)))
        slope, offset = np.polyfit(times, turned, 1)
        scatter = max(float(np.std(turned - offset - slope * times)), 1e-4)
        figures.append(coarse + float(slope) / (2.0 * np.pi * harmonic.number))
        spread = math.sqrt(float(np.square(times - times.mean()).sum()))
        # Windows overlap by three quarters: four of them are worth one.
        weights.append((2.0 * np.pi * harmonic.number * spread / scatter) ** 2 / 4.0)
    value = float(np.average(figures, weights=weights))
    apart = math.sqrt(float(np.average(np.square(np.array(figures) - value), weights=weights)))
    error = math.hypot(1.0 / math.sqrt(sum(weights)), apart / math.sqrt(len(figures)))
    return Estimate(value, 1.96 * error + _CARD_CLOCK * value)
