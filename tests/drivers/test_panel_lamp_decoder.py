from drivers.panel.simulation.lamp_decoder import LampDecoder
from drivers.samples import Pattern

S = 1_000_000_000


def test_a_steady_lamp_is_what_its_pin_says_whatever_was_asked_for() -> None:
    lamp = LampDecoder({"on": False})
    lamp.ask(Pattern.ON)
    assert lamp.read(0) is Pattern.OFF
    lamp.turn("on", True, 0)
    assert lamp.read(0) is Pattern.ON


def test_a_blinking_lamp_blinks_only_while_its_pin_does() -> None:
    lamp = LampDecoder({"green": False, "amber": False})
    lamp.ask(Pattern.AMBER_BLINK)
    assert lamp.read(0) is Pattern.OFF
    lamp.turn("amber", True, 0)
    assert lamp.read(S) is Pattern.AMBER_BLINK
    lamp.turn("amber", False, S // 2)
    lamp.turn("amber", True, S)
    assert lamp.overdue_ns == S + S // 2 + S
    assert lamp.read(lamp.overdue_ns - 1) is Pattern.AMBER_BLINK
    assert lamp.read(lamp.overdue_ns) is Pattern.AMBER


def test_the_other_colour_gives_a_wrong_blink_away() -> None:
    lamp = LampDecoder({"green": True, "amber": False})
    lamp.ask(Pattern.AMBER_BLINK)
    lamp.turn("amber", True, 0)
    assert lamp.read(1) is Pattern.GREEN
