"""Weekly timetables as schools have them: grids and lists, times beside or below, odd and even weeks, and mistakes."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.school.import_problems import InvalidTimetable
from edge.school.timetable_cells import CellLesson, parse_cell
from edge.school.timetable_csv import lessons_on, read_weekly

ZONE = ZoneInfo("Asia/Shanghai")
TERM_START = date(2026, 9, 1)  # a Tuesday: Monday 31 August begins week 1
GRID = """\
向阳小学三年级（2）班课程表,,,,,,,
时段,节次,时间,星期一,星期二,星期三,星期四,星期五
上午,早读,07:50-08:10,语文,英语,语文,英语,语文
,第一节,8：20～9：00,语文（张敏）,数学,语文,英语,数学
,大课间,09:00-09:30,,,,,
,第二节,09:30至10:10,数学,语文,音乐(单)/美术(双),体育,语文
,午休,12:00-14:00,午休,,,,
下午,第三节,2:00-2:40,"班会
张敏",体育,,信息科技/李强,—
"""
LIST = """\
星期,节次,开始,结束,科目,教师,班级,单双周
一,1,08:00,08:40,语文,张敏,三2班,
周三,2,8:50,9:30,音乐,孙莉,三2班,单
3,2,8:50,9:30,美术,周洁,三2班,双周
Friday,5,14:00,14:40,体育,王刚,三1班,每周
"""
BELLS_BELOW = """\
节次,Mon,Tue
1,Chinese,maths
2,maths,art (odd) / music (even)

