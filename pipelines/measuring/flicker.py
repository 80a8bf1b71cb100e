"""Flicker of the light at twice the mains' frequency: its depth in the pictures, and which mains they are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.exposure import FULL_RANGE, LumaRange
from pipelines.measuring.frame_rate import picture_clock

Profiles = NDArray[np.float64]

MAINS_HZ = (50, 60)
MIN_PICTURES = 24

_ROWS, _COLUMNS = 48, 16
_DARKEST, _BRIGHTEST = 20.0, 236.0
_FEWEST_COLUMNS, _FEWEST_ROWS = 4, 24
# EN 50160, Voltage characteristics of electricity: 50 Hz ± 1 % for 99.5 % of a year.
_MAINS_TOLERANCE = 0.01
_MOST_BANDS = 8.0
# A Hann window's line reaches this many times the reciprocal of its length to each side.
_LINE_WIDTH = 2.0
# A slower beat than this many widths cannot be told from a cloud or automatic exposure; and where those begin.
_SLOWEST, _SLOW = 2.5, 0.75
_OVER_NEIGHBOURS, _OVER_ALL = 2.5, 4.0
_COHERENCE = 0.4
_SAME_ALIAS = 0.8
_PADDED = 8 * _ROWS


@dataclass(frozen=True, slots=True)
class Flicker:
    """The flicker that pictures show.

    ``depth_pct`` is (brightest − darkest) / (brightest + darkest) of encoded luma, in per cent, with or without a
    found flicker. ``mains_hz`` is 50 or 60, or None where no flicker is found, or where it might be either's;
    ``light_hz`` is about 100 or 120, or None where no flicker is found. ``beat_hz`` is how fast it seems to pulsate or
    wander at this frame rate, ``bands`` how many bands stand in the picture's height (0 for a global shutter) and
    ``readout_ms`` the time from the first to the last row that follows from them. Flicker at the mains of
    ``hidden_mains_hz`` would stand still at this frame rate, and cannot be seen in the difference of pictures: change
    the shutter and use ``standing_bands``.
    """

    depth_pct: Estimate
    is_found: bool
    mains_hz: int | None
    light_hz: Estimate | None
    beat_hz: float | None
    bands: float | None
    readout_ms: float | None
    hidden_mains_hz: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StandingBands:
    """Bands that stand still: their depth as in ``Flicker``, and their number in the picture's height."""

    depth_pct: Estimate
    bands: float


@dataclass(frozen=True, slots=True)
class _Line:
    """The strongest flicker near one frequency: its amplitude, bands, and how evenly rows and phases take part."""

    mains_hz: int
    light_hz: float
    amplitude: float
    bands: float
    coherence: float


def flicker(pictures: NDArray[np.uint8], capture_ns: NDArray[np.int64], luma_range: LumaRange = FULL_RANGE) -> Flicker:
    """The flicker in lumas (n, height, width) captured at ``capture_ns`` (n,); two seconds of pictures are good.

    The light of a lamp pulsates at twice the mains' frequency. It brightens all columns of a row alike, by the same
    factor, and each row a little later than the one above. The median over the columns of the logarithm of luma
    against its own median in time therefore keeps flicker, and loses persons and balls. It is fitted by one wave in
    time and rows, near 100 and near 120 Hz; between pictures these appear as beats of different frequencies.

    Source: IEEE Std 1789-2015, Recommended practices for modulating current in high-brightness LEDs (per cent
    flicker); EN 50160.

    Raises:
        Unmeasurable: ``too-few-pictures``: 24 are needed; ``times-not-ascending``; ``too-dark``: or clipped, in too
            much of the picture; ``flicker-hidden``: both mains' flicker would stand still.
    """
    if len(pictures) < MIN_PICTURES:
        raise Unmeasurable("too-few-pictures")
    clock = picture_clock(capture_ns)
    times_s, fps = clock.times_s, 1e9 / clock.period_ns
    line_width = _LINE_WIDTH / float(times_s[-1])
    hidden = tuple(mains for mains in MAINS_HZ if abs(_beat(2.0 * mains, fps)) < _SLOWEST * line_width)
    if len(hidden) == len(MAINS_HZ):
        raise Unmeasurable("flicker-hidden")
    rows, profiles = _profiles(pictures, luma_range)
    window = np.hanning(len(times_s) + 2)[1:-1]
    profiles = _detrended(profiles, times_s, window)
    candidates = [_line(profiles, rows, times_s, window, fps, mains) for mains in MAINS_HZ if mains not in hidden]
    best = max(candidates, key=lambda line: line.amplitude)
    neighbours, usual = _background(profiles, rows, times_s, window, best.light_hz, fps, line_width)
    depth = Estimate(100.0 * math.tanh(best.amplitude), 100.0 * max(neighbours, usual))
    is_found = (
        best.amplitude > _OVER_NEIGHBOURS * neighbours
        and best.amplitude > _OVER_ALL * usual
        and best.coherence > _COHERENCE
    )
    if not is_found:
        return Flicker(depth, False, None, None, None, None, None, hidden)
    either = any(
        line.mains_hz != best.mains_hz and line.amplitude > _SAME_ALIAS * best.amplitude for line in candidates
    )
    # The line's place is known to a part of its width, the smaller the further it stands out.
    light = Estimate(
        best.light_hz,
        line_width * max(usual / best.amplitude, 0.05)
        + best.light_hz * _clock_error(clock.period_ns, clock.residual_ns, times_s),
    )
    return Flicker(
        depth_pct=depth,
        is_found=True,
        mains_hz=None if either else best.mains_hz,
        light_hz=light,
        beat_hz=abs(_beat(best.light_hz, fps)),
        bands=best.bands,
        readout_ms=1e3 * best.bands / best.light_hz,
        hidden_mains_hz=hidden,
    )


