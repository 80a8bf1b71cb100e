"""Key pictures of a lesson, found in its segment files by their headers and decoded alone: nothing else is read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av

from pipelines.files.mp4_boxes import MAX_BOX, Box, FragmentHeader, InvalidBox, parse_boxes, parse_moof
from pipelines.programme.playlist_parser import MediaPlaylist, read_media_playlist

_LARGEST_MOOF = 1 << 20
_HEADER_BYTES = 16


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """A decoded key picture; ``role`` is that of its camera, ``pixel_aspect`` the width of a pixel by its height."""

    frame: av.VideoFrame
    role: str
    pixel_aspect: float


@dataclass(frozen=True, slots=True)
class _Clip:
    """A piece of a playlist: bytes of a segment, its init segment, and where it lies in lesson time."""

    path: str
    init: str
    from_s: float
    to_s: float
    offset: int
    length: int | None


class KeyPictures:
    """The key pictures of one media playlist of a lesson, by lesson time.

    A picture costs the headers of its segment's fragments, one fragment, and the decoding of one picture. One thread
    at a time.

    Raises:
        InvalidPlaylist: the playlist is not one of ours (from the constructor, as is the next).
        OSError: it cannot be read.
    """

    def __init__(self, folder: Path, playlist: str) -> None:
        self._folder = folder
        self._clips = _clips(read_media_playlist(folder / playlist))
        self.length_s = self._clips[-1].to_s if self._clips else 0.0

    def at(self, lesson_s: float) -> KeyPicture | None:
        """Decode the last key picture that is shown at or before a moment, else the first one of its clip.

        None where there is none, or it cannot be read or decoded: a picture is missing then, and no more.
        """
        clip = next((clip for clip in self._clips if clip.from_s <= lesson_s < clip.to_s), None)
        if clip is None:
            return None
        try:
            fragment = self._fragment(clip, lesson_s)
            return None if fragment is None else self._decode(clip, fragment)
        except (InvalidBox, OSError, av.FFmpegError, ValueError, IndexError):
            return None

    def _fragment(self, clip: _Clip, lesson_s: float) -> bytes | None:
        """The bytes of the fragment that begins with the picture."""
        timescale = _timescale((self._folder / clip.init).read_bytes())
        with (self._folder / clip.path).open("rb") as file:
            found: tuple[int, int] | None = None
            for header, offset, length in _fragments(file, clip.offset, clip.length):
                if header.is_key and (found is None or header.start <= lesson_s * timescale):
                    found = offset, length
                if header.start > lesson_s * timescale and found is not None:
                    break
            if found is None:
                return None
            file.seek(found[0])
            return file.read(found[1])

    def _decode(self, clip: _Clip, fragment: bytes) -> KeyPicture | None:
        init = (self._folder / clip.init).read_bytes()
        with av.open(io.BytesIO(init + fragment), "r", format="mp4") as container:
            stream = container.streams.video[0]
            codec = stream.codec_context
            codec.thread_count = 1
            packet = next(packet for packet in container.demux(stream) if packet.size)
            frames = [*codec.decode(packet), *codec.decode(None)]
            aspect = stream.sample_aspect_ratio or codec.sample_aspect_ratio
        if not frames or frames[0].is_corrupt:
            return None
        return KeyPicture(frames[0], clip.path.partition("/")[0], float(aspect) if aspect else 1.0)


def _clips(playlist: MediaPlaylist) -> Sequence[_Clip]:
    clips = []
    at_s = 0.0
    for segment in playlist.segments:
        end_s = at_s + segment.duration_s
        init = segment.init or playlist.init
        clips.append(_Clip(segment.path, init, at_s, end_s, segment.offset, segment.length))
        at_s = end_s
    return clips


def _fragments(file: BinaryIO, offset: int, length: int | None) -> list[tuple[FragmentHeader, int, int]]:
    """Each whole fragment (moof and mdat) in these bytes of a segment: header, offset, length; no media is read."""
    end = file.seek(0, io.SEEK_END)
    end = end if length is None else min(end, offset + length)
    found = []
    moof: tuple[FragmentHeader, int] | None = None
    at = offset
    while at + _HEADER_BYTES <= end and (box := _box_at(file, at)) is not None and box.end <= end:
        if box.type == b"moof" and box.end - box.start <= _LARGEST_MOOF:
            file.seek(box.start)
            moof = parse_moof(file.read(box.end - box.start)), box.start
        elif box.type == b"mdat" and moof is not None:
            found.append((moof[0], moof[1], box.end - moof[1]))
            moof = None
        at = box.end
    return found


def _box_at(file: BinaryIO, at: int) -> Box | None:
    file.seek(at)
    size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
    return Box(kind, at, at + 8, at + size) if 8 <= size <= MAX_BOX else None


def _timescale(init: bytes) -> int:
    """The time scale of an init segment's track: ``mdhd``, ISO/IEC 14496-12 §8.4.2.

    Raises:
        InvalidBox: it has none.
    """
    start, end = 0, len(init)
    for kind in (b"moov", b"trak", b"mdia", b"mdhd"):
        box = next((box for box in parse_boxes(init, start, end) if box.type == kind), None)
        if box is None:
            raise InvalidBox(f"an init segment without {kind.decode()}")
        start, end = box.body, box.end
    at = start + (20 if init[start] == 1 else 12)
    timescale = int.from_bytes(init[at : at + 4], "big")
    if not timescale:
        raise InvalidBox("a time scale of 0")
    return timescale
