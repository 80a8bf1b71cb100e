"""The programme of an ended lesson made anew, after other cuts: ``cuts.json`` and playlists; no media is touched."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import CUTS_JSON
from pipelines.journal.entries import Cut
from pipelines.journal.journal_index import JournalIndex
from pipelines.programme.programme_cuts import CutsAnew
from pipelines.recording.resume_state import KeptTrack
from pipelines.recovery.recover_lesson import RecoveredLesson
from pipelines.recovery.rewrite_playlists import rewrite_playlists


class NotEnded(Exception):
    """The lesson has no end yet: only one that is over can be cut again."""


def recut_lesson(folder: Path, cuts: Sequence[Cut] | None, segment_s: int) -> None:
    """Write ``cuts.json`` (with None: take it away, so that the journal's cuts count again) and the playlists.

    Tracks are taken from the journal as they are, so the media need not be there, but init segments. An earlier
    ``cuts.json`` is kept as ``cuts-1.json`` and so on.

    Raises:
        NotEnded: the lesson is not over.
        JournalBusy: it is being recorded or mended.
        OSError: the disk refuses.
    """
    lesson = journalled_lesson(folder)
    if not lesson.replay.clock.has_ended:
        raise NotEnded(folder.name)
    path = folder / CUTS_JSON
    if path.exists():
        write_atomically(_free_name(path), path.read_bytes())
    if cuts is None:
        path.unlink(missing_ok=True)
    else:
        anew = CutsAnew(lesson_ns=lesson.replay.last_change.lesson_ns, cuts=tuple(cuts))
        write_atomically(path, anew.model_dump_json(indent=1).encode() + b"\n")
    rewrite_playlists(lesson, segment_s)


def journalled_lesson(folder: Path) -> RecoveredLesson:
    """The lesson as its journal has it.

    Raises:
        OSError: the journal cannot be read.
    """
    index = JournalIndex(folder)
    replayed = index.replay
    tracks = {
        name: KeptTrack(track, tuple(replayed.segments[name][number] for number in sorted(replayed.segments[name])))
        for name, track in replayed.tracks.items()
    }
    return RecoveredLesson(folder, index, tracks, losses=())


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in itertools.count(1))
    return next(name for name in names if not name.exists())
