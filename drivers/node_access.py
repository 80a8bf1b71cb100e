"""A device node that this user may not open: for good, or because udev has not got to it yet."""

from __future__ import annotations

import time
from pathlib import Path

from drivers.errors import DeviceError, DeviceMisconfigured, DeviceMissing

SETTLED_S = 5.0
"""The kernel makes a node for root alone; udev gives it its group a moment later, on a busy box a second."""


def refused_access(role: str, node: Path, advice: str) -> DeviceError:
    """Return the error of a node that may not be opened: ``advice`` is for a person, once the node has settled."""
    try:
        # Every change of owner or mode counts, and a clock that was set back makes no node young.
        age_s = time.time() - node.stat().st_ctime
    except OSError:
        return DeviceMissing(role, f"{node} has gone while it was opened")
    if 0 <= age_s < SETTLED_S:
        return DeviceMissing(role, f"{node} has just been plugged in and may not be opened yet")
    return DeviceMisconfigured(role, advice)
