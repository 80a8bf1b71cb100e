"""A cascade of biquads, computed block by block as products of matrices: a recursive filter at the speed of numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.biquad import Biquad

Matrix = NDArray[np.float64]

# With 48 samples a block the products are too small for the threads of a BLAS, which would only wait for each other.
BLOCK: Final = 48


class BlockFilter:
    """Filters ``rows`` streams of contiguous samples with the same sections; it begins at rest and adds no delay.

    Within a block the output is x H + s O (H: the impulse response as a triangular matrix, s: the state before the
    block, O: what that state still sounds). The states s of all blocks come of a parallel prefix over the transition
    of one block.

    Source: C. S. Burrus, Block realization of digital filters, IEEE Trans. Audio Electroacoust. 20, 1972; G. E.
    Blelloch, Prefix sums and their applications, 1990.
    """

    def __init__(self, sections: Sequence[Biquad], rows: int) -> None:
        step, into, out, through = _state_space(sections)
        powers = [np.eye(len(step))]
        for _ in range(BLOCK):
            powers.append(powers[-1] @ step)
        response = np.array([through, *(out @ power @ into for power in powers[: BLOCK - 1])])
        lag = np.arange(BLOCK)[None, :] - np.arange(BLOCK)[:, None]
        self._respond = np.where(lag >= 0, response[np.maximum(lag, 0)], 0.0)
        self._ring = np.stack([out @ power for power in powers[:BLOCK]], axis=1)
        self._drive = np.stack([power @ into for power in reversed(powers[:BLOCK])])
        self._step = np.ascontiguousarray(powers[BLOCK].T)
        self._state = np.zeros((rows, len(step)))

    def filter(self, samples: NDArray[np.floating]) -> Matrix:
        """Return the filtered samples: shape (rows, n), n a multiple of ``BLOCK``."""
        rows, count = samples.shape
        blocks = samples.reshape(rows, count // BLOCK, BLOCK).astype(np.float64)
        states = np.concatenate([self._state[:, None], blocks @ self._drive], axis=1)
        transition, reach = self._step, 1
        while reach < states.shape[1]:
            states[:, reach:] += states[:, :-reach] @ transition
            transition, reach = transition @ transition, 2 * reach
        self._state = states[:, -1].copy()
        filtered: Matrix = blocks @ self._respond + states[:, :-1] @ self._ring
        return filtered.reshape(rows, count)


def _state_space(sections: Sequence[Biquad]) -> tuple[Matrix, Matrix, Matrix, float]:
    """Return (A, B, C, D) of the sections in series, each in transposed direct form II.

    s' = A s + B x, y = C s + D x.
    """
    step, into, out, through = np.zeros((0, 0)), np.zeros(0), np.zeros(0), 1.0
    for one in sections:
        own_step = np.array([[-one.a1, 1.0], [-one.a2, 0.0]])
        own_into = np.array([one.b1 - one.a1 * one.b0, one.b2 - one.a2 * one.b0])
        own_out = np.array([1.0, 0.0])
        step = np.block([[step, np.zeros((len(step), 2))], [np.outer(own_into, out), own_step]])
        into = np.concatenate([into, own_into * through])
        out = np.concatenate([one.b0 * out, own_out])
        through *= one.b0
    return step, into, out, through
