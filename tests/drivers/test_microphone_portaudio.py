"""A sound card that goes, comes back, hangs or is absent, and a parent that is killed."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from pulse import PulseServer
from waiting import until

from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from drivers.microphone.portaudio_microphone import PortAudioMicrophone, PortAudioOptions
from drivers.samples import SoundFormat

pytestmark = pytest.mark.realtime

WANTED = SoundFormat(48_000, 1)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseServer]:
    with PulseServer("room_mic") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def microphone() -> Iterator[PortAudioMicrophone]:
    microphone = PortAudioMicrophone("lapel", WANTED, PortAudioOptions("room_mic"))
    yield microphone
    microphone.close()


def child_of(parent: int) -> int:
    """The one process that a process has started."""
    lists = Path(f"/proc/{parent}/task").glob("*/children")
    (child,) = [
        int(pid)
        for each in lists
        for pid in each.read_text().split()
        if b"drivers.microphone.portaudio_process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return child


def alive(pid: int) -> bool:
    """Whether this sound card's process is there (another may have got its number)."""
    try:
        return b"portaudio_process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def read_on(microphone: PortAudioMicrophone, timeout_s: float) -> NoReturn:
    """Read until that fails."""
    while True:
        microphone.read(timeout_s)


def test_a_server_that_dies_is_a_lost_device_and_comes_back_with_open(
    server: PulseServer, microphone: PortAudioMicrophone
) -> None:
    microphone.open()
    microphone.read(3.0)
    server.kill()
    began = time.monotonic()
    with pytest.raises(DeviceLost, match="room_mic"):
        read_on(microphone, 2.0)
    assert time.monotonic() - began < 2.0
    with pytest.raises(DeviceMissing):
        microphone.open()
    server.start()
    microphone.open()
    assert len(microphone.read(3.0).samples)


def test_the_names_there_are_stand_in_the_message_and_the_log_keeps_quiet(
    server: PulseServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(DeviceMissing, match=r"'Lecture Hall'.*'room_mic'"):
        PortAudioMicrophone("lapel", WANTED, PortAudioOptions("Lecture Hall")).open()
    with pytest.raises(DeviceMisconfigured, match="'room_mic'"):
        PortAudioMicrophone("lapel", WANTED, PortAudioOptions("")).open()
    assert not caplog.records


def test_a_child_that_hangs_is_a_stall_and_close_kills_it(server: PulseServer, microphone: PortAudioMicrophone) -> None:
    microphone.open()
    microphone.read(3.0)
    child = child_of(os.getpid())
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(DeviceStalled):
        read_on(microphone, 0.3)
    began = time.monotonic()
    microphone.close()
    assert time.monotonic() - began < 2.0
    assert not alive(child)


def test_a_child_that_dies_is_a_lost_device(server: PulseServer, microphone: PortAudioMicrophone) -> None:
    microphone.open()
    child = child_of(os.getpid())
    os.kill(child, signal.SIGKILL)
    with pytest.raises(DeviceLost, match="has ended"):
        read_on(microphone, 2.0)


def test_no_child_outlives_a_parent_that_is_killed(server: PulseServer) -> None:
    program = (
        "from drivers.microphone.portaudio_microphone import PortAudioMicrophone, PortAudioOptions\n"
        "from drivers.samples import SoundFormat\n"
        "microphone = PortAudioMicrophone('lapel', SoundFormat(48000, 1), PortAudioOptions('room_mic'))\n"
        "microphone.open()\n"
        "print('open', flush=True)\n"
        "input()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"open\n"
        child = child_of(parent.pid)
        parent.kill()
    until(lambda: not alive(child))


@pytest.mark.parametrize("names_a_source", [False, True])
def test_a_stream_that_the_server_moves_to_another_microphone_is_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, names_a_source: bool
) -> None:
    """What the server's default source is, when ours is gone, is another room's sound."""
    with PulseServer("room_mic", "next_room") as server:
        asound = f'pcm.shared {{ type pulse server "{server.environment["PULSE_SERVER"]}" hint {{ show on }} }}\n'
        (tmp_path / ".asoundrc").write_text(asound)
        for name, value in {**server.environment, "HOME": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)

        def pactl(*words: str) -> str:
            return subprocess.run(["pactl", *words], check=True, capture_output=True, text=True).stdout

        pactl("load-module", "module-rescue-streams")
        pactl("set-default-source", "next_room.monitor" if names_a_source else "room_mic.monitor")
        source = "room_mic.monitor" if names_a_source else ""
        microphone = PortAudioMicrophone("lapel", WANTED, PortAudioOptions("shared", pulse_source=source))
        try:
            microphone.open()
            microphone.read(3.0)
            (sink,) = (
                line.split()[0]
                for line in pactl("list", "short", "modules").splitlines()
                if "sink_name=room_mic" in line
            )
            pactl("unload-module", sink)
            began = time.monotonic()
            with pytest.raises(DeviceLost, match=r"'room_mic\.monitor' is gone.*'next_room\.monitor'"):
                read_on(microphone, 2.0)
            assert time.monotonic() - began < 1.5
            with pytest.raises(DeviceMissing):
                microphone.open()
            pactl("load-module", "module-null-sink", "sink_name=room_mic", "rate=48000", "channels=1")
            microphone.open()
            assert len(microphone.read(3.0).samples)
        finally:
            microphone.close()
