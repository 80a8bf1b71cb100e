"""The check of a calibrated room: measured without changing anything and with nobody there, at night for example."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

from edge.calibration.interruptions import LoanUnavailable, TakenBack
from edge.calibration.new_results import known_time, new_results
from edge.calibration.result_lines import result_lines, step_title
from edge.calibration.results import StepResult, Verdict
from edge.calibration.results_folder import ResultsFolder, results_of
from edge.calibration.room_loan import RoomLoan
from edge.calibration.scripted_answers import ScriptedAnswers
from edge.calibration.step import Step, StepContext
from edge.calibration.step_edge import DEVICE_UNAVAILABLE, carry_out
from edge.calibration.step_table import STEP_TABLE, load_step
from edge.calibration.walk_screen import UNBROKEN
from edge.config.calibration_folder import calibration_folder
from edge.config.model import Config
from edge.i18n import Language, reader_language, translate
from edge.service import exit_codes
from edge.terminal.console import OutputConsole

# The room is used, or will be: it is checked another time.
_LATER = frozenset({"lesson-running", "lesson-due", "borrowed-already", "lesson"})


def check(file: Path, config: Config, names: Sequence[str], *, as_json: bool) -> int:
    """Measure what can be; bad where a figure is or a device is missing. Good, and told, where a lesson is let be.

    Raises:
        OSError: the disk refuses.
    """
    language = reader_language(config.room.language)
    steps = [load_step(name) for name in STEP_TABLE if not names or name in names]
    for step in steps:
        if step.name in names and not step.in_check:
            print(translate("calibration.no-check", language, name=step.name), file=sys.stderr)
            return exit_codes.WRONG
    results, skipped = new_results(config), ""
    try:
        for result in _measured(file, config, [step for step in steps if step.in_check], language):
            results = results.model_copy(update={"steps": {**results.steps, result.step: result}})
            if not as_json:
                _print(result, language)
    except (LoanUnavailable, TakenBack) as error:
        skipped = error.reason
        kind = "not-lent" if isinstance(error, LoanUnavailable) else "taken-back"
        reason = translate(f"calibration.{kind}-{skipped}", language)
        print(translate("calibration.check-skipped", language, reason=reason), file=sys.stderr)
    is_good = not any(map(_is_out_of_tolerance, results.steps.values()))
    if as_json:
        report = {"ok": is_good, "skipped": skipped, "results": results.model_dump(mode="json", exclude={"number"})}
        print(json.dumps(report, ensure_ascii=False, indent=2))
    elif not skipped:
        print(translate(f"calibration.check-{'passed' if is_good else 'failed'}", language))
    if skipped and skipped not in _LATER:
        return exit_codes.UNREACHED
    return exit_codes.GOOD if is_good else exit_codes.BAD


def _measured(file: Path, config: Config, steps: Sequence[Step], language: Language) -> Iterator[StepResult]:
    nobody = ScriptedAnswers({}, Console(stderr=True, markup=False, emoji=False), language)
    folder = ResultsFolder(calibration_folder(config.paths))
    with folder.held(), TemporaryDirectory() as pictures, RoomLoan(file, config, "check", nobody.tell) as loan:
        last = folder.earlier()
        so_far = new_results(config)
        for step in steps:
            with loan.lend(step) as room:
                context = StepContext(
                    room=room,
                    technician=nobody,
                    folder=Path(pictures),
                    so_far=so_far,
                    earlier=results_of(last),
                    earlier_folder=None if last is None else last.folder,
                    lease=loan.lease,
                    is_check=True,
                )
                result = carry_out(step, context)
            result = result.model_copy(update={"measured_at": result.measured_at or known_time(config)})
            so_far = so_far.model_copy(update={"steps": {**so_far.steps, step.name: result}})
            yield result


def _is_out_of_tolerance(result: StepResult) -> bool:
    """A quiet room at night leaves much unmeasured, which is no fault; a device that is missing is one."""
    return any(
        finding.verdict is Verdict.BAD or (finding.advice is not None and finding.advice.code == DEVICE_UNAVAILABLE)
        for finding in result.findings
    )


def _print(result: StepResult, language: Language) -> None:
    console = OutputConsole()
    console.print(Text(step_title(result.step, language), "bold"), soft_wrap=True)
    width = min(console.width, 100) - 1 if console.is_terminal else UNBROKEN
    for line in result_lines(result, language, width):
        console.print(line, soft_wrap=True)
