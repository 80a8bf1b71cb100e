"""HLS playlists (RFC 8216) of a lesson: media playlists of roles and programme, and the main playlist. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.files.lesson_layout import PROGRAMME_PLAYLIST, SOUND_PLAYLIST

_END = "#EXT-X-ENDLIST"
_HEAD = "#EXTM3U\n#EXT-X-VERSION:7\n"


@dataclass(frozen=True, slots=True)
class PlaylistSegment:
    """One media segment: its path in the lesson's folder, its duration, and its bytes if not the whole file.

    ``init`` is the path of its init segment, empty for the playlist's first. ``is_apart``: time does not go on from the
    entry before.
    """

    path: str
    duration_s: float
    offset: int = 0
    length: int | None = None
    init: str = ""
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Rendition:
    """The programme's picture as the main playlist describes it; ``codecs`` as in ``avc1.42c01f`` (RFC 6381)."""

    codecs: Sequence[str]
    width: int
    height: int
    fps: float
    bits_per_second: int


def media_playlist(init: str, segments: Sequence[PlaylistSegment], *, target_s: int, ended: bool) -> str:
    """Return the playlist of a track or of the programme; see ``GrowingPlaylist``.

    ``init`` is the first segment's init segment; where another one is needed, the playlist says so.
    """
    return GrowingPlaylist(target_s, init).text(segments, ended=ended)


class GrowingPlaylist:
    """A media playlist, made of segments of which there are more each time: an EVENT, and a VOD when it has ended.

    Where another init segment is needed of the same track, EXT-X-DISCONTINUITY stands before it; not where another
    camera follows: lesson time goes on, and the sound, whose discontinuities would have to match (RFC 8216, 6.2.4), has
    none. ``target_s`` bounds every segment's rounded duration.
    """

    def __init__(self, target_s: int, init: str = "") -> None:
        self._target_s = target_s
        self._init = init
        self._present = init
        self._track = ""
        self._count = 0
        self._entries = ""

    def text(self, segments: Sequence[PlaylistSegment], *, ended: bool) -> str:
        """The playlist of these segments, of which the first ones are those of the last time."""
        if segments and not self._init:
            self._init = self._present = segments[0].init
        new = (line for segment in segments[self._count :] for line in self._lines(segment))
        self._entries += "".join(f"{line}\n" for line in new)
        self._count = len(segments)
        head = [
            f"#EXT-X-TARGETDURATION:{self._target_s}",
            "#EXT-X-MEDIA-SEQUENCE:1",
            f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            f'#EXT-X-MAP:URI="{self._init}"',
        ]
        end = f"{_END}\n" if ended else ""
        return _HEAD + "\n".join(head) + "\n" + self._entries + end

    def _lines(self, segment: PlaylistSegment) -> Iterator[str]:
        before, self._track = self._track, segment.path.rpartition("/")[0]
        needed = segment.init or self._init
        is_other = needed != self._present
        if segment.is_apart or (is_other and self._track == before):
            yield "#EXT-X-DISCONTINUITY"
        if is_other:
            self._present = needed
            yield f'#EXT-X-MAP:URI="{needed}"'
        yield f"#EXTINF:{segment.duration_s:.6f},"
        if segment.length is not None:
            yield f"#EXT-X-BYTERANGE:{segment.length}@{segment.offset}"
        yield segment.path


def is_ended(playlist: str) -> bool:
    """Whether a media playlist, whole as it was written, is that of a lesson that has ended."""
    return playlist.endswith(f"{_END}\n")


def main_playlist(picture: Rendition | None, sound_channels: int, title: str = "") -> str:
    """Return the main playlist: the programme's picture, with the sound as a rendition of its own.

    Either may be missing; 0 channels are no sound. ``title`` is what players show.
    """
    lines = ["#EXT-X-INDEPENDENT-SEGMENTS"]
    if title:
        lines.append(f'#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.title",VALUE="{_quotable(title)}"')
    audio = ""
    codecs: list[str] = []
    if picture is not None and sound_channels:
        lines.append(
            '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="sound",DEFAULT=YES,AUTOSELECT=YES,'
            f'CHANNELS="{sound_channels}",URI="{SOUND_PLAYLIST}"'
        )
        audio = ',AUDIO="sound"'
    if picture is not None:
        codecs += dict.fromkeys(picture.codecs)
    if sound_channels:
        codecs.append("mp4a.40.2")
    shown = ""
    bandwidth = 128_000
    if picture is not None:
        bandwidth += math.ceil(picture.bits_per_second * 1.5)
        shown = f",RESOLUTION={picture.width}x{picture.height},FRAME-RATE={picture.fps:.3f}"
    lines.append(f'#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},CODECS="{",".join(codecs)}"{shown}{audio}')
    lines.append(PROGRAMME_PLAYLIST if picture is not None else SOUND_PLAYLIST)
    return _HEAD + "\n".join(lines) + "\n"


def _quotable(text: str) -> str:
    """A text as a quoted string can hold it (RFC 8216, 4.2): on one line, without double quotes."""
    return "".join(letter if letter.isprintable() else " " for letter in text).replace('"', "'")


def avc_codec_string(init: bytes) -> str:
    """Return the RFC 6381 name of an init segment's H.264 (profile, constraints, level); a safe guess without avcC."""
    at = init.find(b"avcC")
    return f"avc1.{init[at + 5 : at + 8].hex()}" if at >= 0 else "avc1.42c01f"
