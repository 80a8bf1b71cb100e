"""Lessons to be judged: drawn from a seed, recorded by the recorder's own tracks with a simulated clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import Receipt
from pipelines.receipt.verify_by_decoding import verify_lesson
from tests.judge.cameras import JudgedCamera, Sends, room
from tests.judge.microphones import JudgedMicrophone, Source, voice
from tests.virtual_room import VirtualRoom

Draw = np.random.Generator


@dataclass(frozen=True, slots=True)
class JudgedLesson:
    """A lesson before it is held; ``spoil`` is done to its folder afterwards."""

    seconds: float
    cameras: tuple[JudgedCamera, ...]
    microphones: tuple[JudgedMicrophone, ...]
    pauses: tuple[tuple[float, float], ...] = ()
    spoil: Callable[[Path], None] = field(default=lambda _folder: None)


def record_and_judge(lesson: JudgedLesson, spool: Path, *, decode: bool) -> Receipt:
    """Hold the lesson in an empty spool, and return its receipt, by a full decode or as after the bell."""
    virtual = VirtualRoom(spool, lesson.cameras, lesson.microphones, kbps=300, pauses=lesson.pauses)
    folder = virtual.record_lesson("lesson", lesson.seconds)
    lesson.spoil(folder)
    return verify_lesson(folder, lambda _done, _total: None) if decode else check_lesson(folder)


def length_s(draw: Draw, least_s: float = 20.0, most_s: float = 40.0) -> float:
    """How long a lesson lasts."""
    return float(draw.uniform(least_s, most_s))


def seed_of(draw: Draw) -> int:
    """A seed for one device."""
    return int(draw.integers(1 << 31))


def usual_camera(draw: Draw, role: str = "teacher") -> JudgedCamera:
    """A camera of which nothing bad is to be said."""
    fps = Fraction(int(draw.choice([15, 25, 30])))
    sends = Sends(draw.choice([Sends.PLANES, Sends.MJPEG, Sends.H264]))
    scene = room(draw, full_range=sends is Sends.MJPEG)
    return JudgedCamera(role, scene, fps, sends=sends, gop_s=float(draw.choice([1.0, 2.0])), seed=seed_of(draw))


def usual_microphone(draw: Draw, role: str = "ceiling") -> JudgedMicrophone:
    """A microphone of which nothing bad is to be said."""
    return JudgedMicrophone(role, (speech(draw),), ppm=float(draw.uniform(-150, 150)), seed=seed_of(draw))


def speech(draw: Draw) -> Source:
    """Somebody who speaks as loud as people do."""
    return voice(draw, float(draw.uniform(-35, -15)))
