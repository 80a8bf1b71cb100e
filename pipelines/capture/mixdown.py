"""Several microphones become one sound: summed with a gain each, and kept from clipping."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

KNEE = 0.9


class Mixdown:
    """Sums contiguous lesson sound of several microphones that all began at the same sample.

    ``gains_db`` names every microphone by its role. Sound comes out as far as all of
    them have delivered, so each must go on delivering (a ``SoundLine`` writes silence
    for a microphone that is gone). Samples are float32 of shape (n, channels);
    ``channels`` is that of the mix: a mono microphone goes to every channel, the
    channels of any other are averaged where they do not fit.
    """

    def __init__(self, gains_db: Mapping[str, float], channels: int = 1) -> None:
        self._gains = {role: np.float32(10.0 ** (gain_db / 20.0)) for role, gain_db in gains_db.items()}
        self._waiting: dict[str, deque[NDArray[np.float32]]] = {role: deque() for role in gains_db}
        self._counts = dict.fromkeys(gains_db, 0)
        self._channels = channels

    def add(self, role: str, samples: NDArray[np.float32]) -> None:
        """The next samples of a microphone; KeyError for one that was not announced."""
        if len(samples):
            self._waiting[role].append(with_channels(samples, self._channels))
            self._counts[role] += len(samples)

    def take(self) -> NDArray[np.float32]:
        """The mix from where the last call ended to where every microphone has come; perhaps nothing."""
        ready = min(self._counts.values(), default=0)
        mix = np.zeros((ready, self._channels), np.float32)
        if ready:
            for role, gain in self._gains.items():
                self._mix_into(mix, role, gain)
        return soft_limited(mix)

    def _mix_into(self, mix: NDArray[np.float32], role: str, gain: np.float32) -> None:
        waiting, done = self._waiting[role], 0
        while done < len(mix):
            samples = waiting.popleft()
            part = samples[: len(mix) - done]
            mix[done : done + len(part)] += part * gain
            done += len(part)
            if len(part) < len(samples):
                waiting.appendleft(samples[len(part) :])
        self._counts[role] -= done


def soft_limited(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same sound bent smoothly above ``KNEE`` so that it never passes full scale."""
    loud = np.abs(samples)
    if not len(samples) or loud.max() <= KNEE:
        return samples
    head = 1.0 - KNEE
    bent = KNEE + head * np.tanh((loud - KNEE) / head)
    return np.where(loud > KNEE, np.copysign(bent, samples), samples).astype(np.float32)


def with_channels(samples: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """Samples of shape (n, any) as (n, channels): as they are, or their average in every channel."""
    if samples.shape[1] == channels:
        return samples
    mono = samples.mean(axis=1, keepdims=True, dtype=np.float32)
    return np.ascontiguousarray(np.broadcast_to(mono, (len(samples), channels)))
