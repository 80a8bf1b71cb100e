"""The roster: students by class, and the clicker bound to each; pure.

A room that several classes use has several: one of them is current, and clickers are bound class by class, since the
classes share them. What leaves the room has no names but pseudonyms, which only this box can make, and makes the same
for as long as it keeps its key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_PSEUDONYM_DIGITS = 16


class NotInRoster(LookupError):
    """There is no such student or class; ``name`` is what was asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Student(BaseModel):
    """A student; ``number`` (学号) is unique in a class, ``device`` is the clicker's, empty where unbound."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=64)
    seat: str = Field(default="", max_length=32)
    group: str = Field(default="", max_length=64)
    device: str = Field(default="", max_length=32)


class SchoolClass(BaseModel):
    """A class as a school names it, its students in the order of the list."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(min_length=1, max_length=64)
    students: tuple[Student, ...] = ()

    def students_by_device(self) -> dict[str, Student]:
        """The students who have a clicker, by its device id."""
        return {student.device: student for student in self.students if student.device}

    @property
    def groups(self) -> list[str]:
        """Its groups, in the order of the list."""
        return list(dict.fromkeys(student.group for student in self.students if student.group))

    def unbound(self) -> list[Student]:
        """The students who have no clicker."""
        return [student for student in self.students if not student.device]


class Roster(BaseModel):
    """Every class of this room; ``current`` names the one that is present, empty where none is.

    ``key`` is the HMAC key of the pseudonyms, in hex.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = 1
    key: str = Field(default_factory=lambda: secrets.token_hex(32), pattern=r"^[0-9a-f]{64}$")
    current: str = ""
    classes: tuple[SchoolClass, ...] = ()

    def school_class(self, name: str) -> SchoolClass | None:
        """The class of that name; None where there is none."""
        return next((one for one in self.classes if one.name == name), None)

    @property
    def current_class(self) -> SchoolClass | None:
        """The class that is present."""
        return self.school_class(self.current)

    def with_current(self, name: str) -> Roster:
        """A copy in which this class is present.

        Raises:
            NotInRoster: there is no such class.
        """
        if self.school_class(name) is None:
            raise NotInRoster(name)
        return self.model_copy(update={"current": name})

    def with_classes(self, imported: Sequence[SchoolClass]) -> Roster:
        """A copy with the imported classes added or replaced; the first class is present where none was.

        A student who is in the class already keeps the clicker, unless the import says whose it is.
        """
        merged = {one.name: one for one in self.classes}
        for one in imported:
            merged[one.name] = _with_clickers_of(one, merged.get(one.name))
        current = self.current if self.current in merged else next(iter(merged), "")
        return self.model_copy(update={"classes": tuple(merged.values()), "current": current})

    def bind(self, number: str, device: str) -> Roster:
        """A copy in which the present class has the clicker bound to this student alone; an empty ``device`` unbinds.

        Raises:
            NotInRoster: the class has no such student.
        """
        current = self.current_class
        if current is None or number not in {student.number for student in current.students}:
            raise NotInRoster(number)

        def bound(student: Student) -> Student:
            if student.number == number:
                return student.model_copy(update={"device": device})
            return student.model_copy(update={"device": ""}) if student.device == device else student

        changed = current.model_copy(update={"students": tuple(map(bound, current.students))})
        return self.model_copy(update={"classes": tuple(changed if one is current else one for one in self.classes)})

    def pseudonym(self, class_name: str, number: str) -> str:
        """The pseudonym of a student (16 hex digits of an HMAC-SHA-256)."""
        return self._pseudonym("student", class_name, number)

    def pseudonym_of_device(self, device: str) -> str:
        """The pseudonym of an unknown clicker, whose number may well be a seat's."""
        return self._pseudonym("clicker", device)

    def phone_device(self, class_name: str, number: str) -> str:
        """The device id of a student's phone: as long as a clicker's may be, and no clicker's."""
        return f"phone-{self._pseudonym('phone', class_name, number)}"

    def _pseudonym(self, *names: str) -> str:
        message = "\0".join(names).encode()
        return hmac.new(bytes.fromhex(self.key), message, hashlib.sha256).hexdigest()[:_PSEUDONYM_DIGITS]


def _with_clickers_of(imported: SchoolClass, before: SchoolClass | None) -> SchoolClass:
    taken = {student.device for student in imported.students if student.device}
    kept = {student.number: student.device for student in before.students} if before is not None else {}

    def bound(student: Student) -> Student:
        device = kept.get(student.number, "")
        return student.model_copy(update={"device": device}) if not student.device and device not in taken else student

    return imported.model_copy(update={"students": tuple(map(bound, imported.students))})


def students_by_pseudonym(roster: Roster) -> dict[str, Student]:
    """Every student by pseudonym."""
    return {roster.pseudonym(one.name, student.number): student for one in roster.classes for student in one.students}
