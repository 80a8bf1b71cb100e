"""The running controller as steps of the calibration meet it: a step without it is unmeasured, not a failure."""

from __future__ import annotations

from collections.abc import Callable

from edge.calibration.finding_makers import advice, unmeasured
from edge.calibration.results import StepResult
from edge.calibration.step import StepContext
from edge.link.control_client import NotReachable


def with_controller(name: str, run: Callable[[StepContext], StepResult]) -> Callable[[StepContext], StepResult]:
    """The ``run`` of the step ``name``, whose result says so where the controller does not answer, or not any more."""

    def run_or_say_why(context: StepContext) -> StepResult:
        try:
            return run(context)
        except NotReachable as error:
            why = advice("controller-away", reason=error.why.text("en"))
            return StepResult(step=name, findings=[unmeasured("controller", why)])

    return run_or_say_why
