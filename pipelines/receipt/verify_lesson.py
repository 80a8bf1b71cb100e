"""The lesson is verified: checked like after the bell, and every picture and sample is decoded."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pipelines.receipt.check_lesson import receipt_of
from pipelines.receipt.full_decode import OnProgress, decode_tracks
from pipelines.receipt.receipt import Receipt
from pipelines.receipt.segment_reader import SegmentReader


def verify_lesson(folder: Path, on_progress: OnProgress) -> Receipt:
    """The receipt of a lesson by a decode of all of it, about 2 ms a picture; nothing is written. OSError."""
    return receipt_of(folder, SegmentReader(), partial(decode_tracks, folder, on_progress=on_progress))
