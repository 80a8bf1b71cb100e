"""The disk side of a lesson that is recorded: its folder, and the thread that writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial

from pipelines.files import disk
from pipelines.files.durable import FOLDER_MODE, sync_folder
from pipelines.journal.entries import End, Entry
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout
from pipelines.recording.recording_settings import RecordingSettings

_ABANDON_S = 2.0


class LessonStorage:
    """Create a lesson's folder, and write to it in a thread that keeps retrying where the disk fails.

    ``writer`` is used by jobs of ``thread`` alone. ``on_file`` gets each path, relative to the folder, that has
    reached its final name, ``on_entries`` the entries that are in the journal.

    Raises:
        OSError: The folder cannot be created.
    """

    def __init__(
        self,
        lesson: str,
        settings: RecordingSettings,
        layouts: Sequence[TrackLayout],
        on_file: Callable[[str], None],
        on_entries: Callable[[Sequence[Entry]], None] = lambda _entries: None,
    ) -> None:
        self._folder = settings.spool / lesson
        self._folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        self._device = self._folder.stat().st_dev
        sync_folder(settings.spool)
        demand = settings.storage_demand
        self.writer = LessonFolderWriter(
            self._folder,
            layouts,
            settings.programme_role,
            settings.segment_s,
            on_file,
            demand.critical_reserve_bytes if demand else 0,
            on_entries,
        )
        self.thread = FileThread(lesson, self.writer.sync, sync_at_once=settings.sync_at_once)

    @property
    def fault(self) -> str:
        """What is wrong with the disk, a word of ``pipelines.files.disk``; empty when nothing is."""
        return self.thread.fault

    @property
    def is_finished(self) -> bool:
        """Whether all files are closed."""
        return self.thread.is_finished

    @property
    def is_displaced(self) -> bool:
        """Whether the disk that is written to was unplugged and came back: the folder is on another device now."""
        if self.fault not in (disk.FAILS, disk.READ_ONLY):
            return False
        try:
            return self._folder.stat().st_dev != self._device
        except OSError:
            return False

    def write_entries(self, entries: Iterable[Entry]) -> None:
        """Queue journal entries."""
        if queued := list(entries):
            self.thread.put(partial(self.writer.write_entries, queued))

    def sync(self) -> None:
        """Queue a sync of all files."""
        self.thread.put(self.writer.sync)

    def end_lesson(self, end: End, deadline_s: float) -> bool:
        """Write the lesson's end and close all files; false if the disk did not let us within ``deadline_s``.

        The file thread then finishes them as soon as the disk does.
        """
        self.thread.put(partial(self.writer.end_lesson, [end]))
        return self.close(deadline_s)

    def close(self, deadline_s: float) -> bool:
        """Close all files when everything is written; false if that takes longer than ``deadline_s``."""
        return self.thread.close(deadline_s, last=self.writer.close)

    def abandon(self) -> None:
        """Give up a disk that does not take the lesson any more; what is still queued is lost."""
        self.thread.abandon()
        if self.thread.close(_ABANDON_S):
            with suppress(OSError):
                self.writer.close()
