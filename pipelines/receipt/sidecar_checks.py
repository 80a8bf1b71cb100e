"""The papers of a lesson, polls and chapters among them, held against what lesson.json says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipelines.files.lesson_layout import LESSON_JSON, SIDECAR_FILES
from pipelines.files.sha256 import sha256_of_file
from pipelines.receipt.findings import Finding, FindingCode, bad

"""What may lie in a lesson's folder besides its media, its playlists and what the recorder and the check write."""


def check_sidecar_files(folder: Path) -> Iterator[Finding]:
    """The papers that lesson.json names and that are missing, or are not as they were. OSError.

    A lesson without that file has not been described yet, and nothing can be said of its papers.
    """
    for name, sha256 in _described(folder):
        try:
            if sha256_of_file(folder / name) != sha256:
                yield bad(FindingCode.SIDECAR_CHANGED, file=name)
        except FileNotFoundError:
            yield bad(FindingCode.SIDECAR_MISSING, file=name)


def _described(folder: Path) -> list[tuple[str, str]]:
    try:
        card = json.loads((folder / LESSON_JSON).read_bytes())
        papers = card.get("papers", {})
        return [(name, str(papers[name]["sha256"])) for name in SIDECAR_FILES if name in papers]
    except FileNotFoundError:
        return []
    except (ValueError, AttributeError, TypeError, KeyError):
        return []
