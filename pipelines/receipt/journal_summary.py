"""Summary of a lesson's journal for the receipt's checks: gaps, drops, load levels and measurements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.journal.entries import (
    AnyEntry,
    BitrateReduced,
    Drift,
    Dropped,
    EncoderLoadLevel,
    Gap,
    PictureMeasurement,
    Resumed,
    SoundMeasurement,
)
from pipelines.journal.journal_file import read_journal
from pipelines.journal.replay import LessonReplay


@dataclass(slots=True)
class JournalSummary:
    """A lesson's state, tracks and fragments, and beside them what the journal says of its quality.

    ``gaps`` and ``pictures`` are by track, ``sounds`` by microphone.
    """

    replay: LessonReplay = field(default_factory=LessonReplay)
    damaged_lines: int = 0
    is_empty: bool = True
    resumes: list[Resumed] = field(default_factory=list)
    gaps: dict[str, list[Gap]] = field(default_factory=lambda: defaultdict(list))
    dropped: list[Dropped] = field(default_factory=list)
    load_levels: list[EncoderLoadLevel] = field(default_factory=list)
    bitrate_reductions: list[BitrateReduced] = field(default_factory=list)
    pictures: dict[str, list[PictureMeasurement]] = field(default_factory=lambda: defaultdict(list))
    sounds: dict[str, list[SoundMeasurement]] = field(default_factory=lambda: defaultdict(list))
    drifts: list[Drift] = field(default_factory=list)

    def apply(self, entry: AnyEntry) -> None:
        """Apply the next entry of the journal."""
        self.is_empty = False
        self.replay.apply(entry)
        match entry:
            case Resumed():
                self.resumes.append(entry)
            case Gap():
                self.gaps[entry.track].append(entry)
            case Dropped():
                self.dropped.append(entry)
            case EncoderLoadLevel():
                self.load_levels.append(entry)
            case BitrateReduced():
                self.bitrate_reductions.append(entry)
            case PictureMeasurement():
                self.pictures[entry.track].append(entry)
            case SoundMeasurement():
                self.sounds[entry.track].append(entry)
            case Drift():
                self.drifts.append(entry)
            case _:
                pass


def summarise_journal(folder: Path) -> JournalSummary:
    """Read and summarise a lesson's journal; damaged lines are counted and left out.

    Raises:
        OSError: the journal cannot be read.
    """
    contents = read_journal(folder)
    summary = JournalSummary(damaged_lines=contents.damaged_lines)
    for entry in contents.entries:
        summary.apply(entry)
    return summary
