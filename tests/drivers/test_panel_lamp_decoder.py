from drivers.panel.simulation.lamp_decoder import LampDecoder
from drivers.samples import Pattern

S = 1_000_000_000


def test_a_steady_lamp_is_what_its_pin_says_whatever_was_asked_for() -> None:
    lamp = LampDecoder({"on": False})
    lamp.on_requested(Pattern.ON)
    assert lamp.pattern_at(0) is Pattern.OFF
    lamp.on_pin("on", True, 0)
    assert lamp.pattern_at(0) is Pattern.ON


def test_a_blinking_lamp_blinks_only_while_its_pin_does() -> None:
    lamp = LampDecoder({"green": False, "amber": False})
    lamp.on_requested(Pattern.AMBER_BLINK)
    assert lamp.pattern_at(0) is Pattern.OFF
    lamp.on_pin("amber", True, 0)
    assert lamp.pattern_at(S) is Pattern.AMBER_BLINK
    lamp.on_pin("amber", False, S // 2)
    lamp.on_pin("amber", True, S)
    assert lamp.blink_timeout_ns == S + S // 2 + S
    assert lamp.pattern_at(lamp.blink_timeout_ns - 1) is Pattern.AMBER_BLINK
    assert lamp.pattern_at(lamp.blink_timeout_ns) is Pattern.AMBER


def test_two_colours_alternate_while_both_pins_do() -> None:
    lamp = LampDecoder({"green": False, "amber": False})
    lamp.on_requested(Pattern.ALTERNATING)
    for at_ns, is_green in ((0, True), (S // 4, False)):
        lamp.on_pin("amber", not is_green, at_ns)
        lamp.on_pin("green", is_green, at_ns)
        assert lamp.pattern_at(at_ns) is Pattern.ALTERNATING
    assert lamp.blink_timeout_ns is not None
    assert lamp.pattern_at(lamp.blink_timeout_ns) is Pattern.AMBER


def test_the_other_colour_gives_a_wrong_blink_away() -> None:
    lamp = LampDecoder({"green": True, "amber": False})
    lamp.on_requested(Pattern.AMBER_BLINK)
    lamp.on_pin("amber", True, 0)
    assert lamp.pattern_at(1) is Pattern.GREEN
