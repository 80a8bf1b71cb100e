"""Mux one track's packets into fragmented MP4 with FFmpeg: an init segment, then one moof+mdat at a time."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import av
from av.container import OutputContainer
from av.stream import Stream

from pipelines.encoding.aac_encoder import AacSettings
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.files.mp4_boxes import BoxSplitter, FragmentHeader, InvalidBox, parse_moof

# frag_discont makes tfdt the lesson time of the first packet, also in a muxer opened in mid-lesson.
_MOVFLAGS = "empty_moov+default_base_moof+frag_discont+negative_cts_offsets+skip_trailer"


class FragmentSink(Protocol):
    """Receives a track's boxes, in the track's thread; must not block."""

    def write_init(self, data: bytes) -> None:
        """Take the init segment (ftyp+moov)."""

    def write_fragment(self, head: FragmentHeader, data: bytes) -> None:
        """Take one fragment (moof+mdat)."""


class TrackFormat(Protocol):
    """The muxer's parameters for one kind of track."""

    @property
    def timescale(self) -> int:
        """The track's time scale in ticks per second."""

    @property
    def options(self) -> dict[str, str]:
        """The muxer's options."""

    def add_stream(self, container: OutputContainer, first: EncodedPacket) -> Stream:
        """Add the stream to the muxer's container, given its first packet."""


@dataclass(frozen=True, slots=True)
class VideoTrackFormat:
    """H.264 in Annex B; the parameter sets come from the first key picture itself."""

    fragment_ms: int

    @property
    def timescale(self) -> int:
        """90000 ticks per second."""
        return VIDEO_TIMESCALE

    @property
    def options(self) -> dict[str, str]:
        """The muxer's options."""
        return {
            "movflags": _MOVFLAGS + "+frag_keyframe",
            "frag_duration": str(self.fragment_ms * 1000),
            "video_track_timescale": str(self.timescale),
            "use_editlist": "0",
        }

    def add_stream(self, container: OutputContainer, first: EncodedPacket) -> Stream:
        """Add a stream with the parameters that FFmpeg's raw H.264 demuxer reads from the first access unit.

        Raises:
            ValueError: The first packet is not a key picture.
        """
        if not first.key:
            raise ValueError("a picture track must begin with a key picture")
        with av.open(io.BytesIO(first.data), format="h264") as probe:
            return container.add_stream_from_template(probe.streams.video[0], opaque=True)


@dataclass(frozen=True, slots=True)
class AudioTrackFormat:
    """AAC with these settings."""

    fragment_ms: int
    settings: AacSettings

    @property
    def timescale(self) -> int:
        """The sample rate."""
        return self.settings.rate_hz

    @property
    def options(self) -> dict[str, str]:
        """The muxer's options."""
        return {"movflags": _MOVFLAGS, "frag_duration": str(self.fragment_ms * 1000), "use_editlist": "0"}

    def add_stream(self, container: OutputContainer, first: EncodedPacket) -> Stream:
        """Add a stream with the parameters of an encoder of the same settings."""
        stream = container.add_stream("aac", rate=self.settings.rate_hz, layout=self.settings.layout)
        stream.codec_context.bit_rate = self.settings.bitrate_kbps * 1000
        return stream


class _MuxerOutput:
    """The muxer's output file. It never raises: an exception here would leave the muxer in its error state."""

    def __init__(self, on_box: Callable[[bytes, bytes], None]) -> None:
        self.fault: InvalidBox | None = None
        self._splitter = BoxSplitter()
        self._on_box = on_box

    def write(self, data: bytes) -> int:
        """Split what the muxer wrote into boxes."""
        try:
            for kind, box in self._splitter.push_bytes(bytes(data)):
                self._on_box(kind, box)
        except InvalidBox as error:
            self.fault = error
        return len(data)


class Mp4Fragmenter:
    """One track's muxer; owned by one thread.

    Each packet is held until the next one's start tells its duration, so that fragments adjoin to the tick.
    """

    def __init__(self, track_format: TrackFormat, sink: FragmentSink) -> None:
        self._track_format = track_format
        self._sink = sink
        self._container: OutputContainer | None = None
        self._stream: Stream | None = None
        self._output: _MuxerOutput | None = None
        self._pending: EncodedPacket | None = None
        self._ftyp = b""
        self._moof = b""

    def push_packet(self, packet: EncodedPacket) -> None:
        """Add a packet, later than the one before; the first after ``flush`` must be a key picture."""
        if self._pending is not None:
            self._mux(self._pending, packet.start - self._pending.start)
        self._pending = packet

    def flush(self, end: int) -> None:
        """Write everything to the sink now; the last packet lasts until ``end`` (ticks). Idempotent."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            self._mux(pending, max(1, end - pending.start))
        if self._container is not None:
            container, self._container = self._container, None
            container.close()
            self._raise_fault()
        # The output refers to this object: without this, the muxer stays in memory until a garbage collection.
        self._stream = self._output = None

    def _mux(self, packet: EncodedPacket, duration: int) -> None:
        container = self._container or self._open(packet)
        raw: av.Packet[Stream] = av.Packet(packet.data)
        raw.pts = raw.dts = packet.start
        raw.duration = duration
        raw.time_base = Fraction(1, self._track_format.timescale)
        raw.is_keyframe = packet.key
        if self._stream is not None:
            raw.stream = self._stream
        container.mux(raw)
        self._raise_fault()

    def _open(self, first: EncodedPacket) -> OutputContainer:
        self._output = _MuxerOutput(self._on_box)
        self._ftyp = self._moof = b""
        container = av.open(self._output, "w", format="mp4", container_options=self._track_format.options)
        self._stream = self._track_format.add_stream(container, first)
        self._stream.time_base = Fraction(1, self._track_format.timescale)
        self._container = container
        return container

    def _raise_fault(self) -> None:
        if self._output is not None and self._output.fault is not None:
            raise self._output.fault

    def _on_box(self, kind: bytes, box: bytes) -> None:
        if kind == b"ftyp":
            self._ftyp = box
        elif kind == b"moov":
            self._sink.write_init(self._ftyp + box)
        elif kind == b"moof":
            self._moof = box
        elif kind == b"mdat":
            self._sink.write_fragment(parse_moof(self._moof), self._moof + box)
