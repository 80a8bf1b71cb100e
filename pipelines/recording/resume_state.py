"""The state from which an interrupted lesson resumes: its kept tracks, and the lesson time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.encoding.packets import ticks_to_lesson_ns
from pipelines.journal.entries import Cause, Cut, Entry, Gap, Pause, Resumed, Segment, Track


@dataclass(frozen=True, slots=True)
class KeptTrack:
    """A track after recovery: its description, and its finished segments."""

    track: Track
    segments: tuple[Segment, ...]

    @property
    def end_ticks(self) -> int:
        """Its end in its own time scale; 0 if nothing was kept."""
        return self.segments[-1].start + self.segments[-1].duration if self.segments else 0

    @property
    def end_ns(self) -> int:
        """Its end in lesson time."""
        return ticks_to_lesson_ns(self.end_ticks, self.track.timescale)


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """The lesson goes on: lesson time ``lesson_ns`` is at ``at_ns`` (or stands still there, if ``paused``).

    ``at_ns`` is None where lesson time had stopped: it continues as soon as the devices are attached.
    ``outage_ns`` is the duration of the outage by the wall clock, where that is known.
    """

    at_ns: int | None
    lesson_ns: int
    is_paused: bool
    cause: Cause
    outage_ns: int | None

    def reached_ns(self, now_ns: int) -> int:
        """The lesson time at a moment of this boot."""
        stands_still = self.is_paused or self.at_ns is None
        return self.lesson_ns if stands_still else self.lesson_ns + max(0, now_ns - (self.at_ns or now_ns))


@dataclass(frozen=True, slots=True)
class ResumeState:
    """The kept tracks by name, the point at which lesson time continues, and the programme's newest cut, if any."""

    tracks: Mapping[str, KeptTrack]
    point: ResumePoint
    cut: Cut | None = None

    @property
    def recorded_until_ns(self) -> int:
        """CLOCK_MONOTONIC up to which the tracks reach; 0 where lesson time had stopped."""
        if self.point.at_ns is None:
            return 0
        kept_ns = max((kept.end_ns for kept in self.tracks.values()), default=0)
        return self.point.at_ns + max(0, kept_ns - self.point.lesson_ns)

    def journal_entries(self, at_ns: int, boot_id: str) -> list[Entry]:
        """The journal's entries when the lesson resumes at ``at_ns`` of this boot; none for a pause that lasts.

        Lesson time that never stopped is noted as it is now: readers say when the lesson went on.
        """
        point = self.point
        resumed = Resumed(at_ns=at_ns, lesson_ns=point.reached_ns(at_ns), boot_id=boot_id, cause=point.cause)
        if point.cause is not Cause.REBOOT:
            return [] if point.is_paused else [resumed]
        if point.is_paused:
            # A pause that continues in another boot is written in that boot's time.
            return [resumed, Pause(at_ns=at_ns, lesson_ns=point.lesson_ns)]
        return [resumed, *(self._gap(name, kept) for name, kept in self.tracks.items())]

    def _gap(self, track: str, kept: KeptTrack) -> Gap:
        """The gap between a track's end and the point at which the lesson resumes."""
        return Gap(
            track=track,
            from_ns=kept.end_ns,
            to_ns=self.point.lesson_ns,
            cause=self.point.cause,
            wall_ns=self.point.outage_ns,
        )
