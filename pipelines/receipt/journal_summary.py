"""Summary of a lesson's journal for the receipt's checks, read line by line: as much of it as there is by now."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.capture.signal_limits import WRONG_RATE_PPM
from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import (
    AnyEntry,
    Begin,
    BitrateReduced,
    Drift,
    Dropped,
    EncoderLoadLevel,
    End,
    Fragment,
    Gap,
    PictureMeasurement,
    Resumed,
    Segment,
    SoundMeasurement,
    Track,
)
from pipelines.journal.journal_file import parse_line
from pipelines.journal.lesson_clock import LessonClock
from pipelines.receipt.compact_records import CompactRecords
from pipelines.receipt.fragment_records import JournalledFragments
from pipelines.receipt.seconds import (
    PictureSecond,
    SoundSecond,
    picture_second,
    picture_seconds,
    sound_second,
    sound_seconds,
)


@dataclass(slots=True)
class DroppedTotal:
    """Everything of one kind that was dropped between two lesson times."""

    from_ns: int
    to_ns: int
    count: int = 0


@dataclass(slots=True)
class JournalSummary:
    """What a journal says of a lesson; a few megabytes for the longest.

    ``end`` is None unless the lesson has ended. ``fragments``, ``gaps`` and ``pictures`` are by track, ``init_crcs``
    (CRC-32 of init segments) by track and number, ``sounds``, ``worst_drifts`` (the largest offset) and ``odd_rates``
    (the clock furthest off, if it is not the promised one) by microphone, ``dropped`` by track, what and cause.
    """

    clock: LessonClock = field(default_factory=LessonClock)
    begin: Begin | None = None
    end: End | None = None
    tracks: dict[str, Track] = field(default_factory=dict)
    fragments: dict[str, JournalledFragments] = field(default_factory=lambda: defaultdict(JournalledFragments))
    init_crcs: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    damaged_lines: int = 0
    is_empty: bool = True
    resumes: list[Resumed] = field(default_factory=list)
    gaps: dict[str, list[Gap]] = field(default_factory=lambda: defaultdict(list))
    dropped: dict[tuple[str, str, str], DroppedTotal] = field(default_factory=dict)
    load_levels: list[EncoderLoadLevel] = field(default_factory=list)
    bitrate_reductions: list[BitrateReduced] = field(default_factory=list)
    pictures: dict[str, CompactRecords[PictureSecond]] = field(default_factory=lambda: defaultdict(picture_seconds))
    sounds: dict[str, CompactRecords[SoundSecond]] = field(default_factory=lambda: defaultdict(sound_seconds))
    worst_drifts: dict[str, Drift] = field(default_factory=dict)
    odd_rates: dict[str, Drift] = field(default_factory=dict)

    def apply(self, entry: AnyEntry) -> None:
        """Apply the next entry of the journal."""
        self.is_empty = False
        self.clock.apply(entry)
        match entry:
            case Fragment():
                self.fragments[entry.track].add(entry)
            case Segment():
                self.fragments[entry.track].finish(entry)
            case PictureMeasurement():
                track = self.tracks.get(entry.track)
                self.pictures[entry.track].append(picture_second(entry, track.promised_fps if track else 0.0))
            case SoundMeasurement():
                self.sounds[entry.track].append(sound_second(entry))
            case Begin():
                self.begin = entry
            case End():
                self.end = entry
            case Resumed():
                self.end = None
                self.resumes.append(entry)
            case Track():
                self.tracks[entry.track] = entry
                if entry.init_crc is not None:
                    self.init_crcs[entry.track][entry.init] = entry.init_crc
            case Gap():
                self.gaps[entry.track].append(entry)
            case Dropped():
                key = (entry.track, entry.what, entry.cause)
                total = self.dropped.setdefault(key, DroppedTotal(entry.lesson_ns, entry.lesson_ns))
                total.to_ns = entry.lesson_ns
                total.count += entry.count
            case EncoderLoadLevel():
                self.load_levels.append(entry)
            case BitrateReduced():
                self.bitrate_reductions.append(entry)
            case Drift():
                worst = self.worst_drifts.get(entry.track)
                if worst is None or abs(entry.offset_ms) > abs(worst.offset_ms):
                    self.worst_drifts[entry.track] = entry
                odd = self.odd_rates.get(entry.track)
                if abs(entry.ppm) > WRONG_RATE_PPM and (odd is None or abs(entry.ppm) > abs(odd.ppm)):
                    self.odd_rates[entry.track] = entry
            case _:
                pass


class JournalReader:
    """Reads a journal while it is written: each call reads what was added since the last. One thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL_JSONL
        self._summary = JournalSummary()
        self._inode = 0
        self._read_to = 0

    def read_on(self, *, is_closed: bool) -> JournalSummary:
        """Return the summary of the journal so far; damaged lines are counted and left out.

        A last line without its newline is still being written, unless nobody writes any more (``is_closed``). An absent
        journal is an empty one.

        Raises:
            OSError: the journal cannot be read.
        """
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return self._summary
        with file:
            status = os.fstat(file.fileno())
            if status.st_ino != self._inode or status.st_size < self._read_to:
                self._summary, self._inode, self._read_to = JournalSummary(), status.st_ino, 0
            file.seek(self._read_to)
            for raw in file:
                if not raw.endswith(b"\n") and not is_closed:
                    break
                self._read_to += len(raw)
                self._apply(raw)
        return self._summary

    def _apply(self, raw: bytes) -> None:
        if raw == b"\n":
            return
        if (entry := parse_line(raw)) is None:
            self._summary.damaged_lines += 1
        else:
            self._summary.apply(entry)
