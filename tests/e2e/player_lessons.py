"""Lessons for the player, whose pictures say when they were: bar codes of lesson time in every track."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from edge.player.manifest import write_manifest
from tests.cut_lessons import write_cut_lesson

ROLES = ("teacher", "students", "screen")
_CELL = (160, 90)
_EVERY_S = 5

CHAPTERS = """WEBVTT

part-1
00:00:00.000 --> 00:00:{half:02}.000
&lt;b&gt;Pythagoras&lt;/b&gt; <i>of Samos</i>

mark-1
00:00:04.000 --> 00:00:06.000
&lt;img src=x onerror=alert(1)&gt; observer: good question

poll-1
00:00:{half:02}.000 --> 00:00:{end:02}.000
勾股定理：c 是哪条边？
"""
SCREEN_TEXT = """WEBVTT

1
00:00:02.000 --> 00:00:08.000
a² + b² = c² &lt;script&gt;alert(1)&lt;/script&gt;
ＡＢＣ 直角三角形的两条直角边

2
00:00:08.000 --> 00:00:{end:02}.000
毕达哥拉斯
"""


def make_lesson(folder: Path, seconds: int, cuts: Sequence[tuple[int, str]] = ()) -> Path:
    """Record a lesson of cameras of three sizes and rates, with all that a player may be told.

    Its programme shows these roles from these seconds on, by default another one every three seconds.
    """
    every_third = [(second, ROLES[second // 3 % len(ROLES)]) for second in range(3, seconds, 3)]
    write_cut_lesson(folder, seconds, cuts or every_third)
    values = {"half": seconds // 2, "end": min(59, seconds)}
    (folder / "chapters.vtt").write_text(CHAPTERS.format_map(values))
    (folder / "screen-text.vtt").write_text(SCREEN_TEXT.format_map(values))
    _draw_thumbnails(folder, seconds)
    describe(folder, seconds)
    return folder


def describe(folder: Path, seconds: float) -> None:
    """Write lesson.json, as far as it matters, and player.json."""
    timetable = {"subject": "数学", "teacher": "王敏", "class_name": "九（3）班"}
    about = {
        "lesson": folder.name,
        "title": "数学 · 勾股定理",
        "began": "2026-11-10T01:00:00Z",
        "lesson_time_s": seconds,
        "school": "实验中学",
        "room_name": "教学楼 204",
        "timetable": timetable,
    }
    (folder / "lesson.json").write_text(json.dumps(about))
    write_manifest(folder, about)


def _draw_thumbnails(folder: Path, seconds: int) -> None:
    """A sheet of cells that say which second they are of, and a poster."""
    width, height = _CELL
    starts = list(range(0, seconds, _EVERY_S))
    sheet = np.full((height, width * len(starts), 3), 60, np.uint8)
    cues = ["WEBVTT"]
    for at, start in enumerate(starts):
        cv2.putText(sheet, f"{start} s", (width * at + 20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255, 255, 255), 2)
        end = min(seconds, start + _EVERY_S)
        cues.append(
            f"00:00:{start:02}.000 --> 00:00:{end:02}.000\nthumbnails-1.jpg#xywh={width * at},0,{width},{height}"
        )
    cv2.imwrite(str(folder / "thumbnails-1.jpg"), sheet)
    (folder / "thumbnails.vtt").write_text("\n\n".join(cues) + "\n")
    cv2.imwrite(str(folder / "poster.jpg"), cv2.resize(sheet[:, :width], (640, 360)))


def only(lesson: Path, copy: Path, *, roles: Sequence[str], sound: bool = True) -> Path:
    """A copy of a lesson with these cameras, and with or without its sound."""
    shutil.copytree(lesson, copy)
    for role in ROLES:
        if role not in roles:
            shutil.rmtree(copy / role)
            (copy / f"{role}.m3u8").unlink()
    if not sound:
        shutil.rmtree(copy / "sound")
        (copy / "sound.m3u8").unlink()
    (copy / "programme.m3u8").unlink()
    if roles:
        shutil.copy(copy / f"{roles[0]}.m3u8", copy / "programme.m3u8")
    describe(copy, json.loads((lesson / "lesson.json").read_text())["lesson_time_s"])
    return copy
