"""Handler of the control socket's requests about the timetable."""

from __future__ import annotations

import logging

from edge.controller.fault_registry import fault_code
from edge.controller.timetable.keeper import UNREADABLE, TimetableKeeper
from edge.link.control_requests import ImportTimetable, ShowDay, TimetableRequest
from edge.link.timetable_messages import DayStatus
from edge.school.import_problems import InvalidTimetable

log = logging.getLogger(__name__)


async def handle_timetable(keeper: TimetableKeeper, request: TimetableRequest) -> tuple[str, DayStatus | None]:
    """Show a day, or import a file: the reason for a failure (empty: done), and the day."""
    try:
        match request:
            case ShowDay(date=day):
                return "", await keeper.show(day)
            case ImportTimetable(timetable=imported):
                return await keeper.import_file(imported.name, imported.data), keeper.status
            case _:
                return "not-understood", None
    except InvalidTimetable as wrong:
        log.error("the timetable cannot be read for a day: %s", wrong.report("en"))
        return UNREADABLE, None
    except OSError as error:
        return fault_code(error), None
