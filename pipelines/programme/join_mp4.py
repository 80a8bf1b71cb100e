"""A lesson becomes one progressive MP4: programme and sound are copied together, nothing is encoded again."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from heapq import merge
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Stream

from pipelines.files.lesson_layout import PART, PROGRAMME_PLAYLIST, SOUND_PLAYLIST
from pipelines.programme.playlist_parser import InvalidPlaylist, MediaPlaylist, PlaylistItem, read_media_playlist

_READ_BYTES = 1 << 20
_PICTURE_TIMESCALE = 90_000
# The index of a file: about 30 bytes a picture or sound frame.
_INDEX_BYTES_A_SECOND = 4_000


class JoinError(Exception):
    """The lesson cannot be made into this file; the message says what to do."""


def join_mp4(folder: Path, out: Path, *, overwrite: bool = False) -> None:
    """Write the lesson in ``folder`` to ``out``: H.264 and AAC, index first, times as in the lesson.

    ``out`` appears whole or not at all. FileExistsError if it is there and may not be overwritten, JoinError.
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
        _check_room(folder, playlists, out.parent)
        _copy([_Tape(folder, playlist) for playlist in playlists], part)
        _make_durable(part)
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
    return playlist if playlist.items else None


def _advice(error: OSError, out: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{out.parent}: the disk is full; free some room or choose another place"
    return f"{error.filename or out}: {error.strerror or error}"


def _check_room(folder: Path, playlists: list[MediaPlaylist], place: Path) -> None:
    """Say so before minutes of copying, if it cannot fit. OSError."""
    needed = 0
    for playlist in playlists:
        needed += int(playlist.duration_s * _INDEX_BYTES_A_SECOND)
        for item in playlist.items:
            needed += (folder / item.path).stat().st_size if item.length is None else item.length
    if (free := shutil.disk_usage(place).free) < needed:
        raise OSError(errno.ENOSPC, f"{needed} bytes are needed, {free} are free")


def _copy(tapes: list[_Tape], part: Path) -> None:
    with ExitStack() as stack:
        containers = [stack.enter_context(stack.enter_context(closing(tape)).open()) for tape in tapes]
        sources = [container.streams[0] for container in containers]
        out = stack.enter_context(
            av.open(
                str(part),
                "w",
                format="mp4",
                container_options={"movflags": "faststart", "video_track_timescale": str(_PICTURE_TIMESCALE)},
            )
        )
        targets = [out.add_stream_from_template(source, opaque=True) for source in sources]
        for _, _, packet in merge(*map(_packets, containers, sources, targets)):
            out.mux(packet)


def _packets(
    container: InputContainer, source: Stream, target: Stream
) -> Iterator[tuple[float, int, av.Packet[Stream]]]:
    """Each packet for ``target``, behind the two numbers that say where its place is among those of others."""
    second = float(source.time_base or 1)
    for packet in container.demux(source):
        # The demuxer ends with an empty packet.
        if packet.dts is not None:
            packet.stream = target
            yield packet.dts * second, target.index, packet


def _make_durable(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class _Tape:
    """A playlist as one stream of bytes: the init, then every segment."""

    def __init__(self, folder: Path, playlist: MediaPlaylist) -> None:
        self._folder = folder
        self._items = iter((PlaylistItem(playlist.init, 0.0), *playlist.items))
        self._file: BinaryIO | None = None
        self._left = 0

    def open(self) -> InputContainer:
        """The same, demuxed."""
        return av.open(self, "r", format="mp4", buffer_size=_READ_BYTES)

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes or fewer, none at the end. OSError."""
        while self._file is None or self._left == 0:
            self.close()
            item = next(self._items, None)
            if item is None:
                return b""
            self._file = (self._folder / item.path).open("rb")
            there = os.fstat(self._file.fileno()).st_size - item.offset
            self._left = there if item.length is None else item.length
            self._file.seek(item.offset)
        data = self._file.read(min(size, self._left))
        self._left = self._left - len(data) if data else 0
        return data

    def close(self) -> None:
        """Let the present file go. Again: nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None
