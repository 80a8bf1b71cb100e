"""Queue a track's fragments and journal entries for the file thread."""

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
    """The ``FragmentSink`` of one track; never blocks.

    A fragment for which the file thread has no room is lost, with all up to the next key picture; their number is
    written into the journal when the disk keeps up again. ``describe`` returns the track as it is, ``on_init`` learns
    of each init segment before that.
    """

    def __init__(
        self,
        folder_writer: LessonFolderWriter,
        file_thread: FileThread,
        describe: Callable[[], Track],
        on_init: Callable[[bytes], None] = lambda _data: None,
    ) -> None:
        self._folder_writer = folder_writer
        self._file_thread = file_thread
        self._describe = describe
        self._on_init = on_init
        self._lost_count = 0
        self._lost_from = 0
        self._has_captured = False

    def note_captured(self) -> None:
        """Note that the next fragment holds a true picture or true sound, and no slate or silence alone."""
        self._has_captured = True

    @property
    def has_room_for_video(self) -> bool:
        """Whether the file thread has room for another GOP."""
        return self._file_thread.has_room_for_video

    def write_init(self, data: bytes) -> None:
        """Queue the init segment, and the journal entry that describes the track."""
        self._on_init(data)
        self._file_thread.put(partial(self._folder_writer.write_init, self._describe(), data))

    def write_fragment(self, head: FragmentHeader, data: bytes) -> None:
        """Queue a fragment."""
        track = self._describe()
        is_captured, self._has_captured = self._has_captured, False
        job = partial(self._folder_writer.write_fragment, track.track, head, data, is_captured=is_captured)
        if (self._lost_count and not head.is_key) or not self._file_thread.put(job, len(data)):
            if not self._lost_count:
                self._lost_from = head.start
                log.error("%s: fragments are lost: the disk is too slow, or the lesson has ended", track.track)
            self._lost_count += 1
        elif self._lost_count:
            log.info("%s: the disk keeps up again", track.track)
            self._report_lost(track)

    def write_entries(self, entries: Iterable[Entry]) -> None:
        """Queue journal entries."""
        if queued := list(entries):
            self._file_thread.put(partial(self._folder_writer.write_entries, queued))

    def close(self) -> None:
        """Queue the end of the track's last segment."""
        track = self._describe()
        if self._lost_count:
            self._report_lost(track)
        self._file_thread.put(partial(self._folder_writer.close_track, track.track))

    def _report_lost(self, track: Track) -> None:
        lesson_ns = ticks_to_lesson_ns(self._lost_from, track.timescale)
        count, self._lost_count = self._lost_count, 0
        self.write_entries(
            [Dropped(track=track.track, lesson_ns=lesson_ns, what="fragments", count=count, cause=Cause.DISK)]
        )
