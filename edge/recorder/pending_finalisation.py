"""Lessons that have ended, and whose files the disk still holds up."""

from __future__ import annotations

from collections.abc import Callable

from edge.classroom.recorder_messages import RecordingEnded
from pipelines.files import disk
from pipelines.recording.lesson_recording import LessonRecording


class PendingFinalisation:
    """``tell`` is told of each when its files are closed; used by one thread, though any may ask for faults."""

    def __init__(self, tell: Callable[[RecordingEnded], None]) -> None:
        self._tell = tell
        self._ended: list[tuple[LessonRecording, RecordingEnded]] = []

    def add(self, recording: LessonRecording, ended: RecordingEnded) -> None:
        """One that was told to end."""
        self._ended.append((recording, ended))
        self.look()

    def look(self) -> None:
        """See which of them are finished by now."""
        for one in list(self._ended):
            recording, ended = one
            if recording.is_finished:
                self._ended.remove(one)
                self._tell(ended)

    def let_go_displaced(self) -> list[str]:
        """Let go of those whose disk was away and is back, for nothing reaches it from here; their names."""
        displaced = [one for one in list(self._ended) if one[0].is_displaced]
        for one in displaced:
            one[0].let_go()
            self._ended.remove(one)
        return [recording.lesson for recording, _ in displaced]

    @property
    def faults(self) -> list[str]:
        """Why they are not finished."""
        return list(dict.fromkeys(recording.fault or disk.SLOW for recording, _ in list(self._ended)))
