"""Brightness, movement and loudness of a lesson, second by second, as the receipt's checks take them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.journal.entries import PictureMeasurement, SoundMeasurement
from pipelines.receipt.findings import Finding


@dataclass(slots=True)
class Measurements:
    """Measurements by picture track and by sound track or microphone, and what was found while measuring.

    ``still_change`` is the change of luma below which a picture stands still, by this way of measuring.
    """

    pictures: dict[str, list[PictureMeasurement]]
    sounds: dict[str, list[SoundMeasurement]]
    still_change: float
    findings: list[Finding] = field(default_factory=list)
