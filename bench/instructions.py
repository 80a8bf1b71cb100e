"""``python -m bench.instructions``: instructions that a 1080p picture takes in libjpeg-turbo and libx264, by Valgrind.

Both are kept to SIMD of 128 bits, which is what an ARM core has: the count is a reckoning for such a box.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys

from bench import codec_cost_floor
from bench.footage import SyntheticFootage
from pipelines.encoding import x264_encoder

_FEW, _MORE = 30, 60
_FILM = SyntheticFootage(1920, 1080, 600)
_SIMD = {"JSIMD_FORCESSE2": "1"}


def _counted(preset: str, qp: int | None, pictures: int) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-m", __spec__.name]
    command += ["--preset", preset, "--pictures", str(pictures), *([] if qp is None else ["--qp", str(qp)])]
    said = subprocess.run(command, env=os.environ | _SIMD, check=True, capture_output=True, text=True).stderr
    return int(re.findall(r"Collected : (\d+)", said)[-1])


def _work(preset: str, qp: int | None, pictures: int) -> None:
    x264_encoder._X264 += ":asm=SSE4.2"
    film = _FILM.file()
    codec_cost_floor.decode(film, pictures)
    codec_cost_floor.encode(film, pictures, preset, 4000, 1, qp)


def main() -> None:
    """Two lengths are counted, so that what begins and ends falls out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int)
    parser.add_argument("--preset", default="superfast")
    parser.add_argument("--qp", type=int)
    args = parser.parse_args()
    if args.pictures:
        _work(args.preset, args.qp, args.pictures)
        return
    _FILM.file()
    for preset, qp in (("superfast", 27), ("ultrafast", 28), ("superfast", None)):
        taken = (_counted(preset, qp, _MORE) - _counted(preset, qp, _FEW)) / (_MORE - _FEW)
        print(f"{preset}, {'x264 controls the rate' if qp is None else f'QP {qp}'}: {taken / 1e6:.1f} million")


if __name__ == "__main__":
    main()
