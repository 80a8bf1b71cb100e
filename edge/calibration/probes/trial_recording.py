"""A lesson recorded for a trial, by the recorder's own code in this process, checked like any other and deleted.

It never is a lesson of the room: its folder lies where nobody looks for lessons, and it has no number in the ledger.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from edge.config.model import Config
from edge.recorder.composition import recording_settings
from pipelines.encoding.encoder_benchmark import benchmark_encoder
from pipelines.journal.entries import Cause, EncoderLoadLevel
from pipelines.journal.journal_file import iterate_kinds
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import Receipt
from pipelines.recording.lesson_recording import LessonRecording, RecordingListeners
from pipelines.recording.recording_settings import AUTO
from pipelines.recording.room_devices import RoomDevices

_LESSON = "trial"
_TICK_S = 0.25
_FILES_S = 20.0


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """The receipt of the recording, and the most steps that the load governor was below its best."""

    receipt: Receipt
    most_steps_down: int


def record_trial(
    config: Config, devices: RoomDevices, folder: Path, seconds: float, on_tick: Callable[[], None]
) -> TrialOutcome:
    """Record all roles for ``seconds`` into ``folder``, end, and check the recording.

    ``on_tick`` is called four times a second, in this thread. At the end it waits for the disk and for what is still to
    be encoded, each for a bounded time.

    Raises:
        OSError: the disk does not take it, or it cannot be read.
    """
    settings = replace(recording_settings(config), spool=folder)
    if settings.preset == AUTO:
        settings = replace(settings, encoding_costs=benchmark_encoder(settings.rate))
    recording = LessonRecording(_LESSON, settings, devices, RecordingListeners(_ignore_file, _ignore_level))
    is_ended = False
    try:
        deadline_s = time.monotonic() + seconds
        while (left_s := deadline_s - time.monotonic()) > 0:
            recording.adjust_load(time.monotonic_ns())
            on_tick()
            time.sleep(min(_TICK_S, left_s))
        recording.end(Cause.TEACHER)
        is_ended = True
        _wait_for_files(recording)
    finally:
        if not is_ended:
            recording.abandon()
    levels = iterate_kinds(folder / _LESSON, EncoderLoadLevel)
    return TrialOutcome(check_lesson(folder / _LESSON), max((level.steps for level in levels), default=0))


def _wait_for_files(recording: LessonRecording) -> None:
    """A disk that is slow at the end is waited for: what is not closed yet would be called broken."""
    deadline_s = time.monotonic() + _FILES_S
    while not recording.storage.is_finished and time.monotonic() < deadline_s:
        time.sleep(_TICK_S)


def _ignore_file(_lesson: str, _path: str) -> None:
    """Nothing of it goes to a store."""


def _ignore_level(_role: str, _level_dbfs: float) -> None:
    """Nobody shows its levels."""
