"""Lessons as a teacher gives them, from the button to the store, measured in the files that came of them."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from drivers.camera.simulation.barcode import role_id
from pipelines.delivery.compare_copies import compare_copies
from pipelines.delivery.folder_store import FolderStore
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.journal.entries import Begin, Cause, ClockReading, Dropped, Fragment, Gap, Marker, Resumed
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.system import media
from tests.system.room import Room
from tests.waiting import pass_time, until

pytestmark = pytest.mark.realtime

CAMERAS = ("teacher", "students")
TRACKS = (*CAMERAS, "sound")
FLASH_NS = 10_000_000_000
# A capture time is up to 0.2 ms after the exposure, which counts where a cut is.
STAMP_NS = 300_000
BEGINS_WITHIN_NS = 1_000_000_000
AV_ERROR_S = 0.005
INTERVAL_S = 1 / 30
# How long a contact must be still before the press is believed.
BOUNCE_NS = 30_000_000


@dataclass
class Gone:
    """A lesson that is over."""

    folder: Path
    store: Path
    lesson_s: float
    logs: dict[str, dict[int, int]]
    beeps_ns: list[int]
    pictures: dict[str, list[media.Shown]]
    pressed_ns: int = 0

    @property
    def spans(self) -> list[media.Span]:
        """When lesson time ran."""
        return media.spans(self.folder)

    @property
    def beginnings(self) -> list[media.Span]:
        """Those of the spans for which the recorder had to set itself up."""
        goes = filter_kinds(read_journal(self.folder).entries, Resumed)
        after_pause = {entry.at_ns for entry in goes if entry.cause is Cause.TEACHER}
        return [span for span in self.spans if span.from_ns not in after_pause]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with Room(tmp_path_factory.mktemp("room")) as room:
        _with_patient_cameras(room)
        room.start()
        yield room


@pytest.fixture(scope="module")
def lesson(room: Room) -> Gone:
    """Pressed, marked, paused for two seconds, gone on with, held to end, checked and stored."""
    pressed_ns = time.monotonic_ns()
    folder = room.begin_lesson()
    room.teach(3)
    room.press("mark")
    room.teach(2)
    _wait_for_no_flash_within(4)
    room.press("pause")
    room.wait(lambda: room.eyes("recorder").get("recording") == "slow-blink", 5)
    pass_time(2)
    room.press("pause")
    room.wait(lambda: room.eyes("recorder").get("recording") == "on", 5)
    room.wait(lambda: room.status()["lesson_time_s"] > 22.2, 30)
    room.end_lesson()
    room.wait(lambda: room.status()["check"]["stored"] == "yes", 30)
    return replace(_gone(room, folder), pressed_ns=pressed_ns)


@pytest.fixture(scope="module")
def taken_back(room: Room, lesson: Gone) -> Gone:
    """Ended, and pressed again before ten seconds are over; then ended for good."""
    folder = room.begin_lesson()
    room.teach(4)
    room.end_lesson()
    room.press("lesson")
    room.wait(lambda: room.eyes("recorder").get("recording") == "on", 5)
    room.teach(4)
    room.end_lesson()
    assert room.lessons() == [lesson.folder, folder], "the taken-back end did not begin another lesson"
    return _gone(room, folder)


def _with_patient_cameras(room: Room) -> None:
    """Cameras with four seconds of buffers: what is tested is what becomes of the pictures that a camera has.

    The machine of the tests is shared, and may stand still for longer than the usual four buffers last.
    """
    for role in CAMERAS:
        room.cameras[role] = room.simulated_camera(role, buffers=120)


def _wait_for_no_flash_within(seconds: float) -> None:
    until(lambda: 0.5 <= time.monotonic() % 10 <= 10 - seconds, 10)


def _gone(room: Room, folder: Path) -> Gone:
    logs = {role: _log(room.folder / f"{role}.log") for role in (*CAMERAS, "ceiling")}
    return Gone(
        folder,
        room.store / "school" / "r204" / folder.name,
        json.loads((folder / "receipt.json").read_text())["lesson_time_ns"] / 1e9,
        {role: {line["frame"]: line["exposure_ns"] for line in logs[role]} for role in CAMERAS},
        [line["beep_ns"] for line in logs["ceiling"]],
        {role: media.pictures(folder / f"{role}.m3u8") for role in CAMERAS},
    )


def _log(file: Path) -> list[dict[str, int]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_plays_through_from_spool_and_store(lesson: Gone) -> None:
    for folder in (lesson.folder, lesson.store):
        for name in ("main", "programme", *TRACKS):
            assert media.ffmpeg_complaints(folder / f"{name}.m3u8") == "", name


def test_it_begins_with_the_press_and_a_picture_of_every_camera(lesson: Gone) -> None:
    entries = read_journal(lesson.folder).entries
    begin, anchor = next(filter_kinds(entries, Begin)), next(filter_kinds(entries, ClockReading))
    assert begin.at_ns >= lesson.pressed_ns
    assert anchor.at_ns - begin.at_ns > BOUNCE_NS, "it took longer than that until the recorder knew of the press"
    for role in CAMERAS:
        first = next(one for one in filter_kinds(entries, Fragment) if one.track == role)
        assert first.start / VIDEO_TIMESCALE < INTERVAL_S + AV_ERROR_S


def test_every_track_is_as_long_as_the_lesson(lesson: Gone) -> None:
    ran_s = sum(span.until_ns - span.from_ns for span in lesson.spans) / 1e9
    assert lesson.lesson_s == pytest.approx(ran_s, abs=1e-6)
    assert 22 < lesson.lesson_s < 30
    for name in TRACKS:
        begin, end = media.extent(lesson.folder / f"{name}.m3u8")
        assert end == pytest.approx(lesson.lesson_s, abs=0.1), name
        assert end - begin == pytest.approx(lesson.lesson_s, abs=0.1), name


def test_the_pause_is_taken_out(lesson: Gone) -> None:
    before, after = lesson.spans
    assert after.from_ns - before.until_ns > 2_000_000_000
    assert after.lesson_ns == before.lesson_ns + before.until_ns - before.from_ns
    for role in CAMERAS:
        for shown in lesson.pictures[role]:
            assert shown.reading is None or any(
                span.holds(shown.reading.exposed_ns, -STAMP_NS) for span in lesson.spans
            ), "seen in the pause"
        seconds = [shown.seconds for shown in lesson.pictures[role]]
        steps = [later - earlier for earlier, later in pairwise(seconds)]
        assert 0 < min(steps) <= max(steps) < 0.5, "lesson time goes on where it stopped"


def assert_every_bar_code_once(lesson: Gone, role: str) -> None:
    """All that the camera saw while lesson time ran, and nothing else, in its order.

    Where the recorder has just begun, or taken a lesson up again, its first pictures are a moment late.
    """
    readings = [shown.reading for shown in lesson.pictures[role] if shown.reading is not None]
    assert all(reading.role_id == role_id(role) for reading in readings)
    frames = [reading.frame for reading in readings]
    assert frames == sorted(set(frames)), "each once and in order"
    seen = lesson.logs[role]
    assert [frame for frame in range(frames[0], frames[-1]) if frame not in seen] == [], "the camera lost none"
    for span in lesson.spans:
        shown = [frame for frame in frames if span.holds(seen[frame], -STAMP_NS)]
        if span in lesson.beginnings:
            assert seen[shown[0]] < span.from_ns + BEGINS_WITHIN_NS
            span = replace(span, from_ns=seen[shown[0]])
        there = [frame for frame in seen if span.holds(seen[frame], STAMP_NS)]
        assert [frame for frame in there if frame not in shown] == [], span


def _in_lesson(lesson: Gone, at_ns: int) -> bool:
    return any(span.holds(at_ns, STAMP_NS) for span in lesson.spans)


@pytest.mark.parametrize("role", CAMERAS)
def test_every_bar_code_is_there_once(lesson: Gone, role: str) -> None:
    assert_every_bar_code_once(lesson, role)


@pytest.mark.parametrize("role", CAMERAS)
def test_every_picture_stands_at_its_exposure(lesson: Gone, role: str) -> None:
    for shown in lesson.pictures[role]:
        if shown.reading is None:
            continue
        exposed_ns = shown.reading.exposed_ns
        (span,) = [span for span in lesson.spans if span.holds(exposed_ns, -STAMP_NS)]
        assert shown.seconds == pytest.approx(span.lesson_s(exposed_ns), abs=0.001)


@pytest.mark.parametrize("copy", ["folder", "store"])
def test_picture_and_sound_are_together(lesson: Gone, copy: str) -> None:
    folder: Path = getattr(lesson, copy)
    start_s, samples = media.sound(folder / "sound.m3u8")
    heard_s = [start_s + onset for onset in media.beep_onsets(samples)]
    beeps_ns = [at_ns for at_ns in lesson.beeps_ns if _in_lesson(lesson, at_ns)]
    assert len(heard_s) == len(beeps_ns) >= 2
    pictures = lesson.pictures["teacher"] if copy == "folder" else media.pictures(folder / "programme.m3u8")
    whites = [shown for shown in pictures if shown.luma > 180]
    for sound_s, beep_ns in zip(heard_s, beeps_ns, strict=True):
        white = next(shown for shown in whites if shown.reading and shown.reading.exposed_ns >= beep_ns)
        assert white.reading is not None
        assert white.reading.exposed_ns < beep_ns + 100_000_000
        picture_s = white.seconds - (white.reading.exposed_ns - beep_ns) / 1e9
        assert picture_s == pytest.approx(sound_s, abs=AV_ERROR_S)


def test_the_store_has_it_byte_for_byte(room: Room, lesson: Gone) -> None:
    assert asyncio.run(compare_copies(lesson.folder, FolderStore(room.store), "school/r204")) == []
    in_spool = sorted(path.relative_to(lesson.folder) for path in lesson.folder.rglob("*") if path.is_file())
    in_store = sorted(path.relative_to(lesson.store) for path in lesson.store.rglob("*") if path.is_file())
    assert in_store == in_spool
    assert {"lesson.json", "receipt.json", "journal.jsonl", "main.m3u8"} <= {str(path) for path in in_store}


def test_the_receipt_is_good(lesson: Gone) -> None:
    receipt = json.loads((lesson.store / "receipt.json").read_text())
    assert (receipt["recording"], receipt["stored"]) == ("good", "yes")
    assert {track["track"] for track in receipt["tracks"]} == set(TRACKS)
    assert [finding for finding in receipt["findings"] if finding["severity"] == "bad"] == []
    card = json.loads((lesson.store / "lesson.json").read_text())
    assert (card["lesson"], card["recording"], card["cause"]) == (lesson.folder.name, "good", "teacher")
    entries = read_journal(lesson.folder).entries
    (mark,) = filter_kinds(entries, Marker)
    assert 2.5e9 < mark.lesson_ns < 5e9
    assert list(filter_kinds(entries, Dropped)) == []
    assert [hole for hole in filter_kinds(entries, Gap) if hole.from_ns > 0] == []


def test_a_taken_back_end_leaves_one_whole_lesson(taken_back: Gone) -> None:
    before, after = taken_back.spans
    assert after.lesson_ns == before.lesson_ns + before.until_ns - before.from_ns
    causes = [entry.cause for entry in filter_kinds(read_journal(taken_back.folder).entries, Resumed)]
    assert causes == ["taken-back"]
    for name in ("main", *TRACKS):
        assert media.ffmpeg_complaints(taken_back.folder / f"{name}.m3u8") == ""
    for name in TRACKS:
        assert media.length(taken_back.folder / f"{name}.m3u8") == pytest.approx(taken_back.lesson_s, abs=0.1)
    receipt = json.loads((taken_back.folder / "receipt.json").read_text())
    assert receipt["recording"] == "good", receipt["findings"]


@pytest.mark.parametrize("role", CAMERAS)
def test_a_taken_back_end_loses_no_picture(taken_back: Gone, role: str) -> None:
    assert_every_bar_code_once(taken_back, role)


def test_a_recorder_that_gets_no_processor_for_two_seconds_loses_no_picture(tmp_path: Path) -> None:
    with Room(tmp_path) as room:
        _with_patient_cameras(room)
        room.start()
        folder = room.begin_lesson()
        room.teach(1)
        room.processes["recorder"].send_signal(signal.SIGSTOP)
        pass_time(2)
        room.processes["recorder"].send_signal(signal.SIGCONT)
        room.teach(2)
        room.end_lesson()
        lesson = _gone(room, folder)
    for role in CAMERAS:
        assert_every_bar_code_once(lesson, role)
    assert list(filter_kinds(read_journal(folder).entries, Dropped)) == []
    assert media.ffmpeg_complaints(folder / "main.m3u8") == ""
