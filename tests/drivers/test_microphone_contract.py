"""The contract of every microphone, on the simulated one and on PortAudio with PulseAudio."""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from pulse import PulseServer
from waiting import stays

from drivers.errors import DeviceLost
from drivers.microphone.portaudio_microphone import PortAudioMicrophone, PortAudioOptions
from drivers.microphone.simulation.simulated_microphone import SimulatedMicrophone, SimulatedMicrophoneOptions
from drivers.protocols import Microphone
from drivers.samples import SoundFormat

pytestmark = pytest.mark.realtime

WANTED = SoundFormat(48_000, 1)
# ALSA ids of real sound cards to ask as well, with a comma between them.
CARDS = [f"card {card}" for card in os.environ.get("EDGE_TEST_CARDS", "").split(",") if card]


def simulated() -> Microphone:
    return SimulatedMicrophone("lapel", WANTED, SimulatedMicrophoneOptions())


def with_sounddevice() -> Microphone:
    return PortAudioMicrophone("lapel", WANTED, PortAudioOptions("room_mic"))


def with_pyaudio() -> Microphone:
    if importlib.util.find_spec("pyaudio") is None:
        pytest.skip("PyAudio is not installed")
    return PortAudioMicrophone("lapel", WANTED, PortAudioOptions("room_mic", backend="pyaudio"))


@pytest.fixture(scope="module")
def server() -> Iterator[PulseServer]:
    with PulseServer("room_mic") as server:
        yield server


@pytest.fixture
def with_pulse(server: PulseServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=[simulated, with_sounddevice, with_pyaudio, *CARDS])
def microphone(request: pytest.FixtureRequest) -> Iterator[Microphone]:
    if request.param in CARDS:
        card = PortAudioOptions(card=request.param.removeprefix("card "))
        microphone: Microphone = PortAudioMicrophone("lapel", WANTED, card)
    else:
        request.getfixturevalue("with_pulse")
        microphone = request.param()
    yield microphone
    microphone.close()


def test_blocks_follow_one_another_and_their_times_are_those_of_our_clock(microphone: Microphone) -> None:
    given = microphone.open()
    assert given == WANTED
    blocks = [microphone.read(3.0) for _ in range(26)]
    read_ns = time.monotonic_ns()
    assert all(block.samples.dtype == np.int16 and block.samples.shape[1] == 1 for block in blocks)
    count = sum(len(block.samples) for block in blocks[:-1])
    assert blocks[-1].captured_ns - blocks[0].captured_ns == pytest.approx(count / 48_000 * 1e9, abs=15e6)
    last_taken_ns = blocks[-1].captured_ns + len(blocks[-1].samples) * 1e9 / 48_000
    assert read_ns - 500_000_000 < last_taken_ns < read_ns + 5_000_000


def test_close_ends_a_read_in_progress_and_may_come_twice(microphone: Microphone) -> None:
    microphone.open()
    ended: list[DeviceLost] = []

    def read() -> None:
        try:
            while True:
                microphone.read(5.0)
        except DeviceLost as error:
            ended.append(error)

    reader = threading.Thread(target=read, name="reader")
    reader.start()
    stays(reader.is_alive, 0.1)
    microphone.close()
    reader.join(2.0)
    assert not reader.is_alive()
    assert ended
    microphone.close()


def test_it_opens_again_after_close(microphone: Microphone) -> None:
    microphone.open()
    microphone.close()
    with pytest.raises(DeviceLost):
        microphone.read(0.1)
    microphone.open()
    assert len(microphone.read(3.0).samples)
