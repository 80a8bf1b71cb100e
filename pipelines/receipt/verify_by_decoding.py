"""Verification of a lesson: the check after the bell, and a full decode of every picture and sample."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pipelines.receipt.check_lesson import build_receipt
from pipelines.receipt.full_decode import OnProgress, decode_tracks
from pipelines.receipt.lesson_reader import LessonReader
from pipelines.receipt.receipt import Receipt


def verify_lesson(folder: Path, on_progress: OnProgress) -> Receipt:
    """Return the receipt of a lesson by a full decode, about 2 ms a picture; nothing is written.

    Raises:
        OSError: a file cannot be read.
    """
    return build_receipt(LessonReader(folder), partial(decode_tracks, folder, on_progress=on_progress))
