"""The moments of a lesson at which a PTZ head may move: its start, its end, a marker; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from edge.classroom.recorder_messages import Activity, AddMarker, DesiredState
from edge.config.model import PtzConfig


class TriggerKind(Enum):
    """What happens."""

    START = "start"
    END = "end"
    MARKER = "marker"


@dataclass(frozen=True, slots=True)
class PresetTrigger:
    """Something happens in a lesson; ``label`` is a marker's."""

    occasion: TriggerKind
    label: str = ""

    def preset(self, head: PtzConfig) -> str:
        """Where the config sends a head now; empty where it stays."""
        match self.occasion:
            case TriggerKind.START:
                return head.on_start
            case TriggerKind.END:
                return head.on_end
            case TriggerKind.MARKER:
                return head.marks.get(self.label, "")


class PresetTriggers:
    """Finds the moments in what the recorder is told, where the same wish may stand many times."""

    def __init__(self) -> None:
        self._lesson: str | None = None
        self._ended: str | None = None

    def told(self, message: DesiredState | AddMarker, recorded: str | None) -> PresetTrigger | None:
        """The moment that this message is, if it is one; ``recorded`` is the lesson that the recorder is in.

        A lesson that is found running, by a controller that was started again, does not start now.
        """
        if isinstance(message, AddMarker):
            return PresetTrigger(TriggerKind.MARKER, message.label)
        before = self._lesson
        if message.activity is Activity.IDLE:
            self._lesson, self._ended = None, before or self._ended
            return PresetTrigger(TriggerKind.END) if before is not None else None
        self._lesson = message.lesson
        found = message.lesson == recorded and message.lesson != self._ended
        return None if message.lesson == before or found else PresetTrigger(TriggerKind.START)