节次,时间
1,08:00-08:40
2,08:50-09:30
"""


def day(text: str, on: str, encoding: str = "utf-8") -> list[str]:
    """The lessons of a day as ``08:00 subject teacher class period``."""
    weekly = read_weekly("t.csv", text.encode(encoding))
    lessons = lessons_on(weekly, [date.fromisoformat(on)], TERM_START, ZONE)
    return [
        " ".join(filter(None, (f"{one.start:%H:%M}", one.subject, one.teacher, one.class_name, one.period)))
        for one in lessons[date.fromisoformat(on)]
    ]


@pytest.mark.parametrize(
    ("case", "table", "on", "expected"),
    [
        (
            "a grid's Monday: teacher in brackets or below, a break is no lesson, 2:00 is in the afternoon",
            GRID,
            "2026-09-07",
            [
                "07:50 语文 三年级（2）班 早读",
                "08:20 语文 张敏 三年级（2）班 第一节",
                "09:30 数学 三年级（2）班 第二节",
                "14:00 班会 张敏 三年级（2）班 第三节",
            ],
        ),
        ("an odd Wednesday", GRID, "2026-09-02", ["07:50 语文", "08:20 语文", "09:30 音乐"]),
        ("an even Wednesday", GRID, "2026-09-09", ["07:50 语文", "08:20 语文", "09:30 美术"]),
        ("Sunday still belongs to the week that Monday began", LIST, "2026-09-06", []),
        ("a list's Monday", LIST, "2026-09-07", ["08:00 语文 张敏 三2班 1"]),
        ("a list's odd Wednesday", LIST, "2026-09-16", ["08:50 音乐 孙莉 三2班 2"]),
        ("a list's even Wednesday", LIST, "2026-09-23", ["08:50 美术 周洁 三2班 2"]),
        ("a weekday in English", LIST, "2026-09-11", ["14:00 体育 王刚 三1班 5"]),
        ("times in a table below", BELLS_BELOW, "2026-09-01", ["08:00 maths 1", "08:50 art 2"]),
        ("and the even week of it", BELLS_BELOW, "2026-09-08", ["08:00 maths 1", "08:50 music 2"]),
    ],
)
def test_a_day(case: str, table: str, on: str, expected: list[str]) -> None:
    found = day(table, on)
    assert [one[: len(wanted)] for one, wanted in zip(found, expected, strict=True)] == expected, case


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_the_encodings_of_spreadsheets(encoding: str) -> None:
    assert day(GRID, "2026-09-07", encoding) == day(GRID, "2026-09-07")


@pytest.mark.parametrize("times", ["6:40-7:10", "06:40-07:10"])
def test_an_early_reading_is_in_the_morning(times: str) -> None:
    assert day(f"节次,时间,周一,周二\n早读,{times},语文,数学\n", "2026-09-07")[0].startswith("06:40 语文")


def test_semicolons_and_tabs() -> None:
    assert (
        day(LIST.replace(",", ";"), "2026-09-07")
        == day(LIST.replace(",", "\t"), "2026-09-07")
        == day(LIST, "2026-09-07")
    )


def test_periods_are_the_bell_schedule_with_its_breaks() -> None:
    periods = read_weekly("t.csv", GRID.encode()).periods
    assert [(one.name, f"{one.start:%H:%M}") for one in periods] == [
        ("早读", "07:50"),
        ("第一节", "08:20"),
        ("大课间", "09:00"),
        ("第二节", "09:30"),
        ("午休", "12:00"),
        ("第三节", "14:00"),
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", []),
        ("—", []),
        ("午休", []),
        ("双语阅读", [CellLesson("双语阅读")]),
        ("语文（张敏）", [CellLesson("语文", "张敏")]),
        ("语文\n张敏", [CellLesson("语文", "张敏")]),
        ("语文/张敏/三（2）班", [CellLesson("语文", "张敏", "三（2）班")]),
        ("化学(实验楼302)", [CellLesson("化学")]),
        ("单：音乐 双：美术", [CellLesson("音乐", weeks="odd"), CellLesson("美术", weeks="even")]),
        ("音乐/美术（单双周）", [CellLesson("音乐", weeks="odd"), CellLesson("美术", weeks="even")]),
        (
            "音乐(单)\n孙莉\n美术(双)\n周洁",
            [CellLesson("音乐", "孙莉", "", "odd"), CellLesson("美术", "周洁", "", "even")],
        ),
        ("英语（双周）张伟", [CellLesson("英语", "张伟", "", "even")]),
    ],
)
def test_a_cell(cell: str, expected: list[CellLesson]) -> None:
    assert parse_cell(cell) == expected


@pytest.mark.parametrize(
    ("case", "table", "expected"),
    [
        ("no header", "语文,数学\n1,2\n", "t.csv: no header"),
        ("a list without subjects", "星期,节次,时间\n一,1,08:00-08:40\n", "t.csv: no header"),
        ("nothing in it", "节次,时间,星期一,星期二\n1,08:00-08:40,,\n", "t.csv: not one lesson"),
        (
            "a period without a time",
            "节次,星期一,星期二\n\n第一节,语文,\n",
            "t.csv, line 3, column “星期一”: “第一节” has no",
        ),
        ("no time", "节次,时间,周一,周二\n1,早上,语文,\n", "t.csv, line 2, column “时间”: “早上” is no time"),
        (
            "ends before it begins",
            "节次,时间,周一,周二\n1,09:00-08:00,语文,\n",
            "t.csv, line 2, column “时间”: “09:00-08:00”",
        ),
        ("two times of a period", BELLS_BELOW + "2,09:00-09:40\n", "t.csv, line 8: “2” has two different times"),
        (
            "a whole school's",
            LIST + "一,1,08:00,08:40,语文\n" * 60,
            "t.csv: a day has more than 60 lessons",
        ),
        ("no weekday", LIST + "八,1,08:00,08:40,语文,,,\n", "t.csv, line 6, column “星期”: “八” is no weekday"),
        ("no weeks", LIST + "一,3,10:00,10:40,语文,,,三\n", "t.csv, line 6, column “单双周”: “三” is not odd"),
        (
            "at the same time",
            LIST + "一,3,08:30,09:00,语文,,,\n",
            "t.csv, line 6, column “科目”: at the same time as the lesson in line 2",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(case: str, table: str, expected: str) -> None:
    with pytest.raises(InvalidTimetable) as wrong:
        read_weekly("t.csv", table.encode())
    assert wrong.value.report("en").startswith(expected), case
    assert wrong.value.report("zh-CN").startswith("t.csv")


def test_odd_and_even_weeks_need_the_start_of_the_term() -> None:
    with pytest.raises(InvalidTimetable, match="1 mistake"):
        lessons_on(read_weekly("t.csv", LIST.encode()), [TERM_START], None, ZONE)


# Whatever a school's spreadsheet may hold, in whatever order.
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "语文",
            "单：音乐 双：美术",
            "08:00-08:40",
            "25:61-3:00",
            "星期一",
            "周日",
            "节次",
            "时间",
            "科目",
            "星期",
            "(单)",
            "（）",
            "/",
            "双周",
        ]
    ),
)


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, max_size=8), max_size=8))
def test_any_table_is_read_or_refused_with_a_reason(table: list[list[str]]) -> None:
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table)
    told = ""
    try:
        weekly = read_weekly("t.csv", text.encode("utf-8", "replace"))
    except InvalidTimetable as wrong:
        told = wrong.report("en") and wrong.report("zh-CN")
    else:
        found = lessons_on(weekly, [TERM_START], TERM_START, ZONE)[TERM_START]
        assert all(one.start < one.end and one.subject for one in found)
    assert told or weekly.lessons


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(InvalidTimetable):
        read_weekly("t.csv", data)
