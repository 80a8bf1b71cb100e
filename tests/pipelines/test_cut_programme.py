"""A recorded programme of cuts: right camera at every second in ffmpeg, whole after a kill, found where it is wrong."""

from __future__ import annotations

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import av
import pytest
from cut_lessons import CAMERAS, CutCamera, read_picture, role_on_air, write_cut_lesson

from pipelines.files.lesson_layout import CUTS_JSON, PROGRAMME_PLAYLIST
from pipelines.journal.entries import Cut
from pipelines.programme.playlist_parser import read_media_playlist
from pipelines.programme.programme_cuts import CutsAnew
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.findings import FindingCode
from pipelines.recovery.recover_lesson import recover_lesson
from pipelines.recovery.rewrite_playlists import end_interrupted_lesson, rewrite_playlists

SECONDS = 20
CUTS = [(3, "students"), (5, "screen"), (9, "teacher"), (10, "students"), (14, "teacher"), (17, "screen")]
ROLES = [camera.role for camera in CAMERAS]
ALIKE = [CutCamera(camera.role, 320, 180, phase_s=camera.phase_s) for camera in CAMERAS]
SKIPPED = "Found duplicated MOOV Atom. Skipped it"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson cut among three sizes and rates."""
    return write_cut_lesson(tmp_path_factory.mktemp("cut") / "lesson", SECONDS, CUTS)


@pytest.fixture
def folder(recorded: Path, tmp_path: Path) -> Path:
    return shutil.copytree(recorded, tmp_path / "lesson")


def seen(playlist: Path) -> list[tuple[str, float, float]]:
    """Every picture that a player shows: its role, its lesson time by bar code, and when it is shown."""
    found = []
    with av.open(str(playlist), options={"allowed_extensions": "ALL"}) as container:
        for frame in container.decode(video=0):
            shown = read_picture(frame.to_ndarray(format="gray"), ROLES)
            assert shown is not None
            assert frame.time is not None
            found.append((*shown, frame.time))
    return found


def warnings_of(playlist: Path) -> set[str]:
    """What ffmpeg says of it, without the address of its demuxer."""
    played = subprocess.run(
        [
            *("ffmpeg", "-nostdin", "-v", "warning", "-xerror", "-i", playlist),
            *("-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"),
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    said = (line.rpartition("] ")[2].strip() for line in played.stderr.splitlines())
    return {line for line in said if line and not line.startswith("Last message repeated")}


def test_every_second_is_seen_once_from_the_right_camera(recorded: Path) -> None:
    pictures = seen(recorded / "main.m3u8")
    assert all(role == role_on_air(CUTS, int(at_s)) for role, at_s, _ in pictures)
    assert all(shown_s == pytest.approx(at_s, abs=0.001) for _, at_s, shown_s in pictures), "at lesson time"
    wanted = sum(
        camera.fps for second in range(SECONDS) for camera in CAMERAS if camera.role == role_on_air(CUTS, second)
    )
    assert len(pictures) == wanted


def test_ffmpeg_has_nothing_to_say_but_that_it_needs_one_init_segment(recorded: Path, tmp_path: Path) -> None:
    """It skips the others, since key pictures carry their parameter sets; cameras that are alike share one."""
    assert warnings_of(recorded / "main.m3u8") == {SKIPPED}
    alike = write_cut_lesson(tmp_path / "alike", 8, [(2, "students"), (5, "screen")], ALIKE)
    assert warnings_of(alike / "main.m3u8") == set()
    assert read_media_playlist(alike / PROGRAMME_PLAYLIST).inits == ("teacher/init.mp4",)
    assert {role for role, _, _ in seen(alike / "main.m3u8")} == set(ROLES)


def test_a_lesson_without_cuts_has_the_first_cameras_playlist(tmp_path: Path) -> None:
    lesson = write_cut_lesson(tmp_path / "lesson", 6, [])
    assert (lesson / PROGRAMME_PLAYLIST).read_bytes() == (lesson / "teacher.m3u8").read_bytes()


def test_it_is_made_again_from_the_journal_as_it_was(folder: Path) -> None:
    before = (folder / PROGRAMME_PLAYLIST).read_bytes()
    (folder / PROGRAMME_PLAYLIST).unlink()
    rewrite_playlists(recover_lesson(folder), 4)
    assert (folder / PROGRAMME_PLAYLIST).read_bytes() == before


def test_after_a_kill_it_has_every_cut(tmp_path: Path) -> None:
    folder = write_cut_lesson(tmp_path / "lesson", SECONDS, CUTS, is_ended=False)
    published = read_media_playlist(folder / PROGRAMME_PLAYLIST)
    assert not published.ended
    assert 10 < published.duration_s < SECONDS
    recovered = recover_lesson(folder)
    end_interrupted_lesson(recovered, SECONDS * 1_000_000_000, 4)
    whole = read_media_playlist(folder / PROGRAMME_PLAYLIST)
    assert whole.ended
    assert whole.segments[: len(published.segments)] == published.segments, "what was published stays"
    assert whole.duration_s == pytest.approx(SECONDS, abs=0.001)
    assert all(role == role_on_air(CUTS, int(at_s)) for role, at_s, _ in seen(folder / "main.m3u8"))


def test_the_receipt_knows_a_good_programme_from_one_that_is_not(folder: Path) -> None:
    def codes() -> set[FindingCode]:
        programme = {"programme.m3u8"}
        return {one.code for one in check_lesson(folder).findings if set(one.values.values()) & programme}

    path = folder / PROGRAMME_PLAYLIST
    text = path.read_text()
    assert codes() == set()
    ranges = [line for line in text.splitlines() if line.startswith("#EXT-X-BYTERANGE")]
    length, offset = map(int, ranges[1].partition(":")[2].split("@"))
    path.write_text(text.replace(ranges[1], f"#EXT-X-BYTERANGE:{length - 1}@{offset}"))
    assert codes() == {FindingCode.PLAYLIST_DIFFERS}, "not whole fragments"
    path.write_text((folder / "teacher.m3u8").read_text())
    assert codes() == {FindingCode.PLAYLIST_DIFFERS}, "another camera than was cut to"
    one_entry_less = text[: text.rindex("#EXTINF")] + "#EXT-X-ENDLIST\n"
    path.write_text(one_entry_less)
    assert codes() == {FindingCode.PLAYLIST_LENGTH}


def test_cuts_made_anew_count_instead_of_the_journals(folder: Path) -> None:
    cuts = [(0, "screen"), (7, "students"), (12, "teacher")]
    anew = CutsAnew(
        lesson_ns=SECONDS * 1_000_000_000,
        cuts=tuple(Cut(lesson_ns=at * 1_000_000_000, role=role, reason="person") for at, role in cuts),
    )
    (folder / CUTS_JSON).write_text(anew.model_dump_json())
    rewrite_playlists(recover_lesson(folder), 4)
    shown = seen(folder / "main.m3u8")
    assert all(role == role_on_air(cuts, int(at_s)) for role, at_s, _ in shown)
    assert all(before < after for (_, before, _), (_, after, _) in pairwise(shown))
