"""The grid on which a mix is computed: chunks of 100 ms, in them hops of 10 ms, all the same however samples come."""

from __future__ import annotations

from typing import Final

from pipelines.capture.level_meter import LESSON_RATE_HZ

CHUNK: Final = LESSON_RATE_HZ // 10
"""Samples that are mixed at a time."""
HOP: Final = LESSON_RATE_HZ // 100
"""Samples over which a gain goes from one value to the next."""
HOPS: Final = CHUNK // HOP
CHUNK_S: Final = CHUNK / LESSON_RATE_HZ
HOP_S: Final = HOP / LESSON_RATE_HZ
