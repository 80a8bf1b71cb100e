"""The limits within which every input must be taken: processor time by its length, and memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

# A cost that grows with the square of the length is far above this at the lengths of the table.
MOST_S, MOST_S_A_BYTE = 0.3, 5e-6
# What one input may add to the most memory that the process ever had.
MOST_MB = 64
ADDRESS_SPACE_MB = 768


def limit_memory() -> None:
    """From now on a large allocation fails with a MemoryError."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        pages = int(statm.read().split()[0])
    most = pages * resource.getpagesize() + (ADDRESS_SPACE_MB << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def held_within_limits(take: Callable[[bytes], None], data: bytes) -> None:
    """Have ``data`` taken.

    Raises:
        AssertionError: it took more time or memory than any input may; besides, whatever ``take`` raises.
    """
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun_s = time.thread_time()
    take(data)
    took_s = time.thread_time() - begun_s
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) >> 10
    assert took_s <= MOST_S + MOST_S_A_BYTE * len(data), f"{len(data)} bytes took {took_s:.2f} s of processor time"
    assert grown_mb <= MOST_MB, f"{len(data)} bytes took {grown_mb} MB"
