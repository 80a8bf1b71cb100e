"""The state of this box's clock: whether it is disciplined, by which server, and how far it is from it."""

from __future__ import annotations

from dataclasses import dataclass

from edge.calibration.probes.time_service import clock_offset_s, time_server
from pipelines import system_clocks
from pipelines.measuring.estimate import Estimate, Unmeasurable


@dataclass(frozen=True, slots=True)
class ClockState:
    """``server`` is empty where none is known; ``offset`` is in seconds, None where the server does not answer."""

    is_synchronised: bool
    server: str
    offset: Estimate | None


def read_clock() -> ClockState:
    """Ask the kernel, the time service and its server."""
    server = time_server()
    offset = None
    if server:
        try:
            offset = clock_offset_s(server)
        except Unmeasurable:
            offset = None
    return ClockState(system_clocks.is_synchronised(), server, offset)
