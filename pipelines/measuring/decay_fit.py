"""Fit an exponential decay above steady noise to the power of sound in bins of time, for many draws at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ITERATIONS = 25
_LARGEST_STEP = 0.5
_CONVERGED = 1e-4


@dataclass(frozen=True, slots=True)
class ExponentialDecays:
    """Decays ``start · exp(-rate · t) + noise``; each field has shape (draws,), powers are mean squares."""

    start: NDArray[np.float64]
    rate_per_s: NDArray[np.float64]
    noise: NDArray[np.float64]

    def signal(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the decays without noise, of shape (draws, bins); 0 before time 0."""
        decays = self.start[:, None] * np.exp(-self.rate_per_s[:, None] * np.maximum(times_s, 0.0))
        return np.asarray(np.where(times_s >= 0.0, decays, 0.0), np.float64)


def fit_decays(
    power: NDArray[np.float64], times_s: NDArray[np.float64], weights: NDArray[np.float64], first: ExponentialDecays
) -> ExponentialDecays:
    """Fit by maximum likelihood, where a bin's power is gamma-distributed around its mean as that of filtered noise is.

    ``power`` has shape (draws, bins); ``times_s`` of shape (bins,) are the middles of the bins, negative where there is
    noise alone; ``weights``, shape (draws, bins), are 0 for bins that do not take part. ``first`` is the first guess.
    Fisher scoring over the logarithms of the three parameters, so that all of them stay positive.

    Source: N. Xiang, Evaluation of reverberation times using a nonlinear regression approach, JASA 98, 1995 (the
    model).
    """
    theta = np.log(np.stack([first.start, first.rate_per_s, first.noise], axis=-1))
    for _ in range(_ITERATIONS):
        fitted = ExponentialDecays(*np.exp(theta).T)
        signal = fitted.signal(times_s)
        noise = np.broadcast_to(fitted.noise[:, None], signal.shape)
        mean = signal + noise
        slopes = np.stack([signal, -fitted.rate_per_s[:, None] * times_s * signal, noise], axis=1) / mean[:, None]
        score = np.einsum("dpb,db->dp", slopes, weights * (power / mean - 1.0))
        information = np.einsum("dpb,dqb->dpq", slopes * weights[:, None], slopes)
        information += 1e-9 * np.trace(information, axis1=1, axis2=2)[:, None, None] * np.eye(3)
        step = np.linalg.solve(information, score[..., None])[..., 0]
        theta = np.clip(theta + np.clip(step, -_LARGEST_STEP, _LARGEST_STEP), -80.0, 20.0)
        if float(np.abs(step).max()) < _CONVERGED:
            break
    return ExponentialDecays(*np.exp(theta).T)
