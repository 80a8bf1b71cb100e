"""Second-order filter sections: the high-pass of microphones, and the K-weighting of loudness."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from pipelines.capture.level_meter import LESSON_RATE_HZ


@dataclass(frozen=True, slots=True)
class Biquad:
    """y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2]."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


K_WEIGHTING: Final = (
    Biquad(1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585),
    Biquad(1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621),
)
"""The sphere of a head, and less of what is low, at 48 kHz.

Source: Rec. ITU-R BS.1770-4, Algorithms to measure audio programme loudness and true-peak audio level, annex 1,
tables 1 and 2.
"""

# The poles of a fourth-order Butterworth filter: 1 / (2 cos(π/8)) and 1 / (2 cos(3π/8)).
_FOURTH_ORDER_QUALITIES: Final = (0.541196100146197, 1.306562964876377)


def high_pass(corner_hz: float, rate_hz: int = LESSON_RATE_HZ) -> tuple[Biquad, ...]:
    """Return a fourth-order Butterworth high-pass: -3 dB at the corner, -24 dB an octave below it.

    Source: S. Butterworth, On the theory of filter amplifiers, 1930; bilinear transform with the corner pre-warped.
    """
    return tuple(_high_pass_section(math.tan(math.pi * corner_hz / rate_hz), q) for q in _FOURTH_ORDER_QUALITIES)


def _high_pass_section(warped: float, quality: float) -> Biquad:
    norm = 1.0 / (1.0 + warped / quality + warped * warped)
    return Biquad(
        norm,
        -2.0 * norm,
        norm,
        2.0 * (warped * warped - 1.0) * norm,
        (1.0 - warped / quality + warped * warped) * norm,
    )
