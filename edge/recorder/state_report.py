"""The recorder's state as it is sent to the controller, and the pattern of its lamp."""

from __future__ import annotations

import time
from collections.abc import Sequence

from drivers.samples import Pattern
from edge.classroom.lamps import recording_lamp
from edge.classroom.recorder_messages import Activity, Degradation, DeviceStatus, RecorderState
from edge.recorder.meters import Meters
from pipelines.devices.device_state import DeviceState
from pipelines.encoding.load_governor import DegradationStage
from pipelines.recording.lesson_recording import LessonRecording
from pipelines.recording.room_devices import RoomDevices

_WRITING_NS = 3_000_000_000


def activity_of(recording: LessonRecording | None) -> Activity:
    """Return the activity that a recording, or its absence, means."""
    if recording is None:
        return Activity.IDLE
    return Activity.PAUSED if recording.is_paused else Activity.RECORDING


def recording_lamp_pattern(recording: LessonRecording | None, sources: RoomDevices, *, has_preroll: bool) -> Pattern:
    """Return the pattern of the recording lamp: lit by fragments that are written, by nothing else.

    Between lessons it blinks while the pre-roll buffers are filled.
    """
    writing = recording is not None and time.monotonic_ns() - recording.storage.writer.last_fragment_ns < _WRITING_NS
    filling = has_preroll and any(
        source.condition.state in (DeviceState.RUNNING, DeviceState.STALLED) for source in sources
    )
    return recording_lamp(activity_of(recording), writing=writing, filling=filling)


def recorder_state(
    recording: LessonRecording | None, sources: RoomDevices, gauges: Meters, lamp: Pattern, idle_faults: Sequence[str]
) -> RecorderState:
    """Return the present state; ``idle_faults`` count while nothing is recorded."""
    now_ns = time.monotonic_ns()
    activity = activity_of(recording)
    active = activity is Activity.RECORDING
    return RecorderState(
        activity=activity,
        lesson=recording.lesson if recording else None,
        lesson_time_ns=recording.reached_ns(now_ns) if recording else 0,
        lamp=lamp,
        devices={
            source.role: DeviceStatus(state=DeviceState(source.condition.state.value), reason=source.condition.reason)
            for source in sources
        },
        meters_dbfs=gauges.levels_dbfs if active else {},
        rates_fps=gauges.rates_fps(now_ns) if active else {},
        faults=_faults(recording) if recording else list(idle_faults),
        given_up=_given_up(recording.degradation) if recording else None,
    )


def _faults(recording: LessonRecording) -> list[str]:
    return [*filter(None, [recording.storage.fault]), *(["track"] if recording.has_dead_track else [])]


def _given_up(stage: DegradationStage | None) -> Degradation | None:
    return None if stage is None else Degradation(preset=stage.preset, halved=list(stage.halved_roles))
