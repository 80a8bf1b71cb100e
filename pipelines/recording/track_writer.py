"""From a track's thread to the file thread: boxes become jobs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial

from pipelines.encoding.packets import ticks_to_lesson_ns
from pipelines.files.mp4_boxes import FragmentHeader
from pipelines.journal.entries import Cause, Dropped, Entry, Track
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter

log = logging.getLogger(__name__)


class TrackWriter:
    """One track's way to its files; never waits.

    A fragment the file thread has no room for is lost, with all up to the next key picture; how many they were, the
    journal is told when the disk keeps up again. ``on_fragment`` is told each one that was written.
    """

    def __init__(
        self,
        files: LessonFolderWriter,
        thread: FileThread,
        describe: Callable[[], Track],
        on_fragment: Callable[[], None],
    ) -> None:
        self._files = files
        self._thread = thread
        self._describe = describe
        self._on_fragment = on_fragment
        self._lost = 0
        self._lost_from = 0

    @property
    def has_room_for_video(self) -> bool:
        """Whether the disk keeps up well enough for another GOP."""
        return self._thread.has_room_for_video

    def write_init(self, data: bytes) -> None:
        """Queue the init segment, and the line that describes the track."""
        self._thread.put(partial(self._files.write_init, self._describe(), data))

    def write_fragment(self, head: FragmentHeader, data: bytes) -> None:
        """Queue a fragment."""
        track = self._describe()
        job = partial(self._written, track.track, head, data)
        if (self._lost and not head.is_key) or not self._thread.put(job, len(data)):
            if not self._lost:
                self._lost_from = head.start
                log.error("%s: fragments are lost: the disk is too slow, or the lesson has ended", track.track)
            self._lost += 1
        elif self._lost:
            log.info("%s: the disk keeps up again", track.track)
            self._tell_lost(track)

    def write_entries(self, entries: Iterable[Entry]) -> None:
        """Queue journal entries."""
        if noted := list(entries):
            self._thread.put(partial(self._files.write_entries, noted))

    def close(self) -> None:
        """Queue the end of the track's last segment."""
        track = self._describe()
        if self._lost:
            self._tell_lost(track)
        self._thread.put(partial(self._files.close_track, track.track))

    def _tell_lost(self, track: Track) -> None:
        lesson_ns = ticks_to_lesson_ns(self._lost_from, track.timescale)
        count, self._lost = self._lost, 0
        self.write_entries(
            [Dropped(track=track.track, lesson_ns=lesson_ns, what="fragments", count=count, cause=Cause.DISK)]
        )

    def _written(self, track: str, head: FragmentHeader, data: bytes) -> None:
        self._files.write_fragment(track, head, data)
        self._on_fragment()
