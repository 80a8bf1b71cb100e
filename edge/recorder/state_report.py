"""The recorder's state as it is sent to the controller, and the pattern of its lamp."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict

from drivers.samples import Pattern
from edge.classroom.lamps import recording_lamp
from edge.classroom.recorder_messages import (
    NOTHING_CAPTURED,
    Activity,
    Degradation,
    DeviceStatus,
    RecorderState,
    SpeechStatus,
)
from edge.recorder.meters import Meters
from pipelines.capture.signal_faults import SignalFault
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.encoding.load_governor import DegradationStage
from pipelines.recording.lesson_recording import LessonRecording
from pipelines.recording.room_devices import RoomDevices
from pipelines.recording.speech_monitor import SpeechMonitor

# A lesson has begun for so long before its first true picture or sound is missed.
_BEGINS_NS = 8_000_000_000
_EXPECTED = (DeviceState.OPENING, DeviceState.RUNNING, DeviceState.STALLED)


def activity_of(recording: LessonRecording | None) -> Activity:
    """Return the activity that a recording, or its absence, means."""
    if recording is None:
        return Activity.IDLE
    return Activity.PAUSED if recording.is_paused else Activity.RECORDING


def recording_lamp_pattern(
    recording: LessonRecording | None, sources: RoomDevices, *, has_preroll: bool, is_watched: bool = False
) -> Pattern:
    """Return the pattern of the recording lamp: lit by true pictures and sound that are written, by nothing else.

    Between lessons it blinks while the pre-roll buffers are filled, stills are made for somebody who looks, or the
    devices are lent.
    """
    writing = recording is not None and recording.is_capturing(time.monotonic_ns())
    filling = has_preroll and any(
        source.condition.state in (DeviceState.RUNNING, DeviceState.STALLED) for source in sources
    )
    return recording_lamp(activity_of(recording), writing=writing, filling=filling or is_watched or sources.are_lent)


def recorder_state(
    recording: LessonRecording | None,
    sources: RoomDevices,
    gauges: Meters,
    lamp: Pattern,
    idle_faults: Sequence[str],
    speech: SpeechMonitor | None = None,
    *,
    is_watched: bool = False,
) -> RecorderState:
    """Return the present state; ``idle_faults`` count while nothing is recorded, ``speech`` listens to the lesson.

    Between lessons the microphones are measured only while somebody looks.
    """
    now_ns = time.monotonic_ns()
    activity = activity_of(recording)
    active = activity is Activity.RECORDING
    signals = recording.signal_faults(now_ns) if recording and active else {}
    levels = gauges.levels_dbfs if active else {}
    if recording is None and is_watched:
        levels = gauges.preroll_levels_dbfs(now_ns)
    directed = recording.director.state if recording and recording.director else None
    return RecorderState(
        activity=activity,
        lesson=recording.lesson if recording else None,
        lesson_time_ns=recording.reached_ns(now_ns) if recording else 0,
        lamp=lamp,
        devices={source.role: _device_status(source.condition, signals.get(source.role)) for source in sources},
        meters_dbfs=levels,
        rates_fps=gauges.rates_fps(now_ns) if active else {},
        faults=_faults(recording, sources, now_ns) if recording else list(idle_faults),
        given_up=_given_up(recording.degradation) if recording else None,
        are_lent=sources.are_lent,
        speech=_speech(speech) if active else None,
        **(asdict(directed) if directed else {}),
    )


def _speech(monitor: SpeechMonitor | None) -> SpeechStatus | None:
    reading = monitor.reading if monitor is not None else None
    return (
        None if reading is None else SpeechStatus(is_speaking=reading.is_speaking, silent_s=round(reading.silent_s, 1))
    )


def _device_status(condition: DeviceCondition[object], signal: SignalFault | None) -> DeviceStatus:
    """A device's status; what a device delivers that does not run is told by its state."""
    is_running = condition.state is DeviceState.RUNNING
    return DeviceStatus(
        state=condition.state, reason=condition.reason, signal=signal if signal is not None and is_running else ""
    )


def _faults(recording: LessonRecording, sources: RoomDevices, now_ns: int) -> list[str]:
    director = recording.director.fault if recording.director else ""
    faults = [recording.storage.fault, "track" if recording.has_dead_track else "", director]
    if not recording.storage.fault and _captures_nothing(recording, sources, now_ns):
        faults.append(NOTHING_CAPTURED)
    return list(filter(None, faults))


def _captures_nothing(recording: LessonRecording, sources: RoomDevices, now_ns: int) -> bool:
    """Whether slates and silence alone are written, or will be: no device runs or is about to."""
    since_ns = recording.runs_since_ns
    if since_ns is None or recording.is_capturing(now_ns):
        return False
    is_beginning = now_ns - since_ns < _BEGINS_NS
    return not (is_beginning and any(source.condition.state in _EXPECTED for source in sources))


def _given_up(stage: DegradationStage | None) -> Degradation | None:
    return None if stage is None else Degradation(preset=stage.preset, halved=list(stage.halved_roles))
