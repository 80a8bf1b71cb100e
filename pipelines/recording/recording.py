"""A lesson being recorded: every role's track, one timeline, one folder."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from drivers.samples import Picture, PictureFormat, SoundBlock, SoundFormat
from pipelines.capture.source import Condition, Source
from pipelines.encoding.governor import Stage
from pipelines.journal.entries import Anchor, Begin, Cause, Device, End, Entry, Goes, Hole, Lowered, Mark, Pause
from pipelines.recording.continuation import Continuation
from pipelines.recording.file_thread import FileThread
from pipelines.recording.governing import Governing
from pipelines.recording.lesson_files import LessonFiles
from pipelines.recording.picture_setup import PictureSetup
from pipelines.recording.picture_track import TrackStart
from pipelines.recording.plan import RoomPlan
from pipelines.recording.pulse import Signs
from pipelines.recording.segments import FOLDER_MODE, sync_folder
from pipelines.recording.sound_desk import HeardBlock
from pipelines.recording.sound_setup import SoundSetup
from pipelines.recording.track_thread import TrackThread
from pipelines.timeline import Timeline

log = logging.getLogger(__name__)

_TRACKS_END_S = 10.0
_FILES_END_S = 3.0
_ABANDON_S = 2.0


@dataclass(frozen=True, slots=True)
class Sources:
    """The room's devices by role."""

    cameras: Mapping[str, Source[Picture, PictureFormat]]
    microphones: Mapping[str, Source[SoundBlock, SoundFormat]]

    def __iter__(self) -> Iterator[Source[Any, Any]]:
        yield from self.cameras.values()
        yield from self.microphones.values()

    def remembered_ns(self, since_ns: int, now_ns: int) -> int:
        """The first moment since ``since_ns`` of which a picture is remembered, or sound where no picture is;
        ``now_ns`` where nothing is.
        """
        for sources in (self.cameras.values(), self.microphones.values()):
            remembered = [at_ns for source in sources if (at_ns := source.remembers_since_ns) is not None]
            if remembered:
                return min(now_ns, max(since_ns, min(remembered)))
        return now_ns


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told: of a file that is finished, and of a microphone's level. Called from the lesson's threads."""

    on_file: Callable[[str, str], None]
    on_level: Callable[[str, float], None]


@dataclass(slots=True)
class _Written:
    """When the last fragment was written; apart from the recording, so that what writes need not hold it."""

    at_ns: int = 0

    def now(self) -> None:
        """One was, just now."""
        self.at_ns = time.monotonic_ns()


class Recording:
    """One lesson, from its making to ``end`` or ``leave``; none of the methods waits for a device.

    Making one, ``end`` and ``leave`` wait for the disk. Where the disk fails in between, the file thread keeps
    trying; ``fault`` says so. One thread makes, pauses and ends it; any thread may ask, or call ``device_changed``.

    A new lesson begins at ``since_ns``, as far back as the sources remember; without it, now.
    """

    def __init__(
        self,
        lesson: str,
        room: RoomPlan,
        sources: Sources,
        listeners: Listeners,
        continuation: Continuation | None = None,
        since_ns: int | None = None,
    ) -> None:
        self.lesson = lesson
        self._written = _Written()
        self._room = room
        self._sources = sources
        self._levels = listeners.on_level
        kept = continuation.tracks if continuation else {}
        resume = continuation.resume if continuation else None
        start = TrackStart(resume.lesson_ns, cause=resume.cause) if resume else TrackStart()
        self._timeline = Timeline(start.lesson_ns)
        folder = room.spool / lesson
        folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        sync_folder(room.spool)
        pictures = [
            PictureSetup(room, plan, sources.cameras[plan.role], kept.get(plan.role)) for plan in room.cameras
        ]
        sound = SoundSetup(room, start.lesson_ns, kept) if room.microphones else None
        self._files = LessonFiles(
            folder,
            [*(setup.files for setup in pictures), *(sound.files if sound else [])],
            room.programme,
            room.segment_s,
            partial(listeners.on_file, lesson),
            room.demand.last_bytes if room.demand else 0,
        )
        self._device = folder.stat().st_dev
        self._thread = FileThread(lesson, self._files.sync, sync_at_once=room.sync_at_once)
        self._tracks = [
            setup.build(self._files, self._thread, self._timeline, start, self._written.now) for setup in pictures
        ]
        self._desk = (
            sound.build(self._files, self._thread, self._timeline, start.cause, self._written.now, self._levels)
            if sound
            else None
        )
        self._governing = Governing(
            room, list(zip(pictures, self._tracks, strict=True)), partial(_note_down, self._thread, self._files)
        )
        self._thread.start()
        # Lesson time that goes on now goes on when everybody listens; that which runs already is there before.
        if continuation is None:
            self._begin(since_ns)
            self._listen()
        elif continuation.resume.at_ns is None:
            self._listen()
            self._go_on(continuation, time.monotonic_ns())
        else:
            self._go_on(continuation, continuation.resume.at_ns)
            self._listen()

    def _begin(self, since_ns: int | None) -> None:
        at_ns = time.monotonic_ns()
        if since_ns is not None:
            at_ns = self._sources.remembered_ns(since_ns, at_ns)
        begin = Begin(
            lesson=self.lesson,
            school=self._room.school,
            room=self._room.room,
            boot_id=self._room.boot_id,
            at_ns=at_ns,
        )
        self._note([begin])
        self._timeline.go(at_ns)

    def _listen(self) -> None:
        # A track that starts first would fill the time of what is remembered before it comes.
        for track in self._tracks:
            self._sources.cameras[track.name].attach(_pictures_to(track), track.expect)
            track.start()
        if self._desk is not None:
            for role, source in self._sources.microphones.items():
                source.attach(_sound_to(self._desk, role))
            self._desk.start()

    def _go_on(self, continuation: Continuation, at_ns: int) -> None:
        resume = continuation.resume
        goes = Goes(
            at_ns=at_ns,
            lesson_ns=resume.lesson_ns,
            boot_id=self._room.boot_id,
            cause=resume.cause,
        )
        if resume.paused:
            self._blind()
            # A pause that goes on in another boot is told in that boot's time.
            if resume.cause is Cause.REBOOT:
                self._note([goes, Pause(at_ns=at_ns, lesson_ns=resume.lesson_ns)])
            return
        entries: list[Entry] = [goes]
        if resume.cause is Cause.REBOOT:
            entries += [
                Hole(
                    track=name,
                    from_ns=kept.end_ns,
                    to_ns=resume.lesson_ns,
                    cause=Cause.REBOOT,
                    wall_ns=resume.outage_ns,
                )
                for name, kept in continuation.tracks.items()
            ]
        self._note(entries)
        self._timeline.go(at_ns)

    @property
    def paused(self) -> bool:
        """Whether lesson time stands still."""
        return not self._timeline.running

    @property
    def fault(self) -> str:
        """What is wrong with the disk; empty when nothing is."""
        return self._thread.fault

    @property
    def broken(self) -> bool:
        """Whether a bug has ended one of the tracks."""
        return not all(thread.is_alive for thread in self._track_threads())

    @property
    def signs(self) -> Signs:
        """Signs of life, for its pulse."""
        tracks = tuple(thread.turns for thread in self._track_threads())
        return Signs(tracks, self._thread.turns, self._thread.on_disk)

    @property
    def wrote_ns(self) -> int:
        """When the last fragment was written; 0 before the first."""
        return self._written.at_ns

    @property
    def given_up(self) -> Stage | None:
        """What is left of the pictures' quality and rate where the box cannot keep up; None while it can."""
        return self._governing.given_up

    def govern(self, now_ns: int) -> None:
        """Often: see whether the box keeps up, and ask less or more of the encoders."""
        if not self.paused:
            self._governing.tick(now_ns, self._timeline.reached(now_ns))

    def reached(self, at_ns: int) -> int:
        """The lesson time reached at a moment."""
        return self._timeline.reached(at_ns)

    def pause(self) -> None:
        """Blind and deaf from now on; lesson time stands still. Again: nothing."""
        if self.paused:
            return
        at_ns = time.monotonic_ns()
        lesson_ns = self._timeline.stop(at_ns)
        self._blind()
        self._note([Pause(at_ns=at_ns, lesson_ns=lesson_ns)])

    def go_on(self) -> None:
        """The pause is over. Again: nothing."""
        if not self.paused:
            return
        at_ns = time.monotonic_ns()
        self._timeline.go(at_ns)
        self._see()
        goes = Goes(
            at_ns=at_ns,
            lesson_ns=self._timeline.reached(at_ns),
            boot_id=self._room.boot_id,
            cause=Cause.TEACHER,
        )
        self._note([goes])

    def mark(self, at_ns: int, label: str) -> None:
        """Write down a moment."""
        self._note([Mark(lesson_ns=self._timeline.reached(at_ns), label=label)])

    def anchor(self, anchor: Anchor) -> None:
        """Write down what both clocks say."""
        self._note([anchor])

    def lowered(self, percent: int, free_bytes: int) -> None:
        """Write down that pictures are encoded with so much of their bit rate, for the disk is nearly full."""
        lesson_ns = self._timeline.reached(time.monotonic_ns())
        self._note([Lowered(lesson_ns=lesson_ns, percent=percent, free_bytes=free_bytes)])

    def device_changed(self, role: str, condition: Condition[object]) -> None:
        """Write down how a device does."""
        self._note(
            [
                Device(
                    role=role,
                    state=condition.health,
                    reason=condition.reason,
                    at_ns=time.monotonic_ns(),
                )
            ]
        )

    def is_displaced(self) -> bool:
        """Whether the lesson's folder is there, and not on the disk that this writes to: it was pulled and is back.

        OSError where even that cannot be told.
        """
        try:
            return (self._room.spool / self.lesson).stat().st_dev != self._device
        except FileNotFoundError:
            return False

    def abandon(self, deadline_s: float = _TRACKS_END_S) -> None:
        """Let go of a disk that will not take the lesson any more; what waited for it is lost."""
        self._stop(deadline_s)
        self._thread.abandon()
        if self._thread.close(_ABANDON_S):
            with suppress(OSError):
                self._files.close()

    def end(self, cause: Cause, deadline_s: float = _TRACKS_END_S) -> int:
        """Finish every track and file; the lesson's length. Waits for the tracks at most ``deadline_s``.

        Files that the disk holds up for longer than a moment are finished by the file thread when it lets go;
        ``is_finished`` tells.
        """
        at_ns, lesson_ns = self._stop(deadline_s)
        end = End(at_ns=at_ns, lesson_ns=lesson_ns, cause=cause)
        self._thread.put(partial(self._files.end, [end]))
        self._thread.put(self._files.close)
        if not self._thread.close(min(deadline_s, _FILES_END_S)):
            log.error("%s: the disk does not let the lesson be finished yet: %s", self.lesson, self.fault or "slow")
        return lesson_ns

    @property
    def is_finished(self) -> bool:
        """Whether all of its files are closed."""
        return self._thread.is_finished

    def leave(self, deadline_s: float = _TRACKS_END_S) -> None:
        """Let go without an end: everything up to now is on the disk, and a new process takes the lesson up."""
        self._stop(deadline_s)
        self._thread.put(self._files.close)
        self._thread.close(deadline_s)

    def _stop(self, deadline_s: float) -> tuple[int, int]:
        at_ns = time.monotonic_ns()
        lesson_ns = self._timeline.stop(at_ns)
        threads = self._track_threads()
        for thread in threads:
            thread.end(at_ns, lesson_ns)
        if hung := [thread.name for thread in threads if not thread.join(deadline_s)]:
            log.error("%s: these tracks did not end in time: %s", self.lesson, ", ".join(hung))
        for source in self._sources:
            source.detach()
        self._see()
        return at_ns, lesson_ns

    def _track_threads(self) -> list[TrackThread[Any]]:
        return [*self._tracks, *([self._desk] if self._desk else [])]

    def _blind(self) -> None:
        """Nothing of a pause may be kept, not even for a moment."""
        for source in self._sources:
            source.blind()

    def _see(self) -> None:
        for source in self._sources:
            source.see()

    def _note(self, entries: list[Entry]) -> None:
        _note_down(self._thread, self._files, *entries)


def _note_down(thread: FileThread, files: LessonFiles, *entries: Entry) -> None:
    thread.put(partial(files.note, entries))


def _pictures_to(track: TrackThread[Picture]) -> Callable[[PictureFormat, Picture], None]:
    def put(_form: PictureFormat, picture: Picture) -> None:
        track.put(picture)

    return put


def _sound_to(desk: TrackThread[HeardBlock], role: str) -> Callable[[SoundFormat, SoundBlock], None]:
    def put(form: SoundFormat, block: SoundBlock) -> None:
        desk.put(HeardBlock(role, form, block))

    return put
