"""Recovery of a lesson's folder after a crash or damage: keeps what is whole, reports losses, fills gaps."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import JOURNAL_LINES, Cause, Dropped, End, Entry, Track
from pipelines.journal.journal_file import JournalFile
from pipelines.journal.journal_index import JournalIndex
from pipelines.journal.replay import LessonReplay
from pipelines.recording.resume_state import KeptTrack
from pipelines.recovery.probe_track import probe_track
from pipelines.recovery.recover_track import Loss, TrackRecovery, segment_files

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecoveredLesson:
    """A lesson whose files are whole again; ``index`` is of its journal as it was before."""

    folder: Path
    index: JournalIndex
    tracks: dict[str, KeptTrack]
    losses: tuple[Loss, ...]

    @property
    def replay(self) -> LessonReplay:
        """The journal replayed, without fragments."""
        return self.index.replay

    @property
    def end_ns(self) -> int:
        """The lesson time that the longest track reaches."""
        return max((kept.end_ns for kept in self.tracks.values()), default=0)


def recover_lesson(folder: Path, *, thorough: bool = False) -> RecoveredLesson:
    """Make a lesson's folder whole; doing it again changes nothing.

    Every ``.part`` is trimmed to its last good fragment and gets its final name; a damaged fragment is taken out and
    the gap filled with slate or silence; all of it is journalled. Finished segments of the right size are trusted
    unless ``thorough``. Every track is filled up to the lesson's end where it has one.

    Raises:
        JournalBusy: the lesson is being recorded.
        OSError: the disk refuses.
    """
    journal = JournalFile(folder)
    try:
        return _recover(folder, journal, thorough=thorough)
    finally:
        journal.close()


def fill_to_end(recovered: RecoveredLesson, lesson_ns: int, end: End) -> RecoveredLesson:
    """Fill every track of a recovered lesson up to ``lesson_ns``, and journal its end.

    Raises:
        JournalBusy: the lesson is being recorded.
        OSError: the disk refuses.
    """
    journal = JournalFile(recovered.folder)
    try:
        recovered.index.read_on()
        entries: list[Entry] = []
        tracks = {}
        for name, kept in recovered.tracks.items():
            recovery = TrackRecovery(recovered.folder / name, kept.track, recovered.index)
            tracks[name] = recovery.fill(kept, lesson_ns)
            entries += recovery.entries
        journal.append([*entries, end])
    finally:
        journal.close()
    return RecoveredLesson(recovered.folder, recovered.index, tracks, recovered.losses)


def _recover(folder: Path, journal: JournalFile, *, thorough: bool) -> RecoveredLesson:
    index = JournalIndex(folder, thorough=thorough)
    replayed = index.replay
    last_ns = replayed.last_change.lesson_ns
    losses: list[Loss] = []
    entries: list[Entry] = []
    if (damaged := index.damaged_lines) > 0:
        losses.append(Loss(JOURNAL_JSONL, "lines that cannot be believed", damaged))
        entries.append(
            Dropped(track=JOURNAL_JSONL, lesson_ns=last_ns, what=JOURNAL_LINES, count=damaged, cause=Cause.CORRUPT)
        )
    fill_to_ns = last_ns if replayed.begin and replayed.end else None
    tracks: dict[str, KeptTrack] = {}
    for track in _find_tracks(folder, replayed, losses):
        recovery = TrackRecovery(folder / track.track, track, index, thorough)
        tracks[track.track] = recovery.run(fill_to_ns)
        losses += recovery.losses
        entries += recovery.entries
    journal.append(entries)
    return RecoveredLesson(folder, index, tracks, tuple(losses))


def contains_lesson(folder: Path) -> bool:
    """Whether a folder contains anything of a lesson: a journal, or a segment."""
    if (folder / JOURNAL_JSONL).exists():
        return True
    return any(any(segment_files(path)) for path in folder.iterdir() if path.is_dir())


def _find_tracks(folder: Path, replayed: LessonReplay, losses: list[Loss]) -> list[Track]:
    """The tracks by the journal, and those whose folders it does not mention."""
    found = dict(replayed.tracks)
    for path in sorted(folder.iterdir()):
        if not path.name.isprintable():
            # No journal, playlist or store can have the name: somebody else put it there.
            log.warning("%r is left out", path)
        elif path.is_dir() and path.name not in found and (files := list(segment_files(path))):
            if (track := probe_track(path)) is not None:
                found[path.name] = track
            else:
                log.error("%s: neither the journal nor the files tell what this track is", path)
                size = sum(file.stat().st_size for _, file in files)
                losses.append(Loss(path.name, "nothing tells what this track is", size))
    return [track for track in found.values() if (folder / track.track).is_dir()]
