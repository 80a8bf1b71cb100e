"""What the director costs: two cameras and two microphones, from decoded pictures to decisions and their journal."""

from __future__ import annotations

import time
from itertools import islice

import av

from bench.footage import SyntheticFootage
from bench.result_rows import ResultRow, bound
from drivers.samples import JpegPicture
from pipelines.capture.frame_converter import FrameConverter
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.motion_meter import MotionMeter
from pipelines.directing.observations import SpeechHeard
from pipelines.directing.recorded_director import RecordedDirector
from pipelines.directing.scaled_luma import LumaScaler
from pipelines.journal.entries import Looks
from pipelines.journal.journal_file import encode_line

_WIDTH, _HEIGHT = 1920, 1080
_PICTURES = 30
_ROLES = ("teacher", "students")
_MICROPHONES = ("lapel", "ceiling")
_LOOKS_A_SECOND = 5
_HEARD_A_SECOND = 10
_SECONDS = 120
_SECOND_NS = 1_000_000_000


def measure() -> list[ResultRow]:
    """Two minutes of a lesson in which everything moves all the time and somebody speaks."""
    frames = _frames()
    scalers, meters = [LumaScaler() for _ in _ROLES], [MotionMeter(role) for role in _ROLES]
    written: list[Looks] = []
    director = RecordedDirector(DirectorRules(), _ROLES, 0, written.append)
    looks_s = decisions_s = 0.0
    for number in range(_SECONDS * _LOOKS_A_SECOND):
        lesson_ns = number * _SECOND_NS // _LOOKS_A_SECOND
        begun_s = time.thread_time()
        frame = frames[number % len(frames)]
        looks = [meter.push(scaler.shrink(frame), lesson_ns) for scaler, meter in zip(scalers, meters, strict=True)]
        looked_s = time.thread_time()
        for look in looks:
            if look is not None:
                director.push(look)
        for part in range(_HEARD_A_SECOND // _LOOKS_A_SECOND):
            heard_ns = lesson_ns + part * _SECOND_NS // _HEARD_A_SECOND
            for name in _MICROPHONES:
                director.push(SpeechHeard(name, heard_ns, 0.9 - 0.001 * (number % 7), -30.0 - number % 11))
        director.tick(lesson_ns)
        looks_s += looked_s - begun_s
        decisions_s += time.thread_time() - looked_s
    director.flush()
    how = f"{_LOOKS_A_SECOND} looks a second of {len(_ROLES)} cameras of {_WIDTH}x{_HEIGHT}"
    share = 100 / _SECONDS
    look_ms = looks_s / (_SECONDS * _LOOKS_A_SECOND * len(_ROLES)) * 1000
    journal = sum(len(encode_line(one)) for one in written) * 3600 / _SECONDS / 1e6
    return [
        bound("the director, two cameras", (looks_s + decisions_s) * share, "% of a core", 3.0, how),
        bound("of it, the rules and the journal", decisions_s * share, "% of a core", 1.0),
        bound("a look", look_ms, "ms", 3.0, "in the track's thread"),
        bound("the director in the journal", journal, "MB an hour", 0.5, f"{len(_MICROPHONES)} microphones"),
    ]


def _frames() -> list[av.VideoFrame]:
    footage = SyntheticFootage(_WIDTH, _HEIGHT, frames=2 * _PICTURES)
    with av.open(str(footage.file())) as film:
        jpegs = [bytes(packet) for packet in islice(film.demux(video=0), _PICTURES) if packet.size]
    converter = FrameConverter(_WIDTH, _HEIGHT, full_range=True)
    frames = [converter.convert(JpegPicture(at, jpeg)) for at, jpeg in enumerate(jpegs)]
    return [frame for frame in frames if frame is not None]
