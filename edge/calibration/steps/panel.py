"""Step panel: every button pressed and seen, every lamp shown and looked at, the buzzer heard."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from drivers.samples import Beep, Pattern
from edge.calibration.lease import Lease
from edge.calibration.results import Advice, Finding, StepResult, Verdict
from edge.calibration.step import Step, StepContext
from edge.calibration.step_notes import StepNotes
from edge.calibration.technician import Technician
from edge.i18n import lazy_message
from edge.link.calibration_messages import LONGEST_TRIAL_S

NAME = "panel"

_PRESSED_WITHIN_S = 20.0
_RELEASED_WITHIN_S = 5.0
# A contact that bounces longer than its debouncing presses again by itself within this.
_CHATTERS_WITHIN_S = 0.3
_POLL_S = 0.25
_SOUND_AGAIN = 3


@dataclass(frozen=True, slots=True)
class _Shown:
    """A pattern of a lamp, and the name of the question what it shows."""

    name: str
    lamp: Literal["recording", "status"]
    pattern: Pattern


_LAMPS = (
    _Shown("red-on", "recording", Pattern.ON),
    _Shown("red-off", "recording", Pattern.OFF),
    _Shown("green", "status", Pattern.GREEN),
    _Shown("amber", "status", Pattern.AMBER),
    _Shown("status-off", "status", Pattern.OFF),
)
_BUTTONS = ("lesson", "pause", "mark")


def run(context: StepContext) -> StepResult:
    """Try the panel; meanwhile a press begins no lesson.

    Raises:
        StepSkipped: The technician leaves the step out.
        TakenBack: The panel cannot be tried any more.
    """
    notes = StepNotes(NAME)
    panel = context.room.config.panel
    if panel is None:
        notes.add("panel-none", Verdict.GOOD)
        return notes.result()
    if context.lease is None or context.is_check:
        notes.add("panel-untried", Verdict.UNMEASURED, Advice(code="panel-untried"))
        return notes.result()
    lease, technician = context.lease, context.technician
    technician.tell(lazy_message("calibration_roles.panel-safe"))
    buttons = getattr(panel.options, "buttons", None) or _BUTTONS
    for button in (one for one in _BUTTONS if one in buttons):
        with lease.panel_trial(LONGEST_TRIAL_S):
            notes.findings.append(_button(lease, technician, button))
    lamps = getattr(panel.options, "lamps", None) or ("recording", "status")
    for shown in (one for one in _LAMPS if one.lamp in lamps):
        notes.findings.append(_lamp(lease, technician, shown))
    if getattr(panel.options, "buzzer", None) is None:
        notes.add("buzzer-none", Verdict.GOOD)
    else:
        notes.findings.append(_buzzer(lease, technician))
    return notes.result()


def _button(lease: Lease, technician: Technician, button: str) -> Finding:
    """Ask for a press, and wait for it and for its end."""
    technician.tell(lazy_message(f"calibration_roles.press-{button}", seconds=round(_PRESSED_WITHIN_S)))
    deadline_s = time.monotonic() + _PRESSED_WITHIN_S
    other = ""
    while time.monotonic() < deadline_s:
        edge = lease.next_button(_POLL_S)
        if edge is None:
            if technician.wants_to_go_on():
                break
        elif edge.pressed:
            if edge.name == button:
                return _released(lease, button)
            other = edge.name
    if other:
        return _found(button, Verdict.BAD, Advice(code="button-other", values={"other": other}), other)
    return _found(button, Verdict.BAD, Advice(code="button-silent"))


def _released(lease: Lease, button: str) -> Finding:
    deadline_s = time.monotonic() + _RELEASED_WITHIN_S
    while (left_s := deadline_s - time.monotonic()) > 0:
        edge = lease.next_button(left_s)
        if edge is not None and edge.name == button and not edge.pressed:
            again = lease.next_button(_CHATTERS_WITHIN_S)
            if again is not None and again.name == button and again.pressed:
                return _found(button, Verdict.ACCEPTABLE, Advice(code="button-chatters"))
            return _found(button, Verdict.GOOD)
    return _found(button, Verdict.BAD, Advice(code="button-stuck"))


def _lamp(lease: Lease, technician: Technician, shown: _Shown) -> Finding:
    with lease.panel_trial(LONGEST_TRIAL_S):
        lease.show_lamp(shown.lamp, shown.pattern)
        wrong = ("lit", "other") if shown.pattern is Pattern.OFF else ("dark", "other")
        options = [(one, lazy_message(f"calibration_roles.lamp-{one}")) for one in ("right", *wrong)]
        question = lazy_message(f"calibration_roles.see-{shown.name}")
        seen = technician.choose(f"{NAME}.{shown.name}", question, options)
    if seen == "right":
        return Finding(name=f"lamp-{shown.name}", verdict=Verdict.GOOD)
    return Finding(name=f"lamp-{shown.name}", text=seen, verdict=Verdict.BAD, advice=Advice(code=f"lamp-{seen}"))


def _buzzer(lease: Lease, technician: Technician) -> Finding:
    options = [(one, lazy_message(f"calibration_roles.buzzer-{one}")) for one in ("heard", "silent", "again")]
    for _ in range(_SOUND_AGAIN):
        lease.beep(Beep.LONG)
        said = technician.choose(f"{NAME}.buzzer", lazy_message("calibration_roles.hear-buzzer"), options)
        if said == "heard":
            return Finding(name="buzzer", verdict=Verdict.GOOD)
        if said == "silent":
            break
    return Finding(name="buzzer", verdict=Verdict.BAD, advice=Advice(code="buzzer-silent"))


def _found(button: str, verdict: Verdict, advice: Advice | None = None, text: str = "") -> Finding:
    return Finding(name=f"button-{button}", text=text, verdict=verdict, advice=advice)


STEP = Step(NAME, run, needs="devices", in_check=False)
