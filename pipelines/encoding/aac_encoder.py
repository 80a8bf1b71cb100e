"""Encode audio to AAC-LC frames of 1024 samples, with FFmpeg's encoder."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from pipelines.encoding.packets import EncodedPacket

FRAME_SAMPLES = 1024


@dataclass(frozen=True, slots=True)
class AacSettings:
    """How an audio track is encoded; ``is_fast`` takes FFmpeg's fast coder, which costs half of its best one."""

    rate_hz: int
    channels: int
    bitrate_kbps: int
    is_fast: bool = False

    @property
    def layout(self) -> str:
        """FFmpeg's name of the channel layout."""
        return "mono" if self.channels == 1 else "stereo"


class AacEncoder:
    """Encode contiguous samples from lesson sample ``start`` on; owned by one thread.

    The priming packets, whose times are before ``start``, are left out.
    """

    def __init__(self, settings: AacSettings, start: int) -> None:
        context = av.CodecContext.create("aac", "w")
        context.sample_rate = settings.rate_hz
        context.layout = settings.layout
        context.format = "fltp"
        context.bit_rate = settings.bitrate_kbps * 1000
        context.time_base = Fraction(1, settings.rate_hz)
        context.options = {"aac_coder": "fast" if settings.is_fast else "twoloop"}
        self._context = context
        self._settings = settings
        self._first = start
        self._next = start
        self._remainder: NDArray[np.float32] = np.empty((0, settings.channels), np.float32)
        self._closed = False

    def encode(self, samples: NDArray[np.float32]) -> list[EncodedPacket]:
        """The AAC frames that ``samples`` complete: float32, shape (n, channels), full scale ±1."""
        pending = np.concatenate((self._remainder, samples))
        whole = len(pending) // FRAME_SAMPLES * FRAME_SAMPLES
        self._remainder = pending[whole:]
        packets: list[EncodedPacket] = []
        for at in range(0, whole, FRAME_SAMPLES):
            packets += self._encode_frame(pending[at : at + FRAME_SAMPLES])
        return packets

    def close(self) -> list[EncodedPacket]:
        """Return the last frames, the very last padded with silence. Idempotent: then returns none."""
        if self._closed:
            return []
        self._closed = True
        packets: list[EncodedPacket] = []
        if len(self._remainder):
            padded = np.zeros((FRAME_SAMPLES, self._settings.channels), np.float32)
            padded[: len(self._remainder)] = self._remainder
            packets = self._encode_frame(padded)
        return packets + self._packets(self._context.encode(None))

    def _encode_frame(self, samples: NDArray[np.float32]) -> list[EncodedPacket]:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout=self._settings.layout)
        frame.sample_rate = self._settings.rate_hz
        frame.time_base = self._context.time_base
        frame.pts = self._next
        self._next += FRAME_SAMPLES
        return self._packets(self._context.encode(frame))

    def _packets(self, packets: list[av.Packet[av.AudioStream]]) -> list[EncodedPacket]:
        # The encoder's flush repeats a time past the end when the input ended on a frame: cut it too.
        return [
            EncodedPacket(packet.pts, bytes(packet), True)
            for packet in packets
            if packet.pts is not None and self._first <= packet.pts < self._next
        ]
