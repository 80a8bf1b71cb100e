"""Timetable: what today looks like to the controller, and whether the box knows what day it is."""

from __future__ import annotations

from datetime import datetime

from edge.calibration.controller_peer import with_controller
from edge.calibration.finding_makers import advice, fact
from edge.calibration.probes.clock import read_clock
from edge.calibration.results import Finding, StepResult, Verdict
from edge.calibration.step import Step, StepContext
from edge.calibration.technician import Technician
from edge.calibration.verdicts.timetable import judge_clock, judge_day
from edge.config.model import Config
from edge.i18n import lazy_message
from edge.link.control_client import status
from edge.link.timetable_messages import DayStatus

NAME = "timetable"


def run(context: StepContext) -> StepResult:
    """Look at clock and plan, and have the technician say whether they are right.

    Raises:
        NotReachable: The controller does not answer.
    """
    config, technician = context.room.config, context.technician
    room = status(config.paths.run)
    clock = read_clock()
    findings = judge_clock(
        clock.server,
        clock.offset,
        is_synchronised=clock.is_synchronised,
        is_trusted=config.timetable.trust_clock,
    )
    is_configured = bool(config.timetable.url or config.timetable.file)
    findings += judge_day(room.day, room.faults, is_configured=is_configured)
    if not context.is_check:
        findings.append(_ask_for_the_time(technician, config))
        if room.day is not None and room.day.date is not None:
            _tell_day(technician, room.day)
            question = lazy_message("calibration_services.timetable-right")
            if not technician.confirm("timetable.right", question, default=True):
                findings.append(fact("timetable-right", "", Verdict.BAD, advice("timetable-wrong")))
    return StepResult(step=NAME, findings=findings)


def _ask_for_the_time(technician: Technician, config: Config) -> Finding:
    now = datetime.now(config.timetable.zone)
    shown = f"{now:%Y-%m-%d %H:%M}"
    if technician.confirm("timetable.time", lazy_message("calibration_services.time-right", now=shown), default=True):
        return fact("clock-right", shown)
    return fact("clock-right", shown, Verdict.BAD, advice("clock-wrong"))


def _tell_day(technician: Technician, day: DayStatus) -> None:
    if not day.lessons:
        technician.tell(lazy_message("calibration_services.timetable-no-lessons", day=str(day.date)))
        return
    technician.tell(lazy_message("calibration_services.timetable-day", day=str(day.date)))
    for lesson in day.lessons:
        parts = (lesson.period, lesson.class_name, lesson.subject, lesson.teacher)
        text = f"  {lesson.start:%H:%M}–{lesson.end:%H:%M}  {'  '.join(filter(None, parts))}"
        technician.tell(lazy_message("calibration_services.line", text=text))


STEP = Step(NAME, with_controller(NAME, run), needs="nothing", in_check=True)
