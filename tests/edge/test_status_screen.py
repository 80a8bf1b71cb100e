"""The room on one screen: what the disk has room for, what holds up the copies, and what a fault's word means."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from edge.classroom.recorder_messages import DeviceStatus
from edge.config.model import Config, RoomConfig
from edge.controller.fault_registry import LEDGER
from edge.controller.finalisation import HELD_UP
from edge.i18n import Language
from edge.i18n.room import MESSAGES
from edge.link.control_messages import DayHint, DiskStatus, LastCheck, Status, UploadProgress
from edge.terminal.status_line import status_line
from edge.terminal.status_screen import status_view
from pipelines.devices.device_state import DeviceState
from pipelines.files import disk

CONFIG = Config(room=RoomConfig(school="s", room="r1"))


def shown(status: Status, language: Language = "en") -> str:
    out = io.StringIO()
    Console(file=out, width=300).print(status_view(status, CONFIG, language))
    return out.getvalue()


def test_the_hours_that_are_left() -> None:
    space = DiskStatus(total_bytes=64_000_000_000, free_bytes=12_340_000_000, hours_left=3.4)
    assert "12.3 GB of 64 GB free: room for about 3.4 h" in shown(Status(state="idle", disk=space))
    assert "约可再录 3.4 小时" in shown(Status(state="idle", disk=space), "zh-CN")


def test_what_comes_by_itself_and_which_press_answers_it() -> None:
    bell = datetime(2026, 9, 7, 8, 43, tzinfo=UTC)
    end = DayHint(act="end", at=bell, at_latest=bell + timedelta(minutes=10))
    assert "ends the lesson at 08:43, or by 08:53 while somebody speaks" in shown(
        Status(state="recording", day_hint=end)
    )
    start = DayHint(act="start", at=bell, is_announced=True)
    assert "08:43 按课表开始上课（按一下暂停按钮就不开始）" in shown(Status(state="idle", day_hint=start), "zh-CN")


def test_without_a_store_nothing_is_said_to_be_on_its_way() -> None:
    check = LastCheck(lesson="r1-0000-000001", recording="good", stored="pending")
    said = shown(Status(state="idle", upload=UploadProgress(configured=False), check=check))
    assert "lessons stay on this box" in said
    assert "the recording is good; no store is configured" in said


def test_what_is_waited_for_and_how_long() -> None:
    said = shown(Status(state="idle", upload=UploadProgress(pending=7, fault="unreachable", next_try_s=12.4)))
    assert "7 file(s) still to be copied, held up: the store is not reached" in said
    assert "tried again in 12 s" in said


def test_a_base_that_is_not_plugged_in_is_told_of() -> None:
    base = DeviceStatus(state=DeviceState.MISSING, reason="/dev/ttyUSB0 is not there")
    said = shown(Status(state="idle", clickers=base), "zh-CN")
    assert "反馈器" in said
    assert "没有 /dev/ttyUSB0" in said


@pytest.mark.parametrize(
    "word", [disk.FULL, disk.READ_ONLY, disk.FAILS, disk.HUNG, disk.SLOW, disk.LOW, disk.NO_ROOM, LEDGER, HELD_UP]
)
def test_every_word_about_disk_and_ledger_has_its_sentence(word: str) -> None:
    sentence = MESSAGES[f"fault-{word}"]
    assert sentence.en in shown(Status(state="idle", faults=[word]))
    assert sentence.zh in shown(Status(state="idle", refusal=word), "zh-CN")


def test_the_line_has_the_lesson_the_devices_and_what_is_wrong() -> None:
    missing = DeviceStatus(state=DeviceState.MISSING, reason="/dev/ttyUSB0 is not there")
    status = Status(
        state="recording",
        lesson="r1-000001",
        lesson_time_s=65.0,
        lamp="on",
        rates_fps={"teacher": 30.0},
        clickers=missing,
        faults=[disk.LOW],
    )
    line = status_line(status, CONFIG, "en").plain
    assert line.startswith(
        "r1: recording  r1-000001  01:05   recording lamp ● on   status lamp ○ off   teacher 30.0 fps"
    )
    assert "clickers missing /dev/ttyUSB0 is not there" in line
    assert line.endswith(MESSAGES[f"fault-{disk.LOW}"].en)
