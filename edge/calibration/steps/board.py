"""Class board: a random number is put over everything else, and the technician says which number the screen shows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.calibration.controller_peer import with_controller
from edge.calibration.finding_makers import advice, fact, unmeasured
from edge.calibration.results import Finding, StepResult, Verdict
from edge.calibration.step import Step, StepContext
from edge.calibration.technician import StepNotNeeded, StepSkipped, Technician
from edge.calibration.verdicts.board import BoardQuestion, is_test_text, make_question
from edge.i18n import lazy_message
from edge.link.control_client import RequestRefused, request
from edge.link.control_requests import BoardRequest, SetEmergency, ShowBoard

NAME = "board"

_NOTHING = "nothing"


def run(context: StepContext) -> StepResult:
    """Ask what the board's screen shows.

    Raises:
        StepNotNeeded: There is no screen.
        StepSkipped: There is nobody to look at it.
        NotReachable: The controller does not answer.
    """
    technician, sockets = context.technician, context.room.config.paths.run
    question = lazy_message("calibration_services.board-has-screen")
    if context.is_check:
        raise StepSkipped
    if not technician.confirm("board.has-screen", question, default=True):
        raise StepNotNeeded
    try:
        before = _emergency(sockets, ShowBoard())
        if before and not is_test_text(before):
            # Somebody means it: a test must not take its place.
            return StepResult(step=NAME, findings=[unmeasured("board-shows", advice("board-emergency"))])
        asked = make_question(random.SystemRandom())
        with _shown(sockets, asked.text):
            return StepResult(step=NAME, findings=[_ask(technician, asked)])
    except RequestRefused as refused:
        why = advice("board-refused", reason=refused.reason)
        return StepResult(step=NAME, findings=[unmeasured("board-shows", why)])


@contextmanager
def _shown(sockets: Path, text: str) -> Iterator[None]:
    """Show a text meanwhile; one that somebody has put there since stays."""
    try:
        _emergency(sockets, SetEmergency(text=text))
        yield
    finally:
        if is_test_text(_emergency(sockets, ShowBoard())):
            _emergency(sockets, SetEmergency(text=""))


def _ask(technician: Technician, asked: BoardQuestion) -> Finding:
    nothing = (_NOTHING, lazy_message("calibration_services.board-nothing"))
    numbers = [(number, lazy_message("calibration_services.line", text=number)) for number in asked.choices]
    said = technician.choose("board.says", lazy_message("calibration_services.board-says"), [nothing, *numbers])
    if said == asked.number:
        return fact("board-shows", asked.number)
    code = "board-shows-nothing" if said == _NOTHING else "board-shows-other"
    return fact("board-shows", said if said in asked.choices else "", Verdict.BAD, advice(code))


def _emergency(sockets: Path, wanted: BoardRequest) -> str:
    """Make a request; the emergency text after it."""
    reply = request(sockets, wanted)
    if not reply.ok or reply.texts is None:
        raise RequestRefused(reply.reason)
    return reply.texts.emergency


STEP = Step(NAME, with_controller(NAME, run), needs="nothing", in_check=False)
