"""What a step of the calibration may ask of whoever carries it out: at a terminal, or a file of answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge.calibration.results import Finding
from edge.i18n import LazyMessage


class StepSkipped(Exception):
    """The technician leaves this step out."""


class StepNotNeeded(StepSkipped):
    """The room has nothing that this step is for."""


class Technician(Protocol):
    """Asks and tells. Each question has a ``name``, by which a file of answers knows it: ``step.question``.

    Questions may raise StepSkipped, and KeyboardInterrupt where the technician wants to leave.
    """

    def tell(self, message: LazyMessage) -> None:
        """Say something on a line of its own."""

    def confirm(self, name: str, question: LazyMessage, *, default: bool) -> bool:
        """Ask a question of yes or no."""

    def choose(self, name: str, question: LazyMessage, options: Sequence[tuple[str, LazyMessage]]) -> str:
        """Ask for one of ``options``, each a value and its text; the first is the default."""

    def number(self, name: str, question: LazyMessage, *, default: float, low: float, high: float) -> float:
        """Ask for a number from ``low`` to ``high``."""

    def text(self, name: str, question: LazyMessage, *, default: str) -> str:
        """Ask for a line of text, without white space around it; it may be empty."""

    def ready(self, name: str, request: LazyMessage) -> None:
        """Ask to do something in the room, and wait until it is done."""

    def progress(self, what: LazyMessage, seconds: float) -> AbstractContextManager[None]:
        """Show that something takes about ``seconds``, while it runs."""

    def show(self, findings: Sequence[Finding], picture: NDArray[np.uint8] | None = None) -> None:
        """Show live figures, and a picture (height, width, 3) in BGR, instead of those shown before.

        At most a few times a second are looked at; more often costs nothing.
        """

    def wants_to_go_on(self) -> bool:
        """Whether the technician has pressed a key to end what is measured live; never waits."""
