"""The receipt of a lesson (receipt.json): the result of the check of its recording, and whether it is stored."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import RECEIPT_JSON
from pipelines.journal.entries import Medium
from pipelines.number_ranges import Int128
from pipelines.receipt.findings import Finding, Severity


class RecordingVerdict(StrEnum):
    """Whether the recording on this box is what it should be."""

    GOOD = "good"
    BAD = "bad"


class StoredVerdict(StrEnum):
    """Whether the store has the lesson, byte for byte."""

    PENDING = "pending"
    YES = "yes"
    NO = "no"


class TrackRow(BaseModel):
    """One track in numbers; the luma, change and levels are those of its darkest, stillest and loudest second.

    ``holes`` and ``hole_ns`` are the number and the length of its journalled gaps. ``least_change`` of a decoded
    lesson is larger: see ``STILL_DECODED_CHANGE`` in media_checks.py.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    track: str
    medium: Medium
    how: str
    length_ns: Int128
    segments: Int128
    fragments: Int128
    bytes: Int128
    bit_rate_bps: Int128
    holes: Int128
    hole_ns: Int128
    darkest_luma: float | None = None
    least_change: float | None = None
    loudest_dbfs: float | None = None
    peak_dbfs: float | None = None


class Receipt(BaseModel):
    """Both verdicts about a lesson and all they rest on. ``decoded``: every picture and sample was decoded for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    lesson: str
    lesson_time_ns: Int128
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
        """Return the same receipt with another verdict about the store."""
        return self.model_copy(update={"stored": stored})


def verdict_of(findings: Iterable[Finding]) -> RecordingVerdict:
    """Return the verdict: one bad finding makes the recording bad."""
    is_bad = any(finding.severity is Severity.BAD for finding in findings)
    return RecordingVerdict.BAD if is_bad else RecordingVerdict.GOOD


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Write receipt.json atomically; it is durable on return.

    Raises:
        OSError: it cannot be written.
    """
    write_atomically(folder / RECEIPT_JSON, receipt.model_dump_json(indent=2).encode() + b"\n")


def read_receipt(folder: Path) -> Receipt | None:
    """Return the receipt of a lesson, None where there is none yet.

    Raises:
        ValueError: the file is not a receipt.
        OSError: it cannot be read.
    """
    try:
        return Receipt.model_validate_json((folder / RECEIPT_JSON).read_bytes())
    except FileNotFoundError:
        return None