def standing_bands(
    pictures: NDArray[np.uint8], without: NDArray[np.uint8], luma_range: LumaRange = FULL_RANGE
) -> StandingBands:
    """Bands that stand still in lumas (n, height, width), against some of the same scene ``without`` them.

    Those without are taken with an exposure of a whole number of the light's periods (10 ms at 50 Hz mains), or with
    another frame rate, so that their mean has no bands.

    Raises:
        Unmeasurable: ``too-dark``: or clipped, in too much of the picture.
    """
    means = np.stack([_logarithms(group, luma_range).mean(axis=0) for group in (pictures, without)])
    rows, ratio = _row_medians(means[:1] - means[1:])
    height, profile = (rows + 0.5) / _ROWS, ratio[0]
    # What changes slowly from top to bottom may be the exposure or daylight.
    smooth = np.stack([height**power for power in range(3)], axis=1)
    fits = []
    for bands in np.arange(0.75, _MOST_BANDS, 0.05):
        angle = 2.0 * np.pi * bands * height
        design = np.column_stack([smooth, np.cos(angle), np.sin(angle)])
        solution = np.linalg.lstsq(design, profile, rcond=None)[0]
        residual = profile - design @ solution
        fits.append((float(residual @ residual), float(np.hypot(*solution[-2:])), float(bands)))
    square, amplitude, bands = min(fits)
    half_width = 1.96 * math.sqrt(2.0 * square / (len(profile) - 6) / len(profile))
    return StandingBands(Estimate(100.0 * math.tanh(amplitude), 100.0 * half_width), bands)


def shutter_attenuation(exposure_ms: float, mains_hz: int) -> float:
    """What part of a lamp's flicker an exposure lets through, 0..1: none if it lasts whole half-periods."""
    return abs(float(np.sinc(2e-3 * mains_hz * exposure_ms)))


def _beat(light_hz: float, fps: float) -> float:
    """The frequency at which ``light_hz`` appears in pictures, -fps/2..fps/2."""
    return light_hz - fps * round(light_hz / fps)


def _clock_error(period_ns: float, residual_ns: NDArray[np.float64], times_s: NDArray[np.float64]) -> float:
    """The relative error of the camera's rate: what the beat is counted against."""
    span = float(np.linalg.norm(times_s - times_s.mean())) * 1e9
    return 1.96 * float(np.std(residual_ns)) / max(span, period_ns)


def _logarithms(pictures: NDArray[np.uint8], luma_range: LumaRange) -> Profiles:
    """The logarithm of luma in a coarse grid (n, rows, columns); NaN where it is dark or clipped."""
    size = (_COLUMNS, _ROWS)
    small = np.stack([cv2.resize(one.astype(np.float32), size, interpolation=cv2.INTER_AREA) for one in pictures])
    mean = small.mean(axis=0)
    usable = (mean > luma_range.black + _DARKEST) & (mean < _BRIGHTEST) & (small.min(axis=0) > luma_range.black + 2.0)
    return np.where(usable, np.log(np.maximum(small - luma_range.black, 1.0)), np.nan).astype(np.float64)


