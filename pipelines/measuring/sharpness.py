"""Sharpness over the frame as a map of MTF50, from two pictures, whatever their contrast and noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx

from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.slanted_edge import edge_patches, slanted_edge

Map = NDArray[np.float64]

# A Gaussian blur of 1 px deviation halves the contrast at this frequency: exp(-2 π² σ² f²) = 1/2.
GAUSSIAN_MTF50 = math.sqrt(math.log(2.0) / 2.0) / math.pi

_LEVELS = 4
_BLOCKS_PER_TILE = 4
_SMALLEST_TILE_PX = 32
# The Gaussian's variance that each level's gradient adds to the blur, in px² of the full picture: pyrDown's kernel has
# a variance of 1 px² of its input, Sobel's about 0.4 px² of its own level (1/3 along the gradient, 1/2 across).
_LEVEL_VARIANCE = np.array([0.37, 2.6, 11.4, 46.6])
_BLUR_GRID_PX = np.geomspace(0.2, 40.0, 107)
# Edges neighbour others: how far apart they are in the mean is not known, but is a few dozen pixels as a rule.
_SPACING_GRID_PX = np.geomspace(6.0, 600.0, 9)
_USUAL_SPACING = 3
# What the finest level sees: the picture's blur and its own. Scenes of finer things than edges seem to have less than
# its own, and must not run into an end of the grid. What is finer than half a pixel would show noise alone.
_FINEST_GRID_PX = np.geomspace(0.15, 40.0, 113)
_NOTHING_FINER_PX = 0.5
_SPACING_PRIOR_STEPS = 2.0
# How well the noise's energy is known, and how well a tile's content follows the model of edges.
_NOISE_UNCERTAINTY = 0.08
_CONTENT_UNCERTAINTY = 0.04
_CHI_SQUARE_95 = 3.84
_MIN_SIGNIFICANCE = 4.0
_MIN_ENERGY = 0.02
_CLIPPED_CODE = 253
_CLIPPED_MARGIN = 13
# From the quantiles 0.06, 0.12 and 0.25 of a normal distribution.
_MEAN_ABOVE_QUARTILE = 0.674 / (0.5 * (1.534 + 1.150) - 0.674)
_LARGEST_CLIPPED_SHARE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class SharpnessMap:
    """MTF50 in cycles per pixel for each tile (rows, columns), top left first; NaN where a tile has no structure.

    ``by_gradient`` is of all structure in the tile, ``by_gradient_octaves`` half its 95 % interval as a power of two.
    ``relative_octaves`` is the same sharpness as a power of two by a fixed idea of the content: off by a constant of
    each scene, but steadier, it compares a tile with itself. ``by_edge`` is of one slanted edge, where the tile has
    one.
    """

    by_gradient: Map
    by_gradient_octaves: Map
    relative_octaves: Map
    by_edge: Map
    by_edge_half_width: Map

    @property
    def mtf50_cycles_px(self) -> Map:
        """The edge's figure where there is one, else that of the gradients."""
        return np.where(np.isfinite(self.by_edge), self.by_edge, self.by_gradient)

    @property
    def overall_cycles_px(self) -> Estimate:
        """The median of the tiles, with the interval of a median of as many that scatter so."""
        values = self.mtf50_cycles_px
        values = values[np.isfinite(values)]
        middle = float(np.median(values))
        spread = 1.4826 * float(np.median(np.abs(values - middle)))
        return Estimate(middle, 1.96 * 1.2533 * spread / math.sqrt(len(values)))


def sharpness_map(
    pictures: NDArray[np.uint8], *, rows: int = 6, columns: int = 8, with_edges: bool = True
) -> SharpnessMap:
    """The sharpness of the last of the lumas (n, height, width), n at least 2; the one before tells the noise.

    The gradient energy of a step edge of any contrast under a blur of deviation σ is proportional to 1 / u, with
    u² = σ² + s², when it is seen at a scale s; of edges a mean distance D apart it is less by what neighbours cancel.
    The energies at four scales of a pyramid, less the noise's, therefore give σ, and MTF50 as that of a Gaussian. The
    noise's energies are those of the pictures' difference, by the quieter blocks of a tile: what moves in one part of
    it, and a camera that shakes, are not taken for noise. Blocks with clipped pixels are left out. With ``with_edges``
    the slanted edges that are found are measured too, which doubles the time: not while a focus ring is turned.

    Source: gradients at several scales after S. Zhuo and T. Sim, Defocus map estimation from a single image, 2011;
    edges after ISO 12233:2017.

    Raises:
        Unmeasurable: ``too-few-pictures``; ``picture-too-small``: a tile has less than 32 pixels;
            ``no-structure``: in no tile.
    """
    if len(pictures) < 2:
        raise Unmeasurable("too-few-pictures")
    before, picture = pictures[-2], pictures[-1]
    height, width = picture.shape
    if height < rows * _SMALLEST_TILE_PX or width < columns * _SMALLEST_TILE_PX:
        raise Unmeasurable("picture-too-small")
    grid = (rows, columns)
    unclipped = _unclipped(picture, grid)
    if not unclipped.any():
        raise Unmeasurable("no-structure")
    noise = _noise_energies(_energies(_difference(picture, before), grid), unclipped, grid)
    signal = _signal_energies(_energies(picture.astype(np.float32), grid), unclipped, grid)
    by_gradient, octaves, relative = _fit(signal - noise, noise)
    if not np.isfinite(by_gradient).any():
        raise Unmeasurable("no-structure")
    by_edge, by_edge_half_width = (
        _edges(picture, grid) if with_edges else (np.full(grid, np.nan), np.full(grid, np.nan))
    )
    return SharpnessMap(by_gradient, octaves, relative, by_edge, by_edge_half_width)


