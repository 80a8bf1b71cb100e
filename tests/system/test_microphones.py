"""Sound that PortAudio really opened: a tone at its frequency, and a microphone that is lost in mid-lesson."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pulse import PulseServer, hearing, sine
from scoreboard import Scoreboard

from pipelines.journal.entries import Dropped, Gap
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.system import media
from tests.system.room import Room
from tests.waiting import stays

pytestmark = pytest.mark.realtime

TONE_HZ = 997.0
LAPEL_HZ = 443.0
TONE_S = 40.0
# The machine of the tests is shared: player and card keep sound for a while when they get no processor.
BUFFER_MS = 2000
LATENCY_MS = 400
# Enough to tell which microphone is heard.
WHICH_HZ = 2.0


def portaudio(name: str) -> str:
    """The lines of a microphone that PortAudio opens."""
    return f'driver = "portaudio"\ndevice = "{name}"\nlatency_ms = {LATENCY_MS}\n'


@pytest.fixture
def ceiling() -> Iterator[PulseServer]:
    with PulseServer("ceiling_mic") as server:
        yield server


@pytest.fixture
def lapel() -> Iterator[PulseServer]:
    with PulseServer("lapel_mic") as server:
        yield server


def test_one_of_two_microphones_is_lost_and_the_other_has_no_hole(
    room: Room, ceiling: PulseServer, lapel: PulseServer, tmp_path: Path, scoreboard: Scoreboard
) -> None:
    room.environment = hearing(tmp_path, ceiling, lapel)
    room.cameras = {"teacher": room.simulated_camera("teacher", size=(320, 180), fps=15)}
    room.microphones = {"ceiling": portaudio("ceiling_mic"), "lapel": portaudio("lapel_mic")}
    room.more = ""
    ceiling.play("ceiling_mic", sine(TONE_HZ, TONE_S), BUFFER_MS)
    lapel.play("lapel_mic", sine(LAPEL_HZ, TONE_S), BUFFER_MS)
    room.start()
    lesson = room.begin_lesson()
    room.wait(lambda: room.status()["lesson_time_s"] > 10, 20)
    assert room.eyes("controller")["status"] == "green"
    killed_s = room.status()["lesson_time_s"]
    ceiling.kill()
    gone_s = time.monotonic()
    room.wait(lambda: room.eyes("controller")["status"] == "amber-blink", 15)
    told_s = time.monotonic() - gone_s
    room.wait(lambda: room.status()["devices"]["ceiling"]["state"] == "missing", 15)
    assert room.status()["devices"]["ceiling"]["reason"]
    stays(lambda: room.eyes("recorder")["recording"] == "on", 5)  # the rest goes on
    room.end_lesson()

    receipt = json.loads((lesson / "receipt.json").read_text())
    lesson_s = receipt["lesson_time_ns"] / 1e9
    for name in ("main", "sound", "ceiling", "lapel"):
        assert media.ffmpeg_complaints(lesson / f"{name}.m3u8") == ""
        if name != "main":
            assert media.length(lesson / f"{name}.m3u8") == pytest.approx(lesson_s, abs=0.1)

    _, lost = media.sound(lesson / "ceiling.m3u8")
    _, mixed = media.sound(lesson / "sound.m3u8")
    _, kept = media.sound(lesson / "lapel.m3u8")
    until = int((killed_s - 1) * media.RATE_HZ)
    assert media.tone_hz(lost[media.RATE_HZ : until]) == pytest.approx(TONE_HZ, abs=WHICH_HZ)
    assert media.tone_hz(kept[media.RATE_HZ :]) == pytest.approx(LAPEL_HZ, abs=WHICH_HZ)
    assert media.tone_hz(mixed[int((killed_s + 1) * media.RATE_HZ) :]) == pytest.approx(LAPEL_HZ, abs=WHICH_HZ)
    levels = media.levels(kept[media.RATE_HZ // 2 : int((lesson_s - 0.1) * media.RATE_HZ)])
    assert levels.min() > 0.8 * np.median(levels), "the lapel microphone is heard without a break"
    assert media.levels(lost[int((killed_s + 1) * media.RATE_HZ) :]).max() < 0.001

    entries = read_journal(lesson).entries
    holes = [hole for hole in filter_kinds(entries, Gap) if hole.to_ns > 0.5e9]
    assert {hole.track for hole in holes} == {"ceiling"}
    lapel_ns = sum(hole.to_ns - hole.from_ns for hole in holes if hole.track == "lapel")
    scoreboard.record("other-microphone", sound_ms=lapel_ns / 1e6, told_s=told_s)
    assert min(hole.from_ns for hole in holes) / 1e9 == pytest.approx(killed_s, abs=0.7)
    assert max(hole.to_ns for hole in holes) / 1e9 == pytest.approx(lesson_s, abs=0.1)
    assert [dropped for dropped in filter_kinds(entries, Dropped) if dropped.track == "lapel"] == []
    bad = {(finding["code"], finding["track"]) for finding in receipt["findings"] if finding["severity"] == "bad"}
    assert ("hole", "ceiling") in bad
    assert {track for _, track in bad} == {"ceiling"}
    assert receipt["recording"] == "bad"


def test_a_tone_stands_in_the_lesson_at_its_frequency(room: Room, ceiling: PulseServer, tmp_path: Path) -> None:
    room.environment = hearing(tmp_path, ceiling)
    room.cameras = {"teacher": room.simulated_camera("teacher", size=(320, 180), fps=15)}
    room.microphones = {"ceiling": portaudio("ceiling_mic")}
    room.more = ""
    ceiling.play("ceiling_mic", sine(TONE_HZ, TONE_S), BUFFER_MS)
    room.start()
    lesson = room.begin_lesson()
    room.wait(lambda: room.status()["lesson_time_s"] > 8, 20)
    room.end_lesson()
    _, samples = media.sound(lesson / "sound.m3u8")
    heard = samples[media.RATE_HZ // 2 : -media.RATE_HZ // 10]
    assert media.tone_hz(heard) == pytest.approx(TONE_HZ, abs=0.5)
    levels = media.levels(heard)
    assert levels.min() > 0.9 * np.median(levels), "without a break"
    # A machine that stands still may cost the camera pictures, and the receipt says so.
    findings = json.loads((lesson / "receipt.json").read_text())["findings"]
    assert [one for one in findings if one["severity"] == "bad" and one["track"] in ("sound", "ceiling")] == []
    assert (lesson / "ceiling.m3u8").read_bytes() == (lesson / "sound.m3u8").read_bytes()
