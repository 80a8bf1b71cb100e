"""Faults of the simulated devices: read from a fault file, or timed by the options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from drivers.errors import DeviceMisconfigured

POLL_S = 0.02
"""How often a simulated device looks for its fault file."""

Fault = TypeVar("Fault", bound=StrEnum)


def read_fault(role: str, file: Path | None, kind: type[Fault]) -> Fault:
    """Return the fault whose name is the one word in ``file``; ``kind("")`` while there is no file.

    Raises:
        DeviceMisconfigured: The word is not the name of a fault.
    """
    try:
        word = file.read_text().strip() if file is not None else ""
    except FileNotFoundError:
        word = ""
    try:
        return kind(word)
    except ValueError as error:
        known = ", ".join(fault for fault in kind if fault)
        raise DeviceMisconfigured(role, f"the fault file says {word!r}; it may say {known}") from error


def is_unplugged_at(age_s: float, lost_after_s: float, returns_after_s: float) -> bool:
    """Return whether a device is away ``age_s`` after it was made; 0 in either option means never."""
    gone_s = age_s - lost_after_s
    return bool(lost_after_s) and gone_s >= 0 and not 0 < returns_after_s <= gone_s
