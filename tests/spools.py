"""Lessons in a spool for tests of the uploader: folders of files whose contents do not matter."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "school/r204"


@dataclass
class SpooledLesson:
    """A lesson that grows in a spool, with playlists as the recorder writes them; ``on_file`` is told of its files."""

    spool: Path
    name: str = "r204-7f3a-000001"
    tracks: tuple[str, ...] = ("teacher", "sound")
    segments: dict[str, int] = field(default_factory=dict)
    on_file: Callable[[str], None] = lambda _path: None

    def __post_init__(self) -> None:
        for track in self.tracks:
            (self.folder / track).mkdir(parents=True)
            (self.folder / track / "init.mp4").write_bytes(track.encode())
            self.segments[track] = 0
        self.write("main.m3u8", _master())
        self.write("journal.jsonl", "begin\n")

    @property
    def folder(self) -> Path:
        return self.spool / self.name

    def write(self, path: str, text: str) -> None:
        """Put a file in place at once, as every writer of the spool does."""
        part = self.folder / f"{path}.tmp"
        part.write_text(text)
        part.rename(self.folder / path)

    def grow(self, track: str) -> str:
        """Add a segment and name it in its playlists; return its path in the lesson."""
        self.segments[track] += 1
        path = f"{track}/{self.segments[track]:06d}.m4s"
        part = self.folder / f"{path}.part"
        part.write_bytes(os.urandom(2000))
        part.rename(self.folder / path)
        self.on_file(path)
        self._write_playlists(ended=False)
        return path

    def grow_all(self, times: int = 1) -> None:
        """Add so many segments to every track."""
        for _ in range(times):
            for track in self.tracks:
                self.grow(track)

    def finish(self) -> None:
        """Write the last files of a lesson."""
        self._write_playlists(ended=True)
        self.write("journal.jsonl", "begin\nend\n")
        self.write("receipt.json", '{"recording": "good"}')
        self.write("lesson.json", "{}")

    def _write_playlists(self, *, ended: bool) -> None:
        for track in self.tracks:
            name = f"{'programme' if track == 'teacher' else track}.m3u8"
            self.write(name, _media(track, self.segments[track], ended=ended))
            self.on_file(name)


def _media(track: str, segments: int, *, ended: bool) -> str:
    entries = "".join(f"#EXTINF:4.000,\n{track}/{number:06d}.m4s\n" for number in range(1, segments + 1))
    return f'#EXTM3U\n#EXT-X-MAP:URI="{track}/init.mp4"\n{entries}' + ("#EXT-X-ENDLIST\n" if ended else "")


def _master() -> str:
    media = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="s",URI="sound.m3u8"'
    return f'#EXTM3U\n{media}\n#EXT-X-STREAM-INF:BANDWIDTH=4000000,AUDIO="s"\nprogramme.m3u8\n'
