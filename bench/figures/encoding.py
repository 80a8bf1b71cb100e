"""CPU of one 1080p30 MJPEG camera and a microphone, from JPEG bytes to H.264 segments and AAC."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench import peers
from bench.cost import Job, ours, turns
from bench.material import Film, Filmed, Footage, sound
from bench.rows import Row, ratio

KBPS = 4000
# What the recorder gives a picture of this size.
THREADS = 2
# On two cores the table must be there within a quarter of an hour: the first film counts, the others look.
_RUNS: tuple[tuple[str, Film, int], ...] = (
    ("superfast", Footage(1920, 1080), 3),
    ("superfast", Filmed(1920, 1080, 600), 3),
    ("ultrafast", Footage(1920, 1080, 600), 1),
)


def measure() -> list[Row]:
    """At the preset that is begun with, and at the one that is given way to."""
    rows = []
    for preset, film, runs in _RUNS:
        costs = turns(f"encoding-{preset}-{'-'.join(film.name.split())}", jobs(preset, film), runs)
        least_s = _floor_ms(preset, film) * film.frames / 1000
        for peer, most in (("ffmpeg", 0.65), ("gstreamer", 0.9)):
            figure = f"CPU, 1080p30 of {film.name}, {preset}"
            least = least_s / costs[peer].cpu_s
            how = f"{film.frames} frames, median of {runs}; floor {least:.2f}"
            rows.append(ratio(figure, costs["ours"].cpu_s, costs[peer].cpu_s, peer, "s", most, how))
    return rows


def jobs(preset: str, film: Film) -> dict[str, Job]:
    """The competitors, with the same picture and sound."""
    video, voice = film.file(), sound(film.seconds)

    def encoder(make: peers.Encode) -> Job:
        return lambda out: [make(video, voice, out, preset=preset, kbps=KBPS, threads=THREADS)]

    def recorder(out: Path) -> list[list[str]]:
        return [ours(out, {"teacher": video}, voice, "--preset", preset, "--kbps", str(KBPS))]

    return {
        "ours": recorder,
        "ffmpeg": encoder(peers.ffmpeg_encode),
        "gstreamer": encoder(peers.gstreamer_encode),
    }


def _floor_ms(preset: str, film: Film) -> float:
    """What the two libraries alone take for a picture."""
    options = ["--preset", preset, "--kbps", str(KBPS), "--threads", str(THREADS)]
    alone = [sys.executable, "-m", "bench.floor", str(film.file()), *options]
    return float(subprocess.run(alone, check=True, capture_output=True, text=True).stdout)
