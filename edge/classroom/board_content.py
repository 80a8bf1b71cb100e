"""What people put on the class board: notices, duty, an emergency text, an exam; pure.

Everything here is read by passers-by, so that it is plain text on one line each, and bounded.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from edge.classroom.plain_line import plain_line

FILE_NAME = "board.json"
LONGEST_NOTICE = 120
MOST_NOTICES = 4
LONGEST_DUTY = 24
MOST_ON_DUTY = 12
LONGEST_EMERGENCY = 80
LONGEST_TITLE = 40
MOST_SEATS = 80


def _without_empty(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


Notice = Annotated[str, BeforeValidator(plain_line), Field(max_length=LONGEST_NOTICE)]
OnDuty = Annotated[str, BeforeValidator(plain_line), Field(max_length=LONGEST_DUTY)]
Notices = Annotated[tuple[Notice, ...], Field(max_length=MOST_NOTICES), AfterValidator(_without_empty)]
Duty = Annotated[tuple[OnDuty, ...], Field(max_length=MOST_ON_DUTY), AfterValidator(_without_empty)]
Emergency = Annotated[str, BeforeValidator(plain_line), Field(max_length=LONGEST_EMERGENCY)]
Title = Annotated[str, BeforeValidator(plain_line), Field(max_length=LONGEST_TITLE)]
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class ExamSeat(BaseModel):
    """A seat of an exam, and who sits there; the name is empty where it is not shown."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seat: Annotated[str, BeforeValidator(plain_line), Field(min_length=1, max_length=12)]
    name: Annotated[str, BeforeValidator(plain_line), Field(max_length=24)] = ""


class Exam(BaseModel):
    """An exam in this room on one day, from ``begins`` to ``ends`` by the box's clock (``HH:MM``)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Title = ""
    room: Title = ""
    subject: Annotated[str, BeforeValidator(plain_line), Field(min_length=1, max_length=LONGEST_TITLE)]
    date: datetime.date
    begins: ClockTime
    ends: ClockTime
    seats: tuple[ExamSeat, ...] = Field(default=(), max_length=MOST_SEATS)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Exam:
        if self.ends <= self.begins:
            raise ValueError("ends is later than begins")
        return self

    def without_names(self) -> Exam:
        """A copy that tells of its seats by number only."""
        return self.model_copy(update={"seats": tuple(ExamSeat(seat=one.seat) for one in self.seats)})


class BoardTexts(BaseModel):
    """Everything that people put on the board; ``emergency`` is empty where there is none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = 1
    notices: Notices = ()
    duty: Duty = ()
    emergency: Emergency = ""
    exam: Exam | None = None
