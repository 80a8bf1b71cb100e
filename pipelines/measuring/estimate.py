"""A measured figure with its uncertainty, and the error of a measurement that cannot be made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and half the width of its 95 % interval, both in the unit that the field's name says.

    Source: JCGM 100:2008, Evaluation of measurement data: Guide to the expression of uncertainty in measurement.
    """

    value: float
    half_width: float

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return self.value - self.half_width

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval."""
        return self.value + self.half_width

    def holds(self, truth: float) -> bool:
        """Whether ``truth`` lies within the interval."""
        return self.low <= truth <= self.high


class Unmeasurable(Exception):
    """What was captured does not allow this measurement; ``why`` is a code in kebab-case, such as ``too-quiet``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
