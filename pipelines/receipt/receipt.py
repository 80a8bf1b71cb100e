"""The receipt: what the controller found when it checked its own recording, as kept in receipt.json."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import RECEIPT_JSON
from pipelines.journal.entries import Medium
from pipelines.receipt.findings import Finding, Severity


class RecordingVerdict(StrEnum):
    """Whether the lesson on this box is what it should be."""

    GOOD = "good"
    BAD = "bad"


class StoredVerdict(StrEnum):
    """Whether the store has the lesson, byte for byte."""

    PENDING = "pending"
    YES = "yes"
    NO = "no"


class TrackRow(BaseModel):
    """One track in figures; of its seconds the darkest, the one that moved least, and the loudest.

    ``least_change`` of a decoded lesson is larger: see the measures in figures.py.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    track: str
    medium: Medium
    how: str
    length_ns: int
    segments: int
    fragments: int
    bytes: int
    bit_rate_bps: int
    holes: int
    hole_ns: int
    darkest_luma: float | None = None
    least_change: float | None = None
    loudest_dbfs: float | None = None
    peak_dbfs: float | None = None


class Receipt(BaseModel):
    """Both verdicts about a lesson and everything they rest on. ``decoded``: every picture was looked at again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    lesson: str
    lesson_time_ns: int
    recording: RecordingVerdict
    stored: StoredVerdict = StoredVerdict.PENDING
    decoded: bool = False
    tracks: tuple[TrackRow, ...]
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether the recording is good."""
        return self.recording is RecordingVerdict.GOOD

    def with_stored(self, stored: StoredVerdict) -> Receipt:
        """The same receipt once the store has spoken."""
        return self.model_copy(update={"stored": stored})


def verdict(findings: Iterable[Finding]) -> RecordingVerdict:
    """One bad finding is enough."""
    spoilt = any(finding.severity is Severity.BAD for finding in findings)
    return RecordingVerdict.BAD if spoilt else RecordingVerdict.GOOD


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Put receipt.json into the lesson's folder, whole or not at all, durable on return. OSError."""
    write_atomically(folder / RECEIPT_JSON, receipt.model_dump_json(indent=2).encode() + b"\n")


def read_receipt(folder: Path) -> Receipt | None:
    """The receipt of a lesson, None where there is none yet. ValueError if it is not one."""
    try:
        return Receipt.model_validate_json((folder / RECEIPT_JSON).read_bytes())
    except FileNotFoundError:
        return None
