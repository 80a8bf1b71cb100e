"""Mapping of the teacher's keypad keys to actions on lesson and polls; pure, time is passed in.

A keypad has no key that can be held and lies in a pocket, so its lesson ends only by a second press of the same
key within ``SURE_NS``. The radio doubles messages: what comes again within ``SAME_PRESS_NS`` is the same press.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from drivers.samples import TeacherKey

SURE_NS = 3_000_000_000
SAME_PRESS_NS = 400_000_000


class KeyAct(StrEnum):
    """What a key can be for; ``lesson`` starts, pauses and goes on, a ``poll-`` key opens a poll of its kind.

    ``end`` is pressed twice. ``poll-close`` closes the poll that is open.
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


USUAL: Mapping[TeacherKey, KeyAct] = {
    TeacherKey.START_PAUSE: KeyAct.LESSON,
    TeacherKey.STOP: KeyAct.END,
    TeacherKey.F1: KeyAct.MARK,
    TeacherKey.QUESTION: KeyAct.POLL_SINGLE,
    TeacherKey.MODE: KeyAct.POLL_TRUE_FALSE,
    TeacherKey.F2: KeyAct.POLL_RUSH,
    TeacherKey.REPORT: KeyAct.POLL_ROLL_CALL,
    TeacherKey.RESULT: KeyAct.POLL_CLOSE,
}
"""What the keys are for where the config says nothing else."""


class Keypad:
    """``keys`` changes or adds to the usual acts."""

    def __init__(self, keys: Mapping[TeacherKey, KeyAct]) -> None:
        self._acts = {**USUAL, **keys}
        self._last: tuple[TeacherKey, int] | None = None
        self._half_ended_ns: int | None = None

    def on_key(self, key: TeacherKey, at_ns: int) -> KeyAct:
        """The act that a press of ``key`` asks for; NONE for nothing (yet)."""
        last, self._last = self._last, (key, at_ns)
        if last is not None and last[0] is key and at_ns - last[1] < SAME_PRESS_NS:
            return KeyAct.NONE
        half_ended_ns, self._half_ended_ns = self._half_ended_ns, None
        act = self._acts.get(key, KeyAct.NONE)
        if act is not KeyAct.END:
            return act
        if half_ended_ns is not None and at_ns - half_ended_ns <= SURE_NS:
            return act
        self._half_ended_ns = at_ns
        return KeyAct.NONE
