"""What pictures of a page show by their bar codes, against the sound that is heard at that moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from drivers.camera.simulation import barcode

_PIXELS = 4
"""Of a cell's edge on the canvas that a picture is read from."""

PICTURES = """
window.pictures = {
  canvas: Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT }),
  /** The cells of a video's bar code, row by row: 0 to 255 each. */
  cells(video) {
    const { width, height } = this.canvas;
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    const { videoWidth: wide } = video;
    if (!wide) return [];
    context.drawImage(video, 0, 0, wide, Math.floor((wide * 3) / 40), 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const cells = [];
    for (let y = 2; y < height; y += 4) for (let x = 2; x < width; x += 4) cells.push(data[4 * (y * width + x)]);
    return cells;
  },
  /** Of everything that is shown now: [role, cells, the sound's time]. */
  shown() {
    const sound = document.getElementById("sound");
    return [...document.querySelectorAll("#stage .view")]
      .filter((one) => !/joining|absent/.test(one.className))
      .map((one) => [one.dataset.role, this.cells(one.querySelector("video")), sound.currentTime]);
  },
  /** What is shown at each frame of the screen, for some time or until the sound ends. */
  watch(ms) {
    const begunMs = performance.now();
    const seen = [];
    return new Promise((resolve) => {
      const look = () => {
        const sound = document.getElementById("sound");
        if (sound.paused && !sound.ended) seen.push([performance.now() - begunMs, null]);
        else seen.push([performance.now() - begunMs, this.shown()]);
        if (performance.now() - begunMs < ms && !sound.ended) requestAnimationFrame(look);
        else resolve(seen);
      };
      requestAnimationFrame(look);
    });
  },
  /** Seek, and say how many ms passed until the sound went on there, with every picture shown. */
  async seek(to) {
    const { playback } = document.getElementById("player");
    const sound = document.getElementById("sound");
    const begunMs = performance.now();
    const frame = () => new Promise(requestAnimationFrame);
    playback.seek(to);
    const at = sound.currentTime;
    do await frame();
    while (playback.isGathering || sound.paused || sound.seeking || sound.currentTime <= at);
    return performance.now() - begunMs;
  },
};
""".replace("WIDTH", str(barcode.COLUMNS * _PIXELS)).replace("HEIGHT", str(barcode.ROWS * _PIXELS))
"""A script that makes ``window.pictures``."""


@dataclass(frozen=True)
class Shown:
    """A picture of the camera ``seen`` that came into the view of ``role``, ``off_s`` ahead of the sound."""

    after_ms: float
    role: str
    seen: int
    picture_s: float
    off_s: float


def read_cells(cells: Iterable[int]) -> barcode.Barcode | None:
    """The bar code of one picture."""
    levels = np.array(list(cells), np.uint8)
    if levels.size != barcode.COLUMNS * barcode.ROWS:
        return None
    luma = levels.reshape(barcode.ROWS, barcode.COLUMNS).repeat(8, axis=0).repeat(8, axis=1)
    return barcode.read(luma)


def read_seen(seen: list[Any]) -> list[Shown]:
    """Of what ``pictures.watch`` has seen each picture when it was there first, so that its rate does not matter.

    The first one of a view is left out: nobody knows since when it was there.
    """
    found = []
    before: dict[str, barcode.Barcode] = {}
    for after_ms, shown in seen:
        for role, cells, sound_s in shown or []:
            code = read_cells(cells)
            if code is None or code == before.get(role):
                continue
            if role in before:
                picture_s = code.exposed_us / 1e6
                found.append(Shown(after_ms, role, code.role_id, picture_s, picture_s - sound_s))
            before[role] = code
    return found


def offsets_ms(shown: Iterable[Shown]) -> dict[str, list[float]]:
    """How far pictures were ahead of the sound, by the role of their view."""
    found: dict[str, list[float]] = {}
    for one in shown:
        found.setdefault(one.role, []).append(one.off_s * 1000)
    return found
