"""Full decode of a lesson: every picture and sample is decoded and measured."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import av
from av.stream import Stream

from pipelines.files.lesson_layout import INIT
from pipelines.journal.entries import Medium
from pipelines.receipt.compact_records import CompactRecords
from pipelines.receipt.decoded_meters import DecodedMeter, PictureMeter, SoundMeter
from pipelines.receipt.findings import Finding, FindingCode, bad
from pipelines.receipt.measurements import Measurements
from pipelines.receipt.media_checks import STILL_DECODED_CHANGE
from pipelines.receipt.seconds import PictureSecond, SoundSecond

OnProgress = Callable[[int, int], None]
"""Called with the number of bytes done, and of bytes in all."""


def decode_tracks(
    folder: Path, tracks: Mapping[str, tuple[Medium, Sequence[str]]], on_progress: OnProgress
) -> Measurements:
    """Decode each track's segments (paths in the lesson's folder) in order; ``on_progress`` is called after each.

    Raises:
        OSError: a segment cannot be read.
    """
    seen: dict[str, CompactRecords[PictureSecond]] = {}
    heard: dict[str, CompactRecords[SoundSecond]] = {}
    findings: list[Finding] = []
    total = sum((folder / path).stat().st_size for _, paths in tracks.values() for path in paths)
    done = 0
    for track, (medium, paths) in tracks.items():
        if not paths or not (folder / track / INIT).exists():
            continue
        pictures, sounds = PictureMeter(track), SoundMeter()
        meter: DecodedMeter = pictures if medium is Medium.PICTURE else sounds
        decoder = _TrackDecoder(medium, (folder / track / INIT).read_bytes())
        for path in paths:
            data = (folder / path).read_bytes()
            if reason := decoder.decode(data, meter):
                findings.append(bad(FindingCode.UNDECODABLE, track, file=path, reason=reason))
            done += len(data)
            on_progress(done, total)
        if medium is Medium.PICTURE:
            pictures.finish_second()
            findings += pictures.gaps
            seen[track] = pictures.seconds
        else:
            sounds.finish_second()
            heard[track] = sounds.seconds
    return Measurements(seen, heard, STILL_DECODED_CHANGE, findings)


class _TrackDecoder:
    """Decodes all segments of a track with one decoder, since sound is continuous across them."""

    def __init__(self, medium: Medium, init: bytes) -> None:
        self._init = init
        self._context: av.VideoCodecContext | av.AudioCodecContext
        if medium is Medium.PICTURE:
            self._context = av.CodecContext.create("h264", "r")
            self._context.flags |= av.codec.context.Flags.low_delay
        else:
            self._context = av.CodecContext.create("aac", "r")
        self._context.thread_count = 1

    def decode(self, segment: bytes, meter: DecodedMeter) -> str:
        """Decode a segment and measure its frames; return the first thing that went wrong, "" if nothing did."""
        reason = ""
        try:
            with av.open(io.BytesIO(self._init + segment), "r", format="mp4") as container:
                stream = container.streams[0]
                if not self._context.is_open:
                    self._context.extradata = stream.codec_context.extradata
                for packet in container.demux(stream):
                    # The demuxer ends with an empty packet; the decoder is not at its end yet.
                    if packet.size and (wrong := self._decode_packet(packet, meter)):
                        reason = reason or wrong
        except (av.FFmpegError, IndexError) as error:
            reason = reason or str(error)
        return reason

    def _decode_packet(self, packet: av.Packet[Stream], meter: DecodedMeter) -> str:
        reason = ""
        try:
            for frame in self._context.decode(packet):
                if frame.is_corrupt:
                    reason = "parts of it are missing"
                meter.measure(frame)
        except (av.FFmpegError, ValueError) as error:
            return str(error)
        return reason
