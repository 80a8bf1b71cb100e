"""A folder on the spool's disk for what a measurement writes, which is deleted with all that is in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Nobody takes a folder with a dot for a lesson: neither recorder nor controller nor pages.
PREFIX = ".calibration-"


@contextmanager
def scratch_folder(own: Path, spool: Path) -> Iterator[Path]:
    """A new folder in ``own`` if that lies on the spool's disk, else in the spool; what a killed one left is deleted.

    One calibration runs at a time.

    Raises:
        OSError: it cannot be made.
    """
    place = own if own.stat().st_dev == spool.stat().st_dev else spool
    for left in place.glob(f"{PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=place, ignore_cleanup_errors=True) as made:
        yield Path(made)
