"""Checks of the playlists: whether they play exactly the segments that are on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from pipelines.files.lesson_layout import MAIN_PLAYLIST, PROGRAMME_PLAYLIST, SOUND_PLAYLIST, is_playlist, playlist_name
from pipelines.journal.entries import Medium
from pipelines.programme.playlist_parser import InvalidPlaylist, MediaPlaylist, read_main_playlist, read_media_playlist
from pipelines.receipt.findings import Finding, FindingCode, bad

# EXTINF is rounded, and a picture's length may be known only when the next one comes.
_ROUNDING_S = 0.05
_LENGTH_TOLERANCE_S = 0.1


def check_playlists(
    folder: Path, media: Mapping[str, Medium], segments_ns: Mapping[str, int], lesson_ns: int
) -> Iterator[Finding]:
    """Compare every playlist with the segments on disk, given as path → length.

    ``media`` is the medium of each track: each has a playlist of its own, and the programme is made of pictures.

    Raises:
        OSError: a playlist cannot be read.
    """
    yield from _check_main(folder, media)
    names = {playlist_name(track) for track in media} | set(filter(is_playlist, os.listdir(folder)))
    if Medium.PICTURE in media.values():
        names.add(PROGRAMME_PLAYLIST)
    for name in sorted(names - {MAIN_PLAYLIST}):
        try:
            playlist = read_media_playlist(folder / name)
        except FileNotFoundError:
            yield bad(FindingCode.PLAYLIST_MISSING, file=name)
        except InvalidPlaylist as error:
            yield bad(FindingCode.PLAYLIST_UNREADABLE, file=name, reason=str(error))
        else:
            yield from _check_media(folder, name, playlist, segments_ns, lesson_ns)


def _check_main(folder: Path, media: Mapping[str, Medium]) -> Iterator[Finding]:
    try:
        main = read_main_playlist(folder / MAIN_PLAYLIST)
    except FileNotFoundError:
        yield bad(FindingCode.PLAYLIST_MISSING, file=MAIN_PLAYLIST)
        return
    except InvalidPlaylist as error:
        yield bad(FindingCode.PLAYLIST_UNREADABLE, file=MAIN_PLAYLIST, reason=str(error))
        return
    wanted = [(PROGRAMME_PLAYLIST, main.pictures)] if Medium.PICTURE in media.values() else []
    if Medium.SOUND in media.values():
        wanted.append((SOUND_PLAYLIST, main.pictures if not wanted else main.sounds))
    for name, listed in wanted:
        if name not in listed:
            yield bad(FindingCode.PLAYLIST_DIFFERS, file=MAIN_PLAYLIST, other=name)


def _check_media(
    folder: Path, name: str, playlist: MediaPlaylist, segments_ns: Mapping[str, int], lesson_ns: int
) -> Iterator[Finding]:
    if not playlist.ended:
        yield bad(FindingCode.PLAYLIST_OPEN, file=name)
    listed = [segment.path for segment in playlist.segments]
    tracks = {str(PurePosixPath(path).parent) for path in [*listed, *playlist.inits]}
    on_disk = [path for path in segments_ns if str(PurePosixPath(path).parent) in tracks]
    if name == PROGRAMME_PLAYLIST:
        differing = [path for path in listed if path not in segments_ns]
    else:
        differing = [one for one, other in zip(listed, on_disk, strict=False) if one != other]
        differing += listed[len(on_disk) :] + on_disk[len(listed) :]
    differing = [init for init in playlist.inits if not (folder / init).exists()] + differing
    if differing:
        yield bad(FindingCode.PLAYLIST_DIFFERS, file=name, other=differing[0])
        return
    for segment in playlist.segments:
        if segment.length is None and abs(segment.duration_s - segments_ns[segment.path] / 1e9) > _ROUNDING_S:
            yield bad(FindingCode.PLAYLIST_DIFFERS, file=name, other=segment.path)
            return
    if abs(playlist.duration_s - lesson_ns / 1e9) > _LENGTH_TOLERANCE_S:
        seconds = round(playlist.duration_s, 3)
        yield bad(FindingCode.PLAYLIST_LENGTH, file=name, seconds=seconds, lesson_s=round(lesson_ns / 1e9, 3))
