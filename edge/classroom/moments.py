"""The moments of a lesson at which a PTZ head may move: its start, its end, a marker; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from edge.config.model import Ptz
from edge.link.messages import Activity, Mark, Wish


class Occasion(Enum):
    """What happens."""

    START = "start"
    END = "end"
    MARKER = "marker"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something happens in a lesson; ``label`` is a marker's."""

    occasion: Occasion
    label: str = ""

    def preset(self, head: Ptz) -> str:
        """Where the config sends a head now; empty where it stays."""
        match self.occasion:
            case Occasion.START:
                return head.on_start
            case Occasion.END:
                return head.on_end
            case Occasion.MARKER:
                return head.marks.get(self.label, "")


class Moments:
    """Finds the moments in what the recorder is told, where the same wish may stand many times."""

    def __init__(self) -> None:
        self._lesson: str | None = None
        self._ended: str | None = None

    def told(self, message: Wish | Mark, recorded: str | None) -> Moment | None:
        """The moment that this message is, if it is one; ``recorded`` is the lesson that the recorder is in.

        A lesson that is found running, by a controller that was started again, does not start now.
        """
        if isinstance(message, Mark):
            return Moment(Occasion.MARKER, message.label)
        before = self._lesson
        if message.activity is Activity.IDLE:
            self._lesson, self._ended = None, before or self._ended
            return Moment(Occasion.END) if before is not None else None
        self._lesson = message.lesson
        found = message.lesson == recorded and message.lesson != self._ended
        return None if message.lesson == before or found else Moment(Occasion.START)
