"""An audio track: lesson samples in, fragments of AAC out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.encoding.aac_encoder import AacEncoder, AacSettings
from pipelines.encoding.packets import EncodedPacket
from pipelines.recording.mp4_fragmenter import AudioTrackFormat, Mp4Fragmenter
from pipelines.recording.track_writer import TrackWriter


class AudioTrack:
    """Encode contiguous samples from lesson sample ``first_sample`` on; the track begins at ``start_sample``.

    After a restart tracks continue at slightly different places: samples that are recorded already are skipped.
    Owned by the audio mixer's thread.
    """

    def __init__(
        self, settings: AacSettings, first_sample: int, start_sample: int, fragment_ms: int, writer: TrackWriter
    ) -> None:
        self.writer = writer
        self._samples_to_skip = start_sample - first_sample
        self._encoder = AacEncoder(settings, start_sample)
        self._fragmenter = Mp4Fragmenter(AudioTrackFormat(fragment_ms, settings), writer)
        self._end = start_sample

    def write(self, samples: NDArray[np.float32]) -> None:
        """Encode the next samples: float32, shape (n, channels)."""
        skipped = min(self._samples_to_skip, len(samples))
        self._samples_to_skip -= skipped
        samples = samples[skipped:]
        self._end += len(samples)
        self._push_packets(self._encoder.encode(samples))

    def finish(self) -> None:
        """Close the encoder and the last segment: the lesson ended with the last sample written."""
        self._push_packets(self._encoder.close())
        self._fragmenter.flush(self._end)
        self.writer.close()

    def _push_packets(self, packets: list[EncodedPacket]) -> None:
        for packet in packets:
            self._fragmenter.push_packet(packet)
