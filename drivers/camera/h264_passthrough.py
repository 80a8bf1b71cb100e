"""H.264 access units of a stream, passed through as long as they and what they refer to are whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import av

from drivers.camera.h264_continuity import SliceContinuity
from drivers.camera.stream_packet import StreamPacket, TimedPicture, timestamp_ns
from drivers.h264_annexb import ParameterSetCompleter
from drivers.h264_sps import InvalidParameterSet, SequenceParameterSet, parse_sps
from drivers.samples import AccessUnit, Coding, DamagedPicture, PictureFormat


class H264Passthrough:
    """A ``PacketDecoder`` that starts with the first key picture whose parameter sets can be read.

    After a loss every picture is damaged until the next key picture. Where the transport may lose parts of a picture
    (``is_lossy``), each one is decoded to find that: 7.5 % of a core of a PC at 720p30. ``is_at_key``: the newest
    access unit is a key picture, whole or not.
    """

    coding = Coding.H264
    why = ""

    def __init__(self, stream: av.VideoStream, *, is_lossy: bool = False) -> None:
        extradata = stream.codec_context.extradata or b""
        # An avcC record begins with its version, 1; Annex B begins with a start code.
        is_avcc = extradata.startswith(b"\1")
        self._to_annexb = av.BitStreamFilterContext("h264_mp4toannexb", stream) if is_avcc else None
        self._completer = ParameterSetCompleter(b"" if is_avcc else extradata)
        self._continuity = SliceContinuity()
        self._trial = _TrialDecoder() if is_lossy else None
        self._sps_bytes = b""
        self._sps: SequenceParameterSet | None = None
        # Those of its packets are the same, and made anew each time one is asked.
        self._time_base = stream.time_base
        self._is_reordered = False
        self._has_started = False
        self._latest_ns: int | None = None
        self.is_at_key = False

    @property
    def awaits_key(self) -> bool:
        """Whether no picture is whole before the next key picture."""
        return not self._has_started or self._continuity.is_lost

    def resume(self) -> None:
        """A decoder has recovered without a key picture: what follows refers to nothing that was lost."""
        self._has_started = True
        self._continuity.resume()

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        if not packet.size:
            return
        is_corrupt = packet.is_corrupt
        for packet_part in self._to_annexb.filter(packet) if self._to_annexb else [packet]:
            data, is_key, slice_head = self._completer.complete(bytes(packet_part))
            if not slice_head:
                continue
            self.is_at_key = is_key
            is_whole = self._is_whole(slice_head, is_key=is_key) and not is_corrupt
            if is_whole and self._trial is not None:
                is_whole = self._trial.decodes(data)
            self._has_started = self._has_started or (is_key and is_whole)
            if not self._has_started:
                continue
            at_ns = timestamp_ns(packet_part.pts, packet_part.dts, self._time_base)
            if not is_whole:
                self._continuity.lose()
                yield at_ns, DamagedPicture(0)
                continue
            if at_ns is not None:
                self._is_reordered = self._is_reordered or (self._latest_ns is not None and at_ns < self._latest_ns)
                self._latest_ns = at_ns
            yield at_ns, AccessUnit(0, data, is_key, self._is_reordered)

    def describe(self, wanted: PictureFormat) -> PictureFormat:
        sps = self._sps
        if sps is None:
            return replace(wanted, coding=self.coding)
        return PictureFormat(
            sps.width // 2 * 2,
            sps.height // 2 * 2,
            wanted.fps,
            self.coding,
            self.why,
            sps.pixel_aspect,
            sps.full_range,
            sps.matrix,
        )

    def _is_whole(self, slice_head: bytes, *, is_key: bool) -> bool:
        if (is_key or self._sps is None) and self._completer.sps != self._sps_bytes:
            self._sps_bytes = self._completer.sps
            try:
                self._sps = parse_sps(self._sps_bytes)
            except InvalidParameterSet:
                self._sps = None
        if self._sps is None or not self._completer.has_both:
            return False
        return self._continuity.is_whole(slice_head, self._sps)


class _TrialDecoder:
    """Decodes one stream's access units, only to see whether they are whole."""

    def __init__(self) -> None:
        self._codec = av.CodecContext.create("h264", "r")
        self._codec.flags |= av.codec.context.Flags.low_delay
        self._codec.thread_count = 1

    def decodes(self, unit: bytes) -> bool:
        try:
            return not any(frame.is_corrupt for frame in self._codec.decode(av.Packet(unit)))
        except av.FFmpegError:
            return False
