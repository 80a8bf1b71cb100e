"""Disks for machines: layers over another disk, and sticks with files on them."""

from __future__ import annotations

import subprocess
from pathlib import Path

_STICK_ROOM = 32 << 20


def layer(base: Path, disk: Path) -> Path:
    """A new qcow2 disk that begins as ``base`` and leaves it untouched."""
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", str(base.resolve()), str(disk)]
    subprocess.run(command, check=True)
    return disk


def blank(disk: Path, megabytes: int) -> Path:
    """An empty qcow2 disk."""
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(disk), f"{megabytes}M"], check=True)
    return disk


def stick(folder: Path, disk: Path) -> Path:
    """A raw disk with an ext4 file system that holds what is in ``folder``, like a USB stick."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    disk.unlink(missing_ok=True)
    with disk.open("wb") as file:
        file.truncate(size + size // 8 + _STICK_ROOM)
    subprocess.run(["mkfs.ext4", "-q", "-d", str(folder), str(disk)], check=True)
    return disk
