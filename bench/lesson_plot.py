"""``python -m bench.lesson_plot FILE.png``: QP and bit rate of each second of a 45-minute lesson, ours and x264's."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from rich.progress import track

from bench.footage import FPS
from bench.rate_scenes import HEIGHT, SCENES, WIDTH, Planes, frame_of
from pipelines.encoding.constant_qp_encoder import ConstantQpEncoder
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder

_KBPS = 450
_SETTINGS = H264Settings(WIDTH, HEIGHT, Fraction(FPS), _KBPS, "superfast", full_range=True)
# What happens, and for how many minutes.
_LESSON = (
    ("vtest.avi", 4),
    ("a dim room", 8),
    ("a hand before the lens", 4),
    ("a still dim room", 10),
    ("a light switched on", 4),
    ("a pan", 3),
    ("a dim room", 5),
    ("easy and hard seconds", 3),
    ("white noise", 1),
    ("a still dim room", 3),
)


def _pictures() -> Iterator[Planes]:
    return chain.from_iterable(SCENES[name](minutes * 60 * FPS) for name, minutes in _LESSON)


def main() -> None:
    """Encode the lesson twice and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plot", type=Path)
    ours, theirs = ConstantQpEncoder(_SETTINGS), X264Encoder(_SETTINGS)
    sizes: dict[str, dict[int, int]] = {"ours": defaultdict(int), "x264": defaultdict(int)}
    qps: dict[int, int] = {}
    minutes = sum(length for _, length in _LESSON)
    path = parser.parse_args().plot
    for number, planes in enumerate(track(_pictures(), "a lesson", total=minutes * 60 * FPS)):
        start, key = number * VIDEO_TIMESCALE // FPS, number % FPS == 0
        for name, encoder in (("ours", ours), ("x264", theirs)):
            for packet in encoder.encode(frame_of(planes), start, key=key):
                sizes[name][packet.start // VIDEO_TIMESCALE] += len(packet.data)
        if second := ours.last_second:
            qps[second.second] = second.qp
    _draw(path, qps, sizes)


def _draw(path: Path, qps: dict[int, int], sizes: dict[str, dict[int, int]]) -> None:
    mpl.use("agg")
    figure = Figure(figsize=(12, 6), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True)
    top.step([second / 60 for second in qps], list(qps.values()), where="post", linewidth=0.8)
    top.set_ylabel("QP")
    top.invert_yaxis()
    for name, colour in (("x264", "0.7"), ("ours", "C0")):
        rates = {second: octets * 8 / 1000 for second, octets in sizes[name].items()}
        bottom.plot([second / 60 for second in rates], list(rates.values()), color=colour, linewidth=0.6, label=name)
    bottom.axhline(_KBPS, color="C2", linewidth=0.8, label="configured")
    bottom.axhline(2 * _KBPS, color="C3", linewidth=0.8, label="no second is larger")
    bottom.set_ylabel("kbit/s")
    bottom.set_xlabel("minutes")
    bottom.legend(loc="upper right", ncols=4, fontsize="small")
    at = 0
    for name, minutes in _LESSON:
        for axes in (top, bottom):
            axes.axvline(at, color="0.85", linewidth=0.8, zorder=0)
        top.annotate(name, (at + 0.1, 0.97), xycoords=("data", "axes fraction"), fontsize=7, va="top", rotation=90)
        at += minutes
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
