"""One sound track: lesson samples in, AAC fragments out. Owned by the sound desk's thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.encoding.aac_encoder import AacEncoder, AacSettings
from pipelines.encoding.packets import EncodedPacket
from pipelines.recording.mp4_fragmenter import AudioTrackFormat, Mp4Fragmenter
from pipelines.recording.track_writer import TrackWriter


class AudioTrack:
    """Contiguous samples from lesson sample ``first`` on become one track, which begins at ``start``.

    After a restart tracks may go on at slightly different places: what is there already is left out.
    """

    def __init__(self, coding: AacSettings, first: int, start: int, fragment_ms: int, outlet: TrackWriter) -> None:
        self.outlet = outlet
        self._skip = start - first
        self._encoder = AacEncoder(coding, start)
        self._fragments = Mp4Fragmenter(AudioTrackFormat(fragment_ms, coding), outlet)
        self._end = start

    def write(self, samples: NDArray[np.float32]) -> None:
        """The next samples, shape (n, channels)."""
        skipped = min(self._skip, len(samples))
        self._skip -= skipped
        samples = samples[skipped:]
        self._end += len(samples)
        self._put(self._encoder.encode(samples))

    def finish(self) -> None:
        """The lesson ended with the last sample written."""
        self._put(self._encoder.close())
        self._fragments.flush(self._end)
        self.outlet.close()

    def _put(self, packets: list[EncodedPacket]) -> None:
        for packet in packets:
            self._fragments.push_packet(packet)
