"""The roles of those who look at pages, and the sets of them that routes are for."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; ``BOARD`` is whoever has not logged in: passers-by at the board, students."""

    TEACHER = "teacher"
    TECHNICIAN = "technician"
    OBSERVER = "observer"
    BOARD = "board"


PUBLIC = frozenset(Role)
"""Everybody, also without a password."""
STAFF = PUBLIC - {Role.BOARD}
"""Everybody who has logged in."""
TEACHER = frozenset({Role.TEACHER})
TECHNICIAN = frozenset({Role.TECHNICIAN})
TEACHER_OR_TECHNICIAN = TEACHER | TECHNICIAN
