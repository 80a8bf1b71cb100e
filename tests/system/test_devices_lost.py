"""One device is lost, stalls or hangs in mid-lesson: only its own track notices, and everybody is told."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from scoreboard import Scoreboard

from pipelines.journal.entries import Cause, Gap
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.system import media
from tests.system.room import Room

pytestmark = pytest.mark.realtime

BACK_S = 3.0
# A hung device is abandoned after 10 s.
TOLD_S = 14.0
UNPLUGGED = ("missing", "unplugged")
# A busy machine may cost a picture; longer than this something was broken.
NOTICED_NS = 500_000_000
# A quiet room is louder than this, and silence is not.
QUIET_RMS = 1e-4


@dataclass(frozen=True)
class Outage:
    """A fault as it was made and mended, and when the device was said to run again; CLOCK_MONOTONIC.

    ``told_s``: how long it took until the status said so.
    """

    from_ns: int
    mended_ns: int
    back_ns: int
    told_s: float


def test_a_camera_that_goes_and_comes_back(room: Room, scoreboard: Scoreboard) -> None:
    room.start()
    lesson = room.begin_lesson()
    room.teach(1.0)
    lost = _outage(room, "students", "lost", UNPLUGGED, lasts_s=5.0)
    room.teach(1.0)
    stalled = _outage(room, "students", "stall", ("stalled", "no picture"), lasts_s=3.0)
    room.teach(1.0)
    room.end_lesson()
    for fault, outage, reason in (("unplugged", lost, "unplugged"), ("stalls", stalled, "no picture")):
        beyond_ms, back_s = _is_slate_until_back(lesson, "students", outage, reason)
        scoreboard.record(f"camera-{fault}", picture_ms=beyond_ms, told_s=outage.told_s, back_s=back_s)
    assert len(_holes(lesson, "students")) == 2
    scoreboard.record("other-camera", pictures=_others_are_whole(lesson, "teacher", "sound"))


def test_a_camera_whose_driver_hangs_for_ever(room: Room, scoreboard: Scoreboard) -> None:
    room.start()
    lesson = room.begin_lesson()
    room.teach(1.0)
    hung = _outage(room, "students", "hang", ("stalled", "does not answer"), ("missing", "hangs"))
    room.teach(1.0)
    room.end_lesson()
    beyond_ms, back_s = _is_slate_until_back(lesson, "students", hung, "the driver")
    scoreboard.record("camera-hangs", picture_ms=beyond_ms, told_s=hung.told_s, back_s=back_s)
    _others_are_whole(lesson, "teacher", "sound")


def test_a_camera_that_was_never_there_and_a_microphone_that_goes(room: Room, scoreboard: Scoreboard) -> None:
    room.fault("students", "lost")
    room.start(devices=2)
    room.wait(lambda: room.eyes("controller")["status"] == "amber-blink", 5)
    lesson = room.begin_lesson()
    room.teach(1.0)
    unplugged = _outage(room, "ceiling", "lost", UNPLUGGED, lasts_s=5.0, only=False)
    room.teach(1.5)
    assert room.status()["devices"]["students"]["state"] == "missing"
    room.end_lesson()
    _others_are_whole(lesson, "teacher")
    (span,) = media.spans(lesson)
    end_s = span.lesson_s(span.until_ns)
    slates = media.pictures(lesson / "students.m3u8")
    assert {shown.reading for shown in slates} == {None}, "nothing but slates"
    assert media.extent(lesson / "students.m3u8") == pytest.approx((0.0, end_s), abs=0.1)
    (never,) = _holes(lesson, "students")
    assert (never.from_ns / 1e9, never.to_ns / 1e9) == pytest.approx((0.0, end_s), abs=0.1)
    assert "unplugged" in never.reason
    beyond_ms, back_s = _is_silent_until_back(lesson, span, unplugged)
    scoreboard.record("microphone-unplugged", sound_ms=beyond_ms, told_s=unplugged.told_s, back_s=back_s)


def _outage(
    room: Room, role: str, fault: str, *said: tuple[str, str], lasts_s: float = 0.0, only: bool = True
) -> Outage:
    """Make a device ill, see that status and lamp say so, and mend it; ``only``: nothing else is ill.

    ``said``: one after the other, the states and words of the reasons that the status gives.
    """
    from_ns = time.monotonic_ns()
    room.fault(role, fault)
    told_s = 0.0
    for state, reason in said:
        _told(room, role, state, TOLD_S)
        told_s = told_s or (time.monotonic_ns() - from_ns) / 1e9
        assert reason in room.status()["devices"][role]["reason"]
    room.wait(lambda: room.eyes("controller")["status"] == "amber-blink", 2)
    assert room.eyes("recorder") == {"recording": "on"}
    room.wait(lambda: time.monotonic_ns() - from_ns >= lasts_s * 1e9, lasts_s)
    mended_ns = time.monotonic_ns()
    room.fault(role)
    _told(room, role, "running", 10)
    back_ns = time.monotonic_ns()
    print(f"{role}, {fault}: back {(back_ns - mended_ns) / 1e9:.2f} s after it was mended")
    assert back_ns - mended_ns < BACK_S * 1e9
    if only:
        room.wait(lambda: room.eyes("controller")["status"] == "green", 2)
    return Outage(from_ns, mended_ns, back_ns, told_s)


def _told(room: Room, role: str, state: str, seconds: float) -> None:
    """Wait until the status says so of a device."""
    room.wait(lambda: room.status()["devices"][role]["state"] == state, seconds)


def _holes(lesson: Path, track: str) -> list[Gap]:
    """The holes of a track that somebody could notice."""
    holes = filter_kinds(read_journal(lesson).entries, Gap)
    return [hole for hole in holes if hole.track == track and hole.to_ns - hole.from_ns > NOTICED_NS]


def _cost(hole: Gap, outage: Outage, mended_s: float) -> tuple[float, float]:
    """How many ms longer a hole is than its outage, and how many s after the mend (lesson time) it ends."""
    return (hole.to_ns - hole.from_ns - outage.mended_ns + outage.from_ns) / 1e6, hole.to_ns / 1e9 - mended_s


def _is_slate_until_back(lesson: Path, track: str, outage: Outage, reason: str) -> tuple[float, float]:
    """The track shows the last picture, then a slate, then the truth again; one hole of the journal says so.

    Its cost, as ``_cost`` has it.
    """
    (span,) = media.spans(lesson)
    gone_s, mended_s = span.lesson_s(outage.from_ns), span.lesson_s(outage.mended_ns)
    (hole,) = [hole for hole in _holes(lesson, track) if hole.from_ns / 1e9 == pytest.approx(gone_s, abs=0.5)]
    assert hole.cause is Cause.DEVICE
    assert reason in hole.reason
    assert -0.5 < hole.to_ns / 1e9 - mended_s < BACK_S
    shown = media.pictures(lesson / f"{track}.m3u8")
    inside = [one for one in shown if hole.from_ns / 1e9 + 1.99 < one.seconds < hole.to_ns / 1e9 - 0.05]
    assert inside
    assert {one.reading for one in inside} == {None}, "slates from 2 s on"
    after = next(one for one in shown if one.seconds > hole.to_ns / 1e9 - 0.01)
    assert after.reading is not None
    assert after.reading.exposed_ns / 1e9 > outage.mended_ns / 1e9 - 0.5
    return _cost(hole, outage, mended_s)


def _others_are_whole(lesson: Path, *tracks: str) -> int:
    """These tracks have no hole, and the lesson plays; how many of the teacher's pictures are missing."""
    for track in tracks:
        assert _holes(lesson, track) == []
    frames = [shown.reading.frame for shown in media.pictures(lesson / "teacher.m3u8") if shown.reading]
    assert frames == list(range(frames[0], frames[-1] + 1))
    assert media.ffmpeg_complaints(lesson / "main.m3u8") == ""
    for name in ("main", "students"):
        assert media.ffmpeg_complaints(lesson / f"{name}.m3u8") == ""
    for folder in ("teacher", "students", "sound"):
        assert media.fragments_adjoin(lesson / folder)
    return frames[-1] - frames[0] + 1 - len(frames)


def _is_silent_until_back(lesson: Path, span: media.Span, outage: Outage) -> tuple[float, float]:
    """Silence and a hole while the microphone was away, the room before and after; the cost as ``_cost`` has it."""
    (hole,) = _holes(lesson, "sound")
    assert hole.cause is Cause.DEVICE
    assert hole.from_ns / 1e9 == pytest.approx(span.lesson_s(outage.from_ns), abs=0.5)
    assert hole.to_ns / 1e9 - span.lesson_s(outage.mended_ns) < BACK_S
    start_s, samples = media.sound(lesson / "sound.m3u8")
    levels = media.levels(samples, 0.1)
    first, last = (round((at_ns / 1e9 - start_s) * 10) for at_ns in (hole.from_ns, hole.to_ns))
    assert levels[first + 1 : last - 1].max() < QUIET_RMS
    assert levels[2 : first - 1].min() > QUIET_RMS
    assert levels[last + 2 : -2].min() > QUIET_RMS
    return _cost(hole, outage, span.lesson_s(outage.mended_ns))
