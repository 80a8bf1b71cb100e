"""What stood on the screen: slides are recorded, encoded and read again, and previews made of the lesson, by the child.

The seed of the slides is new at each run and printed.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from bench.footage import FOLDER
from bench.offline_recording import RecordingRun, record_files
from bench.result_rows import ResultRow, bound
from pipelines.files.lesson_layout import SCREEN_TEXT_VTT
from pipelines.files.webvtt import Cue, parse_webvtt
from pipelines.previews.preview_state import CHILD, PreviewTask
from tests.slides import Slide, characters, found_characters, slides

_SLIDES = 50
_SLIDE_S = 6
_FPS = 5
_LEAST_RECALL = 0.97
_MOST_MB = {PreviewTask.PICTURES: 200.0, PreviewTask.TEXT: 480.0}
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
    spool = FOLDER / "screen-text"
    shutil.rmtree(spool, ignore_errors=True)
    spool.mkdir(parents=True)
    _grabbed(shown, spool / "screen.avi")
    record_files(RecordingRun(spool, {"screen": spool / "screen.avi"}, None))
    folder = spool / "bench"
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
    ]


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
