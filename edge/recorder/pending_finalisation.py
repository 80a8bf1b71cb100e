"""Ended lessons whose files are not closed yet, because the disk holds them up."""

from __future__ import annotations

from collections.abc import Callable

from edge.classroom.recorder_messages import RecordingEnded
from pipelines.files import disk
from pipelines.recording.lesson_recording import LessonRecording


class PendingFinalisation:
    """Calls ``send`` for each lesson when its files are closed; used by one thread, though any may read ``faults``."""

    def __init__(self, tell: Callable[[RecordingEnded], None]) -> None:
        self._tell = tell
        self._ended: list[tuple[LessonRecording, RecordingEnded]] = []

    def add(self, recording: LessonRecording, ended: RecordingEnded) -> None:
        """Add a lesson that was told to end."""
        self._ended.append((recording, ended))
        self.report_closed()

    def report_closed(self) -> None:
        """Report and drop those whose files are closed by now."""
        for one in list(self._ended):
            recording, ended = one
            if recording.storage.is_finished:
                self._ended.remove(one)
                self._tell(ended)

    def drop_displaced(self) -> list[str]:
        """Drop those whose disk was away and is back, which their open files do not reach; return their ids."""
        displaced = [one for one in list(self._ended) if one[0].storage.is_displaced]
        for one in displaced:
            one[0].storage.abandon()
            self._ended.remove(one)
        return [recording.lesson for recording, _ in displaced]

    @property
    def is_waiting(self) -> bool:
        """Whether there are any."""
        return bool(self._ended)

    @property
    def faults(self) -> list[str]:
        """Fault codes: why they are not finished."""
        return list(dict.fromkeys(recording.storage.fault or disk.SLOW for recording, _ in list(self._ended)))
