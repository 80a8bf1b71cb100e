"""Roll call of the clickers: everybody presses in turn, and what the base hears is counted by seat.

The class presses together, round by round, or the technician walks from seat to seat and presses each clicker. It goes
by the running controller, whose base listens between polls. No base that is supported tells how strong a signal is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from edge.calibration.controller_peer import with_controller
from edge.calibration.finding_makers import advice, fact, unmeasured
from edge.calibration.results import Finding, StepResult, Verdict
from edge.calibration.step import Step, StepContext
from edge.calibration.technician import StepNotNeeded, Technician
from edge.calibration.verdicts.clickers import Press, count_presses, coverage_map, judge_roll_call, seat_counts
from edge.classroom.roster import SchoolClass
from edge.i18n import lazy_message
from edge.link.control_client import RequestRefused, request_roster, status
from edge.link.control_requests import ListenForClickers, ShowRoster
from edge.link.poll_messages import PressesSince
from pipelines.devices.device_state import DeviceState

NAME = "clickers"

_ROUNDS, _MOST_ROUNDS = 3, 10
_ROUND_S = 30.0
_WALK_S = 1200.0
_PERIOD_S = 0.2
_CLASS, _WALK = "class", "walk"


def run(context: StepContext) -> StepResult:
    """Look at the base, and call the roll where somebody is there to press.

    Raises:
        StepNotNeeded: The room has no clickers.
        NotReachable: The controller does not answer.
    """
    if context.room.config.clickers is None:
        context.technician.tell(lazy_message("calibration_services.no-clickers"))
        raise StepNotNeeded
    sockets = context.room.config.paths.run
    base = _base_finding(sockets)
    if context.is_check or base.verdict is not Verdict.GOOD:
        return StepResult(step=NAME, findings=[base])
    try:
        return StepResult(step=NAME, findings=[base, *_call_roll(sockets, context.technician)])
    except RequestRefused as refused:
        why = advice("clickers-refused", reason=refused.reason)
        return StepResult(step=NAME, findings=[base, unmeasured("clickers-answered", why)])


def _base_finding(sockets: Path) -> Finding:
    base = status(sockets).clickers
    if base is None:
        return unmeasured("clicker-base", advice("restart-controller"))
    if base.state is DeviceState.RUNNING:
        return fact("clicker-base")
    return fact("clicker-base", "", Verdict.BAD, advice("clicker-base-away", reason=base.reason))


def _call_roll(sockets: Path, technician: Technician) -> list[Finding]:
    here = request_roster(sockets, ShowRoster()).here
    if here is None or not here.students_by_device():
        code = "clickers-no-list" if here is None else "clickers-none-bound"
        return [unmeasured("clickers-answered", advice(code))]
    ways = [(way, lazy_message(f"calibration_services.clickers-{way}")) for way in (_CLASS, _WALK)]
    way = technician.choose("clickers.how", lazy_message("calibration_services.clickers-how"), ways)
    question = lazy_message("calibration_services.clickers-rounds")
    rounds = round(technician.number("clickers.rounds", question, default=_ROUNDS, low=1, high=_MOST_ROUNDS))
    listen = _walk if way == _WALK else _press_together
    heard = listen(sockets, technician, here, rounds)
    return _report(technician, here, heard, rounds)


def _press_together(sockets: Path, technician: Technician, here: SchoolClass, rounds: int) -> Counter[str]:
    """In how many of the rounds each clicker was heard."""
    heard: Counter[str] = Counter()
    expected = set(here.students_by_device())
    for number in range(1, rounds + 1):
        told = lazy_message("calibration_services.clickers-round", number=number, rounds=rounds)
        technician.ready("clickers.round", told)
        presses = _listen(sockets, technician, expected, _ROUND_S, lambda found: {device for _, device in found})
        heard.update({device for _, device in presses})
    return heard


def _walk(sockets: Path, technician: Technician, here: SchoolClass, rounds: int) -> Counter[str]:
    """How many presses of each clicker were heard."""
    technician.ready("clickers.walk", lazy_message("calibration_services.clickers-walk-now", presses=rounds))

    def complete(found: set[Press]) -> set[str]:
        return {device for device, count in count_presses(found).items() if count >= rounds}

    return count_presses(_listen(sockets, technician, set(here.students_by_device()), _WALK_S, complete))


def _listen(
    sockets: Path,
    technician: Technician,
    expected: set[str],
    longest_s: float,
    complete: Callable[[set[Press]], set[str]],
) -> set[Press]:
    """All presses until every expected clicker is complete, the technician goes on, or the time is over.

    All since the beginning are asked for each time: a press comes later than its time stamp, and must not fall between
    two requests.
    """
    began_ns = _presses(sockets, 0, anew=True)[1]
    found: set[Press] = set()
    deadline_s = time.monotonic() + longest_s
    with technician.progress(lazy_message("calibration_services.clickers-listening"), longest_s):
        while time.monotonic() < deadline_s and not technician.wants_to_go_on():
            found |= _presses(sockets, began_ns, anew=False)[0]
            done = complete(found) & expected
            shown = fact("clickers-heard", f"{len(done)}/{len(expected)}")
            technician.show([shown])
            if done == expected:
                break
            time.sleep(_PERIOD_S)
    return found


def _presses(sockets: Path, since_ns: int, *, anew: bool) -> tuple[set[Press], int]:
    """The presses since then that the controller still knows, and its time now."""
    roster = request_roster(sockets, ListenForClickers(roster=PressesSince(since_ns=since_ns, anew=anew)))
    return set(zip(roster.pressed_at_ns, roster.pressed, strict=True)), roster.now_ns


def _report(technician: Technician, here: SchoolClass, heard: Counter[str], rounds: int) -> list[Finding]:
    seats = seat_counts(here, heard, rounds)
    technician.tell(lazy_message("calibration_services.clickers-map"))
    for line in coverage_map(seats):
        technician.tell(lazy_message("calibration_services.line", text=line))
    strangers = sorted(set(heard) - set(here.students_by_device()))
    if strangers:
        technician.tell(lazy_message("calibration_services.clickers-strangers", devices=tuple(strangers)))
    return judge_roll_call(seats, len(strangers))


STEP = Step(NAME, with_controller(NAME, run), needs="nothing", in_check=True)
