"""Detection of gestures on buttons from their edges: press, tap or hold; pure, time is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.samples import ButtonAction, ButtonEvent


class Gesture(StrEnum):
    """What was done with a button: it went down, and was then tapped or held."""

    PRESS = "press"
    TAP = "tap"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class GestureEvent:
    """A detected gesture; ``at_ns`` of a tap is that of its press, of a hold the moment it was long enough.

    ``pressed_ns`` is when the button went down: a press and the tap or hold that follows have it in common.
    """

    button: str
    gesture: Gesture
    at_ns: int
    pressed_ns: int


class GestureDetector:
    """Detects gestures from the edges of buttons.

    A button in ``hold_ns`` can be held: its press is reported at once, its tap at the release, its hold after that many
    nanoseconds, without waiting for the release. Every other button is tapped as soon as it is pressed. A press is
    followed by one tap or one hold, however long it lasts. A release whose press was not seen is ignored.
    """

    def __init__(self, hold_ns: Mapping[str, int]) -> None:
        self._hold_ns = dict(hold_ns)
        self._pressed_ns: dict[str, int] = {}

    @property
    def may_become_hold(self) -> bool:
        """Whether a button is down that can be held."""
        return bool(self._pressed_ns)

    def on_edge(self, event: ButtonEvent) -> list[GestureEvent]:
        """The gestures that an edge completes."""
        held = self._held(event.name, event.at_ns)
        if event.action is ButtonAction.RELEASED:
            pressed_ns = self._pressed_ns.pop(event.name, None)
            tapped = [] if pressed_ns is None else [GestureEvent(event.name, Gesture.TAP, pressed_ns, pressed_ns)]
            return [*held, *tapped]
        if event.name not in self._hold_ns:
            return [GestureEvent(event.name, Gesture.TAP, event.at_ns, event.at_ns)]
        self._pressed_ns[event.name] = event.at_ns
        return [*held, GestureEvent(event.name, Gesture.PRESS, event.at_ns, event.at_ns)]

    def tick(self, now_ns: int) -> list[GestureEvent]:
        """The holds that are long enough at ``now_ns``, each once."""
        held = [gesture for name in list(self._pressed_ns) for gesture in self._held(name, now_ns)]
        return sorted(held, key=lambda gesture: gesture.at_ns)

    def _held(self, name: str, now_ns: int) -> list[GestureEvent]:
        pressed_ns = self._pressed_ns.get(name)
        if pressed_ns is None or now_ns < pressed_ns + self._hold_ns[name]:
            return []
        del self._pressed_ns[name]
        return [GestureEvent(name, Gesture.HOLD, pressed_ns + self._hold_ns[name], pressed_ns)]
