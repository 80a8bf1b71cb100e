"""The produced mix of a lesson: who speaks is open, without rumble, at the wanted loudness, under the ceiling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.capture import cut_edges, gain_sharing, limiter
from pipelines.capture.biquad import high_pass
from pipelines.capture.block_filter import BlockFilter
from pipelines.capture.cut_edges import CutEdges
from pipelines.capture.gain_sharing import GainSharing
from pipelines.capture.limiter import Limiter
from pipelines.capture.loudness_control import LoudnessControl
from pipelines.capture.mix_grid import CHUNK, HOP, HOPS
from pipelines.capture.mixdown import remix_channels
from pipelines.capture.sample_queue import SampleQueue
from pipelines.capture.speech_evidence import SpeechEvidence
from pipelines.directing.observations import SpeechHeard
from pipelines.loudness_target import TARGET_LUFS

Samples = NDArray[np.float32]

_SHARING_LATE: Final = gain_sharing.LOOK_AHEAD_HOPS * HOP
LOOK_AHEAD: Final = cut_edges.LOOK_AHEAD + _SHARING_LATE + limiter.LOOK_AHEAD
"""Samples (36 ms) by which the mix waits for what comes; each stays in its place on lesson time all the same."""

_WITHIN_HOP: Final[Samples] = (np.arange(HOP, dtype=np.float32) / np.float32(HOP))[None, :]


@dataclass(frozen=True, slots=True)
class SpeechMixSettings:
    """``high_pass_hz`` 0 leaves what is low; ``target_lufs`` None leaves the loudness as it comes."""

    high_pass_hz: float = 80.0
    target_lufs: float | None = TARGET_LUFS


class SpeechMix:
    """Mix contiguous lesson audio of several microphones that all began at ``first_sample``; used like ``Mixdown``.

    Sample k of the mix is lesson sample ``first_sample`` + k of every microphone. What comes out depends on the samples
    and on what was heard in them, not on the pieces they come in: all is computed in chunks of 100 ms. ``finish`` gives
    what is still inside. ``hear`` may be called from any thread, all else from the mixer's.
    """

    def __init__(
        self,
        gains_db: Mapping[str, float],
        channels: int = 1,
        first_sample: int = 0,
        settings: SpeechMixSettings = SpeechMixSettings(),
    ) -> None:
        rows = len(gains_db) * channels
        self._channels = channels
        self._gains = {role: np.float32(10.0 ** (gain_db / 20.0)) for role, gain_db in gains_db.items()}
        self._queues = {role: SampleQueue(channels) for role in gains_db}
        self._edges = {role: CutEdges(channels) for role in gains_db}
        self._high_pass = BlockFilter(high_pass(settings.high_pass_hz), rows) if settings.high_pass_hz else None
        self._late = np.zeros((len(gains_db), channels, _SHARING_LATE), np.float32)
        self._sharing = GainSharing(len(gains_db))
        self._evidence = SpeechEvidence(list(gains_db), first_sample)
        self._loudness = None if settings.target_lufs is None else LoudnessControl(channels, settings.target_lufs)
        self._limiter = Limiter(channels)
        self._to_skip = LOOK_AHEAD

    def hear(self, heard: SpeechHeard) -> None:
        """Take note of what the speech detector says of a microphone."""
        self._evidence.hear(heard)

    def push_samples(self, role: str, samples: Samples) -> None:
        """Add a microphone's next samples, shape (n, any).

        Raises:
            KeyError: ``gains_db`` does not have this role.
        """
        self._queues[role].push(remix_channels(samples, self._channels))

    def pop_mix(self) -> Samples:
        """The mix as far as all microphones have delivered, less the look-ahead and up to 100 ms; may be empty."""
        chunks = []
        while min(map(len, self._queues.values()), default=0) >= CHUNK:
            chunks.append(self._mix([queue.pop(CHUNK) for queue in self._queues.values()]))
        mix = np.concatenate(chunks) if chunks else np.zeros((0, self._channels), np.float32)
        skipped = min(self._to_skip, len(mix))
        self._to_skip -= skipped
        return mix[skipped:]

    def finish(self) -> Samples:
        """The rest of the mix, up to where every microphone has delivered; nothing may be pushed any more."""
        left = min(map(len, self._queues.values()), default=0) + LOOK_AHEAD - self._to_skip
        silence = np.zeros((CHUNK + LOOK_AHEAD, self._channels), np.float32)
        for queue in self._queues.values():
            queue.push(silence)
        return self.pop_mix()[:left]

    def _mix(self, chunks: list[Samples]) -> Samples:
        """The next chunk of the mix, shape (``CHUNK``, channels), of one of each microphone."""
        faded = np.stack(
            [
                self._edges[role].push(chunk.T * gain)
                for chunk, (role, gain) in zip(chunks, self._gains.items(), strict=True)
            ]
        )
        hops = (len(faded), -1, HOPS, HOP)
        is_away = np.logical_not(np.any(faded.reshape(hops), axis=(1, 3)))
        if self._high_pass is not None:
            faded = self._high_pass.filter(faded.reshape(-1, CHUNK)).astype(np.float32).reshape(faded.shape)
        known = np.concatenate([self._late, faded], axis=2)
        sounds, self._late = known[:, :, :CHUNK], known[:, :, CHUNK:].copy()
        powers = np.square(faded).reshape(hops).mean(axis=(1, 3), dtype=np.float64)
        gains = self._sharing.push(powers, is_away, self._evidence.handicaps_db).astype(np.float32)
        speech = self._evidence.push(self._sharing.is_active)
        mix = (sounds * _ramps(gains)[:, None, :]).sum(axis=0)
        if self._loudness is not None:
            mix *= _ramps(self._loudness.push(mix, speech)[None, :])
        return np.ascontiguousarray(self._limiter.push(mix).T)


def _ramps(edges: NDArray[np.float32]) -> NDArray[np.float32]:
    """The factor of each sample, shape (n, ``CHUNK``), straight between those at the edges of hops."""
    begin, end = edges[:, :-1, None], edges[:, 1:, None]
    return (begin + (end - begin) * _WITHIN_HOP).reshape(len(edges), CHUNK)
