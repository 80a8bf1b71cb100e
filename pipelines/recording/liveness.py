"""Monitor whether a recording is alive: its threads make progress, or wait for the disk."""

from __future__ import annotations

from dataclasses import dataclass

MAX_STALLED_CHECKS = 20


@dataclass(frozen=True, slots=True)
class ProgressCounters:
    """Iterations of the lesson's threads so far: each track's, and the file thread's.

    ``is_waiting_for_disk``: the file thread waits for the disk just now.
    """

    tracks: tuple[int, ...]
    files: int
    is_waiting_for_disk: bool


class LivenessMonitor:
    """Compares the progress counters of each check with those of the check before.

    It counts checks instead of seconds: where the whole process got no processor, nobody checked either. A single
    track that stands still is not a dead recording, and a disk that does not answer is no reason to restart.
    """

    def __init__(self, max_stalled_checks: int = MAX_STALLED_CHECKS) -> None:
        self._max_stalled_checks = max_stalled_checks
        self._previous: ProgressCounters | None = None
        self._stalled_checks = 0

    def is_alive(self, counters: ProgressCounters | None) -> bool:
        """Whether the recording is alive, by its present counters; None while there is no lesson."""
        previous, self._previous = self._previous, counters
        if previous is None or counters is None or _has_progressed(previous, counters):
            self._stalled_checks = 0
        else:
            self._stalled_checks += 1
        return self._stalled_checks < self._max_stalled_checks


def _has_progressed(previous: ProgressCounters, now: ProgressCounters) -> bool:
    tracks = not now.tracks or now.tracks != previous.tracks
    return tracks and (now.is_waiting_for_disk or now.files != previous.files)
