"""Whether a recorder is alive: what all roles share still moves, or waits for the disk, which is no illness."""

from __future__ import annotations

from dataclasses import dataclass

MAX_STALLED_CHECKS = 20


@dataclass(frozen=True, slots=True)
class ProgressCounters:
    """Turns that the lesson's threads have taken so far: each track's, and the file thread's.

    ``on_disk``: the file thread waits for the disk just now.
    """

    tracks: tuple[int, ...]
    files: int
    is_waiting_for_disk: bool


class LivenessMonitor:
    """Compares the signs of one look with those of the look before.

    It counts looks instead of seconds: where this whole process got no processor, nobody looked either.
    One track that stands still is that role's trouble; a disk that does not answer is no reason to start anew.
    """

    def __init__(self, most_still: int = MAX_STALLED_CHECKS) -> None:
        self._most_still = most_still
        self._before: ProgressCounters | None = None
        self._still = 0

    def is_alive(self, signs: ProgressCounters | None) -> bool:
        """Whether it lives, by what it shows now; None while there is no lesson."""
        before, self._before = self._before, signs
        self._still = 0 if before is None or signs is None or _moved(before, signs) else self._still + 1
        return self._still < self._most_still


def _moved(before: ProgressCounters, now: ProgressCounters) -> bool:
    tracks = not now.tracks or now.tracks != before.tracks
    return tracks and (now.is_waiting_for_disk or now.files != before.files)
