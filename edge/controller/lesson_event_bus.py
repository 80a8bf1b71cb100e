"""Delivery of lesson events to the parts that subscribe to them: synchronous, in the table's order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from edge.classroom.lesson_events import LessonEvent

log = logging.getLogger(__name__)

OnEvent = Callable[[LessonEvent], None]
# Subscribers note what happened and work in their own tasks; one that takes longer holds up the button.
_LONGEST_S = 0.05


class LessonEventBus:
    """Delivers each event to the subscribers of its class; belongs to the event loop.

    What a subscriber raises goes to its ``on_failure`` and reaches neither the other subscribers nor the publisher.
    """

    def __init__(self) -> None:
        self._subscriptions: list[tuple[tuple[type[LessonEvent], ...], OnEvent, Callable[[BaseException], None]]] = []

    def subscribe(
        self, events: tuple[type[LessonEvent], ...], on_event: OnEvent, on_failure: Callable[[BaseException], None]
    ) -> None:
        """Have ``on_event`` called with each event of these classes; it must not block."""
        self._subscriptions.append((events, on_event, on_failure))

    def publish(self, event: LessonEvent) -> None:
        """Call every subscriber of the event's class, in the order of subscription."""
        log.debug("%s", event)
        for events, on_event, on_failure in self._subscriptions:
            if not isinstance(event, events):
                continue
            began_s = time.monotonic()
            try:
                on_event(event)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # noqa: BLE001 - a part's edge: a panic is no Exception
                on_failure(error)
            if (took_s := time.monotonic() - began_s) > _LONGEST_S:
                log.warning("a subscriber held up %s for %.2f s", type(event).__name__, took_s)
