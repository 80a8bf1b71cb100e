"""Checks of the playlists: whether they play exactly the segments that are on disk, and the programme what was cut."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from math import inf
from pathlib import Path, PurePosixPath

from pipelines.files.lesson_layout import MAIN_PLAYLIST, PROGRAMME_PLAYLIST, SOUND_PLAYLIST, is_playlist, playlist_name
from pipelines.journal.entries import Medium
from pipelines.programme.hls_playlist import PlaylistSegment
from pipelines.programme.playlist_parser import InvalidPlaylist, MediaPlaylist, read_main_playlist, read_media_playlist
from pipelines.programme.programme_cuts import read_programme_cuts
from pipelines.receipt.findings import Finding, FindingCode, bad
from pipelines.receipt.fragment_records import FragmentRecord
from pipelines.receipt.segment_reader import SegmentReader

# EXTINF is rounded, and a picture's length may be known only when the next one comes.
_ROUNDING_S = 0.05
_LENGTH_TOLERANCE_S = 0.1
# A camera that is passed through has a key picture every 2 s, and is on air from there on.
_LONGEST_WAIT_S = 2.1
_ONE_S = 1.0


def check_playlists(
    folder: Path, media: Mapping[str, Medium], segments_ns: Mapping[str, int], lesson_ns: int, reader: SegmentReader
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
            findings = list(_check_media(folder, name, playlist, segments_ns, lesson_ns))
            if name == PROGRAMME_PLAYLIST and not findings:
                findings = list(_check_programme(folder, playlist, segments_ns, reader))
            yield from findings


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
    tracks = {_track(path) for path in [*listed, *playlist.inits]}
    on_disk = [path for path in segments_ns if _track(path) in tracks]
    if name == PROGRAMME_PLAYLIST:
        differing = [path for path in listed if path not in segments_ns]
    else:
        differing = [one for one, other in zip(listed, on_disk, strict=False) if one != other]
        differing += listed[len(on_disk) :] + on_disk[len(listed) :]
    differing = [init for init in playlist.inits if not (folder / init).exists()] + differing
    if differing:
        yield bad(FindingCode.PLAYLIST_DIFFERS, file=name, other=differing[0])
        return
    if name != PROGRAMME_PLAYLIST:
        for segment in playlist.segments:
            if abs(segment.duration_s - segments_ns[segment.path] / 1e9) > _ROUNDING_S:
                yield bad(FindingCode.PLAYLIST_DIFFERS, file=name, other=segment.path)
                return
    if abs(playlist.duration_s - lesson_ns / 1e9) > _LENGTH_TOLERANCE_S:
        seconds = round(playlist.duration_s, 3)
        yield bad(FindingCode.PLAYLIST_LENGTH, file=name, seconds=seconds, lesson_s=round(lesson_ns / 1e9, 3))


def _check_programme(
    folder: Path, programme: MediaPlaylist, segments_ns: Mapping[str, int], reader: SegmentReader
) -> Iterator[Finding]:
    for segment in programme.segments:
        if not _is_whole(segment, reader.read(folder / segment.path).fragments):
            yield bad(FindingCode.PLAYLIST_DIFFERS, file=PROGRAMME_PLAYLIST, other=segment.path)
            return
    lasts_s: dict[str, float] = {}
    for path, length_ns in segments_ns.items():
        lasts_s[_track(path)] = lasts_s.get(_track(path), 0.0) + length_ns / 1e9
    ends = list(accumulate(segment.duration_s for segment in programme.segments))
    shown = [_track(segment.path) for segment in programme.segments]
    cuts = read_programme_cuts(folder)
    for cut, until_s in zip(cuts, [*(cut.lesson_ns / 1e9 for cut in cuts[1:]), inf], strict=False):
        from_s = cut.lesson_ns / 1e9 + _LONGEST_WAIT_S
        pieces = zip(shown, [0.0, *ends], ends, strict=False)
        is_other = any(role != cut.role and start + _ONE_S < until_s and end > from_s for role, start, end in pieces)
        # A camera whose track is shorter cannot be shown any longer.
        if is_other and lasts_s.get(cut.role, 0.0) > from_s:
            yield bad(FindingCode.PLAYLIST_DIFFERS, file=PROGRAMME_PLAYLIST, other=cut.role)
            return


def _track(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _is_whole(segment: PlaylistSegment, fragments: Iterable[FragmentRecord]) -> bool:
    """Whether an entry of the programme is whole fragments of its file, and begins with a key picture."""
    if segment.length is None:
        return True
    by_offset = {one.offset: one for one in fragments}
    first = by_offset.get(segment.offset)
    ends = {one.offset + one.length for one in by_offset.values()}
    return first is not None and first.is_key and segment.offset + segment.length in ends
