"""Virtual lessons of hours, and many short ones, each in its own process: ``-m bench.virtual_lesson_jobs JOB DIR``."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import numpy as np

from tests.process_resources import ProcessResources, read_process_resources, record_short_lessons
from tests.virtual_room import VirtualCamera, VirtualMicrophone, VirtualRoom
from tests.virtual_room_sync import audio_lateness, video_lateness

LESSON_S = 45 * 60
LONG_S = 2 * 60 * 60
LESSONS = 150
_SHORT_S = 0.4

Found = dict[str, object]


def lesson(folder: Path) -> Found:
    """45 minutes, cameras of 30 and 29.97 fps against a microphone that is fast."""
    cameras = (VirtualCamera("teacher", seed=1), VirtualCamera("students", Fraction(30000, 1001), seed=2))
    return _held(folder, cameras, VirtualMicrophone("ceiling", ppm=200.0, seed=3), LESSON_S)


def long(folder: Path) -> Found:
    """Two hours, one camera of 29.97 fps against a microphone that is slow."""
    camera = VirtualCamera("teacher", Fraction(30000, 1001), seed=4)
    return _held(folder, (camera,), VirtualMicrophone("ceiling", ppm=-200.0, seed=5), LONG_S)


def _held(folder: Path, cameras: tuple[VirtualCamera, ...], microphone: VirtualMicrophone, seconds: float) -> Found:
    """How far picture and sound are apart in a lesson, how the sound moves, what the process held each minute."""
    held: list[ProcessResources] = []
    made = VirtualRoom(folder, cameras, (microphone,)).record_lesson(
        "lesson", seconds, lambda: held.append(read_process_resources())
    )
    sound = audio_lateness(made / "sound.m3u8", (microphone,))[microphone.role]
    apart_ms: list[float] = []
    for camera in cameras:
        pictures = video_lateness(made / f"{camera.role}.m3u8")
        apart_ms += list(pictures.late_ms - sound.interpolate(pictures.seconds))
    return {
        "pictures": len(apart_ms),
        "earliest_ms": min(apart_ms),
        "latest_ms": max(apart_ms),
        "sound_ms": float(np.abs(sound.late_ms).max()),
        "ratio_step_ppm": float(sound.ratio_steps_ppm.max()),
        "step_us": float(sound.steps_us.max()),
        "held": [asdict(one) for one in held],
    }


def many(folder: Path) -> Found:
    """What a process holds after each of many short lessons."""
    return {"held": [asdict(one) for one in record_short_lessons(folder / "spool", LESSONS, _SHORT_S)]}


JOBS: Mapping[str, Callable[[Path], Found]] = {"lesson": lesson, "long": long, "many": many}


def main() -> None:
    """Do one of the jobs and print what was found as JSON, in a folder that is emptied before and removed after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("job", choices=list(JOBS))
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    shutil.rmtree(args.folder, ignore_errors=True)
    args.folder.mkdir(parents=True)
    print(json.dumps(JOBS[args.job](args.folder)))
    shutil.rmtree(args.folder)


if __name__ == "__main__":
    main()
