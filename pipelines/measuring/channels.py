"""Faults of channels: dead, doubled or of swapped polarity; and which microphone somebody makes a noise at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq
from scipy.signal import butter, sosfilt

from pipelines.capture.channel_meter import CUTOFF_HZ
from pipelines.capture.signal_limits import is_channel_dead
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.full_scale import Samples, full_scale, mono, to_db
from pipelines.measuring.octave_bands import binned_power

_LOWEST_HZ: Final = 150.0
_HIGHEST_HZ: Final = 4_000.0
_DISTINCT: Final = 8.0
_SIGN_RATIO: Final = 1.25
_ALIKE_DB: Final = -50.0
_LOUDER_DB: Final = 6.0
_HEARD_DB: Final = 12.0
_METER_S: Final = 0.02
_FINE_S: Final = 0.0005


@dataclass(frozen=True, slots=True)
class ChannelFaults:
    """What is wrong with the channels of one device; channels are counted from 0.

    ``levels_dbfs`` are their RMS levels above mains hum. ``doubled`` are pairs that carry the same signal (one
    microphone in two channels), ``inverted`` pairs in which one is the other's negative for the most part.
    """

    levels_dbfs: tuple[float, ...]
    dead: tuple[int, ...]
    doubled: tuple[tuple[int, int], ...]
    inverted: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Polarity:
    """How two microphones hear the same sound: ``is_inverted``, and by how much the second hears it later.

    ``distinctness`` is the height of the peak of the correlation above the RMS of all of it.
    """

    is_inverted: bool
    lag_ms: float
    distinctness: float


@dataclass(frozen=True, slots=True)
class NearestMicrophone:
    """The microphone that somebody made a noise at: its index, and how much louder than at the next one it was there.

    ``lead_ms`` is how much earlier than at the next one it began there.
    """

    index: int
    margin_db: float
    lead_ms: float


def channel_faults(samples: Samples, rate_hz: int) -> ChannelFaults:
    """Find faults of the channels of one device in a recording of somebody who speaks, of shape (n, channels).

    Raises:
        Unmeasurable: ``too-short`` below 1 s.
    """
    sound = full_scale(samples)
    if len(sound) < rate_hz:
        raise Unmeasurable("too-short")
    above_hum = sosfilt(butter(4, CUTOFF_HZ, "highpass", fs=rate_hz, output="sos"), sound - sound.mean(axis=0), axis=0)
    levels = [to_db(float(power)) for power in np.square(above_hum).mean(axis=0)]
    dead = tuple(index for index, level in enumerate(levels) if is_channel_dead(level, max(levels)))
    doubled, inverted = [], []
    for first, second in combinations([index for index in range(len(levels)) if index not in dead], 2):
        if _is_doubled(above_hum[:, first], above_hum[:, second]):
            doubled.append((first, second))
            continue
        try:
            if polarity(sound[:, first], sound[:, second], rate_hz, longest_lag_s=0.003).is_inverted:
                inverted.append((first, second))
        except Unmeasurable:
            continue
    return ChannelFaults(tuple(levels), dead, tuple(doubled), tuple(inverted))


def polarity(first: Samples, second: Samples, rate_hz: int, longest_lag_s: float = 0.05) -> Polarity:
    """Compare two recordings of the same sound that begin at the same time, each of shape (n,) or (n, channels).

    The sign is that of the highest peak of the generalised cross-correlation with phase transform, from 150 to 4000 Hz:
    the direct sound, which a room's reflections hide in a plain correlation. Far from a microphone a reflection may be
    that peak: hard walls reflect with the same sign, so ``lag_ms`` is wrong then and ``is_inverted`` right.

    Raises:
        Unmeasurable: ``not-correlated`` where no lag within ``longest_lag_s`` stands out, or both signs do.

    Source: C. Knapp and G. Carter, The generalized correlation method for estimation of time delay, IEEE ASSP 24, 1976.
    """
    one, other = mono(first), mono(second)
    count = min(len(one), len(other))
    length = next_fast_len(2 * count, real=True)
    cross = rfft(other[:count], length) * np.conj(rfft(one[:count], length))
    frequencies = rfftfreq(length, 1.0 / rate_hz)
    in_band = (frequencies >= _LOWEST_HZ) & (frequencies <= _HIGHEST_HZ)
    correlation = irfft(np.where(in_band, cross / np.maximum(np.abs(cross), 1e-30), 0.0), length)
    longest = min(round(longest_lag_s * rate_hz), count - 1)
    near = np.concatenate([correlation[length - longest :], correlation[: longest + 1]])
    peak = int(np.argmax(np.abs(near)))
    distinctness = float(np.abs(near[peak]) / max(float(np.sqrt(np.square(correlation).mean())), 1e-30))
    against = float(np.abs(near[np.sign(near) == -np.sign(near[peak])]).max(initial=0.0))
    if distinctness < _DISTINCT or np.abs(near[peak]) < _SIGN_RATIO * against:
        raise Unmeasurable("not-correlated")
    return Polarity(bool(near[peak] < 0.0), (peak - longest) / rate_hz * 1e3, distinctness)


def nearest_microphone(recordings: Sequence[Samples], rate_hz: int) -> NearestMicrophone:
    """Find at which of several microphones somebody claps or scratches; all recordings begin at the same time.

    It is the one where the noise rises most above that microphone's own floor, so gains need not be equal; where that
    is within 6 dB, the one where it begins first.

    Raises:
        Unmeasurable: ``nothing-heard`` where nothing rises 12 dB above the floor, ``ambiguous`` where the loudest by
        less
            than 6 dB is not the earliest.
    """
    sounds = [mono(recording) for recording in recordings]
    levels = [10.0 * np.log10(np.maximum(binned_power(sound, rate_hz, _METER_S), 1e-14)) for sound in sounds]
    rises = np.array([float(level.max() - np.median(level)) for level in levels])
    best = int(np.argmax(rises))
    if rises[best] < _HEARD_DB:
        raise Unmeasurable("nothing-heard")
    margin = float(rises[best] - max(np.delete(rises, best), default=0.0))
    begins = np.array([_begin_s(sound, rate_hz) for sound in sounds])
    lead_ms = float(min(np.delete(begins, best), default=begins[best]) - begins[best]) * 1e3
    if margin < _LOUDER_DB and lead_ms <= 0.0:
        raise Unmeasurable("ambiguous")
    return NearestMicrophone(best, margin, lead_ms)


def _is_doubled(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether the second channel is the first one times a factor, 50 dB better than two microphones ever agree."""
    factor = float(first @ second) / float(first @ first)
    rest = float(np.square(second - factor * first).mean())
    return factor > 0.0 and to_db(rest / float(np.square(second).mean())) < _ALIKE_DB


def _begin_s(sound: NDArray[np.float64], rate_hz: int) -> float:
    """When the loudest noise began: the first 0.5 ms of the 50 ms around it that have a tenth of its highest power."""
    power = binned_power(sound, rate_hz, _FINE_S)
    peak = int(np.argmax(power))
    begin = max(0, peak - round(0.05 / _FINE_S))
    return (begin + int(np.argmax(power[begin : peak + 1] >= 0.1 * power[peak]))) * _FINE_S
