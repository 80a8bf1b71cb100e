"""Replacement media for recovery: fragments of slate or silence that fill a gap, and a rebuilt init segment."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from pipelines.encoding.aac_encoder import AacEncoder, AacSettings
from pipelines.encoding.load_governor import PRESETS
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.encoding.slate import render_slate
from pipelines.encoding.x264_encoder import X264Encoder
from pipelines.files.mp4_boxes import FragmentHeader, parse_boxes
from pipelines.journal.entries import Medium, Track
from pipelines.recording.mp4_fragmenter import AudioTrackFormat, Mp4Fragmenter, VideoTrackFormat
from pipelines.recording.track_coding import h264_settings
from pipelines.recovery.salvage_fragments import SalvagedFragment

_FRAGMENT_MS = 1000
_SLATE_KBPS = 200
# NAL unit types, ITU-T H.264, Table 7-1.
_SLICES = {1, 5}
_PARAMETER_SETS = {7, 8}
# Silence is encoded in parts, for an hour of it would not fit into the memory of a small box.
_SILENCE_CHUNK = 48_000


class _MemorySink:
    """Keeps the init segment and the fragments that a fragmenter writes."""

    def __init__(self) -> None:
        self.init_segment = b""
        self.fragments: list[SalvagedFragment] = []

    def write_init(self, data: bytes) -> None:
        self.init_segment = data

    def write_fragment(self, header: FragmentHeader, data: bytes) -> None:
        self.fragments.append(SalvagedFragment(header, data))


@dataclass(frozen=True, slots=True)
class Filler:
    """Fragments of slate or silence, and the init segment that they need."""

    init_segment: bytes
    fragments: list[SalvagedFragment]


def make_filler(track: Track, start: int, end: int) -> Filler:
    """Return slate or silence for [start, end), in the track's time scale."""
    sink = _MemorySink()
    if track.medium is Medium.PICTURE:
        fragmenter = Mp4Fragmenter(VideoTrackFormat(_FRAGMENT_MS), sink)
        for packet in _slates(track, start, end):
            fragmenter.push_packet(packet)
    else:
        coding = _sound_coding(track)
        fragmenter = Mp4Fragmenter(AudioTrackFormat(_FRAGMENT_MS, coding), sink)
        encoder = AacEncoder(coding, start)
        for at in range(start, end, _SILENCE_CHUNK):
            silence = np.zeros((min(_SILENCE_CHUNK, end - at), coding.channels), np.float32)
            for packet in encoder.encode(silence):
                fragmenter.push_packet(packet)
        for packet in encoder.close():
            fragmenter.push_packet(packet)
    fragmenter.flush(end)
    return Filler(sink.init_segment, sink.fragments)


def rebuild_init(track: Track, first: SalvagedFragment | None) -> bytes:
    """Return an init segment as the writer makes it; for pictures with the parameter sets inside ``first``."""
    sink = _MemorySink()
    if track.medium is Medium.SOUND:
        fragmenter = Mp4Fragmenter(AudioTrackFormat(_FRAGMENT_MS, _sound_coding(track)), sink)
        encoder = AacEncoder(_sound_coding(track), 0)
        silence = np.zeros((4096, _sound_coding(track).channels), np.float32)
        packet = (encoder.encode(silence) + encoder.close())[0]
    else:
        fragmenter = Mp4Fragmenter(VideoTrackFormat(_FRAGMENT_MS), sink)
        packet = EncodedPacket(0, _annex_b(first.data), True) if first else _slates(track, 0, 1)[0]
    fragmenter.push_packet(packet)
    fragmenter.flush(packet.start + 1)
    return sink.init_segment


def allow_parameter_sets(init: bytes) -> bytes:
    """Return a picture's init segment whose fragments may bring other parameter sets: its sample entry is avc3.

    Source: ISO/IEC 14496-15, 5.4.2.1 (with avc1 the sample entry alone has parameter sets).
    """
    before, stsd, entries = init.partition(b"stsd")
    return before + stsd + entries.replace(b"avc1", b"avc3", 1)


def _slates(track: Track, start: int, end: int) -> list[EncodedPacket]:
    encoder = X264Encoder(h264_settings(track, _SLATE_KBPS, PRESETS[0]))
    still = render_slate(track.track, track.width, track.height)
    return [
        packet for at in range(start, end, VIDEO_TIMESCALE) for packet in encoder.encode(still, at, key=True)
    ] + encoder.close()


def _sound_coding(track: Track) -> AacSettings:
    return AacSettings(track.rate_hz or track.timescale, track.channels or 1, 64)


def _annex_b(fragment: bytes) -> bytes:
    """The parameter sets and the first slice of a fragment's first picture, with start codes (ITU-T H.264, Annex B)."""
    mdat = next(box for box in parse_boxes(fragment) if box.type == b"mdat")
    units = b""
    at = mdat.body
    while at + 4 < mdat.end:
        (length,) = struct.unpack_from(">I", fragment, at)
        unit = fragment[at + 4 : at + 4 + length]
        # Only parameter sets have the long start code, as the encoder writes it: so the bytes are the same.
        units += (b"\0\0\0\1" if unit and unit[0] & 31 in _PARAMETER_SETS else b"\0\0\1") + unit
        at += 4 + length
        if unit and unit[0] & 31 in _SLICES:
            break
    return units