def _difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A picture of noise alone that is as strong as that of each of the two."""
    difference = np.asarray(cv2.subtract(one, other, dtype=cv2.CV_32F), np.float32)
    difference *= np.float32(math.sqrt(0.5))
    return difference


def _energies(picture: NDArray[np.float32], grid: tuple[int, int]) -> Map:
    """Mean squared gradient, codes² per px² of the full picture, by level and block (levels, rows, columns)."""
    blocks = (grid[1] * _BLOCKS_PER_TILE, grid[0] * _BLOCKS_PER_TILE)
    found = []
    for level in range(_LEVELS):
        if level:
            picture = np.asarray(cv2.pyrDown(picture), np.float32)
        x = np.asarray(cv2.Sobel(picture, cv2.CV_32F, 1, 0, scale=0.125), np.float32)
        y = np.asarray(cv2.Sobel(picture, cv2.CV_32F, 0, 1, scale=0.125), np.float32)
        x *= x
        y *= y
        x += y
        found.append(np.asarray(cv2.resize(x, blocks, interpolation=cv2.INTER_AREA), np.float64) / 4.0**level)
    return np.stack(found)


def _by_tile(blocks: Map, grid: tuple[int, int]) -> Map:
    """Blocks (…, rows, columns) as (…, tile row, tile column, block of the tile)."""
    rows, columns = grid
    split = blocks.reshape(*blocks.shape[:-2], rows, _BLOCKS_PER_TILE, columns, _BLOCKS_PER_TILE)
    return np.moveaxis(split, -3, -2).reshape(*blocks.shape[:-2], rows, columns, _BLOCKS_PER_TILE**2)


def _noise_energies(blocks: Map, unclipped: NDArray[np.bool_], grid: tuple[int, int]) -> Map:
    # What is clipped has no noise, and says nothing of the blocks beside it.
    blocks = np.where(unclipped, blocks, np.median(blocks[:, unclipped], axis=1)[:, None, None])
    lowest, low, quartile = np.percentile(_by_tile(blocks, grid), (6.25, 12.5, 25), axis=-1)
    # The mean of a normal distribution lies as far above its quartile as its lower quantiles lie below that.
    below = np.maximum(quartile - (lowest + low) / 2.0, 0.0) / np.maximum(quartile, 1e-12)
    mean = quartile * (1.0 + _MEAN_ABOVE_QUARTILE * np.median(below, axis=(-2, -1)))[:, None, None]
    # A tile in which everything moves is judged by the rest of the frame.
    frame = np.percentile(mean, 25, axis=(-2, -1))[:, None, None]
    return np.asarray(np.minimum(mean, 4.0 * frame), np.float64)


def _unclipped(picture: NDArray[np.uint8], grid: tuple[int, int]) -> NDArray[np.bool_]:
    blocks = (grid[1] * _BLOCKS_PER_TILE, grid[0] * _BLOCKS_PER_TILE)
    clipped = np.asarray(cv2.threshold(picture, _CLIPPED_CODE - 1, 255, cv2.THRESH_BINARY)[1])
    # The edge of what is clipped is sharper than it was before.
    quarter = cv2.resize(clipped, (picture.shape[1] // 4, picture.shape[0] // 4), interpolation=cv2.INTER_AREA)
    mostly = cv2.threshold(quarter, 64, 255, cv2.THRESH_BINARY)[1]
    clipped = np.asarray(cv2.dilate(mostly, np.ones((_CLIPPED_MARGIN, _CLIPPED_MARGIN), np.uint8)))
    share = np.asarray(cv2.resize(clipped, blocks, interpolation=cv2.INTER_AREA)) / 255.0
    return np.asarray(share <= _LARGEST_CLIPPED_SHARE)


def _signal_energies(blocks: Map, unclipped: NDArray[np.bool_], grid: tuple[int, int]) -> Map:
    kept = _by_tile(unclipped.astype(np.float64), grid)
    number = kept.sum(axis=-1)
    total = (_by_tile(blocks, grid) * kept).sum(axis=-1)
    return np.where(number > 0, total / np.maximum(number, 1.0), np.nan)


def _shapes(scale_px: Map, spacing_px: Map) -> Map:
    """The energies that the model expects of a contrast of 1.

    A scene of steps at random places has the autocorrelation exp(-|x| / D), and of its derivative seen through a
    Gaussian of deviation u there remains 1 / (√π u) - exp(u² / D²) erfc(u / D) / D.
    """
    return np.asarray(1.0 / (math.sqrt(math.pi) * scale_px) - erfcx(scale_px / spacing_px) / spacing_px, np.float64)


_SHAPES = _shapes(np.sqrt(_BLUR_GRID_PX[:, None] ** 2 + _LEVEL_VARIANCE), _SPACING_GRID_PX[:, None, None])
_SPACING_PENALTY = ((np.arange(len(_SPACING_GRID_PX)) - _USUAL_SPACING) / _SPACING_PRIOR_STEPS) ** 2
_FINEST_SHAPES = _shapes(
    np.sqrt(_FINEST_GRID_PX[:, None] ** 2 - _LEVEL_VARIANCE[0] + _LEVEL_VARIANCE),
    np.array([_SPACING_GRID_PX[_USUAL_SPACING]]),
)


def _fit(signal: Map, noise: Map) -> tuple[Map, Map, Map]:
    """MTF50, its uncertainty in octaves, and sharpness in relative octaves, of energies (level, row, column)."""
    error = _NOISE_UNCERTAINTY * noise
    strongest = np.max(signal / (error + _MIN_ENERGY / _MIN_SIGNIFICANCE), axis=0)
    has_structure = np.isfinite(strongest) & (strongest > _MIN_SIGNIFICANCE)
    weight = 1.0 / (error**2 + (_CONTENT_UNCERTAINTY * np.maximum(signal, 0.0)) ** 2 + (_MIN_ENERGY / 10.0) ** 2)
    misfit = _misfit(signal, weight, _SHAPES) + _SPACING_PENALTY[:, None, None, None]
    blur_px, half_width = _least(np.where(has_structure, misfit.min(axis=0), 0.0), _BLUR_GRID_PX)
    finest_px, _ = _least(np.where(has_structure, _misfit(signal, weight, _FINEST_SHAPES), 0.0), _FINEST_GRID_PX)
    nothing = np.full(blur_px.shape, np.nan)
    return (
        np.where(has_structure, GAUSSIAN_MTF50 / blur_px, nothing),
        np.where(has_structure, half_width, nothing),
        np.where(has_structure, -np.log2(np.hypot(finest_px, _NOTHING_FINER_PX)), nothing),
    )


def _misfit(signal: Map, weight: Map, shapes: Map) -> Map:
    """Chi-square of signal = contrast · shape, for shapes (…, level): (…, row, column). The best contrast drops out."""
    product = np.einsum("lrc,...l->...rc", weight * signal, shapes, optimize=True)
    square = np.einsum("lrc,...l->...rc", weight, shapes**2, optimize=True)
    return np.asarray((weight * signal**2).sum(axis=0) - np.maximum(product, 0.0) ** 2 / square, np.float64)


def _least(chi_square: Map, grid_px: Map) -> tuple[Map, Map]:
    """The blur of least chi-square (blur, row, column), between the grid's, and half its 95 % interval in octaves."""
    best = np.clip(chi_square.argmin(axis=0), 1, len(grid_px) - 2)
    left, middle, right = (np.take_along_axis(chi_square, best[None] + side, axis=0)[0] for side in (-1, 0, 1))
    curvature = np.maximum(left - 2.0 * middle + right, 1e-9)
    shift = np.clip((left - right) / (2.0 * curvature), -1.0, 1.0)
    step = math.log2(grid_px[1] / grid_px[0])
    plausible = (chi_square - middle < _CHI_SQUARE_95).sum(axis=0)
    return grid_px[0] * 2.0 ** (step * (best + shift)), step * np.maximum(plausible, 1) / 2.0


def _edges(picture: NDArray[np.uint8], grid: tuple[int, int]) -> tuple[Map, Map]:
    height, width = picture.shape
    values, half_widths = np.full(grid, np.nan), np.full(grid, np.nan)
    for found in edge_patches(picture, *grid):
        tile = int(found.y * grid[0] / height), int(found.x * grid[1] / width)
        if int(found.patch.max()) >= _CLIPPED_CODE:
            continue
        # Where something else lies near, less of the neighbourhood will do for a sharp edge.
        for cut in (0, found.patch.shape[1] // 4):
            try:
                edge = slanted_edge(found.patch[:, cut : found.patch.shape[1] - cut])
            except Unmeasurable:
                continue
            values[tile], half_widths[tile] = edge.mtf50_cycles_px.value, edge.mtf50_cycles_px.half_width
            break
    return values, half_widths
