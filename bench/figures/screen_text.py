"""What stood on the screen: slides are recorded, encoded and read again, and previews made of the lesson, by the child.

Then a lesson begins in a room whose controller has just that done. The seed of the slides is new at each run, and told.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from bench.footage import FOLDER
from bench.measured_room import CAMERAS, running_room, simulated_camera
from bench.offline_recording import RecordingRun, record_files
from bench.result_rows import ResultRow, bound
from pipelines.files.lesson_layout import SCREEN_TEXT_VTT
from pipelines.files.webvtt import Cue, parse_webvtt
from pipelines.previews.preview_state import CHILD, PreviewTask
from tests.slides import Slide, characters, found_characters, slides
from tests.system import media
from tests.system.room import Room

_SLIDES = 50
_SLIDE_S = 6
_FPS = 5
_LEAST_RECALL = 0.97
_MOST_MB = {PreviewTask.PICTURES: 200.0, PreviewTask.TEXT: 480.0}
_LESSON = "r204-0bac-000002"
_READS_S, _READS_ALREADY_S, _LESSON_S, _LOOK_S = 600.0, 10.0, 15.0, 0.01
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@dataclass(frozen=True)
class _Cost:
    """What a run of the child took; ``mb`` is the most memory that it had."""

    cpu_s: float
    mb: float


def measure() -> list[ResultRow]:
    """Characters that were read, of all that were shown; time and memory of the child."""
    seed = secrets.randbelow(1 << 31)
    shown = list(slides(seed, _SLIDES))
    spool, grabbed = FOLDER / "screen-text", FOLDER / "screen-text.avi"
    shutil.rmtree(spool, ignore_errors=True)
    spool.mkdir(parents=True)
    _grabbed(shown, grabbed)
    record_files(RecordingRun(spool, {"screen": grabbed}, None, lesson=_LESSON))
    interrupted = _interrupted(spool)
    folder = spool / _LESSON
    pictures, text = _run(PreviewTask.PICTURES, folder), _run(PreviewTask.TEXT, folder)
    cues = parse_webvtt((folder / SCREEN_TEXT_VTT).read_text("utf-8"))
    wanted = [characters("".join(one.lines)) for one in shown]
    read = [_read_at(cues, (number + 0.5) * _SLIDE_S) for number in range(_SLIDES)]
    found = sum(found_characters(truth, one) for truth, one in zip(wanted, read, strict=True))
    total = sum(map(len, wanted))
    minutes = _SLIDES * _SLIDE_S / 60
    how = f"{found} of {total} characters on {_SLIDES} slides, seed {seed}; {len(cues)} cues"
    return [
        ResultRow(
            "characters of slides read", found / total, None, "a limit", "", found / total, _LEAST_RECALL, True, how
        ),
        bound("memory of the reader of text", text.mb, "MB", _MOST_MB[PreviewTask.TEXT]),
        bound("CPU for a slide's text", text.cpu_s / _SLIDES, "s", 3.0, f"{text.cpu_s:.1f} s for the lesson"),
        bound("memory of the maker of thumbnails", pictures.mb, "MB", _MOST_MB[PreviewTask.PICTURES]),
        bound("CPU for thumbnails of a minute", pictures.cpu_s / minutes, "s", 1.0, "poster and start included"),
        *interrupted,
    ]


def _interrupted(spool: Path) -> list[ResultRow]:
    """A lesson begins while the text of an earlier one is read: what the lesson lacks, and how the reader goes on."""
    cameras = simulated_camera((1280, 720), 2000)
    with running_room("screen", cameras, spool=spool, has_previews=True) as room:
        room.wait(lambda: _reader(room), _READS_S)
        time.sleep(_READS_ALREADY_S)
        pressed_s = time.monotonic()
        with ThreadPoolExecutor(1) as watching:
            gone_s = watching.submit(_until_gone, room)
            folder = room.begin_lesson()
        time.sleep(_LESSON_S)
        room.end_lesson()
        missing, recorded = _missing(folder)
        room.wait((room.spool / _LESSON / SCREEN_TEXT_VTT).exists, _READS_S)
        alone = room.begin_lesson()
        time.sleep(_LESSON_S)
        room.end_lesson()
        missing_alone, _ = _missing(alone)
    how = f"of {recorded}; {missing_alone} in a lesson for which nothing was ended"
    return [
        bound("from the press to the end of the reader", gone_s.result() - pressed_s, "s", 1.0),
        bound("bar codes missing in the lesson that ended it", missing, "pictures", 0, how),
    ]


def _missing(folder: Path) -> tuple[int, int]:
    """How many bar codes a lesson lacks, and how many it has."""
    missing, recorded = 0, 0
    for role in CAMERAS:
        numbers = [shown.reading.frame for shown in media.pictures(folder / f"{role}.m3u8") if shown.reading]
        recorded += len(set(numbers))
        missing += numbers[-1] - numbers[0] + 1 - len(set(numbers))
    return missing, recorded


def _reader(room: Room) -> bool:
    """Whether a process of this machine reads the text of the room's lesson now."""
    wanted = (CHILD, PreviewTask.TEXT, str(room.spool / _LESSON))
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if tuple(path.read_text("utf-8", "replace").split("\0")[2:5]) == wanted:
                return True
    return False


def _until_gone(room: Room) -> float:
    while _reader(room):
        time.sleep(_LOOK_S)
    return time.monotonic()


def _grabbed(shown: list[Slide], path: Path) -> None:
    """What a grabber delivers of them: the same JPEG again and again."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = shown[0].picture.size
    encoder.pix_fmt, encoder.time_base, encoder.qmin, encoder.qmax = "yuvj422p", Fraction(1, _FPS), 4, 4
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", _FPS)
        stream.width, stream.height, stream.pix_fmt = encoder.width, encoder.height, encoder.pix_fmt
        for number, slide in enumerate(shown):
            (jpeg,) = encoder.encode(av.VideoFrame.from_image(slide.picture))
            for at in range(number * _SLIDE_S * _FPS, (number + 1) * _SLIDE_S * _FPS):
                packet = av.Packet(bytes(jpeg))
                packet.pts = packet.dts = at
                packet.time_base, packet.stream = Fraction(1, _FPS), stream
                container.mux(packet)


def _run(task: PreviewTask, folder: Path) -> _Cost:
    """Run the child under a small process: the most memory of a process counts that of whoever started it."""
    measured = (sys.executable, "-c", _MEASURE, sys.executable, "-m", CHILD, task, str(folder))
    told = subprocess.run(measured, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return _Cost(float(told[0]), float(told[1]) / 1024)


def _read_at(cues: list[Cue], second: float) -> str:
    return characters("".join(one.text for one in cues if one.from_ms <= second * 1000 < one.to_ms))
