"""Debouncing of a button contact; no clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """A button was pressed or released; ``at_ns`` is when the contact first moved."""

    pressed: bool
    at_ns: int


class Debouncer:
    """Accepts a level that was stable for ``quiet_ns`` and dates the edge to the first move of its burst.

    A shorter spike is no edge: interference must not pause a lesson.
    """

    def __init__(self, quiet_ns: int, pressed: bool) -> None:
        self._quiet_ns = quiet_ns
        self._settled_level = self._level = pressed
        self._edges: list[Edge] = []
        self._first_move_ns = 0
        self._due_ns: int | None = None

    @property
    def due_ns(self) -> int | None:
        """When ``settled_edges`` has something to decide, if nothing moves until then."""
        return self._due_ns

    def on_contact(self, pressed: bool, at_ns: int) -> None:
        """Handle the opening or closing of the contact."""
        self._decide(at_ns)
        if self._due_ns is None:
            self._first_move_ns = at_ns
        self._level = pressed
        self._due_ns = at_ns + self._quiet_ns

    def settled_edges(self, now_ns: int) -> list[Edge]:
        """Return the edges that have settled by ``now_ns``, each once."""
        self._decide(now_ns)
        edges, self._edges = self._edges, []
        return edges

    def _decide(self, now_ns: int) -> None:
        if self._due_ns is None or now_ns < self._due_ns:
            return
        self._due_ns = None
        if self._level != self._settled_level:
            self._settled_level = self._level
            self._edges.append(Edge(self._level, self._first_move_ns))
