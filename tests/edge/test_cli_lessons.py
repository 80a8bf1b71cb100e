"""classroom-edge lessons, recover and devices where no system runs."""

from __future__ import annotations

import json
import os
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sample_lessons import make_lesson

from drivers.samples import Coding, JpegPicture, PictureFormat, SoundBlock, SoundFormat
from edge.calibration.device_probe import AudioProbe, VideoProbe
from edge.cli.main import main
from edge.i18n.maintenance import MESSAGES
from edge.ledger.ledger import open_ledger
from edge.ledger.read_only import NoLedger, read_lessons
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.files.lesson_layout import JOURNAL_JSONL, LESSON_JSON
from pipelines.journal.entries import End, LessonSubject
from pipelines.journal.journal_file import JournalFile, filter_kinds, read_journal
from pipelines.programme.join_mp4 import join_mp4
from pipelines.receipt.receipt import RecordingVerdict

CONFIG = """
[room]
school = "hill"
room = "r1"
[paths]
spool = "spool"
ledger = "ledger.db"
run = "run"
"""
DEVICES = """
[cameras.teacher]
driver = "simulated"
width = 320
height = 180
fps = 20
[microphones.ceiling]
driver = "simulated"
"""
FIRST, SECOND = "r1-aaaa-000001", "r1-aaaa-000002"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spool of two lessons, the second without an end and in the middle of a segment."""
    spool = tmp_path_factory.mktemp("recorded")
    make_lesson(spool / FIRST, 6)
    cut = make_lesson(spool / SECOND, 10).folder
    entries = [entry for entry in read_journal(cut).entries if not isinstance(entry, End)]
    (cut / JOURNAL_JSONL).unlink()
    file = JournalFile(cut)
    file.append(entries)
    file.close()
    last = max((cut / "teacher").glob("*.m4s"))
    last.rename(f"{last}.part")
    os.truncate(f"{last}.part", Path(f"{last}.part").stat().st_size - 100)
    return spool


@pytest.fixture
def room(tmp_path: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "160")
    shutil.copytree(recorded, tmp_path / "spool")
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


def command(room: Path, *words: str) -> int:
    return main(["--config", str(room / "config.toml"), *words])


def test_lessons_of_the_spool_alone(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(room, "lessons", "--json") == 0
    out, err = capsys.readouterr()
    first, second = json.loads(out)
    assert (first["id"], first["began"], first["length_s"], first["cause"]) == (FIRST, None, 6.0, "teacher")
    assert (first["recording"], first["stored"], first["recorded_now"]) == (None, None, False), "no store"
    assert (second["id"], second["length_s"], second["cause"]) == (SECOND, None, None)
    assert "no ledger" in err
    assert not (room / "ledger.db").exists()
    assert command(room, "lessons") == 0
    shown = capsys.readouterr().out
    assert "time unknown" in shown
    assert "has no end" in shown


def test_a_lesson_is_told_by_what_the_timetable_knew_of_it(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spool = room / "spool"
    (spool / FIRST / LESSON_JSON).write_text(json.dumps({"title": "九（3）班 · 数学 · 王敏"}))
    file = JournalFile(spool / SECOND)
    file.append([LessonSubject(title="九（3）班 · 英语", subject="英语", start_wall_ns=0, end_wall_ns=1)])
    file.close()
    assert command(room, "lessons", "--json") == 0
    assert [one["title"] for one in json.loads(capsys.readouterr().out)] == [
        "九（3）班 · 数学 · 王敏",
        "九（3）班 · 英语",
    ]
    assert command(room, "lessons") == 0
    assert "数学 · 王敏" in capsys.readouterr().out


def test_lessons_of_a_ledger_that_is_in_use_and_of_one_that_is_not(room: Path) -> None:
    ledger = open_ledger(room / "ledger.db", room / "spool")
    ledger.lessons.end(SECOND, 9_000_000_000, "teacher", None)
    ledger.lessons.set_recording(FIRST, RecordingVerdict.GOOD)
    while_in_use = read_lessons(room / "ledger.db")
    ledger.lessons.set_stored(FIRST)  # a visitor does not stand in the way
    ledger.close()
    files = sorted(room.glob("ledger*"))
    visited = read_lessons(room / "ledger.db")
    assert sorted(room.glob("ledger*")) == files
    assert [(one.id, one.recording, one.stored) for one in while_in_use] == [
        (FIRST, "good", "pending"),
        (SECOND, None, "pending"),
    ]
    assert [one.stored for one in visited] == ["yes", "pending"]


def test_a_lesson_that_is_no_longer_here(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_ledger(room / "ledger.db", room / "spool").close()
    shutil.rmtree(room / "spool" / FIRST)
    assert command(room, "lessons") == 0
    assert "no longer here" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to look at", None])
def test_a_ledger_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ledger.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NoLedger):
        read_lessons(path)
    assert list(tmp_path.iterdir()) == ([path] if content is not None else [])


def test_what_is_whole_is_left_as_it_is(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(room, "recover", FIRST) == 0
    assert "nothing was dropped" in capsys.readouterr().out


def test_what_was_cut_off_gets_its_end_and_plays(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = room / "spool" / SECOND
    assert command(room, "recover", SECOND) == 1
    told = capsys.readouterr().out
    assert "it had no end and has one now" in told
    assert "dropped: teacher/" in told
    assert [end.cause for end in filter_kinds(read_journal(folder).entries, End)] == ["power"]
    assert not list(folder.glob("*/*.part"))
    join_mp4(folder, room / "lesson.mp4")
    assert command(room, "recover", SECOND) == 0


def test_all_of_them_for_a_program(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    segment = room / "spool" / FIRST / "teacher/000001.m4s"
    damaged = bytearray(segment.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    segment.write_bytes(damaged)
    assert command(room, "recover", "--all", "--json") == 1
    first, second = json.loads(capsys.readouterr().out)
    assert (first["lesson"], first["was_cut_off"], second["was_cut_off"]) == (FIRST, False, True)
    assert [loss["path"] for loss in first["losses"]] == ["teacher/000001.m4s"]
    assert {kept["track"]: round(kept["length_s"]) for kept in first["kept"]} == {"teacher": 6, "sound": 6}
    for loss in (*first["losses"], *second["losses"]):
        assert f"loss-{loss['what']}" in MESSAGES


def test_a_folder_needs_no_config(room: Path) -> None:
    assert main(["--config", "/nowhere", "recover", str(room / "spool" / FIRST)]) == 0


def test_a_folder_without_a_lesson_is_not_touched(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (room / "holidays").mkdir()
    assert command(room, "recover", str(room / "holidays")) == 2
    assert "no lesson in" in capsys.readouterr().err
    assert not list((room / "holidays").iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_leaves_every_file_with_the_owner_of_its_folder(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = room / "spool" / SECOND
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, 4711, 4712)
    (folder / "sound" / "init.mp4").unlink()
    (folder / "main.m3u8").unlink()
    os.chown(folder / JOURNAL_JSONL, 0, 0)
    os.chown(folder / "teacher" / "000001.m4s", 0, 0)
    assert command(room, "recover", SECOND) == 1
    assert (folder / "main.m3u8").exists()
    owners = {(path.stat().st_uid, path.stat().st_gid) for path in folder.rglob("*")}
    assert owners == {(4711, 4712)}
    capsys.readouterr()


def test_recover_asks_which(room: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        command(room, "recover")
    assert ended.value.code == 2


def test_devices_are_tried(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (room / "config.toml").write_text(CONFIG + DEVICES)
    assert command(room, "devices", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    teacher, ceiling = told["devices"]["teacher"], told["devices"]["ceiling"]
    assert told["tried"] is True
    assert (teacher["width"], teacher["coding"], teacher["state"]) == (320, "mjpeg", "running")
    assert 0 < teacher["fps"] < 25, "a busy machine gets fewer pictures than the camera gives"
    assert 20 < teacher["luma"] < 235
    assert 0 < ceiling["rate_hz"] < 50_000
    assert -75 < ceiling["level_dbfs"] < 0


PERIPHERALS = """
[panel]
driver = "simulated"
[clickers]
driver = "simulated"
[ptz.teacher]
driver = "visca-ip"
host = "127.0.0.1"
transport = "tcp"
ip_port = 9
[store]
url = "file:///proc/nowhere/store"
"""


def test_a_device_that_is_away_is_named_with_its_reason_at_any_width(
    room: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    fault = room / "fault"
    fault.write_text("lost")
    text = CONFIG + DEVICES + f'fault_file = "{fault}"\n' + PERIPHERALS
    (room / "config.toml").write_text(text)
    assert command(room, "devices") == 1
    shown = capsys.readouterr().out
    assert "ceiling (ceiling, simulated): missing\n    the simulated microphone is unplugged\n" in shown
    assert "teacher (teacher, simulated): running\n    320×180 mjpeg, 20 fps\n" in shown
    assert "panel (panel, simulated): running\n" in shown
    assert "clickers (clickers, simulated): running\n    rf21" in shown
    away = "127.0.0.1:9 (TCP) does not answer: Connection refused"
    assert f"head of the teacher camera (ptz.teacher, visca-ip): missing\n    {away}\n" in shown
    assert "store (store, file): missing\n" in shown


def test_the_rates_that_devices_shows_are_those_of_the_capture_times() -> None:
    camera, microphone = VideoProbe(), AudioProbe()
    picture_format = PictureFormat(320, 180, Fraction(20), Coding.MJPEG)
    for at in range(41):
        camera.on_picture(picture_format, JpegPicture(1 + at * 50_000_000, b""))
    for at in range(101):
        block = SoundBlock(1 + at * 20_000_000, np.full((960, 1), 3277, np.int16))
        microphone.on_block(SoundFormat(48_000, 1), block)
    running: DeviceCondition[object] = DeviceCondition(DeviceState.RUNNING)
    assert camera.span.rate == pytest.approx(20)
    heard = microphone.result(running)
    assert heard.rate == pytest.approx(48_000)
    assert heard.level_dbfs == pytest.approx(-20, abs=0.1)


def test_no_devices_are_no_good(room: Path) -> None:
    assert command(room, "devices") == 1
