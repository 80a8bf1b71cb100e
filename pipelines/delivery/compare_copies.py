"""Comparison of a lesson with its copy in the store: every file is read on both sides and compared by SHA-256."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from pipelines.delivery.copy_claim import find_place, read_claim
from pipelines.delivery.interfaces import Store
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.files.sha256 import sha256_of_file


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that differs, with the SHA-256 of both sides; ``stored`` is None where the store has none."""

    path: str
    spool: str
    stored: str | None


async def compare_copies(folder: Path, store: Store, prefix: str) -> list[Difference]:
    """Return the files of a lesson's folder that the store lacks or has otherwise, in its place below ``prefix``.

    ``prefix`` is ``<school>/<room>``.

    Raises:
        StoreError: the store does not answer.
        OSError: a file in the folder cannot be read.
    """
    differences = []
    claim = await asyncio.to_thread(read_claim, folder)
    place = await find_place(folder.name, claim, store, prefix)
    for path in sorted(await asyncio.to_thread(scan_lesson_folder, folder)):
        spool = await asyncio.to_thread(sha256_of_file, folder / path)
        found = await store.read_back(f"{prefix}/{place}/{path}")
        if found is None or found.sha256 != spool:
            differences.append(Difference(path, spool, found.sha256 if found else None))
    return differences
