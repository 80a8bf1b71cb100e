"""Rewriting of the playlists of a lesson that is not being recorded, to match its files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from pipelines.files.durable import sync_file
from pipelines.files.lesson_layout import MAIN_PLAYLIST, PART, PLAYLIST_SUFFIX, PROGRAMME_PLAYLIST, SOUND_PLAYLIST
from pipelines.journal.entries import Cause, End, Medium
from pipelines.programme.hls_playlist import is_ended
from pipelines.programme.playlist_parser import InvalidPlaylist, read_main_playlist
from pipelines.programme.programme_cuts import read_programme_cuts
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout
from pipelines.recording.resume_state import KeptTrack
from pipelines.recovery.recover_lesson import RecoveredLesson, fill_to_end

_MAP = re.compile(r'#EXT-X-MAP:URI="([^/"]+)/')


def is_closed(folder: Path) -> bool:
    """Whether the files of an ended lesson are as its end leaves them: segments finished, playlists ended.

    Raises:
        OSError: the folder cannot be read.
    """
    if any(folder.glob(f"*/*.m4s{PART}")):
        return False
    newest = {path.parent.name: path.name for path in sorted(folder.glob("*/*.m4s"))}
    if not newest:
        return True
    # A power cut leaves what was not synced as it was before, empty, or with zeros in it.
    texts = {path.name: path.read_text(errors="replace") for path in folder.glob(f"*{PLAYLIST_SUFFIX}")}
    try:
        read_main_playlist(folder / MAIN_PLAYLIST)
    except (InvalidPlaylist, FileNotFoundError):
        return False
    media = [text for name, text in texts.items() if name != MAIN_PLAYLIST]
    return (
        all(map(is_ended, media))
        and not any("\0" in text for text in texts.values())
        and all(f"{track}/{one}\n" in texts.get(f"{track}{PLAYLIST_SUFFIX}", "") for track, one in newest.items())
    )


def sync_playlists(folder: Path) -> None:
    """Make the playlists of a lesson durable whose end may not have come to that. OSError."""
    for path in folder.glob(f"*{PLAYLIST_SUFFIX}"):
        sync_file(path)


def rewrite_playlists(recovered: RecoveredLesson, segment_s: int, programme_role: str | None = None) -> None:
    """Write every playlist of an ended lesson anew.

    ``programme_role`` is the camera of the programme where neither its playlist nor a cut tells.

    Raises:
        OSError: the disk refuses.
    """
    shown = _tracks_by_playlist(recovered)
    plans = [_track_plan(kept, _roles(kept, shown)) for kept in recovered.tracks.values() if kept.segments]
    pictures = [plan.name for plan in plans if plan.is_video]
    # What a programme of cuts begins with says nothing of who is on air where nobody has cut.
    before = None if read_programme_cuts(recovered.folder) else shown.get(PROGRAMME_PLAYLIST)
    guesses = [before] if before else [programme_role, "teacher", *pictures]
    programme = next((role for role in guesses if role in pictures), None)
    files = LessonFolderWriter(recovered.folder, plans, programme, segment_s, lambda _: None)
    try:
        files.end_lesson([])
    finally:
        files.close()


def end_interrupted_lesson(
    recovered: RecoveredLesson, lesson_ns: int, segment_s: int, programme_role: str | None = None
) -> None:
    """End a lesson that is not resumed: fill every track to its end, and close the journal and the playlists.

    Raises:
        OSError: the disk refuses.
    """
    end = End(at_ns=recovered.replay.last_change.at_ns, lesson_ns=lesson_ns, cause=Cause.POWER)
    filled = fill_to_end(recovered, lesson_ns, end)
    rewrite_playlists(filled, segment_s, programme_role)


def _tracks_by_playlist(recovered: RecoveredLesson) -> dict[str, str]:
    """The track that each playlist points into, by the playlist's name.

    Of one that a power cut has emptied the name is left: a track's own, or that of the only microphone, whose track is
    the mix.
    """
    shown = {}
    for path in sorted(recovered.folder.glob(f"*{PLAYLIST_SUFFIX}")):
        role = path.name.removesuffix(PLAYLIST_SUFFIX)
        if found := _MAP.search(path.read_text(errors="replace")):
            shown[path.name] = found[1]
        elif role not in recovered.tracks and path.name not in (MAIN_PLAYLIST, PROGRAMME_PLAYLIST):
            shown[path.name] = SOUND_PLAYLIST.removesuffix(PLAYLIST_SUFFIX)
    return shown


def _roles(kept: KeptTrack, shown: dict[str, str]) -> tuple[str, ...]:
    name = kept.track.track
    others: Iterable[str] = (
        playlist.removesuffix(PLAYLIST_SUFFIX)
        for playlist, track in shown.items()
        if track == name and playlist not in (MAIN_PLAYLIST, PROGRAMME_PLAYLIST)
    )
    return tuple(dict.fromkeys((name, *others)))


def _track_plan(kept: KeptTrack, roles: tuple[str, ...]) -> TrackLayout:
    track = kept.track
    seconds = sum(done.duration for done in kept.segments) / track.timescale
    return TrackLayout(
        name=track.track,
        timescale=track.timescale,
        roles=roles,
        is_video=track.medium is Medium.PICTURE,
        bits_per_second=int(8 * sum(done.length for done in kept.segments) / max(seconds, 1e-3)),
        size=(round(track.width * Fraction(track.pixel_aspect)), track.height),
        fps=track.fps,
        channels=track.channels,
        segments=kept.segments,
    )
