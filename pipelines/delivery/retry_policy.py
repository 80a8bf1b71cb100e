"""The uploader's policy: concurrency, scan intervals, and the back-off after each kind of error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.delivery.errors import (
    StoreClockWrong,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreRefused,
    StoreUnreachable,
)

_BACKOFF_S: Mapping[type[StoreError], tuple[float, float]] = {
    StoreUnreachable: (1.0, 60.0),
    StoreCorrupt: (5.0, 300.0),
    StoreClockWrong: (15.0, 60.0),
    StoreFull: (60.0, 600.0),
    StoreRefused: (60.0, 900.0),
}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How many files are sent at a time, how often is looked for work, and how long errors are waited out.

    ``playlists_every_s`` is for the playlists of a running lesson, ``scan_every_s`` for the list of lessons in the
    spool and for files that could not be read. ``backoff_s`` is the first and the longest wait after an error.
    """

    max_concurrent: int = 2
    playlists_every_s: float = 10.0
    scan_every_s: float = 30.0
    backoff_s: Mapping[type[StoreError], tuple[float, float]] = field(default_factory=lambda: _BACKOFF_S)
