"""How eagerly lessons are copied, and how long each kind of fault is waited out."""

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

_WAITS_S: Mapping[type[StoreError], tuple[float, float]] = {
    StoreUnreachable: (1.0, 60.0),
    StoreCorrupt: (5.0, 300.0),
    StoreClockWrong: (15.0, 60.0),
    StoreFull: (60.0, 600.0),
    StoreRefused: (60.0, 900.0),
}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``at_once`` files are sent at a time; the playlists of a running lesson and the spool as a whole
    are looked at again after so many seconds; ``waits_s`` is the first and the longest wait after a fault."""

    max_concurrent: int = 2
    playlists_every_s: float = 10.0
    scan_every_s: float = 30.0
    backoff_s: Mapping[type[StoreError], tuple[float, float]] = field(default_factory=lambda: _WAITS_S)
