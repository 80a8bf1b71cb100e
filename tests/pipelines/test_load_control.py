"""What the governor is told of a lesson's tracks: a track that stands still is not one that cannot keep up."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from drivers.samples import SoundBlock, SoundFormat
from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.journal.entries import EncoderLoadLevel, Medium, Track
from pipelines.recording.audio_mixer import CapturedBlock
from pipelines.recording.load_control import LoadControl
from pipelines.recording.recording_settings import AUTO, CameraSettings, RecordingSettings

SECOND_NS = 1_000_000_000
FPS = 30


@dataclass
class Made:
    """How a track is made, and what is asked of it."""

    role: str
    targets: EncoderTargets = field(default_factory=lambda: EncoderTargets("superfast"))

    @property
    def track(self) -> Track:
        return Track(
            track=self.role, medium=Medium.PICTURE, how="encoded", timescale=90_000, fps=FPS, encoder="libx264"
        )


@dataclass
class Work:
    """A track's thread: what waits for it, and how long it has worked."""

    waiting: int = 0
    busy_ns: int = 0


@dataclass
class Mixing:
    """The microphones' mixer: since when its next block waits, and how long it has worked."""

    arrived_ns: int = 0
    busy_ns: int = 0

    @property
    def oldest(self) -> CapturedBlock:
        block = SoundBlock(captured_ns=0, samples=np.zeros((480, 1), np.int16))
        return CapturedBlock("ceiling", SoundFormat(48_000, 1), block, self.arrived_ns)


def plan(spool: Path) -> RecordingSettings:
    cameras = tuple(CameraSettings(role, 1280, 720, Fraction(FPS), 2000) for role in ("teacher", "students"))
    return RecordingSettings("s", "r1", "b", spool, cameras, (), AUTO, 250, 4, 96)


@pytest.mark.parametrize(("works", "steps"), [(False, [0]), (True, [0, 1, 2])])
def test_nobody_gives_way_for_a_track_that_hangs(tmp_path: Path, works: bool, steps: list[int]) -> None:
    noted: list[EncoderLoadLevel] = []
    teacher, students = Work(), Work()
    governing = LoadControl(plan(tmp_path), [(Made("teacher"), teacher), (Made("students"), students)], noted.append)
    for second in range(1, 9):
        students.waiting = min(150, second * FPS)
        students.busy_ns += SECOND_NS if works or second == 1 else 0
        teacher.busy_ns += SECOND_NS // 5
        governing.tick(second * SECOND_NS, second * SECOND_NS)
    assert [effort.steps for effort in noted][: len(steps)] == steps
    assert (governing.degradation is None) is not works


@pytest.mark.parametrize(("works", "steps"), [(False, [0]), (True, [0, 1, 2])])
def test_pictures_give_way_for_sound_that_is_late_and_not_for_a_mixer_that_hangs(
    tmp_path: Path, works: bool, steps: list[int]
) -> None:
    noted: list[EncoderLoadLevel] = []
    teacher, mixing = Work(), Mixing()
    governing = LoadControl(plan(tmp_path), [(Made("teacher"), teacher)], noted.append, mixing)
    for second in range(1, 12):
        teacher.busy_ns += SECOND_NS // 5
        mixing.busy_ns += SECOND_NS if works or second == 1 else 0
        mixing.arrived_ns = second * SECOND_NS // 2
        governing.tick(second * SECOND_NS, second * SECOND_NS)
    assert [effort.steps for effort in noted][: len(steps)] == steps
    assert (governing.degradation is None) is not works
