"""What a lesson goes on from: its tracks as they are kept, and how lesson time goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.encoding.packets import lesson_ns_of
from pipelines.journal.entries import Cause, Entry, Gap, Pause, Resumed, Segment, Track


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
class ResumePoint:
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
class ResumeState:
    """Both, for a lesson that is not new."""

    tracks: Mapping[str, KeptTrack]
    resume: ResumePoint

    @property
    def reached_ns(self) -> int:
        """The moment on CLOCK_MONOTONIC up to which there are tracks; 0 where lesson time had stopped."""
        if self.resume.at_ns is None:
            return 0
        kept_ns = max((kept.end_ns for kept in self.tracks.values()), default=0)
        return self.resume.at_ns + max(0, kept_ns - self.resume.lesson_ns)

    def told(self, at_ns: int, boot_id: str) -> list[Entry]:
        """What the journal is told when it goes on at ``at_ns`` of this boot; nothing of a pause that lasts."""
        resume = self.resume
        goes = Resumed(at_ns=at_ns, lesson_ns=resume.lesson_ns, boot_id=boot_id, cause=resume.cause)
        if resume.cause is not Cause.REBOOT:
            return [] if resume.paused else [goes]
        if resume.paused:
            # A pause that goes on in another boot is told in that boot's time.
            return [goes, Pause(at_ns=at_ns, lesson_ns=resume.lesson_ns)]
        return [goes, *(self._hole(name, kept) for name, kept in self.tracks.items())]

    def _hole(self, track: str, kept: KeptTrack) -> Gap:
        """Between a track's end and where the lesson goes on."""
        return Gap(
            track=track,
            from_ns=kept.end_ns,
            to_ns=self.resume.lesson_ns,
            cause=self.resume.cause,
            wall_ns=self.resume.outage_ns,
        )
