"""The colour cast of what should be neutral: CIE Lab chroma, correlated colour temperature and duv."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Estimate, Unmeasurable

Region = tuple[int, int, int, int]

# Where |duv| is greater a correlated colour temperature has no meaning (CIE 015:2018, 9.5).
LARGEST_DUV = 0.05
SMALLEST_SHARE = 0.02

_SMALL_WIDTH = 240
_DARKEST, _BRIGHTEST = 30, 245
_AB_LIMIT, _AB_BIN = 60, 4
_CLUSTER_RADIUS = 8.0
# Neutral surfaces are near neutral even under a wrong white balance, and walls and ceilings are bright.
_EXPECTED_CHROMA = 25.0
_TILES = 6


@dataclass(frozen=True, slots=True)
class ColourCast:
    """The cast of neutral surfaces as the picture shows them, read as sRGB (white D65: a = b = 0, 6504 K, duv 0.0032).

    ``a`` is red (+) to green (−), ``b`` yellow (+) to blue (−), CIE L*a*b*. ``cct_k`` is None too far from white
    light. ``red_gain`` and ``blue_gain`` multiply linear red and blue to make it neutral. ``share`` of all pixels
    was taken for neutral.
    """

    a: float
    b: float
    chroma: Estimate
    cct_k: float | None
    duv: float
    red_gain: float
    blue_gain: float
    share: float


def colour_cast(picture: NDArray[np.uint8], region: Region | None = None) -> ColourCast:
    """The cast of a BGR picture (height, width, 3), or of its ``region`` (x, y, width, height), known to be neutral.

    Without a region the neutral pixels are found: neither dark nor clipped, and in the densest cluster of the
    (a*, b*) plane, where brighter pixels and those near neutral count more; grey-world of that cluster alone.

    Source: CIE 015:2018, Colorimetry; C. S. McCamy, Correlated color temperature as an explicit function of
    chromaticity coordinates, 1992; Y. Ohno, Practical use and calculation of CCT and Duv, 2014; the choice of pixels
    after J. Huo et al., Robust automatic white balance algorithm using gray color points in images, 2006.

    Raises:
        Unmeasurable: ``too-dark``, ``clipped``: too few pixels between; ``no-neutral-area``.
    """
    if region is not None:
        x, y, width, height = region
        picture = picture[y : y + height, x : x + width]
    scale = max(1, picture.shape[1] // _SMALL_WIDTH)
    size = (picture.shape[1] // scale, picture.shape[0] // scale)
    codes = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA)).astype(np.float32)
    brightest = codes.max(axis=2)
    dark, clipped = brightest < _DARKEST, brightest > _BRIGHTEST
    usable = ~dark & ~clipped
    if usable.mean() < SMALLEST_SHARE:
        raise Unmeasurable("clipped" if clipped.mean() > dark.mean() else "too-dark")
    lab = np.asarray(cv2.cvtColor(codes / np.float32(255.0), cv2.COLOR_BGR2Lab), np.float32)
    neutral = usable if region is not None else _neutral(lab, usable)
    if neutral.mean() < SMALLEST_SHARE:
        raise Unmeasurable("no-neutral-area")
    linear = _linear(codes[neutral] / 255.0).mean(axis=0)
    return _cast(linear, _scatter(lab, neutral), float(neutral.mean()))


def _neutral(lab: NDArray[np.float32], usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    lightness, a, b = (lab[:, :, channel] for channel in range(3))
    weight = (lightness / 100.0) ** 2 * np.exp(-(a**2 + b**2) / (2.0 * _EXPECTED_CHROMA**2)) * usable
    edges = np.arange(-_AB_LIMIT, _AB_LIMIT + 1, _AB_BIN)
    density, _, _ = np.histogram2d(a.ravel(), b.ravel(), bins=(edges, edges), weights=weight.ravel())
    density = np.asarray(cv2.GaussianBlur(density, (0, 0), 1.0))
    row, column = divmod(int(density.argmax()), density.shape[1])
    centre_a, centre_b = float(edges[row]) + _AB_BIN / 2, float(edges[column]) + _AB_BIN / 2
    near = usable
    for _ in range(10):
        near = usable & ((a - centre_a) ** 2 + (b - centre_b) ** 2 < _CLUSTER_RADIUS**2)
        if not near.any():
            break
        before = (centre_a, centre_b)
        centre_a, centre_b = float(np.median(a[near])), float(np.median(b[near]))
        if math.dist(before, (centre_a, centre_b)) < 0.05:
            break
    return near


def _scatter(lab: NDArray[np.float32], neutral: NDArray[np.bool_]) -> float:
    """Half the 95 % interval of the mean (a*, b*): how much parts of the picture disagree about it."""
    means = [
        part[chosen][:, 1:].mean(axis=0)
        for row, mask in zip(np.array_split(lab, _TILES), np.array_split(neutral, _TILES), strict=True)
        for part, chosen in zip(np.array_split(row, _TILES, axis=1), np.array_split(mask, _TILES, axis=1), strict=True)
        if chosen.sum() >= 8
    ]
    if len(means) < 3:
        return _CLUSTER_RADIUS
    return 1.96 * float(np.linalg.norm(np.std(means, axis=0, ddof=1))) / math.sqrt(len(means))


def _cast(linear_bgr: NDArray[np.float64], half_width: float, share: float) -> ColourCast:
    blue, green, red = (float(channel) for channel in linear_bgr)
    pixel = np.asarray(linear_bgr, np.float32).reshape(1, 1, 3)
    x_, y_, z_ = (float(value) for value in np.asarray(cv2.cvtColor(pixel, cv2.COLOR_BGR2XYZ))[0, 0])
    _, a, b = (float(value) for value in np.asarray(cv2.cvtColor(pixel, cv2.COLOR_LBGR2Lab))[0, 0])
    x, y = x_ / (x_ + y_ + z_), y_ / (x_ + y_ + z_)
    duv = duv_of(x, y)
    cct = mccamy_cct_k(x, y)
    return ColourCast(
        a=a,
        b=b,
        chroma=Estimate(math.hypot(a, b), half_width),
        cct_k=cct if abs(duv) <= LARGEST_DUV and 1000.0 < cct < 25_000.0 else None,
        duv=duv,
        red_gain=green / red if red else math.inf,
        blue_gain=green / blue if blue else math.inf,
        share=share,
    )


def mccamy_cct_k(x: float, y: float) -> float:
    """The correlated colour temperature of CIE 1931 (x, y) in kelvin, by McCamy's polynomial."""
    n = (x - 0.3320) / (0.1858 - y)
    return float(np.polyval((449.0, 3525.0, 6823.3, 5520.33), n))


def duv_of(x: float, y: float) -> float:
    """The distance of CIE 1931 (x, y) from the Planckian locus in (u, v), greenish positive, by Ohno's polynomial."""
    denominator = -2.0 * x + 12.0 * y + 3.0
    u, v = 4.0 * x / denominator, 6.0 * y / denominator
    angle = math.atan2(v - 0.24, u - 0.292)
    # Ohno's polynomial is of the angle from the point (0.292, 0.24), 0..π.
    locus = (-0.00616793, 0.0893944, -0.5179722, 1.5317403, -2.4243787, 1.925865, -0.471106)
    return math.hypot(u - 0.292, v - 0.24) - float(np.polyval(locus, angle))


def _linear(codes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Linear light of sRGB values 0..1 (IEC 61966-2-1)."""
    values = codes.astype(np.float64)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
