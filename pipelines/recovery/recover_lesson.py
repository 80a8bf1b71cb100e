"""A lesson's folder after a crash or damage: what is whole is kept, what is lost is said, holes are filled."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import JOURNAL_LINES, AnyEntry, Cause, Dropped, Entry, Track
from pipelines.journal.journal_file import JournalFile, filter_kind, read_journal
from pipelines.journal.replay import JournalState, LessonReplay, replay
from pipelines.recording.resume_state import KeptTrack
from pipelines.recovery.probe_track import probe_track
from pipelines.recovery.recover_track import Loss, TrackRecovery, segment_files

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecoveredLesson:
    """A lesson whose files are whole again."""

    folder: Path
    replay: LessonReplay
    tracks: dict[str, KeptTrack]
    losses: tuple[Loss, ...]

    @property
    def end_ns(self) -> int:
        """Lesson time that the longest track reaches."""
        return max((kept.end_ns for kept in self.tracks.values()), default=0)


def recover_lesson(folder: Path, *, thorough: bool = False, fill_to_ns: int | None = None) -> RecoveredLesson:
    """Make a lesson's folder whole; again changes nothing. OSError where the disk does not let us.

    Every ``.part`` is trimmed to its last good fragment and gets its final name; a
    damaged fragment is taken out and the hole filled with slate or silence; all is written into the
    journal. Finished segments of the right size are believed unless ``thorough``. Every track is filled
    up to the lesson's end where it has one, or to ``fill_to_ns``. JournalBusy while it is being recorded.
    """
    journal = JournalFile(folder)
    try:
        return _recover(folder, journal, thorough=thorough, fill_to_ns=fill_to_ns)
    finally:
        journal.close()


def _recover(folder: Path, journal: JournalFile, *, thorough: bool, fill_to_ns: int | None) -> RecoveredLesson:
    reading = read_journal(folder)
    story = replay(reading.entries)
    losses: list[Loss] = []
    entries: list[Entry] = []
    if (damaged := reading.damaged_lines - _damaged_before(reading.entries)) > 0:
        losses.append(Loss(JOURNAL_JSONL, "lines that cannot be believed", damaged))
        entries.append(
            Dropped(
                track=JOURNAL_JSONL, lesson_ns=story.lesson_ns, what=JOURNAL_LINES, count=damaged, cause=Cause.CORRUPT
            )
        )
    if fill_to_ns is None and story.begin and story.state is JournalState.ENDED:
        fill_to_ns = story.lesson_ns
    tracks: dict[str, KeptTrack] = {}
    for track in _tracks(folder, story, losses):
        recovery = TrackRecovery(folder / track.track, track, story, thorough)
        tracks[track.track] = recovery.run(fill_to_ns)
        losses += recovery.losses
        entries += recovery.entries
    journal.append(entries)
    return RecoveredLesson(folder, story, tracks, tuple(losses))


def contains_lesson(folder: Path) -> bool:
    """Whether there is anything of a lesson in a folder: a journal, or a segment."""
    return (folder / JOURNAL_JSONL).exists() or any(
        any(segment_files(path)) for path in folder.iterdir() if path.is_dir()
    )


def append_to_journal(folder: Path, entries: list[Entry]) -> None:
    """Write entries into the journal of a lesson that nobody records now. OSError."""
    if entries:
        file = JournalFile(folder)
        try:
            file.append(entries)
        finally:
            file.close()


def _damaged_before(entries: Iterable[AnyEntry]) -> int:
    """Lines that an earlier recovery has reported."""
    return sum(entry.count for entry in filter_kind(entries, Dropped) if entry.what == JOURNAL_LINES)


def _tracks(folder: Path, story: LessonReplay, losses: list[Loss]) -> list[Track]:
    """The tracks by the journal, and those whose folders it does not mention."""
    found = dict(story.tracks)
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in found and (files := list(segment_files(path))):
            if (track := probe_track(path)) is not None:
                found[path.name] = track
            else:
                log.error("%s: neither the journal nor the files tell what this track is", path)
                losses.append(
                    Loss(path.name, "nothing tells what this track is", sum(file.stat().st_size for _, file in files))
                )
    return [track for track in found.values() if (folder / track.track).is_dir()]
