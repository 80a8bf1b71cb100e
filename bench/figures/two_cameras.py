"""CPU of two 720p30 MJPEG cameras and a microphone in one process, against a process for each."""

from __future__ import annotations

from pathlib import Path

from bench import peer_commands
from bench.cpu_cost import Job, measure_in_turns, recorder_command
from bench.footage import SyntheticFootage, voice_wav
from bench.result_rows import ResultRow, ratio

_CAMERAS = {"teacher": SyntheticFootage(1280, 720, 600), "students": SyntheticFootage(1280, 720, 600, seed=2)}
_KBPS = 2000
_PRESET = "superfast"
_RUNS = 5


def measure() -> list[ResultRow]:
    """The recorder's default preset; one thread for each encoder."""
    videos = {role: footage.file() for role, footage in _CAMERAS.items()}
    voice = voice_wav(_CAMERAS["teacher"].seconds)
    still = SyntheticFootage(640, 360, 2).file()

    def recorder(out: Path) -> list[list[str]]:
        return [recorder_command(out, videos, voice, "--preset", _PRESET, "--kbps", str(_KBPS))]

    def nothing(out: Path) -> list[list[str]]:
        return [recorder_command(out, dict.fromkeys(videos, still), None, "--kbps", str(_KBPS))]

    def each(make: peer_commands.Encode) -> Job:
        def commands(out: Path) -> list[list[str]]:
            for name in (*videos, "sound"):
                (out / name).mkdir()
            pictures = [
                make(video, None, out / role, preset=_PRESET, kbps=_KBPS, threads=1) for role, video in videos.items()
            ]
            return [*pictures, make(None, voice, out / "sound", preset=_PRESET, kbps=_KBPS, threads=1)]

        return commands

    jobs: dict[str, Job] = {
        "start": nothing,
        "ours": recorder,
        "ffmpeg": each(peer_commands.ffmpeg_encode),
        "gstreamer": each(peer_commands.gstreamer_encode),
    }
    costs = {job: cost.cpu_s for job, cost in measure_in_turns("two-cameras", jobs, _RUNS).items()}
    start_s = costs["start"]
    how = f"2 × {_CAMERAS['teacher'].frames} frames, {_PRESET}, median of {_RUNS}; start, {start_s:.2f} s, taken off"
    return [
        ratio("CPU, 2 × 720p30 + sound", costs["ours"] - start_s, costs[peer], f"3 × {peer}", "s", most, how)
        for peer, most in (("ffmpeg", 0.8), ("gstreamer", 0.95))
    ]
