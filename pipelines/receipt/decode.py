"""The lesson is looked at again: every picture and every sample is decoded and measured."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Protocol

import av
import numpy as np
from av.stream import Stream
from numpy.typing import NDArray

from pipelines.planes import planes_of, scaled_luma
from pipelines.receipt.findings import Code, Finding, bad
from pipelines.recording.entries import Medium, PictureFigures, SoundFigures
from pipelines.recording.segments import INIT

# (bytes done, bytes in all)
OnProgress = Callable[[int, int], None]

# The recorder repeats a picture long before this: a longer break was never written.
LONGEST_PICTURE_NS = 2_000_000_000
QUIETEST_DBFS = -120.0

_SECOND_NS = 1_000_000_000
_BLOCK = 16


@dataclass(slots=True)
class Decoded:
    """What a decode saw, per track."""

    findings: list[Finding] = field(default_factory=list)
    pictures: dict[str, list[PictureFigures]] = field(default_factory=dict)
    sounds: dict[str, list[SoundFigures]] = field(default_factory=dict)


class _Gauge(Protocol):
    """Measures one track's frames as they come out of the decoder."""

    def measure(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        """Take a frame; ValueError where it is no good."""


def decode(folder: Path, tracks: Mapping[str, tuple[Medium, Sequence[str]]], on_progress: OnProgress) -> Decoded:
    """Decode each track's segments (paths in the lesson's folder) in order. OSError where one cannot be read.

    ``on_progress`` is called after each.
    """
    decoded = Decoded()
    total = sum((folder / path).stat().st_size for _, paths in tracks.values() for path in paths)
    done = 0
    for track, (medium, paths) in tracks.items():
        if not paths or not (folder / track / INIT).exists():
            continue
        pictures, sounds = _PictureGauge(track), _SoundGauge(track)
        gauge: _Gauge = pictures if medium is Medium.PICTURE else sounds
        decoder = _TrackDecoder(medium, (folder / track / INIT).read_bytes())
        for path in paths:
            data = (folder / path).read_bytes()
            if reason := decoder.decode(data, gauge):
                decoded.findings.append(bad(Code.UNDECODABLE, track, file=path, reason=reason))
            done += len(data)
            on_progress(done, total)
        if medium is Medium.PICTURE:
            pictures.finish_second()
            decoded.findings += pictures.gaps
            decoded.pictures[track] = pictures.figures
        else:
            decoded.sounds[track] = list(sounds.figures())
    return decoded


class _TrackDecoder:
    """One decoder for all segments of a track: sound is continuous across them."""

    def __init__(self, medium: Medium, init: bytes) -> None:
        self._init = init
        self._context: av.VideoCodecContext | av.AudioCodecContext
        if medium is Medium.PICTURE:
            self._context = av.CodecContext.create("h264", "r")
            self._context.flags |= av.codec.context.Flags.low_delay
        else:
            self._context = av.CodecContext.create("aac", "r")
        self._context.thread_count = 1

    def decode(self, segment: bytes, gauge: _Gauge) -> str:
        """Decode a segment into ``gauge``; the first thing that went wrong, "" if nothing did."""
        reason = ""
        try:
            with av.open(io.BytesIO(self._init + segment), "r", format="mp4") as container:
                stream = container.streams[0]
                if not self._context.is_open:
                    self._context.extradata = stream.codec_context.extradata
                for packet in container.demux(stream):
                    # The demuxer ends with an empty packet; the decoder is not at its end yet.
                    if packet.size:
                        reason = self._decode_packet(packet, gauge) or reason
        except (av.FFmpegError, IndexError) as error:
            reason = reason or str(error)
        return reason

    def _decode_packet(self, packet: av.Packet[Stream], gauge: _Gauge) -> str:
        try:
            for frame in self._context.decode(packet):
                gauge.measure(frame)
        except (av.FFmpegError, ValueError) as error:
            return str(error)
        return ""


class _PictureGauge:
    """Brightness and movement of each lesson second, and breaks between pictures.

    Movement is the most that any block's mean luma changed from the last picture of one second to that of
    the next. An encoder blurs and refines a picture that stands still by a step or two all over, and leaves out
    a camera's noise; a hand that moves changes its own block by far more.
    """

    def __init__(self, track: str) -> None:
        self._track = track
        self._last: av.VideoFrame | None = None
        self._last_ns = 0
        self._blocks: NDArray[np.float64] | None = None
        self._lumas: list[float] = []
        self.gaps: list[Finding] = []
        self.figures: list[PictureFigures] = []

    def measure(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        if not isinstance(frame, av.VideoFrame) or frame.pts is None or frame.time_base is None:
            raise ValueError("a picture without a time")
        at_ns = round(frame.pts * frame.time_base * _SECOND_NS)
        if self._last is not None and at_ns - self._last_ns > LONGEST_PICTURE_NS:
            seconds = (at_ns - self._last_ns) / _SECOND_NS
            self.gaps.append(bad(Code.GAP, self._track, self._last_ns, at_ns, seconds=seconds))
        if at_ns // _SECOND_NS != self._last_ns // _SECOND_NS:
            self.finish_second()
        self._last, self._last_ns = frame, at_ns
        self._lumas.append(float(scaled_luma(frame).mean()))
        if frame.is_corrupt:
            raise ValueError("a picture is damaged")

    def finish_second(self) -> None:
        """The second of the last picture is over; the first one of all has nothing to be compared with."""
        if self._last is None or not self._lumas:
            return
        blocks = _block_means(self._last)
        if self._blocks is not None and self._blocks.shape == blocks.shape:
            self.figures.append(
                PictureFigures(
                    track=self._track,
                    lesson_ns=self._last_ns // _SECOND_NS * _SECOND_NS,
                    luma=round(fmean(self._lumas), 2),
                    change=round(float(np.abs(blocks - self._blocks).max()), 3),
                )
            )
        self._blocks = blocks
        self._lumas = []


def _block_means(frame: av.VideoFrame) -> NDArray[np.float64]:
    luma = planes_of(frame)[0]
    rows, columns = luma.shape[0] // _BLOCK, luma.shape[1] // _BLOCK
    whole = luma[: rows * _BLOCK, : columns * _BLOCK]
    means: NDArray[np.float64] = whole.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3), dtype=np.float64)
    return means


class _SoundGauge:
    """Level and peak of each lesson second."""

    def __init__(self, track: str) -> None:
        self._track = track
        self._powers: dict[int, list[float]] = {}
        self._peaks: dict[int, float] = {}

    def measure(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        if not isinstance(frame, av.AudioFrame) or frame.pts is None or frame.time_base is None:
            raise ValueError("sound without a time")
        second = int(frame.pts * frame.time_base)
        samples = frame.to_ndarray()
        self._powers.setdefault(second, []).append(float(np.square(samples, dtype=np.float64).mean()))
        self._peaks[second] = max(self._peaks.get(second, 0.0), float(np.abs(samples).max()))

    def figures(self) -> Iterator[SoundFigures]:
        """Of each second."""
        for second, powers in sorted(self._powers.items()):
            yield SoundFigures(
                track=self._track,
                lesson_ns=second * _SECOND_NS,
                rms_dbfs=_dbfs(fmean(powers) ** 0.5),
                peak_dbfs=_dbfs(self._peaks[second]),
            )


def _dbfs(amplitude: float) -> float:
    return round(max(QUIETEST_DBFS, 20 * float(np.log10(max(amplitude, 1e-9)))), 2)
