"""What a lesson goes on from: its tracks as they are kept, and how lesson time goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.encoding.packets import lesson_ns_of
from pipelines.journal.entries import Cause, Segment, Track


@dataclass(frozen=True, slots=True)
class KeptTrack:
    """A track as it stands after recovery: ``end`` in its time scale."""

    track: Track
    done: tuple[Segment, ...]

    @property
    def end(self) -> int:
        """Where it ends, in its time scale; 0 if nothing was kept."""
        return self.done[-1].start + self.done[-1].duration if self.done else 0

    @property
    def end_ns(self) -> int:
        """Lesson time it reaches."""
        return lesson_ns_of(self.end, self.track.timescale)


@dataclass(frozen=True, slots=True)
class Resume:
    """The lesson goes on: lesson time ``lesson_ns`` is at ``at_ns`` (or stands still there, if ``paused``).

    ``at_ns`` is None where lesson time had stopped: it goes on as soon as somebody listens.
    ``outage_ns`` is how long nothing was recorded, outside, where that is known.
    """

    at_ns: int | None
    lesson_ns: int
    paused: bool
    cause: Cause
    outage_ns: int | None


@dataclass(frozen=True, slots=True)
class Continuation:
    """Both, for a lesson that is not new."""

    tracks: Mapping[str, KeptTrack]
    resume: Resume
