"""When hands or a clapper were heard: sudden broadband sound after quiet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, percentile_filter
from scipy.signal import butter, sosfilt

from pipelines.measuring.first_arrival import first_arrival
from pipelines.measuring.sound_track import SoundTrack

_HIGH_PASS_HZ = 1000.0
_FRAME_S = 0.001
_BACKGROUND_FRAMES = 301
_LEAST_RISE_DB = 18.0
_RECENT_FRAMES = 12
_REFRACTORY_FRAMES = 250
_BELOW_LOUDEST_DB = 26.0
_PICK_BEFORE_S, _PICK_AFTER_S = 0.012, 0.003


def clap_onsets(track: SoundTrack) -> NDArray[np.int64]:
    """Return when each clap began by the microphone's stamps, in order, shape (claps,); empty where there is none.

    A clap rises within milliseconds by 18 dB above the last 0.3 s, above 1 kHz, and a quarter of a second passes until
    the next. Other sudden sounds are found, too: only what is also seen is a pair. What is 26 dB fainter than the
    loudest is left out.
    """
    size = round(_FRAME_S * track.rate_hz)
    high = sosfilt(butter(2, _HIGH_PASS_HZ, "highpass", fs=track.rate_hz, output="sos"), track.samples)
    power = np.square(high)
    frames = power[: len(power) // size * size].reshape(-1, size).mean(axis=1) + 1e-14
    if len(frames) < _BACKGROUND_FRAMES:
        return np.empty(0, np.int64)
    background = percentile_filter(frames, 50, size=_BACKGROUND_FRAMES, origin=_BACKGROUND_FRAMES // 2)
    recent = maximum_filter1d(frames, _RECENT_FRAMES, origin=_RECENT_FRAMES // 2 - 1)
    recent = np.concatenate([np.full(2, recent[0]), recent[:-2]])
    sudden = 10 ** (_LEAST_RISE_DB / 10)
    loud = (frames > background * sudden) & (frames > recent * 4)
    loud &= frames > frames.max() / 10 ** (_BELOW_LOUDEST_DB / 10)
    found, last = [], -_REFRACTORY_FRAMES
    for frame in np.flatnonzero(loud):
        if frame - last >= _REFRACTORY_FRAMES:
            low = max(0, int(frame) * size - round(_PICK_BEFORE_S * track.rate_hz))
            window = power[low : int(frame) * size + round(_PICK_AFTER_S * track.rate_hz)]
            found.append(low + first_arrival(window))
            last = int(frame)
    return track.times_ns(np.array(found, dtype=np.float64)) if found else np.empty(0, np.int64)
