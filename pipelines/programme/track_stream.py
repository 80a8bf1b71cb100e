"""A media playlist as one stream of bytes, for a demuxer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer

from pipelines.programme.hls_playlist import PlaylistSegment
from pipelines.programme.playlist_parser import MediaPlaylist

_READ_BYTES = 1 << 20


class TrackStream:
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
