"""CPU of one 1080p30 MJPEG camera and a microphone, from JPEG bytes to H.264 segments and AAC."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench import peer_commands
from bench.cpu_cost import Job, measure_in_turns, recorder_command
from bench.footage import FilmedFootage, FootageSource, SyntheticFootage, voice_wav
from bench.result_rows import ResultRow, ratio

KBPS = 4000
# What the recorder gives a picture of this size.
THREADS = 2
# On two cores the table must be there within a quarter of an hour: the first film counts, the others look.
_RUNS: tuple[tuple[str, FootageSource, int], ...] = (
    ("superfast", SyntheticFootage(1920, 1080), 3),
    ("superfast", FilmedFootage(1920, 1080, 600), 3),
    ("ultrafast", SyntheticFootage(1920, 1080, 600), 1),
)


def measure() -> list[ResultRow]:
    """At the preset that is begun with, and at the one that is given way to."""
    rows = []
    for preset, film, runs in _RUNS:
        costs = measure_in_turns(f"encoding-{preset}-{'-'.join(film.name.split())}", jobs(preset, film), runs)
        least_s = _floor_ms(preset, film) * film.frames / 1000
        for peer, most in (("ffmpeg", 0.65), ("gstreamer", 0.9)):
            figure = f"CPU, 1080p30 of {film.name}, {preset}"
            least = least_s / costs[peer].cpu_s
            how = f"{film.frames} frames, median of {runs}; floor {least:.2f}"
            rows.append(ratio(figure, costs["ours"].cpu_s, costs[peer].cpu_s, peer, "s", most, how))
    return rows


def jobs(preset: str, film: FootageSource) -> dict[str, Job]:
    """The competitors, with the same picture and sound."""
    video, voice = film.file(), voice_wav(film.seconds)

    def encoder(make: peer_commands.Encode) -> Job:
        return lambda out: [make(video, voice, out, preset=preset, kbps=KBPS, threads=THREADS)]

    def recorder(out: Path) -> list[list[str]]:
        return [recorder_command(out, {"teacher": video}, voice, "--preset", preset, "--kbps", str(KBPS))]

    return {
        "ours": recorder,
        "ffmpeg": encoder(peer_commands.ffmpeg_encode),
        "gstreamer": encoder(peer_commands.gstreamer_encode),
    }


def _floor_ms(preset: str, film: FootageSource) -> float:
    """What the two libraries alone take for a picture."""
    options = ["--preset", preset, "--kbps", str(KBPS), "--threads", str(THREADS)]
    alone = [sys.executable, "-m", "bench.codec_cost_floor", str(film.file()), *options]
    return float(subprocess.run(alone, check=True, capture_output=True, text=True).stdout)
