"""GPIO line names: from a BCM number or a line's name to its number on the chip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gpiozero.pins import PinInfo

from drivers.panel.pin_assignment import Pin


class GpioLines:
    """The lines of a chip. Number N means the line called ``GPIO<N>``, or else the line of that number."""

    def __init__(self, names: Sequence[str]) -> None:
        """``names``: the names of the chip's lines in their order, empty for one without a name."""
        self._names = list(names)

    def line_number(self, pin: Pin) -> int | None:
        """Return the line's number on its chip; None where there is no such line."""
        name = f"GPIO{pin}" if isinstance(pin, int) else pin
        if name in self._names:
            return self._names.index(name)
        return pin if isinstance(pin, int) and pin < len(self._names) else None

    def find_pin(self, pin: Pin) -> Iterator[tuple[None, PinInfo]]:
        """Yield the line as gpiozero's ``BoardInfo.find_pin`` does, on no header."""
        if (line_number := self.line_number(pin)) is not None:
            # gpiozero reads the line's number from behind the first four letters of the name.
            names = frozenset({f"GPIO{line_number}", *filter(None, [self._names[line_number]])})
            yield None, PinInfo(line_number, f"GPIO{line_number}", names, "", line_number, 1, frozenset({"gpio"}))
