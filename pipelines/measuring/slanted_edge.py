"""The sharpness of a straight, slightly slanted edge after ISO 12233, and where a picture has such edges."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks
from scipy.signal.windows import tukey

from pipelines.measuring.estimate import Estimate, Unmeasurable

MIN_STEP = 24.0
MIN_ROWS = 24

_OVERSAMPLING = 4
_HALF_SPAN_PX, _SMALLEST_HALF_SPAN_PX = 24, 8
_LOBE = 0.2
_SMALLEST_SLANT, _LARGEST_SLANT = math.tan(math.radians(1.5)), math.tan(math.radians(15.0))
_ROW_GROUPS = 4
_STUDENT_T_3 = 3.18
_FLATNESS = 0.08
_STRAIGHTNESS_PX = 0.6
_TRANSFORM_LENGTH = 512


@dataclass(frozen=True, slots=True)
class SlantedEdge:
    """An edge's MTF50, across the edge: the frequency in cycles per pixel whose contrast is halved; Nyquist is 0.5.

    ``slant_deg`` is its angle to the nearest axis, ``step`` its height in codes.
    """

    mtf50_cycles_px: Estimate
    slant_deg: float
    step: float


@dataclass(frozen=True, slots=True)
class EdgePatch:
    """A part of a picture around an edge, turned so that the edge runs near-vertically; its centre in the picture."""

    patch: NDArray[np.uint8]
    x: float
    y: float


def slanted_edge(patch: NDArray[np.uint8]) -> SlantedEdge:
    """The MTF50 of the near-vertical edge in a luma patch (rows, columns) that has nothing else in it.

    The edge's place in each row is the centroid of its derivative; a line through them projects all pixels onto the
    edge's normal, four bins a pixel; derivative, window and transform give the response. Four groups of rows give the
    uncertainty. The window is Tukey's, not Hamming's, which makes soft edges seem sharper.

    Source: ISO 12233:2017, Photography — Electronic still picture imaging — Resolution and spatial frequency
    responses, annex D (e-SFR).

    Raises:
        Unmeasurable: ``no-edge``; ``edge-not-straight``; ``edge-not-slanted``: 1.5 to 15 degrees are needed;
            ``edge-not-alone``: what lies beside the edge is not even.
    """
    values = patch.astype(np.float64)
    rows = len(values)
    if rows < MIN_ROWS:
        raise Unmeasurable("no-edge")
    offset, slope = _edge_line(values)
    if not _SMALLEST_SLANT <= abs(slope) <= _LARGEST_SLANT:
        raise Unmeasurable("edge-not-slanted")
    half_span = min(values.shape[1] / 2 - 1 - abs(slope) * rows / 2, float(_HALF_SPAN_PX))
    cosine = 1.0 / math.hypot(1.0, slope)
    row, column = np.mgrid[:rows, : values.shape[1]]
    distance = (column - offset - slope * row) * cosine
    bins = np.floor((distance + half_span) * _OVERSAMPLING).astype(np.int64)
    count = int(2 * half_span * _OVERSAMPLING)
    if half_span < _SMALLEST_HALF_SPAN_PX:
        raise Unmeasurable("no-edge")
    inside = (bins >= 0) & (bins < count)
    spread = _spread_function(bins[inside], values[inside], count)
    step = _step_of(spread)
    group = row * _ROW_GROUPS // rows
    parts = []
    for number in range(_ROW_GROUPS):
        chosen = inside & (group == number)
        parts.append(_mtf50(_spread_function(bins[chosen], values[chosen], count)))
    half_width = _STUDENT_T_3 * float(np.std(parts, ddof=1)) / math.sqrt(_ROW_GROUPS)
    return SlantedEdge(Estimate(_mtf50(spread), half_width), math.degrees(math.atan(slope)), step)


def edge_patches(luma: NDArray[np.uint8], rows: int, columns: int) -> Iterator[EdgePatch]:
    """For each tile of a grid the patch around its longest straight edge that is slanted a little, if it has one.

    Segments are found at a quarter of the size, which is enough to say where to measure.
    """
    height, width = luma.shape
    small = cv2.pyrDown(cv2.pyrDown(luma))
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(small)[0]
    scale = np.array([width, height, width, height]) / np.array([*small.shape[::-1], *small.shape[::-1]])
    segments = np.zeros((0, 4)) if found is None else (np.asarray(found, np.float64).reshape(-1, 4) + 0.5) * scale - 0.5
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    taken: set[tuple[int, int]] = set()
    for index in np.argsort(-lengths):
        if lengths[index] < MIN_ROWS:
            return
        x, y = (segments[index, :2] + segments[index, 2:]) / 2
        tile = (int(y * rows / height), int(x * columns / width))
        if tile in taken:
            continue
        along_x, along_y = np.abs(segments[index, 2:] - segments[index, :2])
        slant = min(along_x, along_y) / max(along_x, along_y)
        if not _SMALLEST_SLANT <= slant <= _LARGEST_SLANT:
            continue
        half_long = int(min(max(along_x, along_y) * 0.4, 32))
        half_wide = _HALF_SPAN_PX + 2 + int(slant * half_long)
        half_x, half_y = (half_wide, half_long) if along_y > along_x else (half_long, half_wide)
        left, top = round(x) - half_x, round(y) - half_y
        if half_long * 2 < MIN_ROWS or left < 0 or top < 0 or left + 2 * half_x > width or top + 2 * half_y > height:
            continue
        taken.add(tile)
        patch = luma[top : top + 2 * half_y, left : left + 2 * half_x]
        yield EdgePatch(patch if along_y > along_x else patch.T, float(x), float(y))


def _edge_line(values: NDArray[np.float64]) -> tuple[float, float]:
    """Column of the edge at row 0, and columns per row."""
    # The mean of both neighbours' differences: its centroid is at the pixel's centre.
    derivative = np.zeros_like(values)
    derivative[:, 1:-1] = (values[:, 2:] - values[:, :-2]) / 2.0
    if derivative.sum() < 0:
        derivative = -derivative
    rows, columns = values.shape
    row, column = np.arange(rows), np.arange(columns)
    centre: NDArray[np.float64] = np.full(rows, (columns - 1) / 2.0)
    slope = offset = 0.0
    for half in (columns / 2.0, columns / 2.5, columns / 3.0):
        from_centre = column[None, :] - centre[:, None]
        window = np.where(np.abs(from_centre) < half, 0.54 + 0.46 * np.cos(np.pi * from_centre / half), 0.0)
        weighted = derivative * window
        steps = weighted.sum(axis=1)
        usual = float(np.median(steps))
        if usual < MIN_STEP / 2.0:
            raise Unmeasurable("no-edge")
        sound = steps > usual / 2.0
        places = (weighted[sound] @ column) / steps[sound]
        slope, offset = (float(value) for value in np.polyfit(row[sound], places, 1))
        centre = np.asarray(offset + slope * row, np.float64)
    off = places - centre[sound]
    if sound.mean() < 0.8 or float(np.sqrt(np.mean(off**2))) > _STRAIGHTNESS_PX:
        raise Unmeasurable("edge-not-straight")
    return offset, slope


def _spread_function(bins: NDArray[np.int64], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The edge spread function: the mean of each bin, empty ones interpolated."""
    counts = np.bincount(bins, minlength=count)
    sums = np.bincount(bins, values, minlength=count)
    filled = np.flatnonzero(counts)
    if len(filled) < count / 2:
        raise Unmeasurable("no-edge")
    return np.asarray(np.interp(np.arange(count), filled, sums[filled] / counts[filled]), np.float64)


