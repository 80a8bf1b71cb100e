"""Texts of a report: sentences of findings, steps and advice by their codes, figures with their uncertainty, times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, tzinfo

from drivers.address import MASK, mask_addresses
from edge.calibration.result_lines import advice_text, devices_text, finding_title, step_title
from edge.calibration.results import Finding, MeasuredDevice, Range, Setting, Tolerance, Verdict
from edge.config.secret_masking import is_secret_key
from edge.i18n import Language, translate

CATALOGUE = "calibration_report"
# A box that does not know the time may take it for 1970.
_FIRST_YEAR = 2020


@dataclass(frozen=True, slots=True)
class Words:
    """Texts in the reader's language; times are shown in ``zone``."""

    language: Language
    zone: tzinfo

    def say(self, name: str, **values: object) -> str:
        """A sentence of the report itself.

        Raises:
            KeyError: There is none of this name.
        """
        return translate(f"{CATALOGUE}.{name}", self.language, **values)

    def step(self, name: str) -> str:
        """The title of a step."""
        return step_title(name, self.language)

    def finding(self, finding: Finding) -> str:
        """What a finding is about."""
        return finding_title(finding, self.language)

    def advice(self, finding: Finding) -> str:
        """What to do about a finding, as a sentence; empty without advice."""
        return advice_text(finding, self.language)

    def verdict(self, verdict: Verdict) -> str:
        """A verdict's word."""
        return translate(f"calibration.verdict-{verdict}", self.language)

    def caption(self, name: str) -> str:
        """The caption of a picture; its name where results of another version have what this one does not know."""
        try:
            return translate(f"calibration_pictures.{name}", self.language)
        except (KeyError, ImportError):
            return name

    def device(self, roles: str) -> str:
        """The device or pair of devices that a finding is about; the room where it names none."""
        return devices_text(roles, self.language) if roles else self.say("the-room")

    def about(self, what: str, device: str) -> str:
        """A caption with the device that it is about, if it is about one."""
        return self.say("of-device", what=what, device=self.device(device)) if device else what

    def identity(self, device: MeasuredDevice) -> str:
        """Model, serial number and port of a device, as far as they are known."""
        parts = (
            device.model or device.driver,
            device.serial and self.say("serial-short", serial=device.serial),
            device.port,
        )
        return self.say("comma").join(filter(None, parts))

    def time(self, moment: datetime | None) -> str:
        """Date, time and offset from UTC; a sentence where the box did not know the time."""
        if moment is None or moment.year < _FIRST_YEAR:
            return self.say("time-unknown")
        offset = f"{moment.astimezone(self.zone):%z}"
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})"

    def figure(self, finding: Finding) -> str:
        """The value with half its 95 % interval and its unit, the fact, or both."""
        if finding.value is None:
            return finding.text or self.say("no-value")
        value = f"{figure_text(finding.value, finding.half_width)} {finding.unit}".rstrip()
        return self.say("of-device", what=value, device=finding.text) if finding.text else value

    def tolerance(self, tolerance: Tolerance | None, unit: str) -> str:
        """What is good, and what can still be accepted."""
        if tolerance is None:
            return "–"
        good = _with_unit(range_text(tolerance.good), unit)
        if tolerance.acceptable == tolerance.good:
            return good
        acceptable = self.say("anything")
        if tolerance.acceptable != Range():
            acceptable = _with_unit(range_text(tolerance.acceptable), unit)
        return self.say("tolerance", good=good, acceptable=acceptable)

    def setting(self, key: str, value: Setting) -> str:
        """The value of a config key, without what is secret."""
        match value:
            case None:
                return self.say("not-set")
            case bool():
                return "true" if value else "false"
            case _ if is_secret_key(key.rpartition(".")[2]):
                return MASK
            case str():
                return mask_addresses(value)
            case _:
                return number_text(float(value), 6)


def figure_text(value: float, half_width: float | None) -> str:
    """A value and half its 95 % interval, rounded to two significant digits of the latter.

    Source: JCGM 100:2008, 7.2.6: it usually suffices to quote an uncertainty to at most two significant digits.
    """
    if half_width is None or not math.isfinite(half_width) or half_width <= 0:
        return number_text(value, 4)
    decimals = max(0, 1 - math.floor(math.log10(half_width)))
    return f"{_minus(f'{value:.{decimals}f}')} ± {half_width:.{decimals}f}"


def number_text(value: float, digits: int) -> str:
    """A number with at least so many significant digits, without zeros at its end and without an exponent."""
    if not math.isfinite(value) or value == 0:
        return "0" if value == 0 else str(value)
    decimals = min(12, max(0, digits - 1 - math.floor(math.log10(abs(value)))))
    text = f"{value:.{decimals}f}"
    return _minus(text.rstrip("0").rstrip(".") if decimals else text)


def range_text(limits: Range) -> str:
    """A range: ≥ 55, ≤ 5, −5 … 5."""
    low = None if limits.low is None else number_text(limits.low, 4)
    high = None if limits.high is None else number_text(limits.high, 4)
    if low is None:
        return "–" if high is None else f"≤ {high}"
    return f"≥ {low}" if high is None else low if low == high else f"{low} … {high}"


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}".rstrip()


def _minus(text: str) -> str:
    """With a true minus sign, and no negative zero."""
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−", 1) if text.startswith("-") else text
