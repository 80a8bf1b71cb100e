"""Binding of clickers to students at a prompt: a name is shown, its owner presses a key, and the next one is shown."""

from __future__ import annotations

import select
from pathlib import Path
from typing import TextIO

from rich.console import Console

from edge.classroom.roster import SchoolClass
from edge.i18n import Language, translate
from edge.link.control_client import request_roster
from edge.link.control_requests import BindClicker, ListenForClickers
from edge.link.poll_messages import BoundClicker, PressesSince, RosterStatus

_PERIOD_S = 0.2
_UNDO, _QUIT = "u", "q"


class ClickerBinding:
    """A dialogue with the person at the terminal, a line at a time; the controller's socket lies in ``run``."""

    def __init__(self, run: Path, language: Language, keyboard: TextIO, console: Console) -> None:
        self._run = run
        self._language: Language = language
        self._keyboard = keyboard
        self._console = console

    def bind(self, here: SchoolClass, *, everybody: bool) -> None:
        """Go through the students without a clicker, or through all.

        A clicker that is somebody's already is ignored, unless all are bound anew: then it counts once.

        Raises:
            NotReachable: The controller does not answer.
            RequestRefused: It did not do what it was asked.
        """
        students = list(here.students) if everybody else here.unbound()
        others = set() if everybody else set(here.students_by_device())
        bound: list[tuple[int, str]] = []
        seen_ns = self._listen(0).now_ns
        at = 0
        while at < len(students):
            student = students[at]
            self._print("prompt", place=at + 1, count=len(students), name=student.name)
            device, seen_ns, typed = self._next_press(seen_ns, others | {one for _, one in bound})
            if device:
                self._bind(student.number, device)
                self._print("bound", name=student.name, device=device)
                bound.append((at, device))
            elif typed == _QUIT:
                return
            elif typed == _UNDO and bound:
                at, _ = bound.pop()
                self._bind(students[at].number, "")
                self._print("undone", name=students[at].name)
                continue
            else:
                self._print("skipped", name=student.name)
            at += 1
        self._print("all-bound")

    def _next_press(self, since_ns: int, taken: set[str]) -> tuple[str, int, str]:
        """The next clicker that is pressed and not taken, and when to listen on, or the line that was typed instead."""
        while True:
            roster = self._listen(since_ns)
            for device in roster.pressed:
                if device not in taken:
                    return device, roster.now_ns, ""
            ready, _, _ = select.select([self._keyboard], [], [], _PERIOD_S)
            if ready:
                line = self._keyboard.readline()
                return "", roster.now_ns, line.strip().lower() if line else _QUIT

    def _listen(self, since_ns: int) -> RosterStatus:
        return request_roster(self._run, ListenForClickers(roster=PressesSince(since_ns=since_ns)))

    def _bind(self, number: str, device: str) -> None:
        request_roster(self._run, BindClicker(roster=BoundClicker(number=number, device=device)))

    def _print(self, word: str, **values: object) -> None:
        self._console.print(translate(f"roster.{word}", self._language, **values), markup=False, highlight=False)
