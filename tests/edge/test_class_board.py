"""What people put on the class board, through a controller's real socket, and what its status tells of the room."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from controller_room import Room, running, until_status
from hypothesis import given
from hypothesis import strategies as st

from edge.classroom.board_content import LONGEST_NOTICE, BoardTexts, ExamSeat
from edge.classroom.plain_line import plain_line
from edge.school.exam_seats_csv import read_exam_seats
from edge.school.import_problems import InvalidClassList

EXAM = {"subject": "数学", "date": "2026-11-10", "begins": "08:30", "ends": "10:30"}
SEATS = [{"seat": "01", "name": "陈晨"}, {"seat": "02", "name": "方圆"}]
STUDENTS = [{"number": f"{at}", "name": f"学生{at}", "device": f"{at}"} for at in range(1, 6)]


@given(st.text(max_size=200))
def test_a_line_of_the_board_is_one_line_that_can_be_printed(text: str) -> None:
    line = plain_line(text)
    assert isinstance(line, str)
    assert line == plain_line(line)
    assert line.isprintable()
    assert not line.startswith(" ")


def test_a_text_that_turns_the_line_around_loses_what_turns_it() -> None:
    assert BoardTexts(notices=("家长会\u202e 明天\n2:30\x07",)).notices == ("家长会 明天 2:30",)


def test_seats_are_read_as_a_school_writes_them_and_each_mistake_has_its_line(tmp_path: Path) -> None:
    table = tmp_path / "座位.csv"
    table.write_bytes("期中考试,,\n座位号,准考证号,姓名\n01,7,陈晨\n02,8,方圆\n".encode("gb18030"))
    assert read_exam_seats(table) == (ExamSeat(seat="01", name="陈晨"), ExamSeat(seat="02", name="方圆"))
    table.write_text("座位号,姓名\n01,陈晨\n,方圆\n01,高远\n")
    with pytest.raises(InvalidClassList) as wrong:
        read_exam_seats(table)
    assert [problem.place.line for problem in wrong.value.problems] == [3, 4]


async def _board(room: Room) -> dict[str, Any]:
    return (await room.ask("status"))["status"]["board"]


async def test_texts_are_kept_over_a_restart_and_names_of_seats_stay_in_the_controller(tmp_path: Path) -> None:
    async with running(tmp_path, tmp_path) as room:
        assert (await room.ask("board-notice", notices=["<b>家长会</b>", " "]))["texts"]["notices"] == ["<b>家长会</b>"]
        assert (await room.ask("board-duty", duty=["第一组"]))["ok"]
        assert (await room.ask("board-exam", exam={**EXAM, "seats": SEATS}))["ok"]
        assert (await room.ask("board-emergency", text="请到操场集合"))["ok"]
    assert (tmp_path / "board.json").stat().st_mode & 0o777 == 0o640
    async with running(tmp_path, tmp_path) as room:
        status = await until_status(room, lambda status: status.board and status.board.emergency)
        assert status.board is not None
        assert status.board.notices == ["<b>家长会</b>"]
        assert status.board.exam is not None
        assert (status.board.exam.date, status.board.exam.seats) == (datetime.date(2026, 11, 10), 2)
        shown = await room.ask("board-show")
        assert [seat["name"] for seat in shown["texts"]["exam"]["seats"]] == ["", ""]
        assert "陈晨" not in str(shown)
        assert (await room.ask("board-emergency"))["status"]["board"]["emergency"] == ""


async def test_names_of_seats_are_shown_where_the_config_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, tmp_path, more="[board]\nexam_names = true\n") as room:
        shown = await room.ask("board-exam", exam={**EXAM, "seats": SEATS})
        assert [seat["name"] for seat in shown["texts"]["exam"]["seats"]] == ["陈晨", "方圆"]
        assert "陈晨" not in str(shown["status"]), "names never travel in the status"


async def test_a_text_that_is_too_long_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        BoardTexts(notices=("x" * (LONGEST_NOTICE + 1),))


async def test_a_roll_call_is_counted_for_the_board_and_stays_when_the_lesson_ends(tmp_path: Path) -> None:
    more = "[board]\nphones = true\n"
    async with running(tmp_path, tmp_path, more=more) as room:
        assert (await room.ask("roster-import", roster={"classes": [{"name": "九（3）", "students": STUDENTS}]}))["ok"]
        assert (await room.ask("start"))["ok"]
        await until_status(room, lambda status: status.clickers and status.clickers.state == "running")
        assert (await room.ask("poll-open", poll={"kind": "rollcall"}))["ok"]
        board = await _board(room)
        assert board["school_class"] == "九（3）"
        assert board["question"] == {"number": 1, "kind": "rollcall", "choices": 0}
        assert board["roll"] == {"due": 5, "here": 0}
        assert (await room.ask("poll-close"))["ok"]
        assert (await room.ask("stop"))["ok"]
        await until_status(room, lambda status: status.lesson is None and status.board and status.board.roll)
        assert (await _board(room))["question"] is None
        assert (await room.ask("roster-import", roster={"classes": [{"name": "八（1）", "students": STUDENTS}]}))["ok"]
        assert (await room.ask("roster-use", roster={"use": "八（1）"}))["ok"]
        assert (await _board(room))["roll"] is None, "another class has come"
