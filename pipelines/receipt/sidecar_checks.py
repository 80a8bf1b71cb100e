"""Checks of the sidecar files (polls, chapters …) against the SHA-256 sums in lesson.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipelines.files.lesson_layout import LESSON_JSON, SIDECAR_FILES
from pipelines.files.sha256 import sha256_of_file
from pipelines.receipt.findings import Finding, FindingCode, bad


def check_sidecar_files(folder: Path) -> Iterator[Finding]:
    """Check that every sidecar file that lesson.json lists is there and unchanged; nothing without a lesson.json.

    Raises:
        OSError: a file cannot be read.
    """
    for name, sha256 in _listed_files(folder):
        try:
            if sha256_of_file(folder / name) != sha256:
                yield bad(FindingCode.SIDECAR_CHANGED, file=name)
        except FileNotFoundError:
            yield bad(FindingCode.SIDECAR_MISSING, file=name)


def _listed_files(folder: Path) -> list[tuple[str, str]]:
    try:
        listed = json.loads((folder / LESSON_JSON).read_bytes()).get("papers", {})
        return [(name, str(listed[name]["sha256"])) for name in SIDECAR_FILES if name in listed]
    except (FileNotFoundError, ValueError, AttributeError, TypeError, KeyError, RecursionError):
        return []
