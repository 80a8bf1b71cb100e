"""Sound on lesson time becomes AAC frames of 1024 samples."""

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
    """How a sound track is encoded."""

    rate_hz: int
    channels: int
    bitrate_kbps: int

    @property
    def layout(self) -> str:
        """The channel layout by FFmpeg's name."""
        return "mono" if self.channels == 1 else "stereo"


class AacEncoder:
    """One encoder for contiguous samples from lesson sample ``start`` on; used by one thread.

    The packets that prime the decoder carry times before ``start`` and are left out.
    """

    def __init__(self, coding: AacSettings, start: int) -> None:
        context = av.CodecContext.create("aac", "w")
        context.sample_rate = coding.rate_hz
        context.layout = coding.layout
        context.format = "fltp"
        context.bit_rate = coding.bitrate_kbps * 1000
        context.time_base = Fraction(1, coding.rate_hz)
        self._context = context
        self._coding = coding
        self._first = start
        self._next = start
        self._rest: NDArray[np.float32] = np.empty((0, coding.channels), np.float32)
        self._closed = False

    def encode(self, samples: NDArray[np.float32]) -> list[EncodedPacket]:
        """The AAC frames that ``samples``, shape (n, channels), -1..1, complete."""
        pending = np.concatenate((self._rest, samples))
        whole = len(pending) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = pending[whole:]
        packets: list[EncodedPacket] = []
        for at in range(0, whole, FRAME_SAMPLES):
            packets += self._encode_frame(pending[at : at + FRAME_SAMPLES])
        return packets

    def close(self) -> list[EncodedPacket]:
        """The last frames, the very last filled up with silence. Again: nothing."""
        if self._closed:
            return []
        self._closed = True
        packets: list[EncodedPacket] = []
        if len(self._rest):
            padded = np.zeros((FRAME_SAMPLES, self._coding.channels), np.float32)
            padded[: len(self._rest)] = self._rest
            packets = self._encode_frame(padded)
        return packets + self._kept(self._context.encode(None))

    def _encode_frame(self, samples: NDArray[np.float32]) -> list[EncodedPacket]:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout=self._coding.layout)
        frame.sample_rate = self._coding.rate_hz
        frame.time_base = self._context.time_base
        frame.pts = self._next
        self._next += FRAME_SAMPLES
        return self._kept(self._context.encode(frame))

    def _kept(self, packets: list[av.Packet[av.AudioStream]]) -> list[EncodedPacket]:
        # The encoder's flush repeats a time past the end when the input ended on a frame: cut it too.
        return [
            EncodedPacket(packet.pts, bytes(packet), True)
            for packet in packets
            if packet.pts is not None and self._first <= packet.pts < self._next
        ]
