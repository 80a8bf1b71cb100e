"""Fragments made after the fact: slate or silence for a hole, and an init segment that was lost."""

from __future__ import annotations

import struct
from fractions import Fraction

import numpy as np

from pipelines.encoding.aac_encoder import AacEncoder, AacSettings
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.encoding.slate import render_slate
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.files.mp4_boxes import FragmentHeader, parse_boxes
from pipelines.journal.entries import Medium, Track
from pipelines.recording.mp4_fragmenter import AudioTrackFormat, Mp4Fragmenter, VideoTrackFormat
from pipelines.recovery.salvage_fragments import SalvagedFragment

_FRAGMENT_MS = 1000
_SLATE_KBPS = 200
_SLICE_TYPES = {1, 5}
_PARAMETER_SETS = {7, 8}
# Silence is encoded in parts, for an hour of it would not fit into the memory of a small box.
_SILENCE_PART = 48_000


class _MemorySink:
    """An outlet that keeps what it is given."""

    def __init__(self) -> None:
        self.head = b""
        self.pieces: list[SalvagedFragment] = []

    def write_init(self, data: bytes) -> None:
        self.head = data

    def write_fragment(self, head: FragmentHeader, data: bytes) -> None:
        self.pieces.append(SalvagedFragment(head, data))


def filler_fragments(track: Track, start: int, end: int) -> list[SalvagedFragment]:
    """Fragments of slate or silence for [start, end), in the track's time scale."""
    memory = _MemorySink()
    if track.medium is Medium.PICTURE:
        fragments = Mp4Fragmenter(VideoTrackFormat(_FRAGMENT_MS), memory)
        for packet in _slates(track, start, end):
            fragments.push_packet(packet)
    else:
        coding = _sound_coding(track)
        fragments = Mp4Fragmenter(AudioTrackFormat(_FRAGMENT_MS, coding), memory)
        encoder = AacEncoder(coding, start)
        for at in range(start, end, _SILENCE_PART):
            silence = np.zeros((min(_SILENCE_PART, end - at), coding.channels), np.float32)
            for packet in encoder.encode(silence):
                fragments.push_packet(packet)
        for packet in encoder.close():
            fragments.push_packet(packet)
    fragments.flush(end)
    return memory.pieces


def rebuilt_init(track: Track, first: SalvagedFragment | None) -> bytes:
    """An init segment as the writer makes it; for pictures from the parameter sets inside ``first``."""
    memory = _MemorySink()
    if track.medium is Medium.SOUND:
        fragments = Mp4Fragmenter(AudioTrackFormat(_FRAGMENT_MS, _sound_coding(track)), memory)
        encoder = AacEncoder(_sound_coding(track), 0)
        silence = np.zeros((4096, _sound_coding(track).channels), np.float32)
        packet = (encoder.encode(silence) + encoder.close())[0]
    else:
        fragments = Mp4Fragmenter(VideoTrackFormat(_FRAGMENT_MS), memory)
        packet = EncodedPacket(0, _annex_b(first.data), True) if first else _slates(track, 0, 1)[0]
    fragments.push_packet(packet)
    fragments.flush(packet.start + 1)
    return memory.head


def _slates(track: Track, start: int, end: int) -> list[EncodedPacket]:
    coding = H264Settings(
        track.width,
        track.height,
        Fraction(track.fps or 25).limit_denominator(1001),
        _SLATE_KBPS,
        "ultrafast",
        full_range=track.full_range,
    )
    encoder = X264Encoder(coding)
    still = render_slate(track.track, track.width, track.height)
    return [
        packet for at in range(start, end, VIDEO_TIMESCALE) for packet in encoder.encode(still, at, key=True)
    ] + encoder.close()


def _sound_coding(track: Track) -> AacSettings:
    return AacSettings(track.rate_hz or track.timescale, track.channels or 1, 64)


def _annex_b(fragment: bytes) -> bytes:
    """The parameter sets and the first slice of a fragment's first picture, with start codes."""
    mdat = next(box for box in parse_boxes(fragment) if box.type == b"mdat")
    found = b""
    at = mdat.body
    while at + 4 < mdat.end:
        (length,) = struct.unpack_from(">I", fragment, at)
        unit = fragment[at + 4 : at + 4 + length]
        # Only parameter sets have the long start code, as the encoder writes it: so the bytes are the same.
        found += (b"\0\0\0\1" if unit and unit[0] & 31 in _PARAMETER_SETS else b"\0\0\1") + unit
        at += 4 + length
        if unit and unit[0] & 31 in _SLICE_TYPES:
            break
    return found
