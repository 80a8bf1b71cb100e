"""How late a microphone's stamps are, from the beeps of a wand that the box sounded at known times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import stft

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.first_arrival import first_arrival
from pipelines.measuring.pattern_correlation import correlate_pattern, is_on
from pipelines.measuring.sound_track import SoundTrack

LOWEST_HZ, HIGHEST_HZ = 1800.0, 4600.0
"""Where the tone of a piezo buzzer lies; most sound at 2.3 to 4 kHz."""
LEAST_FLASHES = 6

_FRAME_S, _HOP_S = 0.02, 0.005
_STEP_MS = 5.0
_TONE_MS = 60.0
_LEAST_CORRELATION = 0.3
_FILTER_S = 0.001
_BEFORE_S, _AFTER_S = 0.045, 0.04
_QUIET_S = 0.02
_SUSTAINED_S = 0.003
_PICK_BEFORE_S, _PICK_AFTER_S = 0.012, 0.003
_LEAST_RISE_DB = 9.0


@dataclass(frozen=True, slots=True)
class ToneOnsets:
    """When each beep began after the line was raised, by the microphone's stamps: shape (flashes,), NaN if not heard.

    The way of the sound through the air is still in it. ``rise_db`` is the median of how far the tone rose above what
    was heard at its frequency before.
    """

    after_ms: NDArray[np.float64]
    tone_hz: float
    rise_db: float
    correlation: float


def tone_onsets(
    track: SoundTrack, flashes_ns: NDArray[np.int64], *, least_ms: float = -150.0, most_ms: float = 700.0
) -> ToneOnsets:
    """Return the onset of each beep: its first arrival, which reflections follow and may exceed.

    ``flashes_ns``: when the buzzer's line was raised and lowered, shape (flashes, 2). The tone is found by itself, as
    the frequency that follows that pattern best. Each beep is filtered by a millisecond of its own tone, which only
    looks back, and picked where that changes from quiet to loud; late by 0.5 ms at most where it is faint.

    Raises:
        Unmeasurable: ``too-short`` (less than a second of sound), ``no-beep`` (no frequency follows the pattern),
            ``too-few-flashes`` (fewer than LEAST_FLASHES are heard).
    """
    if len(track.samples) < track.rate_hz:
        raise Unmeasurable("too-short")
    tone_hz, near_ms, correlation = _tone(track, flashes_ns, np.arange(least_ms, most_ms, _STEP_MS))
    if correlation < _LEAST_CORRELATION:
        raise Unmeasurable("no-beep")
    expected_ns = flashes_ns[:, 0] + round(near_ms * 1e6)
    after_ms = np.full(len(flashes_ns), np.nan)
    rises_db = []
    for number, position in enumerate(track.positions(expected_ns)):
        found = _onset(track, int(position), tone_hz)
        if found is not None:
            rises_db.append(found[1])
            time_ns = int(track.times_ns(np.array([float(found[0])]))[0])
            after_ms[number] = (time_ns - int(flashes_ns[number, 0])) / 1e6
    if len(rises_db) < LEAST_FLASHES:
        raise Unmeasurable("too-few-flashes")
    return ToneOnsets(after_ms, tone_hz, float(np.median(rises_db)), correlation)


def _tone(
    track: SoundTrack, flashes_ns: NDArray[np.int64], delays_ms: NDArray[np.float64]
) -> tuple[float, float, float]:
    """The frequency and delay at which the sound follows the pattern best, and the correlation."""
    size, hop = round(_FRAME_S * track.rate_hz), round(_HOP_S * track.rate_hz)
    hz, seconds, spectrum = stft(track.samples, track.rate_hz, nperseg=size, noverlap=size - hop, boundary=None)
    band = (hz >= LOWEST_HZ) & (hz <= HIGHEST_HZ)
    if not band.any():
        raise Unmeasurable("no-beep")
    power = uniform_filter1d(np.square(np.abs(spectrum[band])).T, 3, axis=1) + 1e-14
    level = np.log(np.maximum(power, np.median(power, axis=0)))
    # Only what becomes louder: a reverberant tone fades slowly and unevenly, but begins at once.
    apart = round(_FRAME_S / _HOP_S)
    louder = np.maximum(0, level[apart:] - level[:-apart]).astype(np.float32)
    times_ns = track.times_ns(seconds[apart:] * track.rate_hz)
    begins_ns = np.stack([flashes_ns[:, 0], flashes_ns[:, 0] + round(_FRAME_S * 1e9)], axis=1)
    correlation = correlate_pattern(louder, times_ns, begins_ns, delays_ms)
    delay, best = np.unravel_index(int(np.argmax(correlation)), correlation.shape)
    # A click at the onset follows the pattern at other frequencies, too; the tone is where most power comes.
    at_ms = (times_ns - times_ns[0]) / 1e6 - delays_ms[delay]
    begins_ms = (begins_ns[:, :1] - times_ns[0]) / 1e6
    lasting = is_on(at_ms, np.hstack([begins_ms, begins_ms + _TONE_MS]))
    quiet = is_on(at_ms, np.hstack([begins_ms - _TONE_MS, begins_ms]))
    gained = power[apart:][lasting].mean(axis=0) - power[apart:][quiet].mean(axis=0)
    tone = int(np.argmax(gained))
    return float(hz[band][tone]), float(delays_ms[delay]), float(correlation[delay, best])


def _onset(track: SoundTrack, expected: int, tone_hz: float) -> tuple[int, float] | None:
    """The first sample of the beep near ``expected``, and its rise in dB; None where no beep rises above the quiet."""
    rate_hz = track.rate_hz
    length = max(2, round(_FILTER_S * rate_hz))
    begin, end = expected - round(_BEFORE_S * rate_hz), expected + round(_AFTER_S * rate_hz)
    if begin < length or end > len(track.samples):
        return None
    window = track.samples[begin - length : end]
    turned = window * np.exp(-2j * np.pi * tone_hz / rate_hz * np.arange(len(window)))
    summed = np.cumsum(turned)
    power = np.square(np.abs(summed[length:] - summed[:-length]) / length)
    quiet = float(power[: round(_QUIET_S * rate_hz)].mean()) + 1e-16
    sustained = round(_SUSTAINED_S * rate_hz)
    sums = np.cumsum(power)
    ahead = (sums[sustained:] - sums[:-sustained]) / sustained
    threshold = quiet * 10 ** (_LEAST_RISE_DB / 10)
    above = np.flatnonzero(ahead > threshold)
    if not len(above):
        return None
    first = int(above[0]) + sustained // 2
    low = max(0, first - round(_PICK_BEFORE_S * rate_hz))
    high = min(len(power), first + round(_PICK_AFTER_S * rate_hz))
    picked = low + first_arrival(power[low:high])
    loud = float(power[picked : picked + sustained].mean())
    return begin + picked, 10 * float(np.log10(loud / quiet))
