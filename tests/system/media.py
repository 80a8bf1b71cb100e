"""What is in a lesson's files, read by decoding them: bar codes, beeps, lengths."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from drivers.camera import barcode
from pipelines.planes import planes_of


@dataclass(frozen=True)
class Shown:
    """A decoded picture: its time in the track, and its bar code (None on a slate)."""

    seconds: float
    reading: barcode.Reading | None
    luma: float


def ffmpeg_complaints(playlist: Path) -> str:
    """What ffmpeg says of a playlist that it decodes whole; empty is good."""
    command = ["ffmpeg", "-v", "error", "-xerror", "-i", str(playlist), "-fps_mode", "passthrough"]
    command += ["-enc_time_base", "-1", "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def pictures(playlist: Path) -> list[Shown]:
    """Every picture of a picture playlist, in order."""
    shown = []
    with av.open(str(playlist)) as container:
        for frame in container.decode(video=0):
            luma = planes_of(frame)[0]
            assert frame.time is not None
            shown.append(Shown(frame.time, barcode.read(luma), float(luma.mean())))
    return shown


def sound(playlist: Path) -> tuple[float, NDArray[np.float32]]:
    """The first time of a sound playlist, and its samples (mono, 48 kHz)."""
    blocks = []
    start = None
    with av.open(str(playlist)) as container:
        for frame in container.decode(audio=0):
            start = frame.time if start is None else start
            blocks.append(frame.to_ndarray().mean(axis=0))
    assert start is not None
    return start, np.concatenate(blocks).astype(np.float32)


def length(playlist: Path) -> float:
    """Where the last packet of a playlist ends, in seconds."""
    with av.open(str(playlist)) as container:
        ends = [
            (packet.pts + (packet.duration or 0)) * float(packet.time_base)
            for packet in container.demux()
            if packet.pts is not None
        ]
    return max(ends)
