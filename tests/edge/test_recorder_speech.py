"""The recorder hears somebody who speaks before its microphone, and knows nothing of it while it is paused."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from waiting import until

from drivers.samples import SoundBlock, SoundFormat
from edge.classroom.recorder_messages import Activity, DesiredState, FromRecorder, SpeechStatus
from edge.config.load import load
from edge.recorder import composition
from edge.recorder.recording_manager import RecordingManager
from pipelines.capture.speech_mix import SpeechMix, SpeechMixSettings
from pipelines.devices.device_state import DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.directing.observations import SpeechHeard
from pipelines.recording.recording_settings import MicrophoneSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices
from pipelines.recording.speech_monitor import SpeechMonitor

LESSON = "r1-0000-000001"
RATE_HZ = 48_000
BLOCK = RATE_HZ // 50
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def voice() -> NDArray[np.int16]:
    """Somebody who speaks without a pause, by FFmpeg's speech synthesiser."""
    speak = [
        "ffmpeg",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "flite=text='who can tell me what we learned today':voice=slt",
    ]
    done = subprocess.run([*speak, "-ar", str(RATE_HZ), "-ac", "1", "-f", "s16le", "-"], capture_output=True)
    return np.frombuffer(done.stdout, np.int16)


class Microphone:
    """A microphone with somebody before it while ``speaks`` is set."""

    def __init__(self, voice: NDArray[np.int16], speaks: threading.Event) -> None:
        self._voice = voice
        self._speaks = speaks
        self._read = 0

    def open(self) -> SoundFormat:
        self._begun_ns = time.monotonic_ns()
        return SoundFormat(RATE_HZ, 1)

    def read(self, timeout_s: float) -> SoundBlock:
        captured_ns = self._begun_ns + self._read * 1_000_000_000 // RATE_HZ
        time.sleep(max(0.0, (captured_ns - time.monotonic_ns()) / 1e9 + 0.02))
        at = self._read % (len(self._voice) - BLOCK)
        samples = self._voice[at : at + BLOCK] if self._speaks.is_set() else np.full(BLOCK, 3, np.int16)
        block = SoundBlock(captured_ns, np.ascontiguousarray(samples[:, None]))
        self._read += BLOCK
        return block

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def room(tmp_path: Path, voice: NDArray[np.int16]) -> Iterator[tuple[RecordingManager, threading.Event]]:
    (tmp_path / "spool").mkdir()
    speaks = threading.Event()
    speaks.set()
    microphone = DeviceSupervisor("ceiling", lambda: Microphone(voice, speaks), lambda _role, _condition: None)
    plan = RecordingSettings(
        "s", "r1", "boot", tmp_path / "spool", (), (MicrophoneSettings("ceiling"),), "ultrafast", 250, 4, 64
    )
    said: list[FromRecorder] = []
    monitor = SpeechMonitor()
    manager = RecordingManager(
        plan, RoomDevices({}, {"ceiling": microphone}), said.append, 3600 * 10**9, speech=monitor
    )
    monitor.start()
    microphone.start()
    until(lambda: microphone.condition.state is DeviceState.RUNNING, PATIENCE_S)
    yield manager, speaks
    manager.close()
    microphone.close()
    monitor.close()


def test_it_tells_speech_from_silence_and_nothing_while_paused(
    room: tuple[RecordingManager, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    manager, speaks = room
    told: list[SpeechHeard] = []
    monkeypatch.setattr(SpeechMix, "hear", lambda _mix, heard: told.append(heard))

    def wants(activity: Activity) -> None:
        manager.reconcile(DesiredState(activity=activity, lesson=LESSON, at_ns=time.monotonic_ns()))

    def hears(true: Callable[[SpeechStatus], bool]) -> Callable[[], bool]:
        return lambda: (speech := manager.state().speech) is not None and true(speech)

    assert manager.state().speech is None
    wants(Activity.RECORDING)
    until(hears(lambda speech: speech.is_speaking), PATIENCE_S)
    assert any(heard.microphone == "ceiling" and heard.probability > 0.5 for heard in told)
    speaks.clear()
    until(hears(lambda speech: not speech.is_speaking and speech.silent_s > 1), PATIENCE_S)
    wants(Activity.PAUSED)
    assert manager.state().speech is None


@pytest.mark.parametrize(
    ("day", "sound", "listens"),
    [
        ("", "", True),
        ("", "detector = false", False),
        ("", 'mix = "sum"', False),
        ('end = "timetable"', 'mix = "sum"', True),
        ('end = "timetable"\noverrun_min = 0', 'mix = "sum"', False),
        ('start = "timetable"', 'mix = "sum"', False),
    ],
)
def test_it_listens_only_where_the_config_waits_for_who_speaks(
    tmp_path: Path, day: str, sound: str, listens: bool
) -> None:
    file = tmp_path / "config.toml"
    room = '[room]\nschool = "s"\nroom = "r1"\n[microphones.ceiling]\ndriver = "simulated"\n'
    file.write_text(f"{room}[day]\n{day}\n[sound]\n{sound}\n")
    assert (composition.speech_monitor(load(file)) is not None) is listens


@pytest.mark.parametrize(
    ("sound", "settings"),
    [
        ("", SpeechMixSettings(80, -18)),
        ("high_pass_hz = 0\nlevel = false", SpeechMixSettings(0, None)),
        ("loudness_lufs = -23", SpeechMixSettings(80, -23)),
        ('mix = "sum"', None),
    ],
)
def test_the_config_says_how_it_is_mixed(tmp_path: Path, sound: str, settings: SpeechMixSettings | None) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[room]\nschool = "s"\nroom = "r1"\n[sound]\n{sound}\n')
    assert composition.recording_settings(load(file)).speech_mix == settings
