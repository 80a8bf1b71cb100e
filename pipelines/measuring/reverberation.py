"""Reverberation time of a room from claps, burst balloons or the response to a sweep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.band_decay import BandDecay, PowerDecay, measure_decay
from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.full_scale import Samples, full_scale, mono
from pipelines.measuring.impulse_onset import impulse_onsets
from pipelines.measuring.octave_bands import REVERBERATION_BANDS_HZ, bandwidth_hz, binned_power, octave_band

_BIN_S: Final = 0.004
_LONGEST_S: Final = 6.0
_SHORTEST_S: Final = 0.4
_NOISE_S: Final = 0.1
_NOISE_BEFORE_S: Final = 2.0
_MEDIAN_EFFICIENCY: Final = 0.64
_NOT_THE_NOISE: Final = 1.5
_GUARD_S: Final = 0.04
_MID_HZ: Final = (500, 1000)
_CLIPPED_SAMPLES: Final = 3
_CLIPPED_AT: Final = 32_766.5 / 32_768.0


@dataclass(frozen=True, slots=True)
class Reverberation:
    """Reverberation time: ``rt60_s`` is the mean of the octaves of 500 and 1000 Hz, from T30 where both have it.

    ``bands`` has each octave from 250 to 4000 Hz that could be measured; ``impulses`` is how many decays are in it.
    """

    rt60_s: Estimate
    bands: tuple[BandDecay, ...]
    impulses: int


def reverberation_from_claps(samples: Samples, rate_hz: int) -> Reverberation:
    """Measure the reverberation time from a recording of one or more claps (or burst balloons) with a pause after each.

    ``samples`` has shape (n, channels) or (n,) (channels are averaged), with a few tenths of a second of silence
    before the first clap. The decays of all claps are added up, stronger ones with more weight. T20 and T30 are those
    of ISO 3382-2: Schroeder's backward integration, the noise subtracted, the end replaced by the exponential decay
    that was fitted there. A last syllable that fades may be taken for a single clap: ask for three. Where the noise
    leaves less than 25 dB of decay, that exponential takes the missing part of T20, and the interval is wider for it.

    Raises:
        Unmeasurable: ``no-impulse`` where nothing is heard that is like a clap and fades, ``clipped`` where every
        clap is,
            ``too-noisy`` where the noise leaves too little of the decay at 500 or 1000 Hz.

    Source: ISO 3382-2:2008, Measurement of room acoustic parameters, Reverberation time in ordinary rooms;
    A. Lundeby et al., Uncertainties of measurements in room acoustics, Acustica 81, 1995;
    M. Guski and M. Vorländer, Comparison of noise compensation methods for room acoustic impulse response evaluations,
    Acta Acustica 100, 2014.
    """
    sound = mono(samples)
    at_end = np.any(np.abs(full_scale(samples)) >= _CLIPPED_AT, axis=1)
    onsets = impulse_onsets(sound, rate_hz)
    if not onsets:
        raise Unmeasurable("no-impulse")
    ends = [*(onset - round(_GUARD_S * rate_hz) for onset in onsets[1:]), len(sound)]
    whole = [
        (onset, min(end, onset + round(_LONGEST_S * rate_hz)))
        for onset, end in zip(onsets, ends, strict=True)
        if end - onset >= _SHORTEST_S * rate_hz
    ]
    if not whole:
        raise Unmeasurable("no-impulse")
    unclipped = [window for window in whole if not _is_clipped(at_end, window[0], rate_hz)]
    if not unclipped:
        raise Unmeasurable("clipped")
    windows = _of_similar_length(unclipped)
    before = slice(max(0, onsets[0] - round(_NOISE_BEFORE_S * rate_hz)), max(0, onsets[0] - round(0.02 * rate_hz)))

    def decay(centre: int) -> PowerDecay:
        filtered = octave_band(sound, rate_hz, centre)
        noise = binned_power(filtered[before], rate_hz, _NOISE_S)
        # What was filtered is late by the filter's own delay, which is less than its lowest frequency's period.
        decays = [binned_power(filtered[begin:end], rate_hz, _BIN_S) for begin, end in windows]
        return _added_up(decays, noise, centre)

    return _of_bands([decay(centre) for centre in REVERBERATION_BANDS_HZ], len(windows))


def reverberation_from_response(response: NDArray[np.float64], rate_hz: int) -> Reverberation:
    """Measure the reverberation time of an impulse response of shape (n,) that begins with the direct sound.

    As ``reverberation_from_claps``; the response should be so long that it ends in noise.

    Raises:
        Unmeasurable: ``too-noisy`` and ``no-impulse``, as there.
    """
    window = response[: round(_LONGEST_S * rate_hz)]

    def decay(centre: int) -> PowerDecay:
        power = binned_power(octave_band(window, rate_hz, centre), rate_hz, _BIN_S)
        return PowerDecay(centre, _BIN_S, power, 0.0, 0.0, bandwidth_hz(centre) * _BIN_S, 1.0, 0)

    return _of_bands([decay(centre) for centre in REVERBERATION_BANDS_HZ], 1)


def _added_up(decays: Sequence[NDArray[np.float64]], noise: NDArray[np.float64], centre: int) -> PowerDecay:
    """The weighted mean of decays that begin together, the weight of each its strength; a cough before is ignored."""
    length = min(len(decay) for decay in decays)
    floor = float(np.median(noise)) if len(noise) else 0.0
    noise_bins = _MEDIAN_EFFICIENCY * len(noise) * _NOISE_S / _BIN_S
    early = max(1, round(0.1 / _BIN_S))
    weights = np.array(
        [max(float(decay[:early].mean()) - floor, 1e-3 * float(decay[:early].mean())) for decay in decays]
    )
    weights = weights / weights.max() if weights.max() > 0.0 else np.ones(len(decays))
    power = np.average([decay[:length] for decay in decays], axis=0, weights=weights)
    count = float(weights.sum() ** 2 / np.square(weights).sum())
    # Somebody who counts to three is not what the decay ends in.
    if floor > _NOT_THE_NOISE * float(power[-early:].mean()):
        floor, noise_bins = 0.0, 0.0
    # All claps have the same noise before them: it is averaged over time alone.
    freedom = bandwidth_hz(centre) * _BIN_S
    return PowerDecay(centre, _BIN_S, power, floor, noise_bins / count, freedom, count, len(decays))


def _of_bands(decays: Sequence[PowerDecay], impulses: int) -> Reverberation:
    bands = []
    for decay in decays:
        try:
            bands.append(measure_decay(decay))
        except Unmeasurable:
            if decay.centre_hz in _MID_HZ:
                raise
    middle = [band for band in bands if band.centre_hz in _MID_HZ]
    thirties = [band.t30_s for band in middle if band.t30_s is not None]
    figures = thirties if len(thirties) == len(_MID_HZ) else [band.t20_s for band in middle]
    value = sum(figure.value for figure in figures) / len(figures)
    half_width = math.hypot(*(figure.half_width for figure in figures)) / len(figures)
    return Reverberation(Estimate(value, half_width), tuple(bands), impulses)


def _is_clipped(at_end: NDArray[np.bool_], onset: int, rate_hz: int) -> bool:
    near = at_end[max(0, onset - round(0.005 * rate_hz)) : onset + round(0.05 * rate_hz)]
    return int(near.sum()) >= _CLIPPED_SAMPLES


def _of_similar_length(windows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The windows that are not much shorter than most: the shortest one decides how much of all is looked at."""
    lengths = np.array([end - begin for begin, end in windows])
    return [
        window for window, length in zip(windows, lengths, strict=True) if length >= 0.6 * float(np.median(lengths))
    ]
