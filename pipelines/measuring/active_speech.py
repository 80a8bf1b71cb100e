"""The active level of speech: when somebody speaks, and how loud it is then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d
from scipy.signal import lfilter

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.full_scale import Samples, full_scale, to_db

_TIME_CONSTANT_S: Final = 0.03
_HANGOVER_S: Final = 0.2
_MARGIN_DB: Final = 15.9
_LOWEST_DBFS: Final = -96.0
_THRESHOLD_STEP_DB: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ActiveSpeech:
    """Level while there is speech, the share of the time with it, and for each sample whether there is, shape (n,)."""

    level_dbfs: float
    share: float
    mask: NDArray[np.bool_]


def active_speech(samples: Samples, rate_hz: int) -> ActiveSpeech:
    """Measure the active speech level of samples of shape (n, channels) or (n,).

    There is speech where the envelope, or that of the last 0.2 s, is above a threshold that lies 15.9 dB below the
    level which this threshold gives. (Method B tries thresholds 6 dB apart and interpolates; these are 0.5 dB apart.)

    Raises:
        Unmeasurable: ``no-speech`` where all is below -96 dBFS.

    Source: Rec. ITU-T P.56, Objective measurement of active speech level, method B.
    """
    sound = full_scale(samples)
    sound = sound - sound.mean(axis=0)
    envelope = np.sqrt(np.square(sound).mean(axis=1))
    pole = float(np.exp(-1.0 / (_TIME_CONSTANT_S * rate_hz)))
    for _ in range(2):
        envelope = lfilter([1.0 - pole], [1.0, -pole], envelope)
    length = round(_HANGOVER_S * rate_hz)
    held = maximum_filter1d(envelope, length, origin=length // 2 if length % 2 else length // 2 - 1)
    energy = float(np.square(sound).sum() / sound.shape[1])
    ordered = np.sort(held)
    for threshold_dbfs in np.arange(0.0, _LOWEST_DBFS, -_THRESHOLD_STEP_DB):
        threshold = 10.0 ** (threshold_dbfs / 20.0)
        active = len(held) - int(np.searchsorted(ordered, threshold))
        if active and (level := to_db(energy / active)) - threshold_dbfs >= _MARGIN_DB:
            return ActiveSpeech(level, active / len(held), held >= threshold)
    raise Unmeasurable("no-speech")