def _step_of(spread: NDArray[np.float64]) -> float:
    """The edge's height, if both sides of it are even."""
    side = len(spread) // 6
    low, high = spread[:side], spread[-side:]
    step = abs(float(high.mean() - low.mean()))
    if step < MIN_STEP:
        raise Unmeasurable("no-edge")
    slopes = [abs(float(part[side // 2 :].mean() - part[: side // 2].mean())) for part in (low, high)]
    overshoot = max(float(spread.max()), 0.0) - max(float(low.mean()), float(high.mean()))
    if max(slopes) > _FLATNESS * step or max(float(low.std()), float(high.std())) > 2 * _FLATNESS * step:
        raise Unmeasurable("edge-not-alone")
    line = np.abs(np.convolve(np.diff(spread), np.ones(2 * _OVERSAMPLING), "same"))
    lobes = find_peaks(line, height=_LOBE * line.max(), prominence=_LOBE * line.max())[0]
    if overshoot > 0.5 * step or len(lobes) != 1:
        raise Unmeasurable("edge-not-alone")
    return step


def _mtf50(spread: NDArray[np.float64]) -> float:
    line = np.zeros_like(spread)
    line[1:-1] = (spread[2:] - spread[:-2]) / 2.0
    line *= tukey(len(line), 0.5)
    response = np.abs(np.fft.rfft(line, _TRANSFORM_LENGTH))
    frequencies = np.fft.rfftfreq(_TRANSFORM_LENGTH, 1.0 / _OVERSAMPLING)
    # The central difference of samples a quarter of a pixel apart is itself a low-pass.
    response = response[frequencies <= 1.0] / np.sinc(frequencies[frequencies <= 1.0] / 2.0)
    below = np.flatnonzero(response < response[0] / 2.0)
    if not len(below):
        return 1.0
    after = int(below[0])
    left, right = response[after - 1] / response[0], response[after] / response[0]
    return float(frequencies[after - 1] + (left - 0.5) / (left - right) * (frequencies[1] - frequencies[0]))
