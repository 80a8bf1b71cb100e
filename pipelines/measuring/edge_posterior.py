"""The delay and exposure time of a camera, from how brightly its pictures show a light going on and off.

A picture shows the share of its exposure during which the light was on. The light at full strength may saturate the
sensor, so a picture may look fully lit from a smaller share on: it then looks lit too early at the rise and too late at
the fall, by the same time. The mean of both is free of that, and of the curve by which a camera makes luma of light.

Sources: Bayes' theorem with flat priors on a grid; interval-censored observations as in Klein and Moeschberger,
Survival Analysis (a picture wholly dark or wholly lit bounds the time of the edge on one side only).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pipelines.measuring.estimate import Estimate

Floats = NDArray[np.float64]

_GRID = 49
_REFINEMENTS = 2
_WIDTHS = np.array([0.01, 0.08, 0.2, 0.45, 0.7, 1.0])
_JITTERS_MS = np.array([0.15, 0.8, 4.0])
_OUTLIER_SHARE = 0.03
_OUTLIER_DENSITY = 0.5
_NEGLIGIBLE = 1e-5
_MOST_NEGATIVE_EXCESS_MS = 1.0
# The curve by which a camera makes luma of light leaves the latency alone and bends the exposure by up to so much.
_CURVE_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class EdgePictures:
    """The pictures around all edges of one kind: their capture times after the edge, and the share of it seen.

    ``after_ms`` and ``shares`` are of shape (n,); a share is 0 before the edge and 1 after it, also for a
    fall.
    """

    after_ms: Floats
    shares: Floats


@dataclass(frozen=True, slots=True)
class EdgeTiming:
    """What the edges say of the camera: the delay of its stamps after the middle of the exposure, and the exposure.

    ``width_ms`` is how long a rise takes from dark to bright, and ``excess_ms`` by how much longer the light is seen
    than it was on, both without uncertainty.
    """

    latency_ms: Estimate
    exposure_ms: Estimate
    width_ms: float
    excess_ms: float


def edge_timing(rise: EdgePictures, fall: EdgePictures, interval_ms: float, noise: float, near_ms: float) -> EdgeTiming:
    """Return delay and exposure with their 95 % intervals, from pictures at random phases of the light.

    ``interval_ms`` is the frame interval, which the exposure does not exceed; ``noise`` the standard deviation of a
    share; ``near_ms`` a delay that is right to within a frame interval.
    """
    shifts = np.linspace(near_ms - interval_ms, near_ms + interval_ms, _GRID)
    rises, falls, widths, jitters = shifts, shifts, _WIDTHS * interval_ms, _JITTERS_MS
    posterior = _Posterior(rise, fall, (rises, falls), widths, jitters, noise, interval_ms)
    for _ in range(_REFINEMENTS):
        rises = np.linspace(*_span(rises, posterior.of_rise, _NEGLIGIBLE), _GRID)
        falls = np.linspace(*_span(falls, posterior.of_fall, _NEGLIGIBLE), _GRID)
        widths = np.linspace(*_span(widths, posterior.of_width, 1e-2), 6)
        jitters = np.geomspace(*_span(jitters, posterior.of_jitter, 1e-2), 4)
        posterior = _Posterior(rise, fall, (rises, falls), widths, jitters, noise, interval_ms)
    return posterior.timing()


class _Posterior:
    """The joint probability of the shifts of rise and fall, of width and jitter, on a grid."""

    def __init__(
        self,
        rise: EdgePictures,
        fall: EdgePictures,
        shifts: tuple[Floats, Floats],
        widths: Floats,
        jitters: Floats,
        noise: float,
        interval_ms: float,
    ) -> None:
        self._rises, self._falls = shifts
        self._widths = widths
        self._interval_ms = interval_ms
        log_rise, log_fall = (
            np.array([[_log_likelihood(edges, grid, w, j, noise) for j in jitters] for w in widths])
            for edges, grid in ((rise, self._rises), (fall, self._falls))
        )
        # Scaled by what both together say at best, so that neither underflows where they disagree on width and jitter.
        best = log_rise.max(axis=2) + log_fall.max(axis=2)
        weight = np.exp(best - best.max())
        likely_rise = np.exp(log_rise - log_rise.max(axis=2, keepdims=True)) * weight[:, :, None]
        likely_fall = np.exp(log_fall - log_fall.max(axis=2, keepdims=True))
        self._excess = self._falls[None, :] - self._rises[:, None]
        possible = (self._excess >= -_MOST_NEGATIVE_EXCESS_MS) & (self._excess <= interval_ms)
        # Width, jitter, shift of the rise, shift of the fall.
        joint = likely_rise[:, :, :, None] * likely_fall[:, :, None, :] * possible
        joint /= joint.sum()
        self._joint = joint.sum(axis=1)
        self.of_rise: Floats = joint.sum(axis=(0, 1, 3))
        self.of_fall: Floats = joint.sum(axis=(0, 1, 2))
        self.of_width: Floats = joint.sum(axis=(1, 2, 3))
        self.of_jitter: Floats = joint.sum(axis=(0, 2, 3))

    def timing(self) -> EdgeTiming:
        shifts = (self._rises[:, None] + self._falls[None, :]) / 2
        exposures = np.clip(self._widths[:, None, None] + self._excess[None], 0, self._interval_ms)
        step_ms = max(float(self._rises[1] - self._rises[0]), float(self._falls[1] - self._falls[0]))
        exposure = _interval(exposures, self._joint, step_ms / 2)
        half_width = float(np.hypot(exposure.half_width, _CURVE_SHARE * exposure.value))
        return EdgeTiming(
            latency_ms=_interval(shifts, self._joint.sum(axis=0), step_ms / 2),
            exposure_ms=Estimate(exposure.value, half_width),
            width_ms=float(self._widths @ self.of_width),
            excess_ms=float((self._excess * self._joint.sum(axis=0)).sum()),
        )


def _log_likelihood(edges: EdgePictures, shifts: Floats, width: float, jitter: float, noise: float) -> Floats:
    """Log-likelihood of all pictures for each shift of the edge, the jitter of each capture time integrated out."""
    after = edges.after_ms[:, None] - shifts[None, :]
    share = edges.shares[:, None]
    half = width / 2
    dark = _normal(share, noise) * ndtr((-half - after) / jitter)
    bright = _normal(share - 1, noise) * ndtr((after - half) / jitter)
    seen, blur = width * (share - 0.5), width * noise
    spread = float(np.hypot(jitter, blur))
    mean = (after * blur**2 + seen * jitter**2) / spread**2
    deviation = jitter * blur / spread
    within = ndtr((half - mean) / deviation) - ndtr((-half - mean) / deviation)
    partial = width * _normal(after - seen, spread) * within
    likely = (1 - _OUTLIER_SHARE) * (dark + bright + partial) + _OUTLIER_SHARE * _OUTLIER_DENSITY
    total: Floats = np.log(likely).sum(axis=0)
    return total


def _normal(values: Floats, deviation: float) -> Floats:
    density: Floats = np.exp(-0.5 * np.square(values / deviation)) / (deviation * np.sqrt(2 * np.pi))
    return density


def _span(grid: Floats, weights: Floats, negligible: float) -> tuple[float, float]:
    """The ends of the part of ``grid`` that has weight, and one more point at each side."""
    heavy = np.flatnonzero(weights > negligible * weights.max())
    return float(grid[max(0, heavy[0] - 1)]), float(grid[min(len(grid) - 1, heavy[-1] + 1)])


def _interval(values: Floats, weights: Floats, resolution: float) -> Estimate:
    """The central 95 % of the weight."""
    order = np.argsort(values, axis=None)
    levels = np.cumsum(weights.ravel()[order])
    low, high = np.interp([0.025, 0.975], levels / levels[-1], values.ravel()[order])
    return Estimate(float(low + high) / 2, float(high - low) / 2 + resolution)
