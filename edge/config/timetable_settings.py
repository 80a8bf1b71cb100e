"""Config of the timetable: where it comes from, the term, and what the school changes of the public calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from drivers.address import Address, InvalidAddress
from edge.config.base_section import Section
from edge.config.plain_http import AllowHttp
from edge.config.schema_lookup import RULE


def _iso_date(text: str) -> str:
    if text and parse_day(text) is None:
        raise PydanticCustomError("a-day", "a date such as 2026-09-01")
    return text


def parse_day(text: str) -> date | None:
    """Return the date in ``2026-09-01``; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-09-01") else None
    except ValueError:
        return None


Day = Annotated[str, AfterValidator(_iso_date), Field(json_schema_extra={RULE: "a-day"})]


class TimetableConfig(Section):
    """The timetable's source (``url``, or ``file``, or what was imported), the term, and days unlike the calendar's.

    ``days`` maps a date to ``off``, ``on`` or the date whose lessons it has. ``early_min`` is how long before a lesson
    a recording may begin and still belong to it. ``trust_clock``: this box knows the time without a time service.
    """

    url: str = Field(default="", json_schema_extra={RULE: "calendar-url"})
    allow_http: AllowHttp = False
    file: str = Field(default="", json_schema_extra={RULE: "timetable-file"})
    refresh_min: int = Field(default=30, ge=5, le=1440)
    time_zone: str = Field(default="Asia/Shanghai", json_schema_extra={RULE: "time-zone"})
    term_start: Day = ""
    term_end: Day = ""
    public_holidays: bool = True
    days: dict[str, str] = Field(default={}, json_schema_extra={RULE: "school-days"})
    class_name: str = Field(default="", max_length=64)
    early_min: int = Field(default=10, ge=0, le=60)
    trust_clock: bool = False

    @field_validator("url")
    @classmethod
    def _a_web_address(cls, url: str) -> str:
        if not url:
            return url
        try:
            parts = Address.parse(url, ("https", "http"))
        except InvalidAddress as error:
            raise PydanticCustomError("calendar-url", "https://…", {"why": str(error)}) from None
        if parts.user or parts.password or not url.startswith(parts.scheme):
            raise PydanticCustomError("calendar-url", "https://…")
        return url

    @field_validator("file")
    @classmethod
    def _one_full_path(cls, file: str, info: ValidationInfo) -> str:
        if file and (info.data.get("url") or not Path(file).is_absolute() or not file.isprintable()):
            raise PydanticCustomError("timetable-file", "an absolute path")
        return file

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone, in which pages and board show every time: the box's own may be any."""
        return ZoneInfo(self.time_zone)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise PydanticCustomError("time-zone", "a time zone") from None
        return name

    @field_validator("days")
    @classmethod
    def _days_and_rules(cls, days: dict[str, str]) -> dict[str, str]:
        for day, rule in days.items():
            if parse_day(day) is None or not (rule in ("off", "on") or parse_day(rule)):
                raise PydanticCustomError("school-days", "dates")
        return days
