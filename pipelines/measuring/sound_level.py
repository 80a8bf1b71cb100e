"""Level of speech, noise floor, the one above the other, and peaks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyloudnorm
from numpy.typing import NDArray
from scipy.signal import resample_poly
from scipy.stats import t as student_t

from pipelines.measuring.active_speech import active_speech
from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.full_scale import Samples, full_scale, to_db
from pipelines.measuring.spectral_power import WINDOW_S, window_powers

_LEAST_SPEECH_S: Final = 3.0
_LEAST_ACTIVE_S: Final = 1.0
_LEAST_FLOOR_S: Final = 2.0
_LEAST_SNR_DB: Final = 3.0
_OVERSAMPLING: Final = 4
_MAD_TO_SIGMA: Final = 1.4826
_MEDIAN_TO_MEAN_ERROR: Final = 1.2533
# Windows of a room's noise are not independent: a fan or the traffic swells for about a second.
_SWELL_WINDOWS: Final = 10


@dataclass(frozen=True, slots=True)
class SpeechLevel:
    """How loud somebody speaks, and the peak.

    ``loudness_lufs`` is the integrated loudness of ITU-R BS.1770-4 and EBU R 128. ``active_level_dbfs`` is the RMS
    level while there is speech (ITU-T P.56), mean over the channels; 0 dBFS is a constant full scale, as
    ``pipelines.capture.level_meter`` has it. ``active_share`` is how much of the time that is.
    """

    loudness_lufs: float
    active_level_dbfs: float
    active_share: float
    true_peak_dbtp: float


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """RMS level of a room's noise, without what sounds for a moment: from 20 Hz to 20 kHz, and A-weighted."""

    unweighted_dbfs: Estimate
    a_weighted_dbfs: Estimate


def speech_level(samples: Samples, rate_hz: int) -> SpeechLevel:
    """Measure a recording of somebody who speaks, of shape (n, channels) or (n,), int16 or float64 in full-scale units.

    Loudness is a sum over channels: of a lesson's sound pass the mix, of one microphone one channel.

    Raises:
        Unmeasurable: ``too-short`` below 3 s, ``no-speech`` where it is silent (below -70 LUFS).

    Source: Rec. ITU-R BS.1770-4, Algorithms to measure audio programme loudness and true-peak audio level; EBU R 128,
    Loudness normalisation and permitted maximum level of audio signals; ITU-T P.56, Objective measurement of active
    speech level.
    """
    sound = full_scale(samples)
    if len(sound) < _LEAST_SPEECH_S * rate_hz:
        raise Unmeasurable("too-short")
    loudness = float(pyloudnorm.Meter(rate_hz).integrated_loudness(sound))
    if not math.isfinite(loudness):
        raise Unmeasurable("no-speech")
    active = active_speech(sound, rate_hz)
    return SpeechLevel(loudness, active.level_dbfs, active.share, true_peak_dbtp(sound))


def noise_floor(samples: Samples, rate_hz: int) -> NoiseFloor:
    """Measure a recording of a room in which nobody speaks, of shape (n, channels) or (n,).

    It is the median of the power in windows of 100 ms, so a cough or a chair counts for nothing as long as more than
    half of the time is quiet.

    Raises:
        Unmeasurable: ``too-short`` below 2 s, ``digital-silence`` where most samples are zero.
    """
    sound = full_scale(samples)
    if len(sound) < _LEAST_FLOOR_S * rate_hz:
        raise Unmeasurable("too-short")
    unweighted, weighted = window_powers(sound, rate_hz)
    if float(np.median(unweighted)) <= 0.0:
        raise Unmeasurable("digital-silence")
    return NoiseFloor(_median_level(unweighted), _median_level(weighted))


def speech_over_noise_db(speech: Samples, floor: NoiseFloor, rate_hz: int) -> Estimate:
    """Measure the A-weighted level of speech above that of the noise, in dB; ``speech`` as for ``speech_level``.

    It is the power while there is speech, less that of the noise, which is in it too.

    Raises:
        Unmeasurable: ``too-short`` below 3 s, or below 1 s of speech in all, ``no-speech`` where the sound is less than
            3 dB above the noise.
    """
    sound = full_scale(speech)
    if len(sound) < _LEAST_SPEECH_S * rate_hz:
        raise Unmeasurable("too-short")
    _, weighted = window_powers(sound, rate_hz)
    noise = 10.0 ** (floor.a_weighted_dbfs.value / 10.0)
    is_active = active_speech(sound, rate_hz).mask
    length = round(rate_hz * WINDOW_S)
    windows = is_active[: len(weighted) * length].reshape(len(weighted), length).mean(axis=1) > 0.5
    spoken = weighted[windows]
    if not len(spoken) or float(spoken.mean()) < noise * 10.0 ** (_LEAST_SNR_DB / 10.0):
        raise Unmeasurable("no-speech")
    if len(spoken) < _LEAST_ACTIVE_S / WINDOW_S:
        raise Unmeasurable("too-short")
    seconds = np.array([part.mean() for part in np.array_split(spoken, max(2, len(spoken) // _SWELL_WINDOWS))])
    signal = float(spoken.mean()) - noise
    error = float(student_t.ppf(0.975, len(seconds) - 1)) * float(seconds.std(ddof=1)) / math.sqrt(len(seconds))
    speech_db = 10.0 * math.log10(1.0 + error / signal)
    # The noise is also what was subtracted.
    noise_db = floor.a_weighted_dbfs.half_width * (1.0 + noise / signal)
    return Estimate(to_db(signal / noise), math.hypot(speech_db, noise_db))


def true_peak_dbtp(samples: Samples) -> float:
    """Return the true peak of samples of shape (n, channels) or (n,) in dBTP, by fourfold oversampling.

    Source: Rec. ITU-R BS.1770-4, annex 2.
    """
    sound = full_scale(samples)
    if not len(sound):
        return to_db(0.0)
    peaks = [float(np.abs(resample_poly(channel, _OVERSAMPLING, 1)).max()) for channel in sound.T]
    return to_db(max(*peaks, float(np.abs(sound).max())) ** 2)


def _median_level(powers: NDArray[np.float64]) -> Estimate:
    """The level of a median power, with the interval that the scatter of the windows allows."""
    levels = 10.0 * np.log10(np.maximum(powers, 1e-20))
    middle = float(np.median(levels))
    scatter = _MAD_TO_SIGMA * float(np.median(np.abs(levels - middle)))
    independent = max(2.0, len(levels) / _SWELL_WINDOWS)
    return Estimate(middle, 1.96 * _MEDIAN_TO_MEAN_ERROR * scatter / math.sqrt(independent))
