"""The exponential sweep: the signal that a loudspeaker plays, and the impulse response found in its recording."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from scipy.signal.windows import tukey

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.full_scale import Samples, mono

_FADE_SHARE = 0.04
_DISTINCT_DB = 20.0


@dataclass(frozen=True, slots=True)
class ExponentialSweep:
    """A sine whose frequency rises by the same number of octaves each second, from ``low_hz`` to ``high_hz``.

    Source: A. Farina, Simultaneous measurement of impulse response and distortion with a swept-sine technique,
    108th AES Convention, 2000.
    """

    rate_hz: int = 48_000
    seconds: float = 6.0
    low_hz: float = 100.0
    high_hz: float = 8_000.0

    def signal(self) -> NDArray[np.float64]:
        """Return the sweep, of shape (n,), with a peak of 1.0, faded in and out."""
        times = np.arange(round(self.seconds * self.rate_hz)) / self.rate_hz
        octaves = math.log(self.high_hz / self.low_hz)
        turns = self.low_hz * self.seconds / octaves * np.expm1(times * octaves / self.seconds)
        return np.asarray(np.sin(2.0 * np.pi * turns) * tukey(len(times), _FADE_SHARE), np.float64)

    def inverse_filter(self) -> NDArray[np.float64]:
        """Return the filter that turns the sweep into an impulse: the sweep backwards, its low end weakened.

        A sweep stays longer at low frequencies (3 dB less an octave); an impulse has the same power at all.
        """
        sweep = self.signal()
        decay = np.exp(-np.arange(len(sweep)) / len(sweep) * math.log(self.high_hz / self.low_hz))
        inverse = sweep[::-1] * decay
        return np.asarray(inverse / np.abs(fftconvolve(sweep, inverse)).max(), np.float64)

    def impulse_response(self, recording: Samples) -> NDArray[np.float64]:
        """Return the response of the room from the direct sound on, of shape (n,), from a recording of the sweep.

        What a loudspeaker distorts comes out before the direct sound and is cut off.

        Raises:
            Unmeasurable: ``too-short`` where the recording is no longer than the sweep, ``no-impulse`` where no sweep
                can be found in it.
        """
        samples = mono(recording)
        sweep_length = round(self.seconds * self.rate_hz)
        if len(samples) <= sweep_length:
            raise Unmeasurable("too-short")
        # Whole overlap of recording and filter alone: what is beyond has less noise than what is in it.
        response = fftconvolve(samples, self.inverse_filter(), mode="valid")
        peak = int(np.argmax(np.abs(response)))
        if np.abs(response[peak]) < 10.0 ** (_DISTINCT_DB / 20.0) * float(np.median(np.abs(response))):
            raise Unmeasurable("no-impulse")
        return np.asarray(response[max(peak - round(0.002 * self.rate_hz), 0) :], np.float64)
