import pytest

from drivers.samples import Pattern
from edge.classroom.lamps import Check, Facts, recording_lamp, status_lamp
from edge.link.messages import Activity, DeviceState, DeviceStatus, GivenUp, State

GOOD = DeviceStatus(state=DeviceState.RUNNING)
BAD = DeviceStatus(state=DeviceState.MISSING, reason="no camera on port 2")


def state(
    activity: Activity = Activity.IDLE,
    *devices: DeviceStatus,
    faults: tuple[str, ...] = (),
    given_up: GivenUp | None = None,
) -> State:
    names = ("teacher", "students")
    return State(
        activity=activity,
        lamp="off",
        devices=dict(zip(names, devices or (GOOD, GOOD), strict=False)),
        faults=list(faults),
        given_up=given_up,
    )


@pytest.mark.parametrize(
    ("activity", "writing", "filling", "pattern"),
    [
        (Activity.IDLE, False, False, Pattern.OFF),
        (Activity.IDLE, False, True, Pattern.SHORT_BLINK),
        (Activity.RECORDING, True, True, Pattern.ON),
        (Activity.RECORDING, False, False, Pattern.OFF),
        (Activity.RECORDING, False, True, Pattern.OFF),
        (Activity.PAUSED, False, False, Pattern.SLOW_BLINK),
        (Activity.PAUSED, True, False, Pattern.SLOW_BLINK),
    ],
)
def test_the_red_lamp(activity: Activity, writing: bool, filling: bool, pattern: Pattern) -> None:
    assert recording_lamp(activity, writing=writing, filling=filling) is pattern


@pytest.mark.parametrize(
    ("facts", "pattern"),
    [
        (Facts(state()), Pattern.GREEN),
        (Facts(state(Activity.RECORDING)), Pattern.GREEN),
        (Facts(state(Activity.RECORDING, GOOD, BAD)), Pattern.AMBER_BLINK),
        (Facts(state(Activity.RECORDING, BAD, BAD)), Pattern.AMBER_BLINK),
        (Facts(state(Activity.RECORDING, faults=("the disk is full",))), Pattern.AMBER_BLINK),
        (Facts(state(Activity.RECORDING, given_up=GivenUp(preset="ultrafast"))), Pattern.GREEN),
        (Facts(state(Activity.RECORDING, given_up=GivenUp(preset="x", halved=["students"]))), Pattern.AMBER_BLINK),
        (Facts(state(Activity.RECORDING), check=Check.BAD), Pattern.GREEN),
        (Facts(state(Activity.PAUSED)), Pattern.GREEN),
        (Facts(state(), check=Check.RUNNING), Pattern.GREEN_BLINK),
        (Facts(state(), check=Check.GOOD), Pattern.GREEN),
        (Facts(state(), check=Check.BAD), Pattern.AMBER),
        (Facts(state(Activity.IDLE, GOOD, BAD)), Pattern.AMBER_BLINK),
        (Facts(state(), faults=True), Pattern.AMBER_BLINK),
        (Facts(state(Activity.IDLE, BAD, BAD)), Pattern.AMBER_FAST_BLINK),
        (Facts(state(), faults=True, check=Check.RUNNING), Pattern.AMBER_BLINK),
        (Facts(state(), no_room=True, faults=True, check=Check.RUNNING), Pattern.AMBER_FAST_BLINK),
        (Facts(state(Activity.RECORDING), no_room=True, faults=True), Pattern.AMBER_BLINK),
        (Facts(state(), refused=True, check=Check.GOOD), Pattern.AMBER_FAST_BLINK),
        (Facts(state(), leaving=True), Pattern.GREEN_BLINK),
        (Facts(state(), leaving=True, no_room=True, faults=True), Pattern.GREEN_BLINK),
        (Facts(state(), leaving=True, check=Check.BAD), Pattern.AMBER),
        (Facts(state(Activity.RECORDING), leaving=True), Pattern.GREEN),
        (Facts(None, check=Check.BAD), Pattern.AMBER_FAST_BLINK),
    ],
)
def test_the_green_and_amber_lamp(facts: Facts, pattern: Pattern) -> None:
    assert status_lamp(facts) is pattern
