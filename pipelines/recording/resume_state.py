"""What a lesson goes on from: its tracks as they are kept, and how lesson time goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.encoding.packets import ticks_to_lesson_ns
from pipelines.journal.entries import Cause, Entry, Gap, Pause, Resumed, Segment, Track


@dataclass(frozen=True, slots=True)
class KeptTrack:
    """A track as it stands after recovery: ``end`` in its time scale."""

    track: Track
    segments: tuple[Segment, ...]

    @property
    def end_ticks(self) -> int:
        """Where it ends, in its time scale; 0 if nothing was kept."""
        return self.segments[-1].start + self.segments[-1].duration if self.segments else 0

    @property
    def end_ns(self) -> int:
        """Lesson time it reaches."""
        return ticks_to_lesson_ns(self.end_ticks, self.track.timescale)


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """The lesson goes on: lesson time ``lesson_ns`` is at ``at_ns`` (or stands still there, if ``paused``).

    ``at_ns`` is None where lesson time had stopped: it goes on as soon as somebody listens.
    ``outage_ns`` is how long nothing was recorded, outside, where that is known.
    """

    at_ns: int | None
    lesson_ns: int
    is_paused: bool
    cause: Cause
    outage_ns: int | None


@dataclass(frozen=True, slots=True)
class ResumeState:
    """Both, for a lesson that is not new."""

    tracks: Mapping[str, KeptTrack]
    point: ResumePoint

    @property
    def recorded_until_ns(self) -> int:
        """The moment on CLOCK_MONOTONIC up to which there are tracks; 0 where lesson time had stopped."""
        if self.point.at_ns is None:
            return 0
        kept_ns = max((kept.end_ns for kept in self.tracks.values()), default=0)
        return self.point.at_ns + max(0, kept_ns - self.point.lesson_ns)

    def journal_entries(self, at_ns: int, boot_id: str) -> list[Entry]:
        """What the journal is told when it goes on at ``at_ns`` of this boot; nothing of a pause that lasts."""
        resume = self.point
        goes = Resumed(at_ns=at_ns, lesson_ns=resume.lesson_ns, boot_id=boot_id, cause=resume.cause)
        if resume.cause is not Cause.REBOOT:
            return [] if resume.is_paused else [goes]
        if resume.is_paused:
            # A pause that goes on in another boot is told in that boot's time.
            return [goes, Pause(at_ns=at_ns, lesson_ns=resume.lesson_ns)]
        return [goes, *(self._hole(name, kept) for name, kept in self.tracks.items())]

    def _hole(self, track: str, kept: KeptTrack) -> Gap:
        """Between a track's end and where the lesson goes on."""
        return Gap(
            track=track,
            from_ns=kept.end_ns,
            to_ns=self.point.lesson_ns,
            cause=self.point.cause,
            wall_ns=self.point.outage_ns,
        )
