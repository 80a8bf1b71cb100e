"""Who looks at the room just now: counted for the status, and passed on to the recorder, which makes the stills."""

from __future__ import annotations

import time
from collections.abc import Callable

from edge.classroom.recorder_messages import Look
from edge.link.control_requests import LOOK_S


class Onlookers:
    """A count with a lease: where whoever counts falls silent, nobody looks any more, and no still is made.

    ``send`` sends to the recorder; ``clock`` is CLOCK_MONOTONIC in nanoseconds.
    """

    def __init__(self, send: Callable[[Look], bool], clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._send = send
        self._clock = clock
        self._viewers = 0
        self._until_ns = 0

    def look(self, viewers: int) -> None:
        """So many look, for the next ``LOOK_S`` seconds."""
        self._viewers = viewers
        self._until_ns = self._clock() + (round(LOOK_S * 1e9) if viewers else 0)
        self._send(Look(until_ns=self._until_ns))

    @property
    def count(self) -> int:
        """How many look now."""
        return self._viewers if self._clock() < self._until_ns else 0
