"""Clickers bound at a prompt: a name is shown, its owner presses a key, and the next name is shown."""

from __future__ import annotations

import select
from pathlib import Path
from typing import TextIO

from rich.console import Console

from edge.classroom.roster import SchoolClass
from edge.i18n import Language, translate
from edge.link.control_client import request
from edge.link.control_messages import Act, Request
from edge.link.poll_messages import RosterRequest, RosterStatus

_LOOK_S = 0.2
_UNDO, _QUIT = "u", "q"


class BindingRefused(Exception):
    """The controller would not; ``word`` says why."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class ClickerBinding:
    """Talks with whoever sits at the terminal, a line at a time, and with the controller (sockets in ``run``)."""

    def __init__(self, run: Path, language: Language, keyboard: TextIO, console: Console) -> None:
        self._run = run
        self._language: Language = language
        self._keyboard = keyboard
        self._console = console

    def bind(self, here: SchoolClass, *, everybody: bool) -> None:
        """Go through the students without a clicker, or through all. Refused, Unreached.

        A clicker that is somebody's already is not heard, unless all are bound anew: then it is heard once.
        """
        students = list(here.students) if everybody else here.unbound()
        others = set() if everybody else set(here.of_device())
        bound: list[tuple[int, str]] = []
        seen_ns = self._asked(Act.ROSTER_LISTEN, RosterRequest()).now_ns
        at = 0
        while at < len(students):
            student = students[at]
            self._say("prompt", place=at + 1, count=len(students), name=student.name)
            device, seen_ns, typed = self._heard(seen_ns, others | {one for _, one in bound})
            if device:
                self._asked(Act.ROSTER_BIND, RosterRequest(number=student.number, device=device))
                self._say("bound", name=student.name, device=device)
                bound.append((at, device))
            elif typed == _QUIT:
                return
            elif typed == _UNDO and bound:
                at, _ = bound.pop()
                self._asked(Act.ROSTER_BIND, RosterRequest(number=students[at].number))
                self._say("undone", name=students[at].name)
                continue
            else:
                self._say("skipped", name=student.name)
            at += 1
        self._say("all-bound")

    def _heard(self, since_ns: int, taken: set[str]) -> tuple[str, int, str]:
        """The next clicker that is not taken, and when to listen on, or what was typed instead."""
        while True:
            roster = self._asked(Act.ROSTER_LISTEN, RosterRequest(since_ns=since_ns))
            for device in roster.pressed:
                if device not in taken:
                    return device, roster.now_ns, ""
            ready, _, _ = select.select([self._keyboard], [], [], _LOOK_S)
            if ready:
                line = self._keyboard.readline()
                return "", roster.now_ns, line.strip().lower() if line else _QUIT

    def _asked(self, act: Act, wish: RosterRequest) -> RosterStatus:
        answer = request(self._run, Request(act=act, roster=wish))
        if not answer.ok or answer.roster is None:
            raise BindingRefused(answer.reason)
        return answer.roster

    def _say(self, word: str, **values: object) -> None:
        self._console.print(translate(f"roster.{word}", self._language, **values), markup=False, highlight=False)
