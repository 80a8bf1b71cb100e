"""What the director knows of the roles of cameras by their names."""

from __future__ import annotations

TEACHER = "teacher"
TEACHER_CLOSE = "teacher-close"
STUDENTS = "students"
STUDENTS_CLOSE = "students-close"
SCREEN = "screen"

FALLBACK_ORDER = (TEACHER, TEACHER_CLOSE, STUDENTS, SCREEN, STUDENTS_CLOSE)
"""Who replaces a camera that is lost; roles that are not here come last."""

TEACHER_VIEWS = frozenset({TEACHER, TEACHER_CLOSE})
STUDENTS_VIEWS = frozenset({STUDENTS, STUDENTS_CLOSE})
