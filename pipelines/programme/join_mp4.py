"""Joining of a lesson into one progressive MP4: programme and sound are remuxed, nothing is encoded again."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream

from pipelines.files.lesson_layout import PART, PROGRAMME_PLAYLIST, SOUND_PLAYLIST
from pipelines.programme.hls_playlist import PlaylistSegment
from pipelines.programme.lesson_tags import LessonTags, read_tags
from pipelines.programme.playlist_parser import InvalidPlaylist, MediaPlaylist, read_media_playlist

_READ_BYTES = 1 << 20
_PICTURE_TIMESCALE = 90_000
_MILLISECOND = Fraction(1, 1000)
# The index (moov) of a file: about 30 bytes a picture or sound frame.
_INDEX_BYTES_A_SECOND = 4_000


class JoinError(Exception):
    """The lesson cannot be joined into this file; the message says what to do."""


def join_mp4(folder: Path, out: Path, *, overwrite: bool = False) -> None:
    """Write the lesson in ``folder`` to ``out``: H.264 and AAC, index first, times as in the lesson.

    It carries what the journal knows: title, teacher, date, and a chapter from each marker to the next. ``out`` appears
    whole or not at all.

    Raises:
        FileExistsError: ``out`` is there and may not be overwritten.
        JoinError: the lesson is damaged, or the disk refuses.
    """
    if out.exists() and not overwrite:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
    playlists = [
        playlist for name in (PROGRAMME_PLAYLIST, SOUND_PLAYLIST) if (playlist := _playlist(folder, name)) is not None
    ]
    if not playlists:
        raise JoinError(f"{folder}: no {PROGRAMME_PLAYLIST} or {SOUND_PLAYLIST} with anything in it: is this a lesson?")
    part = out.with_name(out.name + PART)
    try:
        _check_free_space(folder, playlists, out.parent)
        _remux([_TrackStream(folder, playlist) for playlist in playlists], part, read_tags(folder))
        _sync_file(part)
        part.replace(out)
    except OSError as error:
        raise JoinError(_advice(error, out)) from error
    except av.FFmpegError as error:
        raise JoinError(f"{folder}: a segment cannot be read ({error}); look at it with verify") from error
    finally:
        part.unlink(missing_ok=True)


def _playlist(folder: Path, name: str) -> MediaPlaylist | None:
    try:
        playlist = read_media_playlist(folder / name)
    except FileNotFoundError:
        return None
    except InvalidPlaylist as error:
        raise JoinError(f"{folder / name}: {error}; let recover write it anew") from error
    return playlist if playlist.segments else None


def _advice(error: OSError, out: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{out.parent}: the disk is full; free some room or choose another place"
    return f"{error.filename or out}: {error.strerror or error}"


def _check_free_space(folder: Path, playlists: list[MediaPlaylist], place: Path) -> None:
    """Raise OSError before minutes of copying, if the result cannot fit."""
    needed = 0
    for playlist in playlists:
        needed += int(playlist.duration_s * _INDEX_BYTES_A_SECOND)
        for segment in playlist.segments:
            needed += (folder / segment.path).stat().st_size if segment.length is None else segment.length
    if (free := shutil.disk_usage(place).free) < needed:
        raise OSError(errno.ENOSPC, f"{needed} bytes are needed, {free} are free")


def _remux(streams: list[_TrackStream], part: Path, tags: LessonTags) -> None:
    with ExitStack() as stack:
        containers = [stack.enter_context(stack.enter_context(closing(stream)).open()) for stream in streams]
        sources = [container.streams[0] for container in containers]
        out = stack.enter_context(
            av.open(
                str(part),
                "w",
                format="mp4",
                container_options={"movflags": "faststart", "video_track_timescale": str(_PICTURE_TIMESCALE)},
            )
        )
        out.metadata.update(tags.metadata)
        out.set_chapters(
            [
                {
                    "id": number,
                    "start": start_ms,
                    "end": end_ms,
                    "time_base": _MILLISECOND,
                    "metadata": {"title": title},
                }
                for number, (start_ms, end_ms, title) in enumerate(tags.chapters)
            ]
        )
        targets = [_target(out, source, stream) for source, stream in zip(sources, streams, strict=True)]
        for _, _, packet in merge(*map(_packets, containers, sources, targets)):
            out.mux(packet)


def _target(out: OutputContainer, source: Stream, stream: _TrackStream) -> Stream:
    target = out.add_stream_from_template(source, opaque=True)
    if stream.has_other_parameter_sets:
        # Those in the pictures count, too (ISO/IEC 14496-15, 5.3.3).
        target.codec_context.codec_tag = "avc3"
    return target


def _packets(
    container: InputContainer, source: Stream, target: Stream
) -> Iterator[tuple[float, int, av.Packet[Stream]]]:
    """Each packet for ``target``, after the two numbers that order it among those of other streams."""
    tick_s = float(source.time_base or 1)
    for packet in container.demux(source):
        # The demuxer ends with an empty packet.
        if packet.dts is not None:
            packet.stream = target
            yield packet.dts * tick_s, target.index, packet


def _sync_file(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class _TrackStream:
    """A playlist as one stream of bytes, for a demuxer: the first init segment, then every media segment.

    A demuxer takes no second one: pictures that need another one carry its parameter sets themselves.
    """

    def __init__(self, folder: Path, playlist: MediaPlaylist) -> None:
        self.has_other_parameter_sets = len(playlist.inits) > 1
        self._folder = folder
        self._segments = iter((PlaylistSegment(playlist.init, 0.0), *playlist.segments))
        self._file: BinaryIO | None = None
        self._left = 0

    def open(self) -> InputContainer:
        """Open a demuxer of this stream."""
        return av.open(self, "r", format="mp4", buffer_size=_READ_BYTES)

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes or fewer, none at the end."""
        while self._file is None or self._left == 0:
            self.close()
            segment = next(self._segments, None)
            if segment is None:
                return b""
            self._file = (self._folder / segment.path).open("rb")
            rest = os.fstat(self._file.fileno()).st_size - segment.offset
            self._left = rest if segment.length is None else segment.length
            self._file.seek(segment.offset)
        data = self._file.read(min(size, self._left))
        self._left = self._left - len(data) if data else 0
        return data

    def close(self) -> None:
        """Close the present file; a second call does nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None
