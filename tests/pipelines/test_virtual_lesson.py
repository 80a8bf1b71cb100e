"""Whole lessons, from capture to decoded file: picture and sound stay together, and nothing piles up."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipelines.journal.entries import PictureMeasurement, SoundMeasurement
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.recording.av_sync_report import SyncReport
from tests.process_resources import record_short_lessons
from tests.virtual_room import RATE_HZ, SECOND_NS, VirtualCamera, VirtualMicrophone, VirtualRoom
from tests.virtual_room_sync import audio_lateness, video_lateness

pytestmark = pytest.mark.long

SECONDS = 50.0
WITHIN_MS = 5.0
SLEW_PPM = 200.0
A_SAMPLE_US = 1e6 / RATE_HZ

MICROPHONES = (
    VirtualMicrophone("ceiling", ppm=200.0, tone_hz=500, first_beep_s=5.0, seed=1),
    VirtualMicrophone("lapel", ppm=-200.0, tone_hz=700, first_beep_s=2.5, seed=2),
)
CAMERAS = (VirtualCamera("teacher", seed=3), VirtualCamera("students", Fraction(30000, 1001), seed=4))


def test_picture_and_sound_stay_together_whatever_the_clocks_do(tmp_path: Path) -> None:
    """Clocks 200 ppm off either way, stamps 5 ms off, pictures up to 20 ms late, one in a hundred lost."""
    folder = VirtualRoom(tmp_path, CAMERAS, MICROPHONES).record_lesson("r1", SECONDS)
    sounds = audio_lateness(folder / "sound.m3u8", MICROPHONES)
    for camera in CAMERAS:
        pictures = video_lateness(folder / f"{camera.role}.m3u8")
        assert len(pictures.seconds) > 0.98 * SECONDS * float(camera.fps)
        for sound in sounds.values():
            assert np.abs(pictures.late_ms - sound.interpolate(pictures.seconds)).max() < WITHIN_MS
    for sound in sounds.values():
        assert sound.ratio_steps_ppm.max() <= SLEW_PPM
        assert sound.steps_us.max() < A_SAMPLE_US
    told = SyncReport.model_validate_json((folder / "sync.json").read_bytes()).microphones
    assert told["ceiling"].ppm == pytest.approx(200, abs=10)
    assert told["lapel"].ppm == pytest.approx(-200, abs=10)
    check_counts(folder)


def check_counts(folder: Path) -> None:
    """The journal says of every second how much of it was captured, and how loud that was."""
    whole = range(1, int(SECONDS) - 1)
    entries = read_journal(folder).entries
    pictures = {(one.track, one.lesson_ns // SECOND_NS): one for one in filter_kinds(entries, PictureMeasurement)}
    sounds = {(one.track, one.lesson_ns // SECOND_NS): one for one in filter_kinds(entries, SoundMeasurement)}
    for camera in CAMERAS:
        counts = [pictures[camera.role, second].pictures or 0 for second in whole]
        assert all(25 <= count <= 31 for count in counts)
        assert sum(counts) == pytest.approx(0.99 * len(whole) * camera.fps, rel=0.01)
    for microphone in MICROPHONES:
        of_this = [sounds[microphone.role, second] for second in whole]
        assert {one.samples for one in of_this} == {RATE_HZ}
        assert all(-24 < level < -20 for one in of_this for level in one.channels_dbfs)
        assert {len(one.channels_dbfs) for one in of_this} == {1}


def test_lessons_in_a_row_leave_nothing_behind(tmp_path: Path) -> None:
    held = record_short_lessons(tmp_path / "spool", count=12, seconds=0.25)
    warm = held[3:]
    assert max(one.memory_mb for one in warm) < warm[0].memory_mb + 4
    # Threads that have ended take a moment to go, and those of earlier tests may still be going.
    for what in ("files", "threads"):
        early = [getattr(one, what) for one in warm[:4]]
        late = [getattr(one, what) for one in warm[-4:]]
        assert min(late) <= max(early), (what, early, late)
