"""CPU of one 1080p30 MJPEG camera and a microphone, from JPEG bytes to H.264 segments and AAC."""

from __future__ import annotations

import sys
from pathlib import Path

from bench import peers
from bench.cost import Job, ours, turns
from bench.material import Film, Filmed, Footage, sound
from bench.rows import Row, ratio

KBPS = 4000
# What the recorder gives a picture of this size.
THREADS = 2
_DIM, _FILMED = Footage(1920, 1080), Filmed(1920, 1080, 900)
_RUNS: tuple[tuple[str, Film, int], ...] = (
    ("superfast", _DIM, 3),
    ("superfast", _FILMED, 3),
    ("ultrafast", _DIM, 1),
)


def measure() -> list[Row]:
    """At the preset that is begun with, and at the one that is given way to."""
    rows = []
    for preset, film, runs in _RUNS:
        costs = turns(f"encoding-{preset}-{'-'.join(film.name.split())}", jobs(preset, film), runs)
        for peer, most in (("ffmpeg", 0.65), ("gstreamer", 0.9)):
            figure = f"CPU, 1080p30 of {film.name}, {preset}"
            least = costs["floor"].cpu_s / costs[peer].cpu_s
            how = f"{film.frames} frames, median of {runs}; floor {least:.2f}"
            rows.append(ratio(figure, costs["ours"].cpu_s, costs[peer].cpu_s, peer, "s", most, how))
    return rows


def jobs(preset: str, film: Film) -> dict[str, Job]:
    """The competitors, with the same picture and sound, and what the two libraries alone cost."""
    video, voice = film.file(), sound(film.seconds)

    def encoder(make: peers.Encode) -> Job:
        return lambda out: [make(video, voice, out, preset=preset, kbps=KBPS, threads=THREADS)]

    def recorder(out: Path) -> list[list[str]]:
        return [ours(out, {"teacher": video}, voice, "--preset", preset, "--kbps", str(KBPS))]

    def floor(_out: Path) -> list[list[str]]:
        alone = [sys.executable, "-m", "bench.floor", str(video)]
        options = ["--count", str(film.frames), "--preset", preset, "--threads", str(THREADS)]
        return [[*alone, "decode"], [*alone, "encode", *options]]

    return {
        "ours": recorder,
        "ffmpeg": encoder(peers.ffmpeg_encode),
        "gstreamer": encoder(peers.gstreamer_encode),
        "floor": floor,
    }
