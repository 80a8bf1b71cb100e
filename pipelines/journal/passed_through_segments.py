"""Which segments of a lesson's tracks hold pictures that were passed through, by the journal's entries."""

from __future__ import annotations

from collections import defaultdict

from pipelines.journal.entries import AnyEntry, Entry, Segment, Track

_PASSED_THROUGH = "passed-through"


class PassedThroughSegments:
    """The numbers of these segments by track; one that is passed through only in part is among them."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, set[int]] = defaultdict(set)
        self._is_now: dict[str, bool] = {}
        self._open: set[str] = set()

    def apply(self, entry: AnyEntry | Entry) -> None:
        """Apply the next entry of the journal."""
        match entry:
            case Track():
                self._is_now[entry.track] = is_passed_through = entry.how == _PASSED_THROUGH
                if is_passed_through:
                    self._open.add(entry.track)
            case Segment():
                if entry.track in self._open:
                    self._numbers[entry.track].add(entry.segment)
                if not self._is_now.get(entry.track):
                    self._open.discard(entry.track)
            case _:
                pass

    def is_encoded(self, track: str, segment: int) -> bool:
        """Whether all of a finished segment was encoded."""
        return segment not in self._numbers[track]

    def is_open_encoded(self, track: str) -> bool:
        """Whether all of the track's segment that is not finished has been encoded so far."""
        return track not in self._open
