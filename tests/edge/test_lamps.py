import pytest

from drivers.samples import Pattern
from edge.classroom.lamps import CheckState, LampInputs, recording_lamp, status_lamp
from edge.classroom.recorder_messages import Activity, Degradation, DeviceStatus, RecorderState
from pipelines.devices.device_state import DeviceState

GOOD = DeviceStatus(state=DeviceState.RUNNING)
DARK = DeviceStatus(state=DeviceState.RUNNING, signal="black")
ODD = DeviceStatus(state=DeviceState.RUNNING, signal="wrong-rate")
LENT = DeviceStatus(state=DeviceState.LENT)
BAD = DeviceStatus(state=DeviceState.MISSING, reason="no camera on port 2")


def state(
    activity: Activity = Activity.IDLE,
    *devices: DeviceStatus,
    faults: tuple[str, ...] = (),
    given_up: Degradation | None = None,
) -> RecorderState:
    names = ("teacher", "students")
    return RecorderState(
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
        (LampInputs(state()), Pattern.GREEN),
        (LampInputs(state(Activity.RECORDING)), Pattern.GREEN),
        (LampInputs(state(Activity.RECORDING, GOOD, BAD)), Pattern.AMBER_BLINK),
        (LampInputs(state(Activity.RECORDING, BAD, BAD)), Pattern.AMBER_BLINK),
        (LampInputs(state(Activity.RECORDING, GOOD, DARK)), Pattern.AMBER_BLINK),
        (LampInputs(state(Activity.RECORDING, GOOD, ODD)), Pattern.GREEN),
        (LampInputs(state(Activity.RECORDING, faults=("the disk is full",))), Pattern.AMBER_BLINK),
        (LampInputs(state(Activity.RECORDING, BAD, BAD, faults=("nothing-captured",))), Pattern.AMBER_FAST_BLINK),
        (LampInputs(state(Activity.RECORDING, given_up=Degradation(preset="ultrafast"))), Pattern.GREEN),
        (
            LampInputs(state(Activity.RECORDING, given_up=Degradation(preset="x", halved=["students"]))),
            Pattern.AMBER_BLINK,
        ),
        (LampInputs(state(Activity.RECORDING), check=CheckState.BAD), Pattern.GREEN),
        (LampInputs(state(Activity.PAUSED)), Pattern.GREEN),
        (LampInputs(state(), check=CheckState.RUNNING), Pattern.GREEN_BLINK),
        (LampInputs(state(), check=CheckState.GOOD), Pattern.GREEN),
        (LampInputs(state(), check=CheckState.BAD), Pattern.AMBER),
        (LampInputs(state(Activity.IDLE, GOOD, BAD)), Pattern.AMBER_BLINK),
        (LampInputs(state(), has_faults=True), Pattern.AMBER_BLINK),
        (LampInputs(state(Activity.IDLE, BAD, BAD)), Pattern.AMBER_FAST_BLINK),
        (LampInputs(state(Activity.IDLE, LENT, LENT)), Pattern.AMBER_BLINK),
        (LampInputs(state(), has_faults=True, check=CheckState.RUNNING), Pattern.AMBER_BLINK),
        (LampInputs(state(), has_no_room=True, has_faults=True, check=CheckState.RUNNING), Pattern.AMBER_FAST_BLINK),
        (LampInputs(state(Activity.RECORDING), has_no_room=True, has_faults=True), Pattern.AMBER_BLINK),
        (LampInputs(state(), is_refused=True, check=CheckState.GOOD), Pattern.AMBER_FAST_BLINK),
        (LampInputs(state(), is_powering_off=True), Pattern.GREEN_BLINK),
        (LampInputs(state(), is_powering_off=True, has_no_room=True, has_faults=True), Pattern.GREEN_BLINK),
        (LampInputs(state(), is_powering_off=True, check=CheckState.BAD), Pattern.AMBER),
        (LampInputs(state(Activity.RECORDING), is_powering_off=True), Pattern.GREEN),
        (LampInputs(None, check=CheckState.BAD), Pattern.AMBER_FAST_BLINK),
        (LampInputs(state(), is_announcing=True), Pattern.ALTERNATING),
        (LampInputs(state(Activity.RECORDING, GOOD, BAD), is_announcing=True), Pattern.ALTERNATING),
        (LampInputs(state(), is_announcing=True, check=CheckState.BAD), Pattern.ALTERNATING),
        (LampInputs(state(), is_announcing=True, has_no_room=True), Pattern.AMBER_FAST_BLINK),
        (
            LampInputs(state(Activity.RECORDING, BAD, faults=("nothing-captured",)), is_announcing=True),
            Pattern.AMBER_FAST_BLINK,
        ),
    ],
)
def test_the_green_and_amber_lamp(facts: LampInputs, pattern: Pattern) -> None:
    assert status_lamp(facts) is pattern
