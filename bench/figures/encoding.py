"""CPU and quality of one 1080p30 MJPEG camera and a microphone, from JPEG bytes to H.264 segments and AAC."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bench import peer_commands
from bench.cpu_cost import Job, measure_in_turns, output_folder, recorder_command
from bench.footage import FilmedFootage, FootageSource, SyntheticFootage, voice_wav
from bench.picture_quality import octets_of, qualities, recorded_video
from bench.result_rows import ResultRow, difference, ratio

KBPS = 4000
# What the recorder gives a picture of this size.
THREADS = 2
PRESET = "superfast"
_PEERS = ("ffmpeg", "gstreamer")
_FLOOR = 1.06


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A film, how often each competitor gets it, and what is to be reached: CPU by peer, and quality."""

    film: FootageSource
    runs: int
    most: Mapping[str, float]
    least: Mapping[str, float]
    noise_free: FootageSource | None = None


def _noise_free(film: SyntheticFootage) -> SyntheticFootage:
    """The same scene without the sensor's noise, and with hardly any loss."""
    return replace(film, noise=0.0, quality=95)


_ROOM = SyntheticFootage(1920, 1080, 450)
_STILL_ROOM = SyntheticFootage(1920, 1080, 300, moves=False)
_ROOM_MOST = {"ffmpeg": 0.75, "gstreamer": 0.88}
_COMPARISONS = (
    _Comparison(_ROOM, 5, _ROOM_MOST, {"PSNR Y": 0.4, "VMAF": 1.0}, _noise_free(_ROOM)),
    _Comparison(FilmedFootage(1920, 1080, 300), 3, {"ffmpeg": 0.8, "gstreamer": 0.98}, {"PSNR Y": 0.0, "VMAF": -0.3}),
    _Comparison(_STILL_ROOM, 1, _ROOM_MOST, {"PSNR Y": 0.0, "VMAF": 0.0}, _noise_free(_STILL_ROOM)),
)


def measure() -> list[ResultRow]:
    """With rate control of our own against peers at their best, and with x264's against the libraries alone."""
    return [row for comparison in _COMPARISONS for row in _compared(comparison)]


def jobs(film: FootageSource, kbps: int = KBPS) -> dict[str, Job]:
    """The competitors, with the same picture and sound."""
    video, voice = film.file(), voice_wav(film.seconds)

    def encoder(make: peer_commands.Encode) -> Job:
        return lambda out: [make(video, voice, out, preset=PRESET, kbps=kbps, threads=THREADS)]

    return {
        "ours": recorder(film, kbps),
        "ffmpeg": encoder(peer_commands.ffmpeg_encode),
        "gstreamer": encoder(peer_commands.gstreamer_encode),
    }


def recorder(film: FootageSource, kbps: int = KBPS, control: str = "own") -> Job:
    """The recorder with the picture and the sound of a film."""
    video, voice = film.file(), voice_wav(film.seconds)
    options = ("--preset", PRESET, "--kbps", str(kbps), "--control", control)
    return lambda out: [recorder_command(out, {"teacher": video}, voice, *options)]


def _compared(comparison: _Comparison) -> list[ResultRow]:
    film, runs = comparison.film, comparison.runs
    name = f"encoding-{'-'.join(film.name.split())}"
    start = recorder(SyntheticFootage(640, 360, 2))
    turns = {**jobs(film), "equal settings": recorder(film, control="x264"), "start": start}
    costs = {job: cost.cpu_s for job, cost in measure_in_turns(name, turns, runs).items()}
    start_s = costs["start"]
    how = f"{film.frames} frames, median of {runs}, {PRESET}; start of Python, {start_s:.2f} s, taken off"
    rows = [
        ratio(f"CPU, 1080p30 of {film.name}", costs["ours"] - start_s, costs[peer], peer, "s", most, how)
        for peer, most in comparison.most.items()
    ]
    floor_s = _floor_ms(film) * film.frames / 1000
    equal_s = costs["equal settings"] - start_s
    rows.append(ratio(f"CPU at equal settings, {film.name}", equal_s, floor_s, "the two libraries", "s", _FLOOR, how))
    rows += _quality_rows(comparison, name, film, "")
    if comparison.noise_free:
        rows += _quality_rows(comparison, name, comparison.noise_free, ", against the noise-free scene")
    return rows


def _quality_rows(comparison: _Comparison, name: str, source: FootageSource, against: str) -> list[ResultRow]:
    film = comparison.film
    videos = {job: recorded_video(output_folder(name, job)) for job in ("ours", *_PEERS)}
    made = {job: qualities(video, source.file(), film.frames) for job, video in videos.items()}
    mbps = {job: octets_of(video) * 8e-6 / film.seconds for job, video in videos.items()}
    return [
        difference(
            f"{what}, {film.name}{against}",
            ours,
            made[peer][what],
            peer,
            "" if what == "VMAF" else "dB",
            comparison.least.get(what, 0.0),
            f"{mbps['ours']:.2f} Mbit/s, the peer {mbps[peer]:.2f}",
        )
        for peer in _PEERS
        for what, ours in made["ours"].items()
        if not against or what in comparison.least
    ]


def _floor_ms(film: FootageSource) -> float:
    """What the two libraries alone take for a picture."""
    options = ["--preset", PRESET, "--kbps", str(KBPS), "--threads", str(THREADS)]
    alone = [sys.executable, "-m", "bench.codec_cost_floor", str(film.file()), *options]
    return float(subprocess.run(alone, check=True, capture_output=True, text=True).stdout)
