"""The bit rate that we need for the PSNR of a peer, and quality from cameras that send 4:2:0."""

from __future__ import annotations

import math

from bench.cpu_cost import measure_in_turns, output_folder
from bench.figures import encoding
from bench.footage import FilmedFootage, FootageSource, SyntheticFootage
from bench.picture_quality import octets_of, qualities, recorded_video
from bench.result_rows import ResultRow, difference, ratio

_FRAMES = 300
_RATES_KBPS = (4000, 2400, 1600)
_LEAST_DB = -0.1
_FILMS: tuple[tuple[FootageSource, float], ...] = (
    (SyntheticFootage(1920, 1080, _FRAMES), 0.75),
    (FilmedFootage(1920, 1080, _FRAMES), 1.0),
)
_CHROMA_420 = SyntheticFootage(1920, 1080, _FRAMES, subsampling="420")


def measure() -> list[ResultRow]:
    """Luma decides what is equal."""
    rows = [_equal_psnr(film, most) for film, most in _FILMS]
    jobs = encoding.jobs(_CHROMA_420)
    measure_in_turns("quality-420", jobs, 1)
    videos = {job: recorded_video(output_folder("quality-420", job)) for job in jobs}
    made = {job: qualities(video, _CHROMA_420.file(), _FRAMES) for job, video in videos.items()}
    rows += [
        difference(f"{what}, 1080p30 of 4:2:0", ours, made[peer][what], peer, "dB", _LEAST_DB, f"{_FRAMES} frames")
        for peer in ("ffmpeg", "gstreamer")
        for what, ours in made["ours"].items()
        if what.startswith("PSNR")
    ]
    return rows


def _equal_psnr(film: FootageSource, most: float) -> ResultRow:
    """Interpolated between the two of our rates that are next to the PSNR of ffmpeg."""
    name = f"equal-psnr-{film.name.split()[0]}"
    jobs = {"ffmpeg": encoding.jobs(film)["ffmpeg"]}
    jobs |= {f"ours-{kbps}": encoding.recorder(film, kbps) for kbps in _RATES_KBPS}
    measure_in_turns(name, jobs, 1)
    points = []
    for job in jobs:
        video = recorded_video(output_folder(name, job))
        points.append((qualities(video, film.file(), film.frames)["PSNR Y"], math.log(octets_of(video))))
    (aim_db, peer), *ours = points
    needed = _interpolated(aim_db, ours)
    is_between = min(ours)[0] <= aim_db <= max(ours)[0]
    way = "between two of our rates" if is_between else "beyond our rates, a guess"
    how = f"PSNR Y of {aim_db:.2f} dB, {film.frames} frames, {way}"
    unit = 8e-6 / film.seconds
    return ratio(
        f"bit rate for equal PSNR, {film.name}",
        math.exp(needed) * unit,
        math.exp(peer) * unit,
        "ffmpeg",
        "Mbit/s",
        most,
        how,
    )


def _interpolated(aim_db: float, points: list[tuple[float, float]]) -> float:
    """The logarithm of the size at which ``points`` (dB, log of size) reach ``aim_db``; their ends go on."""
    points = sorted(points)
    upper = next((at for at, (psnr_db, _) in enumerate(points) if psnr_db >= aim_db), len(points) - 1)
    (low_db, low), (high_db, high) = points[max(1, upper) - 1], points[max(1, upper)]
    return low + (high - low) * (aim_db - low_db) / (high_db - low_db)
