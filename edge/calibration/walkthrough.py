"""The technician's walk through the steps: each announced, measured, shown, and then kept, repeated or undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edge.calibration.finding_makers import advice, fact
from edge.calibration.interrupts import Interrupts, counted_interrupts, interrupts_put_off
from edge.calibration.lease import Lease
from edge.calibration.results import Results, SettingChange, StepResult, Verdict
from edge.calibration.results_folder import OpenCalibration
from edge.calibration.room_file import RoomFile, RoomFileWritten
from edge.calibration.room_under_test import RoomUnderTest
from edge.calibration.step import Step, StepContext
from edge.calibration.step_edge import LEFT, SKIPPED, carry_out, not_measured, refusal_text
from edge.calibration.technician import StepSkipped, Technician
from edge.config.problems import ConfigProblems
from edge.i18n import ForeignSentence, LazyMessage, foreign_sentence, lazy_message
from pipelines.files.disk import fault_code

Lender = Callable[[Step], AbstractContextManager[RoomUnderTest]]
"""Borrows the room for one step; with the config as it stands then.

Raises LoanUnavailable; and TakenBack, anywhere in the main thread, while it is lent.
"""


class Screen(Protocol):
    """Where a walk is seen."""

    def begin(self, step: str, number: int, count: int) -> None:
        """Say which step comes, the ``number``-th of ``count``, what will happen, and what it needs in the room."""

    def result(self, result: StepResult) -> None:
        """Show what a step has found, how good that is, and what to do."""

    def summary(self, results: Results) -> None:
        """Show all steps with their verdicts."""


@dataclass(slots=True)
class Walkthrough:
    """``take_up`` has the running system use settings that were changed; ``now`` is None while the time is not known.

    Where the walk is not attended nothing but the steps' own questions is asked.
    """

    technician: Technician
    screen: Screen
    load_step: Callable[[str], Step]
    lend: Lender
    room_file: RoomFile
    calibration: OpenCalibration
    earlier: Results | None
    take_up: Callable[[Sequence[SettingChange]], None]
    now: Callable[[], dt.datetime | None]
    is_attended: bool
    earlier_folder: Path | None = None
    lease: Callable[[], Lease | None] = lambda: None

    def run(self, steps: Sequence[str]) -> bool:
        """Walk through the steps of these names; whether that came to its end, and was not left by the technician.

        Ctrl-C leaves a step, and the walk where it comes twice or between steps.

        Raises:
            TakenBack, LoanUnavailable, TechnicianGone: the walk cannot go on; what was found so far is kept.
        """
        with counted_interrupts() as interrupts:
            try:
                for number, step in enumerate(steps, 1):
                    self.screen.begin(step, number, len(steps))
                    if not self._walk(step, interrupts):
                        return False
            except KeyboardInterrupt:
                return False
        return True

    def undo(self, step: str) -> bool:
        """Give the settings that a step has changed their values from before, and say so; whether that was possible."""
        result = self.calibration.results.steps.get(step)
        if result is None or not result.changes:
            self.technician.tell(lazy_message("calibration.nothing-to-undo"))
            return True
        try:
            with interrupts_put_off():
                written = self.room_file.undo(result.changes)
                self._save(result.model_copy(update={"changes": []}))
        except (ConfigProblems, OSError) as error:
            self.technician.tell(lazy_message("calibration.undo-refused", reason=_reason(error)))
            return False
        self.technician.tell(lazy_message("calibration.undone", count=len(result.changes)))
        self._taken_up(written)
        return True

    def _walk(self, step: str, interrupts: Interrupts) -> bool:
        """One step, as often as the technician wants it; whether the walk goes on."""
        if self.is_attended:
            match self._ask(step, "begin", ("start", "skip", "leave")):
                case "leave":
                    return False
                case "skip":
                    self._leave_out(step, SKIPPED)
                    return True
        while True:
            self._measure(step, interrupts)
            if not self.is_attended:
                return True
            then = self._ask_what_then(step)
            if then != "again":
                return then == "go-on"

    def _ask_what_then(self, step: str) -> str:
        while True:
            result = self.calibration.results.steps.get(step)
            undo = ("undo",) if result is not None and result.changes else ()
            then = self._ask(step, "then", ("go-on", "again", *undo, "leave"))
            if then != "undo":
                return then
            self.undo(step)

    def _ask(self, step: str, question: str, choices: Sequence[str]) -> str:
        options = [(choice, lazy_message(f"calibration.choice-{choice}")) for choice in choices]
        try:
            return self.technician.choose(f"{step}.{question}", lazy_message(f"calibration.ask-{question}"), options)
        except StepSkipped:
            return "skip" if "skip" in choices else "go-on"

    def _measure(self, step: str, interrupts: Interrupts) -> None:
        interrupts.count = 0
        try:
            result = self._measured(step)
        except KeyboardInterrupt:
            if interrupts.count > 1:
                raise
            self.technician.tell(lazy_message("calibration.step-left"))
            self._leave_out(step, LEFT)
            return
        with interrupts_put_off():
            result, written = self._settled(result)
            self._save(result)
        self.screen.result(result)
        self._taken_up(written)

    def _measured(self, name: str) -> StepResult:
        try:
            step = self.load_step(name)
        except ModuleNotFoundError as error:
            return not_measured(name, advice("package-missing", package=error.name or str(error)))
        with self.lend(step) as room:
            context = StepContext(
                room=room,
                technician=self.technician,
                folder=self.calibration.folder,
                so_far=self.calibration.results,
                earlier=self.earlier,
                earlier_folder=self.earlier_folder,
                lease=self.lease(),
                is_check=False,
            )
            return carry_out(step, context)

    def _leave_out(self, step: str, why: str) -> None:
        """Say in the results that a step was not done, where they have nothing of it."""
        if step not in self.calibration.results.steps:
            self._save(not_measured(step, advice(why, step=step)))

    def _settled(self, result: StepResult) -> tuple[StepResult, RoomFileWritten]:
        """The result with its time, when its settings are in room.toml, or with a finding of why they are not."""
        if result.measured_at is None:
            result = result.model_copy(update={"measured_at": self.now()})
        try:
            written = self.room_file.set({change.key: change.after for change in result.changes})
        except (ConfigProblems, OSError) as error:
            reason = refusal_text(error) if isinstance(error, ConfigProblems) else error.strerror or str(error)
            refused = fact("settings", "", Verdict.BAD, advice("settings-refused", reason=reason))
            kept = self._changes_so_far(result.step)
            update = {"findings": [*result.findings, refused], "changes": kept}
            return result.model_copy(update=update), RoomFileWritten(())
        changes = _joined(self._changes_so_far(result.step), written.changes)
        return result.model_copy(update={"changes": changes}), written

    def _changes_so_far(self, step: str) -> list[SettingChange]:
        """What the step has changed in this calibration, and not in one that this one repeats in part."""
        result = self.calibration.results.steps.get(step)
        return [] if result is None or step in self.calibration.repeated else result.changes

    def _taken_up(self, written: RoomFileWritten) -> None:
        if written.kept is not None:
            self.technician.tell(lazy_message("calibration.comments-kept", file=written.kept))
        if written.changes:
            self.take_up(written.changes)

    def _save(self, result: StepResult) -> None:
        try:
            self.calibration.add(result)
        except OSError as error:
            self.technician.tell(lazy_message("calibration.not-saved", reason=_reason(error)))


def _joined(earlier: Sequence[SettingChange], later: Sequence[SettingChange]) -> list[SettingChange]:
    """Two changes of a step after each other as one: with the values before the first and after the last."""
    joined = {change.key: change for change in earlier}
    for change in later:
        first = joined.get(change.key, change)
        joined[change.key] = change.model_copy(update={"before": first.before})
    return [change for change in joined.values() if change.before != change.after]


def _reason(error: ConfigProblems | OSError) -> str | LazyMessage | ForeignSentence:
    return refusal_text(error) if isinstance(error, ConfigProblems) else disk_message(error)


def disk_message(error: OSError) -> LazyMessage | ForeignSentence:
    """What a disk or file refuses, as a sentence: full, read-only, or the system's own words."""
    code = fault_code(error)
    if code.startswith("disk: "):
        return foreign_sentence(error.strerror or str(error))
    return lazy_message(f"calibration_advice.{code}")
