"""What pictures and sound of a lesson measure, second by second, for the checks of the receipt."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.journal.entries import PictureMeasurement, SoundMeasurement
from pipelines.receipt.findings import Finding


@dataclass(slots=True)
class Measurements:
    """Figures by picture track and by sound track or microphone, and what was found while measuring.

    ``still_change`` is the change of luma below which a picture stands still, as far as this way of measuring sees.
    """

    pictures: dict[str, list[PictureMeasurement]]
    sounds: dict[str, list[SoundMeasurement]]
    still_change: float
    findings: list[Finding] = field(default_factory=list)
