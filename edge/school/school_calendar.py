"""The school's calendar: public holidays, working days at weekends (调休), the term, and what the config changes.

The dates of public holidays are those of chinesecalendar, which has each year's once the State Council has announced
them (about November of the year before) and a new version of it is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar import Holiday
from chinese_calendar.constants import in_lieu_days, workdays

from edge.classroom.timetable import DayNote

OFF, ON = "off", "on"
DayRule = date | str
"""What the config says of a day: ``off``, ``on`` (an ordinary day, whatever the calendar says), or the day whose
lessons it has."""

# A holiday and the weekends around it, on which what it costs is worked.
_AROUND = timedelta(days=45)
_CHINESE_NAMES = {holiday.value: holiday.chinese for holiday in Holiday}


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """Which days are not like the others of their weekday.

    ``rules`` (by day) win over everything; ``term`` is the first and the last day of the term, None where it is open.
    """

    rules: Mapping[date, DayRule] = field(default_factory=dict)
    term: tuple[date | None, date | None] = (None, None)
    has_public_holidays: bool = True

    def note(self, day: date) -> DayNote | None:
        """What is special about a day; None for an ordinary one, and for any day of a year that is not known."""
        match self.rules.get(day):
            case date() as follows:
                return DayNote("moved", follows=follows)
            case "off":
                return DayNote("holiday")
            case "on":
                return None
            case _:
                return self._term_note(day) or self._public_note(day)

    def is_known(self, day: date) -> bool:
        """Whether the public holidays of the day's year are known; the config's word for any of its days will do."""
        if not self.has_public_holidays or any(day.year == ruled.year for ruled in self.rules):
            return True
        try:
            chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return False
        return True

    def _term_note(self, day: date) -> DayNote | None:
        first, last = self.term
        is_outside = (first is not None and day < first) or (last is not None and day > last)
        return DayNote("vacation") if is_outside else None

    def _public_note(self, day: date) -> DayNote | None:
        if not self.has_public_holidays:
            return None
        try:
            is_off, english = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return None
        if english is None:
            return None
        names = (_CHINESE_NAMES.get(english, english), english)
        return DayNote("holiday", *names) if is_off else DayNote("makeup", *names, follows=_made_up_by(day))


def _made_up_by(day: date) -> date | None:
    """The day off whose work is done on a working day at a weekend.

    The announcement names, for each holiday, as many working weekend days as weekdays that are off in exchange, and
    does not pair them. Schools take them in their order, unless they say otherwise: the first working day has the
    lessons of the first weekday that was given for it.
    """
    holiday = workdays[day]
    worked = _of_holiday(workdays, holiday, day)
    free = _of_holiday(in_lieu_days, holiday, day)
    at = worked.index(day)
    return free[at] if at < len(free) else None


def _of_holiday(days: Mapping[date, str], holiday: str, near: date) -> list[date]:
    return sorted(day for day, name in days.items() if name == holiday and abs(day - near) <= _AROUND)
