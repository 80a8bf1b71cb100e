"""What earlier calibrations of a room have left: the list of steps with their verdicts, and the report made anew."""

from __future__ import annotations

import json

from edge.calibration.result_lines import step_title, summary_lines
from edge.calibration.results_folder import ResultsFolder, results_of
from edge.calibration.step_table import STEP_TABLE
from edge.cli.calibrate_walk import report_lines
from edge.config.calibration_folder import calibration_folder
from edge.config.model import Config
from edge.i18n import reader_language, translate
from edge.service import exit_codes
from edge.terminal.console import OutputConsole


def list_steps(config: Config, *, as_json: bool) -> int:
    """Print every step, and how it came out in the newest calibration."""
    language = reader_language(config.room.language)
    newest = ResultsFolder(calibration_folder(config.paths)).newest()
    results = results_of(newest)
    if as_json:
        steps = [
            {
                "step": name,
                "title": step_title(name, language),
                "verdict": results.steps[name].verdict if results and name in results.steps else None,
            }
            for name in STEP_TABLE
        ]
        print(json.dumps({"calibration": results and results.number, "steps": steps}, ensure_ascii=False, indent=2))
        return exit_codes.GOOD
    for line in summary_lines(results, STEP_TABLE, language):
        OutputConsole().print(line, soft_wrap=True)
    if results is None:
        print(translate("calibration.none-yet", language))
    return exit_codes.GOOD


def make_report(config: Config) -> int:
    """Make the report of the newest finished calibration again; bad where there is none."""
    language = reader_language(config.room.language)
    folder = ResultsFolder(calibration_folder(config.paths))
    newest = folder.earlier()
    if newest is None:
        print(translate("calibration.nothing-to-report", language))
        return exit_codes.BAD
    earlier = folder.earlier(before=newest.results.number)
    for line in report_lines(newest, results_of(earlier), language):
        print(line)
    return exit_codes.GOOD
