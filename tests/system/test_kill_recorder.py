"""The recorder is killed in mid-lesson, again and again: it is back in seconds, and the lesson is whole."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from pathlib import Path

import pytest
from scoreboard import Scoreboard

from pipelines.journal.entries import Cause, End, Gap, Resumed
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.system import media
from tests.system.room import Room
from tests.waiting import pass_time, stays

pytestmark = pytest.mark.realtime

BACK_S = 3.0
# Between two pictures there is never more than the slate's second.
LONGEST_GAP_S = 1.1
# A busy machine may cost a picture; longer than this something was broken.
NOTICED_NS = 500_000_000
TRACKS = ("teacher", "students")


def test_a_lesson_outlives_kills_of_the_recorder(room: Room, dice: random.Random, scoreboard: Scoreboard) -> None:
    room.start()
    lesson = room.begin_lesson()
    back_s, killed_ns = [], []
    for _ in range(scoreboard.times):
        pass_time(dice.uniform(0.3, 2.5))
        killed_ns.append(time.monotonic_ns())
        back_s.append(_killed_until_lit(room, "on"))
    room.teach(1.5)
    room.end_lesson()
    entries = read_journal(lesson).entries
    print(f"lit again after {_figures(back_s)} s")
    assert room.lessons() == [lesson], "it is the same lesson all the time"
    assert len([goes for goes in filter_kinds(entries, Resumed) if goes.cause is Cause.RESTART]) == scoreboard.times
    picture_s = list(map(max, *(_lost_pictures(lesson, track, killed_ns) for track in TRACKS)))
    restarts = [hole for hole in filter_kinds(entries, Gap) if hole.cause is Cause.RESTART]
    for track in TRACKS:
        assert len([hole for hole in restarts if hole.track == track]) == scoreboard.times
    sound_ms = [(hole.to_ns - hole.from_ns) / 1e6 for hole in restarts if hole.track == "sound"]
    # The first half second of sound shows the card's rate: where the next kill comes sooner there is none between two.
    assert scoreboard.times // 2 <= len(sound_ms) <= scoreboard.times
    _is_whole(lesson)
    assert max(back_s) < BACK_S
    for back, picture in zip(back_s, picture_s, strict=True):
        scoreboard.record("recorder-killed", picture_ms=picture * 1e3, back_s=back)
    for sound in sound_ms:
        scoreboard.record("recorder-killed", sound_ms=sound)


def test_a_paused_lesson_comes_back_paused_and_blind(room: Room) -> None:
    room.start()
    lesson = room.begin_lesson()
    room.teach(1.0)
    room.press("pause")
    room.wait(lambda: room.eyes("recorder").get("recording") == "slow-blink", 5)
    paused_ns = time.monotonic_ns()
    assert _killed_until_lit(room, "slow-blink") < BACK_S
    assert room.status()["state"] == "paused"
    stays(lambda: room.eyes("recorder")["recording"] == "slow-blink", 2.0)
    resumed_ns = time.monotonic_ns()
    room.press("lesson")
    room.wait(lambda: room.eyes("recorder").get("recording") == "on", 5)
    room.teach(1.5)
    room.end_lesson()
    for track in TRACKS:
        exposed_ns = media.exposed_ns(media.pictures(lesson / f"{track}.m3u8"))
        assert not [at for at in exposed_ns if paused_ns < at < resumed_ns], "nothing of the pause is recorded"
        assert min(exposed_ns) < paused_ns < resumed_ns < max(exposed_ns)
    _is_whole(lesson)


def _killed_until_lit(room: Room, pattern: str) -> float:
    """Kill the recorder and start it again as systemd does; seconds until its lamp shows ``pattern``."""
    room.kill("recorder")
    launched_s = time.monotonic()
    room.launch("recorder")
    assert room.recorder_pins is not None
    lit = room.recorder_pins.wait_for("recording", pattern, launched_s, 20)
    return lit - launched_s


def _lost_pictures(lesson: Path, track: str, killed_ns: list[int]) -> list[float]:
    """Every hole of a track lies at a kill; the seconds from the last picture before each to the first after it."""
    exposed_ns = media.exposed_ns(media.pictures(lesson / f"{track}.m3u8"))
    assert exposed_ns == sorted(set(exposed_ns)), "each picture once, and in order"
    gaps = list(pairwise(exposed_ns))
    at_kills = [next(gap for gap in gaps if gap[0] < at_ns < gap[1]) for at_ns in killed_ns]
    before_s = [(at_ns - before) / 1e9 for at_ns, (before, _) in zip(killed_ns, at_kills, strict=True)]
    in_all_s = [(after - before) / 1e9 for before, after in at_kills]
    print(f"{track}: lost before the kill {_figures(before_s)} s, in all {_figures(in_all_s)} s")
    others = [after - before for before, after in gaps if (before, after) not in at_kills]
    assert max(others) < NOTICED_NS, "nothing is missing but at the kills"
    return in_all_s


def _is_whole(lesson: Path) -> None:
    """The lesson plays from end to end and is as long as lesson time says."""
    *_, end = filter_kinds(read_journal(lesson).entries, End)
    for playlist in ("main.m3u8", *(f"{track}.m3u8" for track in TRACKS)):
        assert media.ffmpeg_complaints(lesson / playlist) == ""
    for name in (*TRACKS, "sound"):
        assert media.length(lesson / f"{name}.m3u8") == pytest.approx(end.lesson_ns / 1e9, abs=0.1)
        assert media.fragments_adjoin(lesson / name)
    for track in TRACKS:
        times = [shown.seconds for shown in media.pictures(lesson / f"{track}.m3u8")]
        assert max(after - before for before, after in pairwise([0.0, *times, end.lesson_ns / 1e9])) < LONGEST_GAP_S
    assert not list(lesson.rglob("*.part"))


def _figures(seconds: list[float]) -> str:
    return f"{sum(seconds) / len(seconds):.2f} (mean), {max(seconds):.2f} (worst)"
