"""Watch what the devices deliver while a lesson runs, by the journal's own entries."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from pipelines.capture.signal_faults import CameraSignal, MicrophoneSignal, SignalFault
from pipelines.capture.signal_limits import SCREEN
from pipelines.journal.entries import (
    Drift,
    EncoderLoadLevel,
    Entry,
    PictureMeasurement,
    SoundMeasurement,
    Track,
)
from pipelines.recording.recording_settings import RecordingSettings


class SignalWatch:
    """The signals of one lesson's devices by role, from lesson time ``since_ns`` on; for any thread."""

    def __init__(self, settings: RecordingSettings, since_ns: int) -> None:
        self._lock = threading.Lock()
        self._cameras = {
            camera.role: CameraSignal(since_ns, is_screen=camera.role == SCREEN) for camera in settings.cameras
        }
        self._microphones = {
            microphone.role: MicrophoneSignal(since_ns, keeps_channels=microphone.channels > 1)
            for microphone in settings.microphones
        }

    def on_entries(self, entries: Iterable[Entry]) -> None:
        """Take over entries that are in the journal."""
        with self._lock:
            for entry in entries:
                self._on_entry(entry)

    def faults(self, reached_ns: int) -> dict[str, SignalFault]:
        """Return what is wrong at this lesson time, of each role with which something is."""
        signals: list[tuple[str, CameraSignal | MicrophoneSignal]] = [
            *self._cameras.items(),
            *self._microphones.items(),
        ]
        with self._lock:
            found = {role: signal.fault(reached_ns) for role, signal in signals}
        return {role: fault for role, fault in found.items() if fault is not None}

    def _on_entry(self, entry: Entry) -> None:
        match entry:
            case PictureMeasurement(track=role) if role in self._cameras:
                self._cameras[role].add(entry)
            case SoundMeasurement(track=role) if role in self._microphones:
                self._microphones[role].add(entry)
            case Track(track=role) if role in self._cameras:
                self._cameras[role].describe(entry)
            case Drift(track=track):
                for role, microphone in self._microphones.items():
                    # A lone microphone's track is the mix.
                    if role == track or len(self._microphones) == 1:
                        microphone.on_drift(entry)
            case EncoderLoadLevel(halved=halved):
                for role, camera in self._cameras.items():
                    camera.is_halved = role in halved
            case _:
                pass
