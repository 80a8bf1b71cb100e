"""A part of the controller as the wiring names it: what runs, what it subscribes to, what is closed at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from edge.classroom.lesson_events import LessonEvent
from edge.service.part_supervisor import HUNG_S


@dataclass(frozen=True, slots=True)
class Part:
    """Work that may fail while the core goes on; ``name`` begins its fault codes, see ``PartSupervisor``.

    ``run`` is called again after a failure, and does not come back unless there is nothing (more) to do. ``on_event``
    gets the events of the classes in ``events`` and must not block. ``close`` may block, and is called once, when
    nothing of the part runs any more. ``threads`` is the most blocking calls (disk, network) at a time, ``hung_s`` how
    long one may take.
    """

    name: str
    run: Callable[[], Awaitable[None]]
    events: tuple[type[LessonEvent], ...] = ()
    on_event: Callable[[LessonEvent], None] = lambda _: None
    close: Callable[[], None] = lambda: None
    threads: int = 2
    hung_s: float = HUNG_S
