"""Packets of one track become fragments: FFmpeg's MP4 muxer, one moof+mdat at a time."""

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
    """Where a track's boxes go; called in the track's thread, never waits."""

    def write_init(self, data: bytes) -> None:
        """The init segment (ftyp+moov)."""

    def write_fragment(self, head: FragmentHeader, data: bytes) -> None:
        """One moof+mdat."""


class TrackFormat(Protocol):
    """What kind of track it is, for the muxer."""

    @property
    def timescale(self) -> int:
        """Ticks a second of the track."""

    @property
    def options(self) -> dict[str, str]:
        """The muxer's options."""

    def add_stream(self, container: OutputContainer, first: EncodedPacket) -> Stream:
        """Describe the stream to the muxer, knowing its first packet."""


@dataclass(frozen=True, slots=True)
class VideoTrackFormat:
    """H.264 in Annex B; the parameter sets come from the first key picture itself."""

    fragment_ms: int

    @property
    def timescale(self) -> int:
        """Ticks a second: 90000."""
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
        """As the raw stream demuxer reads the first access unit. ValueError if that is not a key picture."""
        if not first.key:
            raise ValueError("a picture track must begin with a key picture")
        with av.open(io.BytesIO(first.data), format="h264") as probe:
            return container.add_stream_from_template(probe.streams.video[0], opaque=True)


@dataclass(frozen=True, slots=True)
class AudioTrackFormat:
    """AAC of one coding."""

    fragment_ms: int
    coding: AacSettings

    @property
    def timescale(self) -> int:
        """Ticks a second: the sample rate."""
        return self.coding.rate_hz

    @property
    def options(self) -> dict[str, str]:
        """The muxer's options."""
        return {
            "movflags": _MOVFLAGS,
            "frag_duration": str(self.fragment_ms * 1000),
            "use_editlist": "0",
        }

    def add_stream(self, container: OutputContainer, first: EncodedPacket) -> Stream:
        """As an encoder of the same coding describes itself."""
        stream = container.add_stream("aac", rate=self.coding.rate_hz, layout=self.coding.layout)
        stream.codec_context.bit_rate = self.coding.bitrate_kbps * 1000
        return stream


class _Sink:
    """The muxer's file. It never raises: an exception here would latch the muxer."""

    def __init__(self, on_box: Callable[[bytes, bytes], None]) -> None:
        self.fault: InvalidBox | None = None
        self._splitter = BoxSplitter()
        self._on_box = on_box

    def write(self, data: bytes) -> int:
        """Take what the muxer wrote."""
        try:
            for kind, box in self._splitter.push_bytes(bytes(data)):
                self._on_box(kind, box)
        except InvalidBox as error:
            self.fault = error
        return len(data)


class Mp4Fragmenter:
    """One track's muxer; used by one thread.

    Each packet waits until the next tells how long it lasts, so that fragments join
    without a tick between them.
    """

    def __init__(self, shape: TrackFormat, outlet: FragmentSink) -> None:
        self._shape = shape
        self._outlet = outlet
        self._container: OutputContainer | None = None
        self._stream: Stream | None = None
        self._sink: _Sink | None = None
        self._waiting: EncodedPacket | None = None
        self._head = b""
        self._moof = b""

    def push_packet(self, packet: EncodedPacket) -> None:
        """Add a packet, later than the one before; the first after ``flush`` must be a key picture."""
        if self._waiting is not None:
            self._mux(self._waiting, packet.start - self._waiting.start)
        self._waiting = packet

    def flush(self, end: int) -> None:
        """Give everything to the outlet now; the last packet lasts until ``end``. Again: nothing."""
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self._mux(waiting, max(1, end - waiting.start))
        if self._container is not None:
            container, self._container = self._container, None
            container.close()
            self._raise_fault()
        # The sink knows us: let go of it, or the muxer stays in memory until somebody looks for circles.
        self._stream = self._sink = None

    def _mux(self, packet: EncodedPacket, duration: int) -> None:
        container = self._container or self._open(packet)
        raw: av.Packet[Stream] = av.Packet(packet.data)
        raw.pts = raw.dts = packet.start
        raw.duration = duration
        raw.time_base = Fraction(1, self._shape.timescale)
        raw.is_keyframe = packet.key
        if self._stream is not None:
            raw.stream = self._stream
        container.mux(raw)
        self._raise_fault()

    def _open(self, first: EncodedPacket) -> OutputContainer:
        self._sink = _Sink(self._box)
        self._head = self._moof = b""
        container = av.open(self._sink, "w", format="mp4", container_options=self._shape.options)
        self._stream = self._shape.add_stream(container, first)
        self._stream.time_base = Fraction(1, self._shape.timescale)
        self._container = container
        return container

    def _raise_fault(self) -> None:
        if self._sink is not None and self._sink.fault is not None:
            raise self._sink.fault

    def _box(self, kind: bytes, box: bytes) -> None:
        if kind == b"ftyp":
            self._head = box
        elif kind == b"moov":
            self._outlet.write_init(self._head + box)
        elif kind == b"moof":
            self._moof = box
        elif kind == b"mdat":
            self._outlet.write_fragment(parse_moof(self._moof), self._moof + box)
