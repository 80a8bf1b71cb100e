"""The walk as lines of text: what a step will do, what it has found, and all steps at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.text import Text

from edge.calibration.result_lines import STYLES, result_lines, step_title, summary_lines, verdict_text
from edge.calibration.results import Results, StepResult
from edge.i18n import Language, translate
from edge.terminal.line_breaks import broken_lines

UNBROKEN = 1_000_000
"""The width of a pipe, in which lines stay whole."""

_RULE_CELLS = 79


class WalkScreen:
    """Prints by ``print_lines``; ``width`` is asked each time, since a terminal may be resized."""

    def __init__(
        self,
        print_lines: Callable[[Sequence[Text]], None],
        width: Callable[[], int],
        steps: Sequence[str],
        language: Language,
    ) -> None:
        self._print = print_lines
        self._width = width
        self._steps = steps
        self._language: Language = language

    def begin(self, step: str, number: int, count: int) -> None:
        """Say which step comes, the ``number``-th of ``count``, what will happen, and what it needs in the room."""
        title = step_title(step, self._language)
        head = translate("calibration.step-head", self._language, number=number, count=count, title=title, step=step)
        rule = "─" * max(min(self._width(), _RULE_CELLS) - cell_len(head) - 4, 0)
        self._print([Text(), Text(f"── {head} {rule}", "bold")])
        for part in ("what", "needs"):
            self._tell(translate(f"calibration_steps.{step}-{part}", self._language))

    def result(self, result: StepResult) -> None:
        """Show what a step has found, how good that is, and what to do."""
        self._print([Text(), *result_lines(result, self._language, self._width())])

    def summary(self, results: Results) -> None:
        """Show all steps with their verdicts, and the verdict on the room."""
        self._print([Text(), Text(translate("calibration.summary", self._language), "bold")])
        self._print(summary_lines(results, self._steps, self._language))
        verdict = translate("calibration.whole", self._language, verdict=verdict_text(results.verdict, self._language))
        self._print([Text(verdict, STYLES[results.verdict])])

    def _tell(self, text: str) -> None:
        self._print([Text(line) for line in broken_lines(text, self._width())])
