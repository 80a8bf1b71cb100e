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

from drivers.h264_annexb import parameter_sets
from pipelines.encoding.aac_encoder import AacSettings
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.files.mp4_boxes import BoxSplitter, FragmentHeader, InvalidBox, parse_moof

# frag_discont makes tfdt the lesson time of the first packet, also in a muxer opened in mid-lesson.
_MOVFLAGS = "empty_moov+default_base_moof+frag_discont+negative_cts_offsets+skip_trailer"


class UnusablePacket(ValueError):
    """A key picture whose parameter sets nobody can read; nothing was done with it."""


class FragmentSink(Protocol):
    """Receives a track's boxes, in the track's thread; must not block."""

    def write_init(self, data: bytes) -> None:
        """Take the init segment (ftyp+moov) that the next fragments need; the same one may come again."""

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
        """Add the stream to the muxer's container, given its first packet.

        Raises:
            UnusablePacket: Its parameter sets cannot be read.
        """

    def header_of(self, packet: EncodedPacket) -> tuple[bytes, ...]:
        """What of a packet the init segment must agree with; nothing where it says nothing of that."""


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
            UnusablePacket: Its parameter sets cannot be read, or it is no key picture.
        """
        if not first.key:
            raise UnusablePacket("a picture track must begin with a key picture")
        try:
            with av.open(io.BytesIO(first.data), format="h264") as probe:
                return container.add_stream_from_template(probe.streams.video[0], opaque=True)
        except (av.FFmpegError, IndexError, ValueError) as error:
            raise UnusablePacket(f"its parameter sets cannot be read: {error}") from error

    def header_of(self, packet: EncodedPacket) -> tuple[bytes, ...]:
        """The parameter sets of a key picture."""
        return parameter_sets(packet.data) if packet.key else ()


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

    def header_of(self, packet: EncodedPacket) -> tuple[bytes, ...]:
        """Nothing: every packet has the same settings."""
        return ()


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


class _Muxer:
    """FFmpeg's muxer from one init segment to the next; what it writes goes to the sink once it is ``connected``."""

    def __init__(self, track_format: TrackFormat, first: EncodedPacket, sink: FragmentSink) -> None:
        self._sink = sink
        self._output = _MuxerOutput(self._on_box)
        self._time_base = Fraction(1, track_format.timescale)
        self._ftyp = self._moov = self._moof = b""
        self._container = av.open(self._output, "w", format="mp4", container_options=track_format.options)
        self._stream = track_format.add_stream(self._container, first)
        self._stream.time_base = self._time_base
        try:
            self._container.start_encoding()
        except av.FFmpegError as error:
            raise UnusablePacket(f"its parameter sets do not suit a file: {error}") from error
        self._raise_fault()

    def connect(self) -> None:
        """Hand the init segment to the sink, before the first packet."""
        self._sink.write_init(self._ftyp + self._moov)

    def mux(self, packet: EncodedPacket, duration: int) -> None:
        """Mux a packet."""
        raw: av.Packet[Stream] = av.Packet(packet.data)
        raw.pts = raw.dts = packet.start
        raw.duration = duration
        raw.time_base = self._time_base
        raw.is_keyframe = packet.key
        raw.stream = self._stream
        self._container.mux(raw)
        self._raise_fault()

    def close(self) -> None:
        """Write the last fragment."""
        self._container.close()
        self._raise_fault()
        # Without this the output's reference to this object keeps the muxer in memory until a garbage collection.
        del self._stream, self._output

    def _raise_fault(self) -> None:
        if self._output.fault is not None:
            raise self._output.fault

    def _on_box(self, kind: bytes, box: bytes) -> None:
        if kind == b"ftyp":
            self._ftyp = box
        elif kind == b"moov":
            self._moov = box
        elif kind == b"moof":
            self._moof = box
        elif kind == b"mdat":
            self._sink.write_fragment(parse_moof(self._moof), self._moof + box)


class Mp4Fragmenter:
    """One track's muxer; owned by one thread.

    Each packet is held until the next one's start tells its duration, so that fragments adjoin to the tick. A packet
    that does not agree with the present init segment begins another one.
    """

    def __init__(self, track_format: TrackFormat, sink: FragmentSink) -> None:
        self._track_format = track_format
        self._sink = sink
        self._muxer: _Muxer | None = None
        self._header: tuple[bytes, ...] = ()
        self._pending: EncodedPacket | None = None

    def push_packet(self, packet: EncodedPacket) -> None:
        """Add a packet, later than the one before; the first after ``flush`` must be a key picture.

        Raises:
            UnusablePacket: It is as if this packet had not come.
        """
        header = self._track_format.header_of(packet)
        if self._muxer is None or (header and header != self._header):
            muxer = _Muxer(self._track_format, packet, self._sink)
            self.flush(packet.start)
            muxer.connect()
            self._muxer, self._header = muxer, header
        elif self._pending is not None:
            self._muxer.mux(self._pending, packet.start - self._pending.start)
        self._pending = packet

    def flush(self, end: int) -> None:
        """Write everything to the sink now; the last packet lasts until ``end`` (ticks). Idempotent."""
        pending, self._pending = self._pending, None
        muxer, self._muxer = self._muxer, None
        if muxer is None:
            return
        if pending is not None:
            muxer.mux(pending, max(1, end - pending.start))
        muxer.close()
