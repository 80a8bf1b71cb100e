"""Whose answer a device's is: the students of a class by clicker, and by the phone that one has joined with; pure."""

from __future__ import annotations

from dataclasses import dataclass

from edge.classroom.roster import Roster, Student


@dataclass(frozen=True, slots=True)
class Respondents:
    """The students of one class, by clicker and by phone.

    A phone is a device too: its id is drawn from the student it was joined for, so that a poll which is read from the
    ledger again needs nothing but the roster to know whose it was.
    """

    by_clicker: dict[str, Student]
    by_phone: dict[str, Student]

    @classmethod
    def of(cls, roster: Roster, school_class: str) -> Respondents:
        """Those of the class of this name; nobody where there is none."""
        found = roster.school_class(school_class)
        if found is None:
            return cls({}, {})
        phones = {roster.phone_device(school_class, student.number): student for student in found.students}
        return cls(found.students_by_device(), phones)

    def student(self, device: str) -> Student | None:
        """The student whose device it is; None for a device that is nobody's."""
        return self.by_clicker.get(device) or self.by_phone.get(device)

    def counts(self, device: str) -> bool:
        """Whether its answer counts: a student's does, and any clicker's in a class that has none bound."""
        return self.student(device) is not None or not self.by_clicker

    def phones_among(self, devices: set[str]) -> int:
        """How many of the devices are phones."""
        return len(devices & self.by_phone.keys())
