"""Strict parser of the playlists in a lesson's folder (the part of RFC 8216 that ours use)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.programme.hls_playlist import PlaylistSegment


class InvalidPlaylist(ValueError):
    """The text is not one of our playlists; the message says which line is wrong."""


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    """Segments in order after their first init segment; ``ended`` where no more will come."""

    init: str
    segments: tuple[PlaylistSegment, ...]
    ended: bool

    @property
    def duration_s(self) -> float:
        """The sum of its segments' durations."""
        return sum(segment.duration_s for segment in self.segments)

    @property
    def inits(self) -> tuple[str, ...]:
        """Every init segment that is needed, in order."""
        return tuple(dict.fromkeys((self.init, *(segment.init for segment in self.segments if segment.init))))


@dataclass(frozen=True, slots=True)
class MainPlaylist:
    """The media playlists of picture and sound that main.m3u8 points to."""

    pictures: tuple[str, ...]
    sounds: tuple[str, ...]


_ATTRIBUTE = re.compile(r'([A-Z-]+)=("[^"]*"|[^",]+)(?:,|$)')
_MEDIA_ATTRIBUTES = frozenset(("URI", "TYPE", "GROUP-ID", "NAME", "DEFAULT", "AUTOSELECT", "CHANNELS", "LANGUAGE"))
_STREAM_ATTRIBUTES = frozenset(("BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS", "RESOLUTION", "FRAME-RATE", "AUDIO"))
_NUMBER = re.compile(r"\d+(\.\d+)?")
_OCTETS = re.compile(r"\d{1,18}")
_SAFE_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.[a-z0-9]+")
# Tags that say nothing about which bytes are played when.
_IGNORED_TAGS = frozenset(
    (
        *("VERSION", "TARGETDURATION", "MEDIA-SEQUENCE", "PLAYLIST-TYPE", "INDEPENDENT-SEGMENTS", "PROGRAM-DATE-TIME"),
        "SESSION-DATA",
    )
)


def read_media_playlist(path: Path) -> MediaPlaylist:
    """Read a media playlist.

    Raises:
        InvalidPlaylist: it is not one of ours.
        OSError: it cannot be read.
    """
    init: str | None = None
    needed = ""
    segments: list[PlaylistSegment] = []
    duration_s: float | None = None
    byte_range: tuple[int, int] | None = None
    ended = False
    for number, line in _lines(path):
        match _tag(line):
            case ("EXT-X-MAP", value) if init is None or segments:
                needed = _path(_attributes(value, _MEDIA_ATTRIBUTES, number).get("URI", ""), number)
                init = init or needed
            case ("EXT-X-DISCONTINUITY", "") if segments:
                pass
            case ("EXTINF", value):
                duration_s = _seconds(value, number)
            case ("EXT-X-BYTERANGE", value):
                byte_range = _byte_range(value, number)
            case ("EXT-X-ENDLIST", ""):
                ended = True
            case ("", name):
                if duration_s is None:
                    raise InvalidPlaylist(f"line {number}: a segment without its EXTINF")
                length, offset = byte_range or (None, 0)
                other_init = "" if needed == init else needed
                segments.append(PlaylistSegment(_path(name, number), duration_s, offset, length, other_init))
                duration_s = byte_range = None
            case (tag, _):
                _refuse_unknown(tag, number)
    if init is None:
        raise InvalidPlaylist("no EXT-X-MAP")
    if duration_s is not None:
        raise InvalidPlaylist("an EXTINF without its segment")
    return MediaPlaylist(init, tuple(segments), ended)


def read_main_playlist(path: Path) -> MainPlaylist:
    """Read a main playlist.

    Raises:
        InvalidPlaylist: it is not one of ours.
        OSError: it cannot be read.
    """
    pictures: list[str] = []
    sounds: list[str] = []
    variant_follows = False
    for number, line in _lines(path):
        match _tag(line):
            case ("EXT-X-MEDIA", value):
                media = _attributes(value, _MEDIA_ATTRIBUTES, number)
                if media.get("TYPE") == "AUDIO":
                    sounds.append(_path(media.get("URI", ""), number))
            case ("EXT-X-STREAM-INF", value):
                _attributes(value, _STREAM_ATTRIBUTES, number)
                variant_follows = True
            case ("", name):
                if not variant_follows:
                    raise InvalidPlaylist(f"line {number}: a playlist without its EXT-X-STREAM-INF")
                pictures.append(_path(name, number))
                variant_follows = False
            case (tag, _):
                _refuse_unknown(tag, number)
    return MainPlaylist(tuple(pictures), tuple(sounds))


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidPlaylist(f"byte {error.start}: not text") from error
    if not lines or lines[0] != "#EXTM3U":
        raise InvalidPlaylist("line 1: not #EXTM3U")
    return [(number, line) for number, line in enumerate(lines[1:], start=2) if line]


def _tag(line: str) -> tuple[str, str]:
    """A line as (tag, value); the tag is "" where the line is a URI."""
    if not line.startswith("#"):
        return "", line
    tag, _, value = line[1:].partition(":")
    return tag, value


def _refuse_unknown(tag: str, number: int) -> None:
    if tag.removeprefix("EXT-X-") not in _IGNORED_TAGS:
        raise InvalidPlaylist(f"line {number}: #{tag} is none of ours, or comes twice")


def _attributes(value: str, known: frozenset[str], number: int) -> dict[str, str]:
    """An attribute list, without the quotes."""
    attributes: dict[str, str] = {}
    at = 0
    while at < len(value):
        match = _ATTRIBUTE.match(value, at)
        if match is None or match[1] not in known:
            raise InvalidPlaylist(f"line {number}: {value[at:]!r} is no attribute of ours")
        attributes[match[1]] = match[2].strip('"')
        at = match.end()
    return attributes


def _path(name: str, number: int) -> str:
    if not _SAFE_PATH.fullmatch(name):
        raise InvalidPlaylist(f"line {number}: {name!r} is no file of the lesson")
    return name


def _seconds(value: str, number: int) -> float:
    seconds = value.split(",", 1)[0]
    if not _NUMBER.fullmatch(seconds):
        raise InvalidPlaylist(f"line {number}: {seconds!r} is no duration")
    return float(seconds)


def _byte_range(value: str, number: int) -> tuple[int, int]:
    length, _, offset = value.partition("@")
    if not (_OCTETS.fullmatch(length) and _OCTETS.fullmatch(offset)):
        raise InvalidPlaylist(f"line {number}: {value!r} is no byte range")
    return int(length), int(offset)
