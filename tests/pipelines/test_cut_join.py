"""A programme of cuts, one camera, a layout or a best-of as one MP4 file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import av
import pytest
from cut_lessons import CAMERAS, CutCamera, read_picture, role_on_air, write_cut_lesson

from edge.cli import main as command
from pipelines.programme.join_mp4 import JoinError, JoinPlan, join_mp4

CUTS = [(2, "students"), (4, "screen"), (6, "teacher")]
ROLES = [camera.role for camera in CAMERAS]
CHAPTERS = """WEBVTT

part-1
00:00:00.000 --> 00:00:03.500
Roots &amp; powers

poll-1
00:00:03.500 --> 00:00:05.000
Which is larger?
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_cut_lesson(tmp_path_factory.mktemp("join") / "lesson", 8, CUTS, marks=[(3, "well done")])
    (folder / "chapters.vtt").write_text(CHAPTERS)
    return folder


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    monkeypatch.setattr(os, "nice", lambda increment: increment)


def join(folder: Path, out: Path, *options: str) -> int:
    return command.main(["--config", "/nowhere", "join", str(folder), str(out), *options])


def pictures(path: Path, crop: tuple[slice, slice] = (slice(None), slice(None))) -> list[tuple[str, float, float]]:
    """Role, lesson time by bar code and time in the file, of the pictures whose bar code can be read."""
    with av.open(str(path)) as container:
        shown = [
            (read_picture(frame.to_ndarray(format="gray")[crop], ROLES), frame.time or 0.0)
            for frame in container.decode(video=0)
        ]
    return [(*seen, at_s) for seen, at_s in shown if seen is not None]


def chapters(path: Path) -> list[tuple[str, float]]:
    with av.open(str(path)) as container:
        return [(one["metadata"]["title"], float(one["start"] * one["time_base"])) for one in container.chapters()]


def messages_of(path: Path) -> str:
    played = subprocess.run(
        [
            *("ffmpeg", "-nostdin", "-v", "warning", "-xerror", "-i", path),
            *("-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"),
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    return played.stderr


def test_a_programme_of_different_sizes_is_one_file_without_a_message(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "lesson.mp4"
    assert join(folder, out) == 0
    assert messages_of(out) == ""
    shown = pictures(out)
    assert all(role == role_on_air(CUTS, int(at_s)) for role, at_s, _ in shown)
    assert all(at_s == pytest.approx(file_s, abs=0.001) for _, at_s, file_s in shown), "at lesson time, as the sound is"
    assert chapters(out) == [("Roots & powers", 0.0), ("Which is larger?", 3.5)]


def test_one_camera(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert join(folder, tmp_path / "screen.mp4", "--role", "screen") == 0
    assert {role for role, _, _ in pictures(tmp_path / "screen.mp4")} == {"screen"}
    assert join(folder, tmp_path / "none.mp4", "--role", "ceiling") == 2
    assert "teacher, screen, students" in capsys.readouterr().err
    with pytest.raises(JoinError, match="teacher-close"):
        join_mp4(folder, tmp_path / "none.mp4", JoinPlan(roles=["teacher-close"]))


@pytest.mark.parametrize(
    ("layout", "size", "places"),
    [
        ("side-by-side", (1920, 540), {"teacher": (slice(0, 540), slice(0, 960))}),
        # The screen is 4:3, and fills the picture's height.
        (
            "pip",
            (1280, 720),
            {"screen": (slice(0, 720), slice(160, 1120)), "teacher": (slice(524, 704), slice(944, 1264))},
        ),
    ],
)
def test_a_layout_shows_cameras_at_one_time(
    folder: Path, tmp_path: Path, layout: str, size: tuple[int, int], places: dict[str, tuple[slice, slice]]
) -> None:
    out = tmp_path / "both.mp4"
    assert join(folder, out, "--layout", layout) == 0
    assert messages_of(out) == ""
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == size
        assert float((stream.duration or 0) * (stream.time_base or 0)) == pytest.approx(8, abs=0.1)
    for role, place in places.items():
        shown = pictures(out, place)
        assert len(shown) > 150
        assert {one for one, _, _ in shown} == {role}
        frame_s = 1 / next(camera.fps for camera in CAMERAS if camera.role == role)
        assert all(0 <= file_s - at_s < frame_s + 0.001 for _, at_s, file_s in shown), "the picture of that moment"


def test_a_best_of_has_what_was_marked(tmp_path: Path) -> None:
    cameras = [CutCamera("teacher", 320, 180, 5), CutCamera("students", 320, 180, 5, 0.013)]
    lesson = write_cut_lesson(tmp_path / "lesson", 50, [(2, "students")], cameras, marks=[(1, "a"), (49, "b")])
    out = tmp_path / "best.mp4"
    assert join(lesson, out, "--best-of", "b") == 0
    shown = pictures(out)
    assert {role for role, _, _ in shown} == {"students"}
    assert shown[0][1:] == pytest.approx((29.013, 0.013), abs=0.001), "from its first key picture"
    assert len({round(at_s - file_s, 3) for _, at_s, file_s in shown}) == 1
    assert chapters(out) == [("b", 0.0)]
    with av.open(str(out)) as container:
        sound = container.streams.audio[0]
        assert float((sound.duration or 0) * (sound.time_base or 0)) == pytest.approx(21, abs=0.05)
    assert join(lesson, out, "--best-of", "nothing", "--force") == 2