def _row_medians(cells: Profiles) -> tuple[NDArray[np.int64], Profiles]:
    """The medians over columns (n, rows) of (n, rows, columns), for the rows that are bright enough; their numbers."""
    rows = np.flatnonzero(np.isfinite(cells[0]).sum(axis=1) >= _FEWEST_COLUMNS)
    if len(rows) < _FEWEST_ROWS:
        raise Unmeasurable("too-dark")
    return rows, np.nanmedian(cells[:, rows], axis=2)


def _profiles(pictures: NDArray[np.uint8], luma_range: LumaRange) -> tuple[NDArray[np.int64], Profiles]:
    cells = _logarithms(pictures, luma_range)
    return _row_medians(cells - np.median(cells, axis=0))


def _detrended(profiles: Profiles, times_s: NDArray[np.float64], window: NDArray[np.float64]) -> Profiles:
    """Profiles without their mean and slow drift, such as automatic exposure's."""
    design = np.polynomial.polynomial.polyvander(times_s / times_s[-1] - 0.5, 3)
    root = np.sqrt(window)[:, None]
    solution = np.linalg.lstsq(design * root, profiles * root, rcond=None)[0]
    return np.asarray(profiles - design @ solution, np.float64)


def _amplitudes(
    profiles: Profiles,
    rows: NDArray[np.int64],
    times_s: NDArray[np.float64],
    window: NDArray[np.float64],
    frequencies: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Amplitude of the wave of each frequency and each number of bands in eighths, and each frequency's mean power."""
    wave = np.exp(-2j * np.pi * frequencies[:, None] * times_s) * window
    by_row = wave @ profiles * (2.0 / window.sum())
    spaced = np.zeros((len(frequencies), _ROWS), np.complex128)
    spaced[:, rows] = by_row
    spectrum = np.abs(np.fft.fft(spaced, _PADDED, axis=1))[:, : int(_MOST_BANDS * _PADDED / _ROWS) + 1] / len(rows)
    return spectrum, (np.abs(by_row) ** 2).mean(axis=1)


def _line(
    profiles: Profiles,
    rows: NDArray[np.int64],
    times_s: NDArray[np.float64],
    window: NDArray[np.float64],
    fps: float,
    mains_hz: int,
) -> _Line:
    step = 0.05 / float(times_s[-1])
    steps = max(1, int(2.0 * mains_hz * _MAINS_TOLERANCE / step))
    frequencies = 2.0 * mains_hz + step * np.arange(-steps, steps + 1)
    beats = frequencies - fps * np.round(frequencies / fps)
    # Mains that are off by as much as they may be must not lead into what is slow.
    frequencies = frequencies[np.abs(beats) >= 0.9 * _SLOWEST * _LINE_WIDTH / times_s[-1]]
    spectrum, power = _amplitudes(profiles, rows, times_s, window, frequencies)
    index, bands = divmod(int(spectrum.argmax()), spectrum.shape[1])
    amplitude = float(spectrum[index, bands])
    coherence = amplitude**2 / float(power[index]) if power[index] else 0.0
    return _Line(mains_hz, float(frequencies[index]), amplitude, bands * _ROWS / _PADDED, coherence)


def _background(
    profiles: Profiles,
    rows: NDArray[np.int64],
    times_s: NDArray[np.float64],
    window: NDArray[np.float64],
    light_hz: float,
    fps: float,
    line_width: float,
) -> tuple[float, float]:
    """Amplitudes without a line: the largest of those next to the light's beat, and the median of all."""
    frequencies = np.arange(_SLOW * line_width, fps / 2.0, line_width / 4.0)
    away = np.abs(frequencies - abs(_beat(light_hz, fps)))
    frequencies, away = frequencies[away > 1.5 * line_width], away[away > 1.5 * line_width]
    if not len(frequencies):
        raise Unmeasurable("too-few-pictures")
    strongest = np.maximum(
        _amplitudes(profiles, rows, times_s, window, frequencies)[0].max(axis=1),
        _amplitudes(profiles, rows, times_s, window, -frequencies)[0].max(axis=1),
    )
    near = strongest[away < 5.0 * line_width]
    return float(near.max()) if len(near) else 0.0, float(np.median(strongest))
