"""A step of the calibration: what it needs, and how it is carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from edge.calibration.results import Results, StepResult
from edge.calibration.technician import Technician

if TYPE_CHECKING:
    from edge.calibration.lease import Lease
    from edge.calibration.room_under_test import RoomUnderTest


@dataclass(frozen=True, slots=True)
class StepContext:
    """What a step is given.

    ``folder`` is where its pictures go; ``earlier`` are the results of the calibration before this one, None at the
    first, and ``earlier_folder`` is where its pictures are. ``is_check``: nothing may be changed, and nobody is asked.
    ``lease`` is what the devices are borrowed by, and shows lamps; None where nothing is borrowed.
    """

    room: RoomUnderTest
    technician: Technician
    folder: Path
    so_far: Results
    earlier: Results | None
    is_check: bool
    earlier_folder: Path | None = None
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table of steps. ``name`` is typed by technicians, and a key of ``calibration_steps``.

    ``needs`` says what is borrowed for it: the cameras and microphones, or nothing. ``in_check``: it measures without
    anybody in the room.
    """

    name: str
    run: Callable[[StepContext], StepResult]
    needs: Literal["devices", "nothing"]
    in_check: bool
