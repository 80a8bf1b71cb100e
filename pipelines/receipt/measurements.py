"""Brightness, movement and loudness of a lesson, second by second, as the receipt's checks take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.receipt.compact_records import CompactRecords
from pipelines.receipt.findings import Finding
from pipelines.receipt.seconds import PictureSecond, SoundSecond


@dataclass(slots=True)
class Measurements:
    """Seconds by picture track and by sound track or microphone, and what was found while measuring.

    ``still_change`` is the change of luma below which a picture stands still, by this way of measuring.
    """

    pictures: Mapping[str, CompactRecords[PictureSecond]]
    sounds: Mapping[str, CompactRecords[SoundSecond]]
    still_change: float
    findings: list[Finding] = field(default_factory=list)
