"""Carrying out one step, with what goes wrong in it turned into findings: no error of a device leaves a step."""

from __future__ import annotations

from drivers.errors import DeviceError
from edge.calibration.finding_makers import advice, fact, unmeasured
from edge.calibration.results import Advice, StepResult
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.scripted_answers import AnswerMissing
from edge.calibration.step import Step, StepContext
from edge.calibration.technician import StepNotNeeded, StepSkipped
from edge.config.problems import ConfigProblems
from edge.i18n import reader_language
from edge.link.control_client import NotReachable, RequestRefused
from pipelines.files.disk import fault_code
from pipelines.measuring.estimate import Unmeasurable

NOT_MEASURED = "not-measured"
"""The finding of a step that came to nothing; its advice has one of the codes below, or another."""

DEVICE_UNAVAILABLE = "device-unavailable"
SKIPPED = "step-skipped"
LEFT = "step-left"
NOT_NEEDED = "not-in-this-room"


def carry_out(step: Step, context: StepContext) -> StepResult:
    """Run a step; what it cannot measure, and why, is a finding of its result.

    Raises:
        KeyboardInterrupt, TakenBack, TechnicianGone: the step, or the calibration, is left.
    """
    name = step.name
    try:
        return step.run(context)
    except AnswerMissing as missing:
        return not_measured(name, advice("answer-missing", question=missing.question))
    except StepNotNeeded:
        return StepResult(step=name, findings=[fact(NOT_NEEDED)])
    except StepSkipped:
        return not_measured(name, advice(SKIPPED, step=name))
    except (DeviceUnavailable, DeviceError) as error:
        return not_measured(name, advice(DEVICE_UNAVAILABLE, reason=error.reason), error.role)
    except Unmeasurable as error:
        return not_measured(name, advice(f"{name}-{error.why}"))
    except NotReachable as error:
        return not_measured(name, advice("controller-away", reason=error.why.text("en")))
    except RequestRefused as error:
        return not_measured(name, advice("request-refused", reason=error.reason))
    except ConfigProblems as wrong:
        return not_measured(name, advice("config-refused", reason=refusal_text(wrong)))
    except ModuleNotFoundError as error:
        return not_measured(name, advice("package-missing", package=error.name or str(error)))
    except BrokenPipeError:
        raise  # whoever reads what is printed has gone
    except OSError as error:
        code = fault_code(error)
        why = advice("system-refuses", reason=error.strerror or str(error)) if ":" in code else advice(code)
        return not_measured(name, why)


def not_measured(step: str, why: Advice, device: str = "") -> StepResult:
    """The result of a step that came to nothing, and why."""
    return StepResult(step=step, findings=[unmeasured(NOT_MEASURED, why, device)])


def refusal_text(wrong: ConfigProblems) -> str:
    """What is wrong with a config, in the reader's language, on one line."""
    language = reader_language(wrong.language)
    return "; ".join(problem.text(language) for problem in wrong.problems)
