"""The uploader's policy: concurrency, scan intervals, and the back-off after each kind of error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.delivery.errors import (
    StoreBucketWrong,
    StoreCertificateWrong,
    StoreClockWrong,
    StoreCorrupt,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreNotThere,
    StoreRefused,
    StoreUnreachable,
    StoreUnsupported,
)

_BACKOFF_S: Mapping[type[StoreError], tuple[float, float]] = {
    StoreUnreachable: (1.0, 60.0),
    StoreNotThere: (5.0, 60.0),
    StoreFailed: (5.0, 300.0),
    StoreCorrupt: (5.0, 300.0),
    StoreClockWrong: (15.0, 60.0),
    StoreFull: (60.0, 600.0),
    StoreRefused: (60.0, 900.0),
    StoreBucketWrong: (60.0, 900.0),
    StoreUnsupported: (60.0, 900.0),
    StoreCertificateWrong: (60.0, 900.0),
}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How many files are sent at a time, how often is looked for work, and how long errors are waited out.

    ``playlists_every_s`` is for the playlists of a running lesson, ``scan_every_s`` for the list of lessons in the
    spool and for files that could not be read. ``backoff_s`` is the first and the longest wait after an error, and
    ``refused_again_s`` that of an object that was refused before. A store that has worked for ``lasting_s`` begins
    with the first wait again.
    """

    max_concurrent: int = 2
    playlists_every_s: float = 10.0
    scan_every_s: float = 30.0
    refused_again_s: tuple[float, float] = (120.0, 1800.0)
    lasting_s: float = 300.0
    backoff_s: Mapping[type[StoreError], tuple[float, float]] = field(default_factory=lambda: _BACKOFF_S)
