"""How much of the picture survives: PSNR of each plane, SSIM and VMAF against a source, by imageio-ffmpeg's build."""

from __future__ import annotations

import math
import re
import subprocess
from pathlib import Path

import av
import imageio_ffmpeg

# One picture of so many is compared; key pictures, one of 30, have their share among them.
_ONE_OF = 7
_PLANES = ("y", "u", "v")


def recorded_video(out: Path) -> Path:
    """What plays all of a competitor's pictures; ``out`` is the folder of its output."""
    names = ("bench/teacher.m3u8", "out.m3u8", "out.mp4")
    return next(path for name in names if (path := out / name).exists())


def octets_of(video: Path) -> int:
    """The size of its coded pictures."""
    with av.open(str(video)) as container:
        return sum(packet.size for packet in container.demux(video=0))


def qualities(video: Path, source: Path, frames: int) -> dict[str, float]:
    """Mean PSNR of the planes in dB, SSIM in dB as ffmpeg gives it, and VMAF (0-100).

    Pictures are compared by number, not by time. For PSNR and SSIM both are made full-range 4:4:4 by the same scaler,
    for VMAF, whose model was trained on it, limited-range 4:2:0.

    Raises:
        ValueError: the video has another number of pictures.
    """
    if (made := _frames(video)) != frames:
        raise ValueError(f"{video}: {made} pictures of {frames}")
    chosen = f"select='not(mod(n\\,{_ONE_OF}))',settb=1/30,setpts=N"
    full = "scale=in_range=pc:out_range=pc:flags=bicubic+accurate_rnd,format=yuvj444p"
    limited = "scale=in_range=pc:out_range=tv:flags=bicubic+accurate_rnd,format=yuv420p"
    graph = (
        f"[0:v]{chosen},split[made][made0];[made]{full},split[made1][made2];[made0]{limited}[made3];"
        f"[1:v]{chosen},split[source][source0];[source]{full},split[source1][source2];[source0]{limited}[source3];"
        "[made1][source1]psnr=shortest=1;[made2][source2]ssim=shortest=1;"
        "[made3][source3]libvmaf=shortest=1:n_threads=2"
    )
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin"]
    command += ["-i", str(video), "-i", str(source), "-lavfi", graph, "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    psnr = dict(re.findall(r"(\w):([\d.]+)", re.findall(r"PSNR (.*)", said)[-1]))
    (ssim,) = re.findall(r"SSIM .*All:([\d.]+)", said)
    (vmaf,) = re.findall(r"VMAF score: ([\d.]+)", said)
    return {
        **{f"PSNR {plane.upper()}": float(psnr[plane]) for plane in _PLANES},
        "SSIM": -10 * math.log10(1 - float(ssim)),
        "VMAF": float(vmaf),
    }


def _frames(video: Path) -> int:
    with av.open(str(video)) as container:
        return sum(packet.size > 0 for packet in container.demux(video=0))
