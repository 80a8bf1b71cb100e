"""A finished lesson is as loud as it is to be, by FFmpeg's meter, and each microphone's own track is left alone."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from speaking_room import RATE_HZ, Sound, Turn, room
from virtual_room import BEGIN_NS, VirtualRoom

from drivers.samples import SoundBlock, SoundFormat
from pipelines.loudness_target import HIGHEST_PEAK_DBTP, TARGET_LUFS

SECONDS = 26
BLOCK = RATE_HZ // 50
# What AAC makes of a peak at the ceiling may be so much higher.
AAC_DB = 0.3


@dataclass(frozen=True)
class HeardMicrophone:
    """Delivers this sound, with no jitter and no error of its clock, from half a second before the lesson on."""

    role: str
    sound: Sound
    recorded_channels: int = 1
    format: SoundFormat = field(default=SoundFormat(RATE_HZ, 1))

    def blocks(self, end_ns: int) -> Iterator[tuple[int, SoundBlock]]:
        samples = np.rint(32767 * np.concatenate([np.zeros(RATE_HZ // 2), self.sound])).astype(np.int16)
        for at in range(0, len(samples), BLOCK):
            taken_ns = BEGIN_NS - 500_000_000 + at * 1_000_000_000 // RATE_HZ
            if taken_ns < end_ns:
                yield taken_ns + 30_000_000, SoundBlock(taken_ns, samples[at : at + BLOCK, None])


@dataclass(frozen=True)
class Loudness:
    lufs: float
    peak_dbtp: float


def loudness(playlist: Path) -> Loudness:
    """Of all of it."""
    measure = ["ffmpeg", "-hide_banner", "-i", str(playlist), "-af", "ebur128=peak=true"]
    done = subprocess.run([*measure, "-f", "null", "-"], capture_output=True, text=True, check=True)
    summary = done.stderr[done.stderr.rindex("Summary:") :]
    figures = [re.search(pattern, summary) for pattern in (r"I: +(-?[\d.]+) LUFS", r"Peak: +(-?[\d.]+) dBFS")]
    return Loudness(*(float(found[1]) for found in figures if found))


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A teacher and a pupil take turns; the microphones are set too low, and somebody slams a door."""
    turns = [Turn(0, 1, 9), Turn(1, 10, 15, "rms"), Turn(0, 16, 25)]
    heard = room(SECONDS, turns, speech_dbfs=-27, noise_dbfs=-68)
    slam = slice(18 * RATE_HZ, 18 * RATE_HZ + 480)
    heard[:, slam] = np.clip(heard[:, slam] + np.random.default_rng(1).normal(0, 1, 480), -1, 1)
    microphones = (HeardMicrophone("ceiling", heard[0]), HeardMicrophone("lapel", heard[1]))
    return VirtualRoom(tmp_path_factory.mktemp("loud"), (), microphones).record_lesson("L1", SECONDS)


def test_a_lesson_of_speech_has_the_wanted_loudness_and_stays_under_the_ceiling(lesson: Path) -> None:
    whole = loudness(lesson / "sound.m3u8")
    assert whole.lufs == pytest.approx(TARGET_LUFS, abs=1)
    assert whole.peak_dbtp < HIGHEST_PEAK_DBTP + AAC_DB


def test_the_own_track_of_a_microphone_is_as_it_came(lesson: Path) -> None:
    own = loudness(lesson / "ceiling.m3u8")
    assert own.lufs < TARGET_LUFS - 7
    assert own.peak_dbtp > -4
