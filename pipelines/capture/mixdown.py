"""Mix several microphones into one signal: a gain for each, a sum, and a soft limiter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.sample_queue import SampleQueue
from pipelines.directing.observations import SpeechHeard

LIMITER_KNEE = 0.9


class Mixdown:
    """Sum contiguous lesson audio of several microphones that all began at the same sample.

    ``gains_db`` has the gain of every microphone by its role. The mix is made as far as all of them have delivered,
    so each must keep delivering (an ``AudioAligner`` inserts silence for a microphone that is away). Samples are
    float32 of shape (n, channels); ``channels`` is that of the mix: a mono microphone goes to every channel, the
    channels of any other are averaged where their number differs.
    """

    def __init__(self, gains_db: Mapping[str, float], channels: int = 1) -> None:
        self._gains = {role: np.float32(10.0 ** (gain_db / 20.0)) for role, gain_db in gains_db.items()}
        self._queues = {role: SampleQueue(channels) for role in gains_db}
        self._channels = channels

    def hear(self, heard: SpeechHeard) -> None:
        """A sum does not care who speaks."""

    def push_samples(self, role: str, samples: NDArray[np.float32]) -> None:
        """Add a microphone's next samples.

        Raises:
            KeyError: ``gains_db`` does not have this role.
        """
        self._queues[role].push(remix_channels(samples, self._channels))

    def pop_mix(self) -> NDArray[np.float32]:
        """The mix from where the last call ended to where every microphone has delivered; may be empty."""
        count = min(map(len, self._queues.values()), default=0)
        mix = np.zeros((count, self._channels), np.float32)
        if count:
            for role, gain in self._gains.items():
                mix += self._queues[role].pop(count) * gain
        return soft_limit(mix)

    def finish(self) -> NDArray[np.float32]:
        """The rest of the mix: nothing is kept back."""
        return self.pop_mix()


def soft_limit(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compress what is above ``LIMITER_KNEE`` by tanh, so that it never exceeds full scale; the rest is unchanged."""
    magnitude = np.abs(samples)
    if not len(samples) or magnitude.max() <= LIMITER_KNEE:
        return samples
    headroom = 1.0 - LIMITER_KNEE
    limited = LIMITER_KNEE + headroom * np.tanh((magnitude - LIMITER_KNEE) / headroom)
    return np.where(magnitude > LIMITER_KNEE, np.copysign(limited, samples), samples).astype(np.float32)


def remix_channels(samples: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """Samples of shape (n, any) as (n, channels): unchanged, or their average in every channel."""
    if samples.shape[1] == channels:
        return samples
    mono = samples.mean(axis=1, keepdims=True, dtype=np.float32)
    return np.ascontiguousarray(np.broadcast_to(mono, (len(samples), channels)))
