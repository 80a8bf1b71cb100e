"""Today's plan and the clock: the verdicts, and the step with a real controller."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from controller_room import running, until_status
from scripted_technician import ScriptedTechnician
from step_rooms import config_of, context_of, verdicts

from edge.calibration.results import StepResult, Verdict
from edge.calibration.steps import timetable
from edge.calibration.verdicts.timetable import judge_clock, judge_day
from edge.classroom.timetable import ScheduledLesson
from edge.link.timetable_messages import DayStatus, NoteOfDay
from pipelines.measuring.estimate import Estimate

MONDAY = date(2026, 11, 9)
LESSON = ScheduledLesson(datetime(2026, 11, 9, 8, tzinfo=UTC), datetime(2026, 11, 9, 8, 45, tzinfo=UTC), "数学")


def of_day(day: DayStatus | None, faults: Sequence[str] = (), *, is_configured: bool = True) -> dict[str, Verdict]:
    return verdicts(StepResult(step="timetable", findings=judge_day(day, faults, is_configured=is_configured)))


def of_clock(server: str, offset: Estimate | None, *, synchronised: bool, trusted: bool = False) -> dict[str, Verdict]:
    findings = judge_clock(server, offset, is_synchronised=synchronised, is_trusted=trusted)
    return verdicts(StepResult(step="timetable", findings=findings))


def test_a_day_is_good_where_it_has_lessons_or_a_reason_for_none() -> None:
    assert of_day(DayStatus(date=MONDAY, lessons=[LESSON])) == {"timetable-today": Verdict.GOOD}
    assert of_day(DayStatus(date=MONDAY, note=NoteOfDay(kind="holiday"))) == {"timetable-today": Verdict.GOOD}
    assert of_day(DayStatus(date=date(2026, 11, 8))) == {"timetable-today": Verdict.GOOD}
    assert of_day(DayStatus(date=MONDAY)) == {"timetable-today": Verdict.ACCEPTABLE}
    assert of_day(DayStatus()) == {"timetable-today": Verdict.UNMEASURED}
    assert of_day(None) == of_day(None, is_configured=False) == {"timetable-today": Verdict.ACCEPTABLE}
    stale = of_day(DayStatus(date=MONDAY, lessons=[LESSON], is_stale=True), ["timetable-unreachable", "no-recorder"])
    assert stale == {
        "timetable-fault": Verdict.BAD,
        "timetable-source": Verdict.ACCEPTABLE,
        "timetable-today": Verdict.GOOD,
    }


def test_a_clock_is_good_where_a_server_keeps_it_within_a_tenth_of_a_second() -> None:
    near, far, wrong = (Estimate(offset_s, 0.01) for offset_s in (0.02, -1.5, 40.0))
    assert of_clock("ntp", near, synchronised=True) == {
        "clock-synchronised": Verdict.GOOD,
        "time-server": Verdict.GOOD,
        "clock-offset": Verdict.GOOD,
    }
    assert of_clock("ntp", far, synchronised=True)["clock-offset"] is Verdict.ACCEPTABLE
    assert of_clock("ntp", wrong, synchronised=True)["clock-offset"] is Verdict.BAD
    assert of_clock("ntp", None, synchronised=True)["clock-offset"] is Verdict.UNMEASURED
    assert of_clock("", None, synchronised=False)["clock-synchronised"] is Verdict.BAD
    assert of_clock("", None, synchronised=False, trusted=True)["clock-synchronised"] is Verdict.ACCEPTABLE


async def test_the_plan_is_shown_and_the_technician_says_whether_it_is_right(tmp_path: Path) -> None:
    run = tmp_path / "run"
    table = tmp_path / "plan.csv"
    rows = [f"{day},1,08:00,08:45,数学,李老师,七2班\n" for day in range(1, 8)]
    table.write_text(f"星期,节次,开始,结束,科目,教师,班级\n{''.join(rows)}")
    more = f'[timetable]\nfile = "{table}"\ntrust_clock = true\npublic_holidays = false\n'
    text = f'[room]\nschool = "hill"\nroom = "r1"\n[paths]\nspool = "{tmp_path}/spool"\nrun = "{run}"\n{more}'
    async with running(tmp_path, run, more=more) as room:
        await until_status(room, lambda status: status.day and status.day.lessons)
        config = config_of(tmp_path, text)
        technician = ScriptedTechnician({"timetable.right": False, "timetable.time": False})
        result = await asyncio.to_thread(timetable.STEP.run, context_of(config, tmp_path, technician))
        seen = verdicts(result)
        assert (seen["timetable-today"], seen["timetable-right"], seen["clock-right"]) == (
            Verdict.GOOD,
            Verdict.BAD,
            Verdict.BAD,
        )
        assert any("08:00–08:45" in line and "数学" in line for line in technician.told)
        check = context_of(config, tmp_path, technician, is_check=True)
        assert "timetable-right" not in verdicts(await asyncio.to_thread(timetable.STEP.run, check))
