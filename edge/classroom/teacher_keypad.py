"""Mapping of the teacher's keypad keys to actions on lesson and polls; pure, time is passed in.

A keypad has no key that can be held and lies in a pocket, so its lesson ends only by a second press of the same
key within ``CONFIRM_NS``. The radio doubles messages: what comes again within ``SAME_PRESS_NS`` is the same press.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from drivers.samples import TeacherKey

CONFIRM_NS = 3_000_000_000
SAME_PRESS_NS = 400_000_000


class KeypadAction(StrEnum):
    """Action of a key; ``lesson`` starts, pauses and resumes, a ``poll-`` key opens a poll of its kind.

    ``end`` needs two presses. ``poll-close`` closes the poll that is open. ``director-…`` chooses who cuts
    (``director-mode``: the next of the three), ``director-take`` puts on air what the director proposes, ``cut-…`` a
    camera (``cut-next``: the next one).
    """

    NONE = "none"
    LESSON = "lesson"
    END = "end"
    MARK = "mark"
    POLL_SINGLE = "poll-single"
    POLL_MULTIPLE = "poll-multiple"
    POLL_TRUE_FALSE = "poll-truefalse"
    POLL_NUMBER = "poll-number"
    POLL_RUSH = "poll-rush"
    POLL_ROLL_CALL = "poll-rollcall"
    POLL_CLOSE = "poll-close"
    DIRECTOR_AUTO = "director-auto"
    DIRECTOR_SEMI = "director-semi"
    DIRECTOR_MANUAL = "director-manual"
    DIRECTOR_MODE = "director-mode"
    DIRECTOR_TAKE = "director-take"
    CUT_NEXT = "cut-next"
    CUT_TEACHER = "cut-teacher"
    CUT_STUDENTS = "cut-students"
    CUT_SCREEN = "cut-screen"
    CUT_TEACHER_CLOSE = "cut-teacher-close"
    CUT_STUDENTS_CLOSE = "cut-students-close"


DEFAULT_ACTIONS: Mapping[TeacherKey, KeypadAction] = {
    TeacherKey.START_PAUSE: KeypadAction.LESSON,
    TeacherKey.STOP: KeypadAction.END,
    TeacherKey.F1: KeypadAction.MARK,
    TeacherKey.QUESTION: KeypadAction.POLL_SINGLE,
    TeacherKey.MODE: KeypadAction.POLL_TRUE_FALSE,
    TeacherKey.F2: KeypadAction.POLL_RUSH,
    TeacherKey.REPORT: KeypadAction.POLL_ROLL_CALL,
    TeacherKey.RESULT: KeypadAction.POLL_CLOSE,
    TeacherKey.OK: KeypadAction.DIRECTOR_TAKE,
    TeacherKey.UP: KeypadAction.CUT_NEXT,
    TeacherKey.DOWN: KeypadAction.DIRECTOR_AUTO,
}
"""The actions of the keys where the config sets no other."""


class Keypad:
    """Maps keys to actions; ``keys`` overrides and extends the default ones."""

    def __init__(self, keys: Mapping[TeacherKey, KeypadAction]) -> None:
        self._actions = {**DEFAULT_ACTIONS, **keys}
        self._last: tuple[TeacherKey, int] | None = None
        self._first_end_ns: int | None = None

    def on_key(self, key: TeacherKey, at_ns: int) -> KeypadAction:
        """The action of a press of ``key``; NONE for nothing, or nothing yet."""
        last, self._last = self._last, (key, at_ns)
        if last is not None and last[0] is key and at_ns - last[1] < SAME_PRESS_NS:
            return KeypadAction.NONE
        first_end_ns, self._first_end_ns = self._first_end_ns, None
        action = self._actions.get(key, KeypadAction.NONE)
        if action is not KeypadAction.END:
            return action
        if first_end_ns is not None and at_ns - first_end_ns <= CONFIRM_NS:
            return action
        self._first_end_ns = at_ns
        return KeypadAction.NONE
