"""What is in a lesson's files, read by decoding them: bar codes, beeps, lengths, and where lesson time ran."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation import barcode
from drivers.microphone.simulation.simulated_microphone import BEEP_HZ, BEEP_S
from pipelines.files.mp4_boxes import parse_fragments
from pipelines.journal.entries import Begin, End, Pause, Resumed
from pipelines.journal.journal_file import read_journal
from pipelines.yuv_planes import planes_of

RATE_HZ = 48_000
_SLICES = (1, 5)


@dataclass(frozen=True)
class Shown:
    """A decoded picture: its time in the track, and its bar code (None on a slate)."""

    seconds: float
    reading: barcode.Barcode | None
    luma: float


@dataclass(frozen=True)
class Span:
    """Lesson time ran from one moment of CLOCK_MONOTONIC to another, and was ``lesson_ns`` at the first."""

    from_ns: int
    until_ns: int
    lesson_ns: int

    def lesson_s(self, at_ns: int) -> float:
        """Lesson time of a moment."""
        return (self.lesson_ns + at_ns - self.from_ns) / 1e9

    def holds(self, at_ns: int, margin_ns: int = 0) -> bool:
        """Whether a moment lies in it, that far from its edges at least."""
        return self.from_ns + margin_ns <= at_ns < self.until_ns - margin_ns


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


def exposed_ns(shown: list[Shown]) -> list[int]:
    """The true exposure times of pictures, those without a bar code left out."""
    return [one.reading.exposed_ns for one in shown if one.reading is not None]


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
    return extent(playlist)[1]


def extent(playlist: Path) -> tuple[float, float]:
    """Where the first packet of a playlist begins, and the last ends, in seconds."""
    times = []
    with av.open(str(playlist)) as container:
        for packet in container.demux():
            if packet.pts is not None and packet.time_base is not None:
                begin = float(packet.pts * packet.time_base)
                times.append((begin, begin + float((packet.duration or 0) * packet.time_base)))
    return min(begin for begin, _ in times), max(end for _, end in times)


def fragments_adjoin(track: Path) -> bool:
    """Whether each fragment in a track's folder begins where the one before ends, over all its segments."""
    heads = [head for file in sorted(track.glob("*.m4s")) for head, _, _ in parse_fragments(file.read_bytes())]
    return all(earlier.start + earlier.duration == later.start for earlier, later in pairwise(heads))


def spans(lesson: Path) -> list[Span]:
    """When lesson time ran, as the journal of an ended lesson tells."""
    found: list[Span] = []
    running: tuple[int, int] | None = None
    for entry in read_journal(lesson).entries:
        match entry:
            case Begin(at_ns=at_ns):
                running = at_ns, 0
            case Resumed(at_ns=at_ns, lesson_ns=lesson_ns):
                running = at_ns, lesson_ns
            case Pause(at_ns=at_ns) | End(at_ns=at_ns) if running is not None:
                found.append(Span(running[0], at_ns, running[1]))
                running = None
    return found


def beep_onsets(samples: NDArray[np.float32]) -> list[float]:
    """Where the simulated microphone's beeps begin, in seconds from the first sample, to the sample.

    A matched filter: of all places a whole beep fits into the sound best where it begins. One period
    away it still fits, but a hundredth worse, which is far more than a quiet room adds.
    """
    beep = np.sin(2 * np.pi * BEEP_HZ / RATE_HZ * np.arange(round(BEEP_S * RATE_HZ)))
    size = 1 << (len(samples) + len(beep)).bit_length()
    spectrum = np.fft.rfft(samples, size) * np.conj(np.fft.rfft(beep, size))
    fit = np.fft.irfft(spectrum, size)[: len(samples)] / (beep @ beep)
    loud = np.flatnonzero(fit > fit.max() / 2)
    starts = loud[np.diff(loud, prepend=-RATE_HZ) > RATE_HZ // 2]
    return [(begin + int(np.argmax(fit[begin : begin + len(beep)]))) / RATE_HZ for begin in starts]


def tone_hz(samples: NDArray[np.float32]) -> float:
    """The frequency of the strongest tone in so many seconds of sound, to a hundredth of a hertz."""
    size = len(samples)
    spectrum = np.log(np.abs(np.fft.rfft(samples * np.hanning(size))) + 1e-12)
    peak = int(np.argmax(spectrum))
    before, at, after = spectrum[peak - 1 : peak + 2]
    return float((peak + (before - after) / (2 * (before - 2 * at + after))) * RATE_HZ / size)


def levels(samples: NDArray[np.float32], window_s: float = 0.01) -> NDArray[np.float64]:
    """The RMS of each ``window_s`` of sound."""
    window = round(window_s * RATE_HZ)
    whole = samples[: len(samples) // window * window].astype(np.float64)
    levels: NDArray[np.float64] = np.sqrt((whole.reshape(-1, window) ** 2).mean(axis=1))
    return levels


def slices(media: Path) -> list[str]:
    """Digests of the coded slices of the H.264 in a playlist or MP4 file, in their order; no parameter sets."""
    with av.open(str(media)) as container:
        return [unit for packet in container.demux(video=0) for unit in _units(bytes(packet)) if unit[0] & 31 in (1, 5)]


def _units(sample: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + 4], "big")
        yield sample[at + 4 : at + 4 + size]
        at += 4 + size
