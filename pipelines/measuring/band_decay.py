"""T20 and T30 of one octave band, with an interval, from the power of its decay above noise."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.decay_fit import ExponentialDecays, fit_decays
from pipelines.measuring.estimate import Estimate, Unmeasurable

_DRAWS: Final = 40
_LATE_RANGE_DB: Final = 20.0
_DEPARTURE_WINDOW_S: Final = 0.04
_MOST_DEPARTURE_DB: Final = 3.0
# Neighbouring bins are not quite independent, and the draws themselves scatter.
_COVERAGE_FACTOR: Final = 2.15
_NOISE_BINS: Final = 20
_BELOW_NOISE_DB: Final = 20.0
_START_DB: Final = -5.0
_T20_END_DB: Final = -25.0
_T30_END_DB: Final = -35.0
# ISO 3382-2 wants the noise 15 dB below the end of the line; subtracting it allows for less.
_T30_RANGE_DB: Final = 42.0
_LEAST_RANGE_DB: Final = 8.0
_WIDEST_SHARE: Final = 0.5
# What no room has: the fit has failed.
_SHORTEST_S: Final = 0.05
_LONGEST_S: Final = 15.0
# A clap is no ideal impulse: how far its own spectrum makes the decay's power differ from that of the response, as a
# share of the variance that noise of the same bandwidth would have.
_COLOUR: Final = 0.4
# How much the part of a decay that was not seen may differ from what was: relative, over all 20 dB of it.
_UNSEEN_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class PowerDecay:
    """A decay in one octave band: mean squares in bins of ``bin_s`` from the direct sound on.

    ``noise`` is the mean square before the sound, as good as the mean of ``noise_bins`` bins, which may be 0;
    ``freedom`` is how many independent samples a bin has, ``averaged`` by how many times noise is reduced (the number
    of equally strong claps); ``sources`` is the number of different excitations, 0 where the excitation is known and
    took no part.
    """

    centre_hz: int
    bin_s: float
    power: NDArray[np.float64]
    noise: float
    noise_bins: float
    freedom: float
    averaged: float
    sources: int

    @property
    def times_s(self) -> NDArray[np.float64]:
        """The middles of the bins of ``power`` after one negative time, which stands for all noise before."""
        return np.concatenate([[-1.0], (np.arange(len(self.power)) + 0.5) * self.bin_s])

    @property
    def freedoms(self) -> NDArray[np.float64]:
        """The independent samples of each bin, first those of the noise before."""
        return self.freedom * np.concatenate([[self.noise_bins], np.ones(len(self.power))])


@dataclass(frozen=True, slots=True, eq=False)
class BandDecay:
    """Reverberation time of an octave band; ``t30_s`` is None where the noise does not allow it.

    ``range_db`` is how far the decay begins above the noise. ``curve_db``, of shape (bins,), is the decay by backward
    integration, noise compensated, from 0 dB at the direct sound down to the end of what was measured, in bins of
    ``bin_s``.
    """

    centre_hz: int
    t20_s: Estimate
    t30_s: Estimate | None
    range_db: float
    bin_s: float
    curve_db: NDArray[np.float64]


def measure_decay(decay: PowerDecay, seed: int = 1) -> BandDecay:
    """Measure T20, and T30 where there is range for it.

    The interval is that of the method itself, repeated on decays drawn around what was fitted (parametric bootstrap).

    Raises:
        Unmeasurable: ``too-noisy`` where the decay does not rise far enough above the noise, ``no-impulse`` where it
        does
            not fade as a room does.
    """
    first, late_s = _first_guess(decay)
    decay = _without_end(decay, first)
    power = np.concatenate([[decay.noise], decay.power])[None]
    fitted, until = _fit_late(power, decay, first, late_s)
    range_db = 10.0 * math.log10(float(fitted.start[0] / fitted.noise[0]))
    if range_db < _LEAST_RANGE_DB:
        raise Unmeasurable("too-noisy")
    if _departure_db(decay, fitted, late_s) > _MOST_DEPARTURE_DB:
        raise Unmeasurable("no-impulse")
    curve = _curves(power, decay, fitted, until)
    draws = _draw(power, decay, fitted, seed)
    again, until_again = _fit_late(draws, decay, _repeated(fitted, _DRAWS), late_s)
    curves = _curves(draws, decay, again, until_again)
    seen = curve[0][: int(until[0])]
    seen_db = -float(seen[-1])
    t20 = _estimate(curve, curves, decay.bin_s, _T20_END_DB, seen_db)
    t30 = _estimate(curve, curves, decay.bin_s, _T30_END_DB, seen_db) if range_db >= _T30_RANGE_DB else None
    return BandDecay(decay.centre_hz, t20, t30, range_db, decay.bin_s, seen)


def _first_guess(decay: PowerDecay) -> tuple[ExponentialDecays, float]:
    """A line through the logarithm of the smoothed power from 20 to 3 dB above the noise; and where that begins, in s.

    It does not begin before the decay has fallen by 5 dB.

    Raises:
        Unmeasurable: ``too-noisy``.
    """
    length = 5
    smooth = np.convolve(decay.power, np.full(length, 1.0 / length), mode="valid")
    tail = max(_NOISE_BINS, len(decay.power) // 10)
    noise = max(decay.noise if decay.noise_bins >= _NOISE_BINS else float(decay.power[-tail:].mean()), 1e-30)
    peak = int(np.argmax(smooth))
    end = peak + _first_below(smooth[peak:], 2.0 * noise)
    late = peak + _first_below(smooth[peak:end], noise * 10.0 ** (_LATE_RANGE_DB / 10.0))
    if end - peak < length:
        raise Unmeasurable("too-noisy")
    # Where the range is small, or what is left of it too short for a line, the line begins at the top.
    begin = late if length <= end - late else peak
    times = (np.arange(begin, end) + length / 2) * decay.bin_s
    slope, level = np.polyfit(times, np.log(np.maximum(smooth[begin:end] - noise, 0.1 * noise)), 1)
    rate = min(max(-float(slope), 1.0), 200.0)
    early_s = -_START_DB / 10.0 * math.log(10.0) / rate
    guess = ExponentialDecays(np.array([math.exp(float(level))]), np.array([rate]), np.array([noise]))
    return guess, max(begin * decay.bin_s, early_s)


def _first_below(values: NDArray[np.float64], limit: float) -> int:
    """The index of the first value below a limit; the number of values if there is none."""
    below = np.flatnonzero(values < limit)
    return int(below[0]) if len(below) else len(values)


def _without_end(decay: PowerDecay, first: ExponentialDecays) -> PowerDecay:
    """The same decay, what is after it and noise alone counted as noise: there is less to compute."""
    range_db = 10.0 * math.log10(max(float(first.start[0] / first.noise[0]), 1.0))
    end_s = (range_db + _BELOW_NOISE_DB) / 10.0 * math.log(10.0) / float(first.rate_per_s[0])
    end = math.ceil(end_s / decay.bin_s)
    rest = decay.power[end:]
    if len(rest) < _NOISE_BINS:
        return decay
    count = decay.noise_bins + len(rest)
    noise = (decay.noise * decay.noise_bins + float(rest.sum())) / count
    return replace(decay, power=decay.power[:end], noise=noise, noise_bins=count)


def _fit_late(
    power: NDArray[np.float64], decay: PowerDecay, first: ExponentialDecays, late_s: float
) -> tuple[ExponentialDecays, NDArray[np.int64]]:
    """Fit noise and the last part of each decay above it; and how many bins of the decay are looked at, not replaced.

    Those go on to where what is left is lost in the noise that was averaged (Lundeby's knee; later with more claps).
    """
    times = decay.times_s
    takes_part = (times < 0.0) | (times >= late_s)
    weights = np.broadcast_to(takes_part * decay.freedoms * decay.averaged, power.shape)
    fitted = fit_decays(power, times, weights, first)
    freedom = decay.freedom / decay.bin_s / fitted.rate_per_s * decay.averaged
    lost = fitted.noise * np.minimum(1.0, 2.0 / np.sqrt(freedom))
    until_s = np.log(np.maximum(fitted.start / lost, 1.0)) / fitted.rate_per_s
    return fitted, np.clip(np.round(until_s / decay.bin_s), 2, len(decay.power)).astype(np.int64)


def _departure_db(decay: PowerDecay, fitted: ExponentialDecays, late_s: float) -> float:
    """By how many dB (RMS) the power in windows of 40 ms departs from what was fitted, as far as it is heard."""
    length = max(1, round(_DEPARTURE_WINDOW_S / decay.bin_s))
    model = (fitted.signal(decay.times_s) + fitted.noise[:, None])[0, 1:]
    whole = len(model) // length * length
    expected = model[:whole].reshape(-1, length).mean(axis=1)
    measured = decay.power[:whole].reshape(-1, length).mean(axis=1)
    begin = math.ceil(late_s / decay.bin_s / length)
    heard = expected[begin:] > 1.5 * float(fitted.noise[0])
    if not np.any(heard):
        return 0.0
    departures = 10.0 * np.log10(np.maximum(measured[begin:][heard], 1e-30) / expected[begin:][heard])
    return float(np.sqrt(np.square(departures).mean()))


def _curves(
    power: NDArray[np.float64], decay: PowerDecay, fitted: ExponentialDecays, until: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Schroeder's curves in dB, of shape (draws, bins), from 0 dB; after ``until`` they are the fitted decay's."""
    longest_s = 5.0 * math.log(10.0) / float(fitted.rate_per_s.min())
    bins = max(len(decay.power), min(math.ceil(longest_s / decay.bin_s), 4 * len(decay.power))) + 1
    starts = np.arange(bins, dtype=np.float64) * decay.bin_s
    tail = fitted.signal(starts) / fitted.rate_per_s[:, None] / decay.bin_s
    measured = np.zeros((len(power), bins))
    measured[:, : len(decay.power)] = power[:, 1:] - fitted.noise[:, None]
    looked_at = np.arange(bins)[None] < until[:, None]
    measured[~looked_at] = 0.0
    rest = np.take_along_axis(tail, until[:, None], axis=1)
    sums = np.cumsum(measured[:, ::-1], axis=1)[:, ::-1] + rest
    energy = np.where(looked_at, sums, tail)
    return np.asarray(10.0 * np.log10(np.maximum(energy / energy[:, :1], 1e-12)), np.float64)


def _decay_times(curves: NDArray[np.float64], bin_s: float, end_db: float) -> NDArray[np.float64]:
    """The time for 60 dB by a line through each curve from -5 dB to ``end_db``, of shape (draws,)."""
    first = np.argmax(curves <= _START_DB, axis=1)
    last = np.argmax(curves < end_db, axis=1)
    index = np.arange(curves.shape[1])[None]
    weights = ((index >= first[:, None]) & (index < last[:, None])).astype(np.float64)
    count = np.maximum(weights.sum(axis=1), 1.0)
    times = index * bin_s - (weights @ (np.arange(curves.shape[1]) * bin_s) / count)[:, None]
    slope = (weights * times * curves).sum(axis=1) / np.maximum((weights * times**2).sum(axis=1), 1e-12)
    return np.asarray(-60.0 / np.minimum(slope, -1e-3), np.float64)


def _draw(power: NDArray[np.float64], decay: PowerDecay, fitted: ExponentialDecays, seed: int) -> NDArray[np.float64]:
    """Decays as they might have been measured, of shape (draws, bins): the same response, other noise, other claps."""
    noise, times = float(fitted.noise[0]), decay.times_s
    model = fitted.signal(times)[0]
    is_loud = (times >= 0.0) & (power[0] > 10.0 * noise)
    signal = np.where(is_loud, power[0] - noise, model)
    variance = (2.0 * signal * noise + noise**2) / decay.averaged
    if decay.sources:
        variance = variance + _COLOUR * signal**2 / decay.sources
    variance = variance / np.maximum(decay.freedoms, 0.1)
    mean = signal + noise
    shape = mean**2 / variance
    dice = np.random.default_rng(seed)
    return np.asarray(dice.gamma(shape, size=(_DRAWS, len(times))) * (mean / shape), np.float64)


def _repeated(fitted: ExponentialDecays, count: int) -> ExponentialDecays:
    return ExponentialDecays(*(np.repeat(field, count) for field in (fitted.start, fitted.rate_per_s, fitted.noise)))


def _estimate(
    curve: NDArray[np.float64], curves: NDArray[np.float64], bin_s: float, end_db: float, seen_db: float
) -> Estimate:
    """Raises ``Unmeasurable("too-noisy")`` where the interval would say nothing."""
    value = float(_decay_times(curve, bin_s, end_db)[0])
    drawn = _decay_times(curves, bin_s, end_db)
    low, middle, high = np.percentile(drawn, [15.87, 50.0, 84.13])
    spread = _COVERAGE_FACTOR * float(high - low) / 2.0
    unseen = max(0.0, -end_db - seen_db) / (_START_DB - end_db) * _UNSEEN_SHARE * value
    half_width = math.hypot(spread, float(middle) - value, unseen)
    if not _SHORTEST_S < value < _LONGEST_S or not half_width <= _WIDEST_SHARE * value:
        raise Unmeasurable("too-noisy")
    return Estimate(value, half_width)
