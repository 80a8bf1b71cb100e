"""CPU of two 720p30 MJPEG cameras and a microphone in one process, against a process for each."""

from __future__ import annotations

from pathlib import Path

from bench import peers
from bench.cost import Job, ours, turns
from bench.material import Footage, sound
from bench.rows import Row, ratio

_CAMERAS = {"teacher": Footage(1280, 720, 900), "students": Footage(1280, 720, 900, seed=2)}
_KBPS = 2000
_PRESET = "superfast"
_RUNS = 3


def measure() -> list[Row]:
    """The recorder's default preset; one thread for each encoder."""
    videos = {role: footage.file() for role, footage in _CAMERAS.items()}
    voice = sound(_CAMERAS["teacher"].seconds)

    def recorder(out: Path) -> list[list[str]]:
        return [ours(out, videos, voice, "--preset", _PRESET, "--kbps", str(_KBPS))]

    def each(make: peers.Encode) -> Job:
        def commands(out: Path) -> list[list[str]]:
            for name in (*videos, "sound"):
                (out / name).mkdir()
            pictures = [
                make(video, None, out / role, preset=_PRESET, kbps=_KBPS, threads=1) for role, video in videos.items()
            ]
            return [*pictures, make(None, voice, out / "sound", preset=_PRESET, kbps=_KBPS, threads=1)]

        return commands

    jobs: dict[str, Job] = {
        "ours": recorder,
        "ffmpeg": each(peers.ffmpeg_encode),
        "gstreamer": each(peers.gstreamer_encode),
    }
    costs = turns("two-cameras", jobs, _RUNS)
    how = f"2 × {_CAMERAS['teacher'].frames} frames, {_PRESET}, median of {_RUNS}"
    return [
        ratio("CPU, 2 × 720p30 + sound", costs["ours"].cpu_s, costs[peer].cpu_s, f"3 × {peer}", "s", most, how)
        for peer, most in (("ffmpeg", 0.65), ("gstreamer", 0.95))
    ]
