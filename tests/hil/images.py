"""The guest's disk: a fresh Debian 12 box with simulated hardware."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.hil.cache import Say, cached, digest, files

_RECIPE = Path(__file__).with_name("image")


def fresh_box(say: Say) -> Path:
    """The folder with rootfs.qcow2, vmlinuz and initrd.img; built in two minutes where it is not there yet."""
    return cached("image", digest(files(_RECIPE)), _build, say)


def _build(folder: Path) -> None:
    subprocess.run(["nice", "-n", "10", str(_RECIPE / "build"), str(folder)], check=True)
