"""How much of the picture survives: PSNR of each plane and SSIM against the source, ours and the peers'."""

from __future__ import annotations

import math
import re
import subprocess
from pathlib import Path

from bench.cpu_cost import measure_in_turns, output_folder
from bench.figures import encoding
from bench.footage import SyntheticFootage
from bench.result_rows import ResultRow, difference

_FRAMES = 300
_PRESET = "superfast"
_LEAST_DB = -0.1
_FOOTAGES = (SyntheticFootage(1920, 1080, _FRAMES), SyntheticFootage(1920, 1080, _FRAMES, subsampling="420"))
_PLANES = ("y", "u", "v")


def measure() -> list[ResultRow]:
    """From cameras that send 4:2:2 and 4:2:0; SSIM in dB too, as ffmpeg gives it."""
    rows = []
    for footage in _FOOTAGES:
        name = f"quality-{footage.subsampling}"
        measure_in_turns(name, encoding.jobs(_PRESET, footage), 1)
        made = {job: _qualities(footage, _video(output_folder(name, job))) for job in ("ours", "ffmpeg", "gstreamer")}
        for peer in ("ffmpeg", "gstreamer"):
            rows += [
                difference(
                    f"{what}, 1080p30 of 4:{footage.subsampling[1]}:{footage.subsampling[2]}",
                    ours_db,
                    made[peer][what],
                    peer,
                    "dB",
                    _LEAST_DB,
                    f"{_FRAMES} frames, {_PRESET}",
                )
                for what, ours_db in made["ours"].items()
            ]
    return rows


def _video(out: Path) -> Path:
    """What plays all of a competitor's output."""
    names = ("bench/teacher.m3u8", "out.m3u8", "out.mp4")
    return next(path for name in names if (path := out / name).exists())


def _qualities(footage: SyntheticFootage, video: Path) -> dict[str, float]:
    """Mean PSNR of the planes and mean SSIM in dB, both pictures made full 4:4:4 by the same scaler.

    Pictures are compared by number, not by time.
    """
    form = "settb=1/30,setpts=N,scale=in_range=pc:out_range=pc:flags=bicubic+accurate_rnd,format=yuvj444p"
    graph = (
        f"[0:v]{form},split[made1][made2];[1:v]{form},split[source1][source2];"
        "[made1][source1]psnr=shortest=1;[made2][source2]ssim=shortest=1"
    )
    command = ["ffmpeg", "-hide_banner", "-nostdin"]
    command += ["-i", str(video), "-i", str(footage.file()), "-lavfi", graph, "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    psnr = dict(re.findall(r"(\w):([\d.]+)", re.findall(r"PSNR (.*)", said)[-1]))
    (ssim,) = re.findall(r"SSIM .*All:([\d.]+)", said)
    if (frames := int(re.findall(r"frame=\s*(\d+)", said)[-1])) != footage.frames:
        raise ValueError(f"{video}: {frames} pictures of {footage.frames}")
    return {
        **{f"PSNR {plane.upper()}": float(psnr[plane]) for plane in _PLANES},
        "SSIM": -10 * math.log10(1 - float(ssim)),
    }
