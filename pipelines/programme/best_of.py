"""A best-of of a lesson in its folder: playlists and chapters of its excerpts in ``best-of/``, which copy no media."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path

from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import BEST_OF, CHAPTERS_VTT, MAIN_PLAYLIST, PROGRAMME_PLAYLIST, SOUND_PLAYLIST
from pipelines.files.webvtt import Cue, to_webvtt
from pipelines.journal.journal_index import JournalIndex
from pipelines.programme.excerpts import Excerpt, excerpt_playlist
from pipelines.programme.hls_playlist import PlaylistSegment, media_playlist
from pipelines.programme.journalled_programme import timed_segments
from pipelines.programme.playlist_parser import read_media_playlist

FILES = tuple(f"{BEST_OF}/{name}" for name in (PROGRAMME_PLAYLIST, SOUND_PLAYLIST, CHAPTERS_VTT, MAIN_PLAYLIST))
"""What is written, the playlist that players are given last."""


def write_best_of(folder: Path, excerpts: Sequence[Excerpt]) -> None:
    """Write the best-of of an ended lesson; its own main playlist does for it too, for the names are the same.

    Raises:
        InvalidPlaylist: a playlist of the lesson is none of ours.
        OSError: a file cannot be read or written.
    """
    index = JournalIndex(folder)
    (folder / BEST_OF).mkdir(exist_ok=True)
    for name in (PROGRAMME_PLAYLIST, SOUND_PLAYLIST):
        if not (folder / name).exists():
            continue
        entries = timed_segments(read_media_playlist(folder / name), index)
        found = excerpt_playlist(entries, excerpts, needs_key=name == PROGRAMME_PLAYLIST)
        segments = [replace(one, path=f"../{one.path}", init=f"../{one.init}") for one in found]
        write_atomically(folder / BEST_OF / name, _text(segments).encode())
    write_atomically(folder / BEST_OF / CHAPTERS_VTT, to_webvtt(_cues(excerpts)).encode())
    write_atomically(folder / BEST_OF / MAIN_PLAYLIST, (folder / MAIN_PLAYLIST).read_bytes())


def _text(segments: Sequence[PlaylistSegment]) -> str:
    target_s = ceil(max((one.duration_s for one in segments), default=1.0))
    init = segments[0].init if segments else ""
    return media_playlist(init, segments, target_s=target_s, ended=True)


def _cues(excerpts: Sequence[Excerpt]) -> Iterator[Cue]:
    at_ms = 0
    for number, excerpt in enumerate(excerpts, 1):
        end_ms = at_ms + (excerpt.to_s - excerpt.from_s) * 1000
        yield Cue(at_ms, end_ms, excerpt.title, f"mark-{number}")
        at_ms = end_ms
