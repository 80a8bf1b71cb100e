from hypothesis import given
from hypothesis import strategies as st

from drivers.samples import ButtonAction, ButtonEvent
from edge.classroom.button_gestures import Gesture, GestureDetector, GestureEvent

HOLD_NS = 2_000


def edge(name: str, action: str, at_ns: int) -> ButtonEvent:
    return ButtonEvent(name, ButtonAction(action), at_ns)


def controls() -> GestureDetector:
    return GestureDetector({"lesson": HOLD_NS})


def test_a_short_press_of_the_lesson_button_is_a_tap_at_the_moment_of_its_press() -> None:
    hand = controls()
    assert hand.on_edge(edge("lesson", "pressed", 100)) == [GestureEvent("lesson", Gesture.PRESS, 100, 100)]
    assert hand.tick(2_099) == []
    assert hand.on_edge(edge("lesson", "released", 2_099)) == [GestureEvent("lesson", Gesture.TAP, 100, 100)]


def test_a_hold_is_known_before_the_release_and_once_only() -> None:
    hand = controls()
    hand.on_edge(edge("lesson", "pressed", 100))
    assert hand.tick(2_100) == [GestureEvent("lesson", Gesture.HOLD, 2_100, 100)]
    assert hand.tick(1_000_000) == []
    assert hand.on_edge(edge("lesson", "released", 2_000_000)) == []


def test_a_hold_is_a_hold_even_if_nobody_looked_in_time() -> None:
    hand = controls()
    hand.on_edge(edge("lesson", "pressed", 100))
    assert hand.on_edge(edge("lesson", "released", 9_000)) == [GestureEvent("lesson", Gesture.HOLD, 2_100, 100)]


def test_a_button_without_a_hold_acts_on_its_press() -> None:
    hand = controls()
    assert hand.on_edge(edge("pause", "pressed", 5)) == [GestureEvent("pause", Gesture.TAP, 5, 5)]
    assert hand.on_edge(edge("pause", "released", 90_000)) == []


def test_a_release_whose_press_was_before_our_time_means_nothing() -> None:
    hand = controls()
    assert hand.on_edge(edge("lesson", "released", 5)) == []
    assert hand.on_edge(edge("mark", "released", 6)) == []


@given(
    presses=st.lists(
        st.tuples(st.sampled_from(["lesson", "pause", "mark"]), st.integers(1, 5_000), st.integers(1, 5_000))
    ),
    look_ns=st.integers(1, 3_000),
)
def test_every_press_becomes_exactly_one_tap_or_hold(presses: list[tuple[str, int, int]], look_ns: int) -> None:
    hand, now_ns, intents, wanted = controls(), 0, [], []
    for name, gap_ns, long_ns in presses:
        pressed_ns = now_ns + gap_ns
        now_ns = pressed_ns + long_ns
        intents += hand.on_edge(edge(name, "pressed", pressed_ns))
        for at_ns in range(pressed_ns, now_ns, look_ns):
            intents += hand.tick(at_ns)
        intents += hand.on_edge(edge(name, "released", now_ns))
        held = name == "lesson" and long_ns >= HOLD_NS
        wanted.append(
            GestureEvent(name, Gesture.HOLD, pressed_ns + HOLD_NS, pressed_ns)
            if held
            else GestureEvent(name, Gesture.TAP, pressed_ns, pressed_ns)
        )
    assert [intent for intent in intents if intent.gesture is not Gesture.PRESS] == wanted
