"""A video track: from a camera's pictures to fragments, gaps filled."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import av

from drivers.samples import AccessUnit, DamagedPicture, Picture
from pipelines.capture.brightness_meter import BrightnessMeter
from pipelines.capture.frame_converter import InvalidPicture
from pipelines.capture.timestamp_smoother import TimestampSmoother
from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.packets import EncodedPacket, lesson_ns_to_ticks
from pipelines.encoding.video_track_encoder import EncodeResult, VideoTrackEncoder
from pipelines.journal.entries import Cause, DeviceChange, Dropped, Entry, Gap, PictureMeasurement
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.gap_filler import START_PATIENCE_NS, GapFill, GapFiller
from pipelines.recording.key_picture_decoder import KeyPictureDecoder
from pipelines.recording.mp4_fragmenter import Mp4Fragmenter, UnusablePacket
from pipelines.recording.track_writer import TrackWriter

log = logging.getLogger(__name__)

# When the whole machine was busy, a camera's buffers are read late and all at once.
MAX_LATENESS_NS = 4_000_000_000
_DROP_REPORT_NS = 1_000_000_000
# A group of pictures before the lesson, each shown for a tick, takes no longer.
_INSTANT_TICKS = 1_000
# A track must begin with its lesson; a start that is late by so much is not noticed.
_UNNOTICED_NS = 80_000_000


@dataclass(frozen=True, slots=True)
class TrackStart:
    """Where a track begins, in lesson time; ``is_continued``: earlier fragments reach up to there."""

    lesson_ns: int = 0
    is_continued: bool = False
    cause: Cause = Cause.DEVICE


class VideoTrack:
    """The ``TrackWork`` of one camera; it starts no thread and reads no clock.

    While ``targets`` halve the frame rate, every other picture is left out, unless the camera is passed through.
    ``camera_fault`` returns why the camera is silent, or None while it runs; ``on_camera_back`` is called when pictures
    come after a gap, ``on_frame`` with each frame that was decoded to be encoded, ``on_recorded`` with the frame, if
    it was decoded, and the lesson time of each picture that was recorded. ``key_look_ns`` is how often a key picture is
    decoded of what is passed through. Pictures from before the lesson are not recorded, but later ones may need them to
    be decoded. ``latency_ns`` is the camera's known delay; ``longest_interval_ns`` is that of its ``GapFiller``.
    """

    def __init__(
        self,
        name: str,
        timeline: LessonTimeline,
        encoder: VideoTrackEncoder,
        targets: EncoderTargets,
        fragmenter: Mp4Fragmenter,
        writer: TrackWriter,
        start: TrackStart,
        smoother: TimestampSmoother,
        *,
        latency_ns: int,
        longest_interval_ns: int,
        camera_fault: Callable[[], str | None],
        on_camera_back: Callable[[], None],
        on_frame: Callable[[av.VideoFrame], None],
        on_recorded: Callable[[av.VideoFrame | None, int], None],
        key_look_ns: Callable[[], int],
    ) -> None:
        self.name = name
        self._timeline = timeline
        self._encoder = encoder
        self._targets = targets
        self._was_left_out = False
        self._fragmenter = fragmenter
        self._writer = writer
        self._start = start
        self._smoother = smoother
        self._latency_ns = latency_ns
        self._camera_fault = camera_fault
        self._on_camera_back = on_camera_back
        self._on_frame = on_frame
        self._on_recorded = on_recorded
        self._filler = GapFiller(start.lesson_ns, longest_interval_ns)
        self._meter = BrightnessMeter(name)
        self._key_pictures = KeyPictureDecoder(key_look_ns)
        self._last_ticks = lesson_ns_to_ticks(start.lesson_ns) - 1
        self._gap_start_ns: int | None = None
        self._gap_reason = ""
        self._loss_cause = Cause.CORRUPT
        self._drop_counts: dict[Cause, int] = {}
        self._drops_reported_ns = 0
        self._disk_checked_second = -1
        self._is_disk_full = False

    def process(self, picture: Picture) -> None:
        """Record the camera's next picture, if lesson time runs at its capture."""
        lesson_ns = self._timeline.to_lesson_ns(self._smoother.smooth(picture.captured_ns) - self._latency_ns)
        if picture.note:
            self._tell(picture)
        # A picture that was captured in a pause stays out, also when its smoothed time is not in the pause.
        if lesson_ns is None or self._timeline.to_lesson_ns(picture.captured_ns - self._latency_ns) is None:
            self._encoder.skip_picture(picture, is_hidden=not self._may_show(picture))
            return
        if self._is_left_out():
            self._encoder.skip_picture(picture)
            return
        if self._check_disk(lesson_ns):
            self._count_drop(1, Cause.DISK)
            self._lose(Cause.DISK)
            return
        if not self._awaits_first_key(lesson_ns):
            while (fill := self._filler.fill_before(lesson_ns)) is not None:
                self._write_fill(fill)
        self._write_picture(picture, lesson_ns)

    def on_dropped(self, count: int) -> None:
        """``count`` pictures before the next one were dropped by the full queue."""
        self._count_drop(count, Cause.OVERLOAD)
        self._lose(Cause.OVERLOAD)

    def tick(self, now_ns: int, waiting: int) -> None:
        """Fill where nothing came, and report what was dropped; about ten times a second."""
        # While pictures wait in the queue it is this track that is late, not the camera.
        if not waiting:
            self._fill(self._timeline.reached_ns(self._expected_ns(now_ns)))
        if now_ns - self._drops_reported_ns > _DROP_REPORT_NS:
            self._drops_reported_ns = now_ns
            self._report_drops()

    def is_complete(self, _lesson_ns: int) -> bool:
        """Never known: another picture from before the end may always come."""
        return False

    def finish(self, lesson_ns: int) -> None:
        """Fill up to the lesson's end, and close the last segment."""
        self._fill(lesson_ns, is_final=True)
        self._close_gap(lesson_ns)
        self._push_packets(self._encoder.close())
        self._report_drops()
        self._writer.write_entries(self._meter.flush())
        self._fragmenter.flush(lesson_ns_to_ticks(lesson_ns))
        self._writer.close()

    def _expected_ns(self, now_ns: int) -> int:
        """Up to when pictures should have arrived: those of a running camera may still be on their way."""
        return now_ns - (MAX_LATENESS_NS if self._camera_fault() is None else 0)

    def _is_left_out(self) -> bool:
        self._was_left_out = (
            self._targets.halve_frame_rate and not self._encoder.is_passthrough and not self._was_left_out
        )
        return self._was_left_out

    def _awaits_first_key(self, lesson_ns: int) -> bool:
        """Whether a passed-through track waits for its first key picture, which replaces the slate at its start."""
        waited_ns = lesson_ns - self._start.lesson_ns
        return self._encoder.is_passthrough and not self._filler.has_written and waited_ns <= START_PATIENCE_NS

    def _begins_track(self, lesson_ns: int) -> bool:
        """Whether the first picture is shown from the track's start: nothing else is there to be shown."""
        is_late = lesson_ns - self._start.lesson_ns > _UNNOTICED_NS
        return self._start.is_continued or self._encoder.is_passthrough or is_late

    def _may_show(self, picture: Picture) -> bool:
        """Whether a picture outside the lesson may be in the track: from before a new one, but never of a pause."""
        return self._start == TrackStart() and self._timeline.precedes_lesson(picture.captured_ns - self._latency_ns)

    def _write_picture(self, picture: Picture, lesson_ns: int) -> None:
        ticks = lesson_ns_to_ticks(lesson_ns)
        is_first = not self._filler.has_written and self._begins_track(lesson_ns)
        begin = self._last_ticks + 1
        if is_first and not self._encoder.remembers_key:
            ticks = begin
        elif isinstance(picture, AccessUnit) and self._last_ticks - ticks < _INSTANT_TICKS:
            # Earlier ones may have been shown for a tick each.
            ticks = max(ticks, begin)
        if ticks < begin:
            self._count_drop(1, Cause.DEVICE)
            self._encoder.skip_picture(picture)
            return
        try:
            result = self._encoder.encode_picture(picture, ticks, begin if is_first else ticks)
            if result.is_recorded:
                self._writer.note_captured()
            self._push_packets(result.packets)
        except (InvalidPicture, UnusablePacket) as error:
            log.debug("%s: a picture that cannot be read: %s", self.name, error)
            self._count_damaged(picture, lesson_ns)
            return
        if result.is_recorded:
            # An encoder that is closed here gives packets of earlier pictures.
            self._last_ticks = max(ticks, result.packets[-1].start) if result.packets else ticks
            if is_first and lesson_ns - self._start.lesson_ns > self._filler.longest_interval_ns:
                self._gap_start_ns = self._start.lesson_ns
                self._gap_reason = "the camera's first key picture came late"
            if self._gap_start_ns is not None:
                self._on_camera_back()
            self._close_gap(lesson_ns)
            self._filler.on_picture(lesson_ns)
            self._measure(picture, result, lesson_ns)
        elif self._filler.has_written:
            # It refers to what was lost.
            self._count_drop(1, self._loss_cause)

    def _count_damaged(self, picture: Picture, lesson_ns: int) -> None:
        self._count_drop(1, Cause.CORRUPT)
        if isinstance(picture, AccessUnit | DamagedPicture):
            self._lose(Cause.CORRUPT)
        self._writer.write_entries(self._meter.push_picture(lesson_ns, None, is_damaged=True))

    def _lose(self, cause: Cause) -> None:
        self._loss_cause = cause
        self._encoder.on_pictures_lost()

    def _tell(self, picture: Picture) -> None:
        entry = DeviceChange(role=self.name, state="running", reason=picture.note, at_ns=picture.captured_ns)
        self._writer.write_entries([entry])

    def _measure(self, picture: Picture, result: EncodeResult, lesson_ns: int) -> None:
        frame, is_damaged = result.frame, result.is_damaged
        if self._encoder.is_passthrough:
            try:
                frame = self._key_pictures.decode_due(picture, lesson_ns)
            except InvalidPicture as error:
                log.debug("%s: a key picture that cannot be read: %s", self.name, error)
                is_damaged = True
        elif frame is not None:
            self._on_frame(frame)
        self._on_recorded(frame, lesson_ns)
        if is_damaged:
            self._count_drop(1, Cause.CORRUPT)
        measured = self._meter.push_picture(lesson_ns, frame, is_damaged=is_damaged)
        self._writer.write_entries([self._with_rate(entry) for entry in measured])

    def _with_rate(self, entry: PictureMeasurement) -> PictureMeasurement:
        encoded = self._encoder.last_second
        if encoded is None or encoded.second != entry.lesson_ns // 1_000_000_000:
            return entry
        return entry.model_copy(update={"qp": encoded.qp, "octets": encoded.octets})

    def _check_disk(self, lesson_ns: int) -> bool:
        second = lesson_ns // 1_000_000_000
        if second != self._disk_checked_second:
            self._disk_checked_second = second
            self._is_disk_full = not self._writer.has_room_for_video
        return self._is_disk_full

    def _fill(self, reached_ns: int, *, is_final: bool = False) -> None:
        while self._writer.has_room_for_video and (fill := self._filler.next_due(reached_ns, is_final=is_final)):
            self._write_fill(fill)

    def _write_fill(self, fill: GapFill) -> None:
        if self._gap_start_ns is None:
            last_ns = self._filler.last_picture_ns
            self._gap_start_ns = self._start.lesson_ns if last_ns is None else last_ns
            self._gap_reason = ""
        self._gap_reason = self._camera_fault() or self._gap_reason
        ticks = max(lesson_ns_to_ticks(fill.lesson_ns), self._last_ticks + 1)
        packets = self._encoder.encode_slate(ticks) if fill.is_slate else self._encoder.repeat_last(ticks)
        # A passed-through picture simply lasts longer: nothing was written here.
        if packets or not self._encoder.is_passthrough:
            self._last_ticks = ticks
        self._push_packets(packets)

    def _push_packets(self, packets: list[EncodedPacket]) -> None:
        for packet in packets:
            self._fragmenter.push_packet(packet)

    def _close_gap(self, until_ns: int) -> None:
        if self._gap_start_ns is None:
            return
        is_resumed = self._gap_start_ns == self._start.lesson_ns and self._start.is_continued
        gap = Gap(
            track=self.name,
            from_ns=self._gap_start_ns,
            to_ns=until_ns,
            cause=self._start.cause if is_resumed else Cause.DEVICE,
            reason=self._gap_reason,
        )
        self._gap_start_ns = None
        self._writer.write_entries([gap])

    def _count_drop(self, count: int, cause: Cause) -> None:
        self._drop_counts[cause] = self._drop_counts.get(cause, 0) + count

    def _report_drops(self) -> None:
        if lost := self._encoder.pop_lost_count():
            self._count_drop(lost, Cause.DEVICE)
        counts, self._drop_counts = self._drop_counts, {}
        entries: list[Entry] = [
            Dropped(track=self.name, lesson_ns=self._filler.last_ns, what="pictures", count=count, cause=cause)
            for cause, count in counts.items()
        ]
        self._writer.write_entries(entries)
