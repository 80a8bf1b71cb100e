"""``python -m bench.side_by_side FOLDER``: pictures around a key picture, ours and both peers', to be looked at."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from bench.cpu_cost import measure_in_turns, output_folder
from bench.figures import encoding
from bench.footage import FOLDER, FPS, FilmedFootage, FootageSource, Image, SyntheticFootage, cached_file, write_mjpeg
from bench.picture_quality import recorded_video
from bench.rate_scenes import HEIGHT, SCENES, WIDTH

_FRAMES = 9 * FPS
# The last two of a second and the first two of the next one.
_SHOWN = range(8 * FPS - 2, 8 * FPS + 2)
_CROP = (360, 480)
# Rate control has come to rest.
_SETTLED = 4 * FPS
_COMPETITORS = ("source", "ours", "ffmpeg", "gstreamer")


@dataclass(frozen=True, slots=True)
class SceneFootage:
    """One of the scenes that are hard for a rate control, as MJPEG."""

    name: str
    frames: int = _FRAMES
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / FPS

    def file(self) -> Path:
        """An AVI with it, made now if there is none."""
        return cached_file(FOLDER / f"scene-{'-'.join(self.name.split())}-{self.frames}.avi", self._write)

    def _write(self, path: Path) -> None:
        pictures = (np.concatenate([plane.ravel() for plane in planes]) for planes in SCENES[self.name](self.frames))
        write_mjpeg(path, self, "420", 90, pictures)


# Film, bit rate, and where the part that is shown lies.
_FILMS: Final[Mapping[str, tuple[FootageSource, int, tuple[int, int]]]] = {
    "room": (SyntheticFootage(1920, 1080, _FRAMES), encoding.KBPS, (500, 700)),
    "vtest": (FilmedFootage(1920, 1080, _FRAMES), encoding.KBPS, (300, 700)),
    "hand": (SceneFootage("a hand before the lens"), 450, (0, 80)),
}


def main() -> None:
    """Encode each film by each competitor, and put the same pictures of all of them into one file a film."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, (film, kbps, corner) in _FILMS.items():
        measure_in_turns(f"side-{name}", encoding.jobs(film, kbps), 1)
        rows = []
        for competitor in _COMPETITORS:
            video = film.file() if competitor == "source" else recorded_video(output_folder(f"side-{name}", competitor))
            rows.append(np.hstack(list(_cropped(video, corner, competitor))))
            if competitor != "source":
                jump_db = _jump_db(video, film.file())
                print(f"{name}, {competitor}: a key picture is {jump_db:.1f} dB better than the one before it")
        cv2.imwrite(str(folder / f"{name}.png"), np.vstack(rows))


def _jump_db(video: Path, source: Path) -> float:
    """How much higher the PSNR of luma is in a key picture than in the one before it: what is seen as pumping."""
    made, true = (_lumas(path) for path in (video, source))
    errors = [float(np.mean(np.square(one - other))) for one, other in zip(made, true, strict=True)]
    jumps = [10 * math.log10(errors[at - 1] / errors[at]) for at in range(_SETTLED, _FRAMES, FPS)]
    return sum(jumps) / len(jumps)


def _lumas(video: Path) -> Iterator[NDArray[np.float32]]:
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="gray")[::2, ::2].astype(np.float32)


def _cropped(video: Path, corner: tuple[int, int], name: str) -> Iterator[Image]:
    top, left = corner
    height, width = _CROP
    with av.open(str(video)) as container:
        for number, frame in enumerate(islice(container.decode(video=0), _SHOWN.stop)):
            if number in _SHOWN:
                part = frame.to_ndarray(format="bgr24")[top : top + height, left : left + width].copy()
                cv2.putText(part, f"{name} {number}", (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 255, 255), 1)
                yield np.asarray(part, np.uint8)


if __name__ == "__main__":
    main()
