"""One picture track: from a camera's pictures to fragments, without a hole."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from drivers.samples import Picture
from pipelines.capture.brightness_meter import BrightnessMeter
from pipelines.capture.frame_converter import InvalidPicture
from pipelines.capture.timestamp_smoother import TimestampSmoother
from pipelines.encoding.encoder_targets import EncoderTargets
from pipelines.encoding.packets import EncodedPacket, lesson_ns_to_ticks
from pipelines.encoding.video_stage import VideoTrackEncoder
from pipelines.journal.entries import Cause, Dropped, Entry, Gap
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.gap_filler import REPEAT_INTERVAL_NS, START_PATIENCE_NS, GapFill, GapFiller
from pipelines.recording.mp4_fragmenter import Mp4Fragmenter
from pipelines.recording.track_writer import TrackWriter

log = logging.getLogger(__name__)

# When the whole box was busy, a camera's buffers are read late and all at once.
MAX_LATENESS_NS = 4_000_000_000
_DROPS_NOTED_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class TrackStart:
    """Where a track begins: at ``lesson_ns``, which ``continued`` says earlier fragments reach up to."""

    lesson_ns: int = 0
    is_continued: bool = False
    cause: Cause = Cause.DEVICE


class VideoTrack:
    """One role's pictures; it starts no thread and reads no clock.

    While ``asked`` is halved every other picture is left out, unless the camera is passed through. ``silence`` says
    why its camera is silent, if it is. Pictures from before the lesson are welcome: they are not recorded, but
    later ones may need them to be decoded.
    """

    def __init__(
        self,
        name: str,
        timeline: LessonTimeline,
        maker: VideoTrackEncoder,
        asked: EncoderTargets,
        fragments: Mp4Fragmenter,
        outlet: TrackWriter,
        start: TrackStart,
        pace: TimestampSmoother,
        *,
        latency_ns: int,
        silence: Callable[[], str | None],
    ) -> None:
        self.name = name
        self._timeline = timeline
        self._maker = maker
        self._asked = asked
        self._left_out = False
        self._fragments = fragments
        self._outlet = outlet
        self._start = start
        self._pace = pace
        self._latency_ns = latency_ns
        self._silence = silence
        self._filler = GapFiller(start.lesson_ns)
        self._meter = BrightnessMeter(name)
        self._ticks = lesson_ns_to_ticks(start.lesson_ns) - 1
        self._hole_from_ns: int | None = None
        self._hole_reason = ""
        self._drops: dict[Cause, int] = {}
        self._drops_noted_ns = 0
        self._gop_second = -1
        self._skipping = False

    def process(self, picture: Picture) -> None:
        """The camera's next picture."""
        lesson_ns = self._timeline.to_lesson_ns(self._pace.smooth(picture.captured_ns) - self._latency_ns)
        # A picture of a pause stays one, however near to its edge.
        if lesson_ns is None or self._timeline.to_lesson_ns(picture.captured_ns - self._latency_ns) is None:
            self._maker.skip_picture(picture)
            return
        if self._leaves_out():
            self._maker.skip_picture(picture)
            return
        if self._disk_is_full(lesson_ns):
            self._drop(1, Cause.DISK)
            self._maker.on_pictures_lost()
            return
        if not self._opens_with_next_key(lesson_ns):
            while (fill := self._filler.fill_before(lesson_ns)) is not None:
                self._write_fill(fill)
        self._write_true(picture, lesson_ns)

    def on_dropped(self, count: int) -> None:
        """So many pictures before the next one were lost on the way here."""
        self._drop(count, Cause.OVERLOAD)
        self._maker.on_pictures_lost()

    def tick(self, now_ns: int, waiting: int) -> None:
        """A few times a second: fill where nothing came, and write down what was dropped."""
        # While pictures wait here it is this track that is late, not the camera.
        if not waiting:
            self._fill(self._timeline.reached_ns(self._expected_ns(now_ns)))
        if now_ns - self._drops_noted_ns > _DROPS_NOTED_NS:
            self._drops_noted_ns = now_ns
            self._note_drops()

    def is_complete(self, _lesson_ns: int) -> bool:
        """Never known: one more picture from before the end may always come."""
        return False

    def finish(self, lesson_ns: int) -> None:
        """Fill up to the lesson's end, and close the last segment."""
        self._fill(lesson_ns, last_call=True)
        self._close_hole(lesson_ns)
        self._put(self._maker.close())
        self._note_drops()
        self._fragments.flush(lesson_ns_to_ticks(lesson_ns))
        self._outlet.close()

    def _expected_ns(self, now_ns: int) -> int:
        """Up to when pictures should be here: what a camera that runs has not delivered is on its way."""
        return now_ns - (MAX_LATENESS_NS if self._silence() is None else 0)

    def _leaves_out(self) -> bool:
        self._left_out = self._asked.halve_frame_rate and not self._maker.is_passthrough and not self._left_out
        return self._left_out

    def _opens_with_next_key(self, lesson_ns: int) -> bool:
        """Whether this is a passed-through track's beginning: its first key picture stands there, no slate."""
        waited_ns = lesson_ns - self._start.lesson_ns
        return self._maker.is_passthrough and not self._filler.has_written and waited_ns <= START_PATIENCE_NS

    def _write_true(self, picture: Picture, lesson_ns: int) -> None:
        ticks = lesson_ns_to_ticks(lesson_ns)
        opens = not self._filler.has_written and (self._start.is_continued or self._maker.is_passthrough)
        if opens:
            ticks = self._ticks + 1
        if ticks <= self._ticks:
            self._drop(1, Cause.DEVICE)
            return
        try:
            made = self._maker.encode_picture(picture, ticks)
        except InvalidPicture as error:
            log.debug("%s: a picture that cannot be read: %s", self.name, error)
            self._drop(1, Cause.CORRUPT)
            return
        if made.is_recorded:
            self._ticks = ticks
            if opens and lesson_ns - self._start.lesson_ns > REPEAT_INTERVAL_NS:
                self._hole_from_ns = self._start.lesson_ns
                self._hole_reason = "the camera's first key picture came late"
            self._put(made.packets)
            self._close_hole(lesson_ns)
            self._filler.on_picture(lesson_ns)
        if made.frame is not None:
            self._outlet.write_entries(self._meter.push_frame(made.frame, lesson_ns))

    def _disk_is_full(self, lesson_ns: int) -> bool:
        second = lesson_ns // 1_000_000_000
        if second != self._gop_second:
            self._gop_second = second
            self._skipping = not self._outlet.has_room_for_video
        return self._skipping

    def _fill(self, reached_ns: int, *, last_call: bool = False) -> None:
        while self._outlet.has_room_for_video and (fill := self._filler.next_due(reached_ns, last_call=last_call)):
            self._write_fill(fill)

    def _write_fill(self, fill: GapFill) -> None:
        if self._hole_from_ns is None:
            true_ns = self._filler.last_picture_ns
            self._hole_from_ns = self._start.lesson_ns if true_ns is None else true_ns
            self._hole_reason = ""
        self._hole_reason = self._silence() or self._hole_reason
        ticks = max(lesson_ns_to_ticks(fill.lesson_ns), self._ticks + 1)
        packets = self._maker.encode_slate(ticks) if fill.is_slate else self._maker.repeat_last(ticks)
        # A picture that is passed through simply lasts longer: nothing was written here.
        if packets or not self._maker.is_passthrough:
            self._ticks = ticks
        self._put(packets)

    def _put(self, packets: list[EncodedPacket]) -> None:
        for packet in packets:
            self._fragments.push_packet(packet)

    def _close_hole(self, until_ns: int) -> None:
        if self._hole_from_ns is None:
            return
        resumed = self._hole_from_ns == self._start.lesson_ns and self._start.is_continued
        hole = Gap(
            track=self.name,
            from_ns=self._hole_from_ns,
            to_ns=until_ns,
            cause=self._start.cause if resumed else Cause.DEVICE,
            reason=self._hole_reason,
        )
        self._hole_from_ns = None
        self._outlet.write_entries([hole])

    def _drop(self, count: int, cause: Cause) -> None:
        self._drops[cause] = self._drops.get(cause, 0) + count

    def _note_drops(self) -> None:
        if lost := self._maker.pop_lost_count():
            self._drop(lost, Cause.DEVICE)
        drops, self._drops = self._drops, {}
        entries: list[Entry] = [
            Dropped(
                track=self.name,
                lesson_ns=self._filler.last_ns,
                what="pictures",
                count=count,
                cause=cause,
            )
            for cause, count in drops.items()
        ]
        self._outlet.write_entries(entries)
