"""GPIO lines are found by name, and by BCM number where the maker gave no names."""

from __future__ import annotations

import pytest

from drivers.panel.gpio_line_names import GpioLines
from drivers.panel.pin_assignment import BicolourPins, PanelOptions, Pin

RASPBERRY = ["ID_SDA", "ID_SCL", *(f"GPIO{number}" for number in range(2, 28)), "", "RGMII_MDC"]
OTHER_BOARD = ["", "BUTTON", "GPIO1", "LAMP"]


@pytest.mark.parametrize(
    ("names", "pin", "number"),
    [
        (RASPBERRY, 17, 17),
        (RASPBERRY, "GPIO17", 17),
        (RASPBERRY, "RGMII_MDC", 29),
        (RASPBERRY, 0, 0),
        (OTHER_BOARD, "BUTTON", 1),
        (OTHER_BOARD, 1, 2),
        (OTHER_BOARD, 3, 3),
        (OTHER_BOARD, 4, None),
        (OTHER_BOARD, "BUTTON2", None),
    ],
)
def test_a_line_by_name_or_number(names: list[str], pin: Pin, number: int | None) -> None:
    lines = GpioLines(names)
    assert lines.line_number(pin) == number
    found = [info for _, info in lines.find_pin(pin)]
    assert [info.name for info in found] == ([] if number is None else [f"GPIO{number}"])


def test_a_wiring_may_mix_names_and_numbers_and_gives_no_line_twice() -> None:
    options = PanelOptions(buttons={"lesson": "BUTTON"}, lamps={"recording": 23, "status": BicolourPins("GREEN", 25)})
    assert options.buttons_of("controller") == {"lesson": "BUTTON"}
    with pytest.raises(ValueError, match="BUTTON is given to 2 things"):
        PanelOptions(buttons={"lesson": "BUTTON", "mark": "BUTTON"})
    with pytest.raises(ValueError, match="no name"):
        PanelOptions(buttons={"lesson": ""})
