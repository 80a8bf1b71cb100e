"""A loudspeaker plays what it is given, to the sample, through a real sound server; without one that is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pulse import PulseServer
from waiting import until

from pipelines.measuring.exponential_sweep import ExponentialSweep

RATE_HZ = 48_000
ROOT = Path(__file__).parents[2]
PLAY = """
from drivers.loudspeaker.sounddevice_loudspeaker import SounddeviceLoudspeaker
from pipelines.measuring.exponential_sweep import ExponentialSweep
speaker = SounddeviceLoudspeaker()
speaker.open()
speaker.play(0.5 * ExponentialSweep(seconds=1.5).signal(), 48000)
"""
DEFAULT = 'pcm.!default { type pulse server "%s" }\nctl.!default { type pulse server "%s" }\n'


def _play(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    wanted = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", PLAY], env=wanted, capture_output=True, text=True, check=False)


@pytest.mark.realtime
def test_a_sweep_is_played_and_its_response_is_an_impulse(tmp_path: Path) -> None:
    with PulseServer("room") as server:
        environment = dict(server.environment)
        asound = Path(environment["HOME"]) / ".asoundrc"
        address = environment["PULSE_SERVER"]
        asound.write_text(DEFAULT % (address, address) + asound.read_text())
        command = ["parec", "--device=room.monitor", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--raw"]
        heard = tmp_path / "heard"
        with (
            heard.open("wb") as file,
            subprocess.Popen(command, stdout=file, env={**os.environ, **environment}) as recorder,
        ):
            until(lambda: heard.stat().st_size)
            played = _play(environment)
            assert played.returncode == 0, played.stderr
            size = heard.stat().st_size
            until(lambda: heard.stat().st_size > size + RATE_HZ)
            recorder.terminate()
        whole = heard.read_bytes()
        samples = np.frombuffer(whole[: len(whole) // 2 * 2], "<i2").astype(np.float64) / 32768
    response = ExponentialSweep(seconds=1.5).impulse_response(samples)
    energy = np.cumsum(np.square(response))
    print(f"{100 * energy[RATE_HZ // 50] / energy[-1]:.1f} % of the energy within 20 ms")
    assert energy[RATE_HZ // 50] > 0.9 * energy[-1]


def test_without_an_output_it_says_so(tmp_path: Path) -> None:
    played = _play({"HOME": str(tmp_path), "PULSE_SERVER": "unix:/nowhere", "XDG_RUNTIME_DIR": str(tmp_path)})
    assert "there is no output for sound" in played.stderr or "the sound is not played" in played.stderr
