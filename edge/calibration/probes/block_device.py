"""The disk below a folder: its kind, its health as the kernel tells it, and the errors of its file system.

Of eMMC the card's own estimate of its wear is read: ``life_time`` (types A and B, in tenths of its life) and
``pre_eol_info`` (JEDEC JESD84-B51, DEVICE_LIFE_TIME_EST and PRE_EOL_INFO). SD cards tell nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_SYS = Path("/sys")


@dataclass(frozen=True, slots=True)
class DiskHealth:
    """What is known of a disk; None for what it does not tell.

    ``name`` is that of its block device, empty where the folder lies on none (a share, memory); ``kind`` is ``emmc``,
    ``sd`` or ``disk``. ``worn_percent`` is the upper end of the tenth of its life that is used up, 110 where it has
    outlived its time; ``reserve_used`` is 1 (normal), 2 (80 % of the reserved blocks) or 3 (90 %).
    """

    name: str
    kind: str
    worn_percent: int | None = None
    reserve_used: int | None = None
    file_system_errors: int | None = None


def read_disk_health(folder: Path, sysfs: Path = _SYS) -> DiskHealth:
    """What the kernel tells of the disk that ``folder`` lies on.

    Raises:
        OSError: the folder is not there.
    """
    device = folder.stat().st_dev
    node = sysfs / f"dev/block/{os.major(device)}:{os.minor(device)}"
    return disk_health_at(node, sysfs)


def disk_health_at(node: Path, sysfs: Path = _SYS) -> DiskHealth:
    """What the kernel tells of the block device or partition at ``node``, its folder in sysfs."""
    try:
        block = node.resolve(strict=True)
    except OSError:
        return DiskHealth("", "disk")
    errors = _number(sysfs / "fs/ext4" / block.name / "errors_count")
    whole = block.parent if (block / "partition").exists() else block
    card = whole / "device"
    match _text(card / "type"):
        case "MMC":
            lives = [int(word, 16) for word in _text(card / "life_time").split()]
            worn = max(lives, default=0) * 10 or None
            reserve = int(_text(card / "pre_eol_info") or "0", 16) or None
            return DiskHealth(block.name, "emmc", worn, reserve, errors)
        case "SD":
            return DiskHealth(block.name, "sd", file_system_errors=errors)
        case _:
            return DiskHealth(block.name, "disk", file_system_errors=errors)


def _number(file: Path) -> int | None:
    text = _text(file)
    return int(text) if text.isdecimal() else None


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
