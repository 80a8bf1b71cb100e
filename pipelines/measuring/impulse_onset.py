"""Find claps and burst balloons in a recording: where a sound of many octaves begins within milliseconds."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.octave_bands import binned_power, octave_band

_BANDS_HZ: Final = (500, 1000, 2000, 4000)
_BIN_S: Final = 0.002
_RISE_DB: Final = 6.0
_BANDS_THAT_RISE: Final = 3
_APART_S: Final = 0.25
_LOUDEST_WITHIN_S: Final = 0.06
_LOUDEST_OF_S: Final = 0.6
_FADE_WINDOW_S: Final = 0.04
_FADES_AT_LEAST_S: Final = 0.4
_FADES_FOR_S: Final = 1.0
_RISES_AGAIN_DB: Final = 8.0
_BEFORE_BINS: Final = 6
_FAINTER_DB: Final = 15.0


def impulse_onsets(samples: NDArray[np.float64], rate_hz: int) -> list[int]:
    """Return the first sample of each clap in samples of shape (n,), in order; empty if there is none.

    Three of the four octaves from 500 to 4000 Hz rise by 6 dB within 12 ms, and nothing in the next 0.6 s is louder:
    so the burst of a consonant before its vowel, a tone and a shout are none. It has to fade for 0.4 s, and may not
    rise by 8 dB again in the first second or until the next clap, as the syllables of speech do. Nor is what is 15 dB
    fainter than the loudest sound of the recording.
    """
    bands = [binned_power(octave_band(samples, rate_hz, centre), rate_hz, _BIN_S) for centre in _BANDS_HZ]
    if len(bands[0]) < 4 * _BEFORE_BINS:
        return []
    # Each band in units of its own floor, so that all octaves of an impulse count alike.
    powers = np.array([band / max(float(np.percentile(band, 20)), 1e-18) for band in bands])
    total = powers.sum(axis=0)
    rises = _rises(powers)
    sharp = np.sort(rises, axis=0)[-_BANDS_THAT_RISE] >= _RISE_DB
    found: list[int] = []
    candidates = np.flatnonzero(sharp)
    for index in candidates[np.argsort(-_smooth(total, 3)[candidates], kind="stable")]:
        if all(abs(index - other) * _BIN_S >= _APART_S for other in found) and _is_loudest_first(total, int(index)):
            found.append(int(index))
    if not found:
        return []
    level = _smooth(total, 10)
    faintest = float(level.max()) * 10.0 ** (-_FAINTER_DB / 10.0)
    loud = sorted(index for index in found if float(level[index : index + 10].max()) >= faintest)
    ends = [*loud[1:], len(total)]
    kept = [index for index, end in zip(loud, ends, strict=True) if _fades(total[index:end])]
    step = round(rate_hz * _BIN_S)
    return sorted(_first_bin(total, index) * step for index in kept)


def _rises(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how many dB each band's power in 6 ms exceeds that of the 12 ms that end 4 ms before."""
    after = _smooth(powers, 3)
    before = np.ones_like(powers)
    mean = _smooth(powers, _BEFORE_BINS)
    before[:, _BEFORE_BINS + 2 :] = mean[:, : -_BEFORE_BINS - 2]
    # A bin of a few samples may be nearly empty by chance; the floor is 1.
    return np.asarray(10.0 * np.log10(np.maximum(after, 1e-9) / np.maximum(before, 1.0)), np.float64)


def _smooth(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The mean of each value and those after it, ``length`` in all, along the last axis."""
    padded = np.concatenate([values, np.repeat(values[..., -1:], length - 1, axis=-1)], axis=-1)
    sums = np.cumsum(np.concatenate([np.zeros_like(padded[..., :1]), padded], axis=-1), axis=-1)
    return np.asarray((sums[..., length:] - sums[..., :-length]) / length, np.float64)


def _is_loudest_first(total: NDArray[np.float64], index: int) -> bool:
    """Whether the loudest 20 ms of the next 0.6 s begin within the first 60 ms, and it fades from there."""
    level = _smooth(total[index : index + round(_LOUDEST_OF_S / _BIN_S)], 10)
    early = round(_LOUDEST_WITHIN_S / _BIN_S)
    if len(level) <= 2 * early:
        return False
    return bool(level[:early].max() > level[early:].max() and level[:early].max() > 1.5 * level[2 * early :].mean())


def _fades(total: NDArray[np.float64]) -> bool:
    """Whether a sound fades for 0.4 s at least, and in the first second never rises by 8 dB again, as speech does."""
    length = round(_FADE_WINDOW_S / _BIN_S)
    bins = total[: round(_FADES_FOR_S / _BIN_S)]
    whole = len(bins) // length
    if whole * _FADE_WINDOW_S < _FADES_AT_LEAST_S:
        return False
    level = 10.0 * np.log10(bins[: whole * length].reshape(whole, length).mean(axis=1))[1:]
    # The last window may hold the beginning of the next clap.
    return bool((level - np.minimum.accumulate(level))[:-1].max() < _RISES_AGAIN_DB)


def _first_bin(total: NDArray[np.float64], index: int) -> int:
    """The first bin, up to 10 ms before or after, that has a tenth of what is to come."""
    begin = max(index - 5, 0)
    near = total[begin : index + 6]
    return begin + int(np.argmax(near >= 0.1 * near.max()))
