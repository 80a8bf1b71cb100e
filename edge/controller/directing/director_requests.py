"""What people want of the director, from pages, terminal and keypad: who cuts, and which camera is on air."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from edge.classroom.lesson_state_machine import Phase
from edge.classroom.recorder_messages import Activity, ChooseMode, CutCamera, ForDirector, RecorderState
from edge.classroom.teacher_keypad import KeypadAction
from edge.controller.lesson_service import LessonService
from edge.link.control_requests import ChooseDirectorMode, DirectorRequest
from pipelines.directing.observations import DirectorMode

log = logging.getLogger(__name__)

Choice = TypeVar("Choice")

_TIMEOUT_S = 4.0
_CUT = "cut-"
_MODES = list(DirectorMode)
_MODE_KEYS = {
    KeypadAction.DIRECTOR_AUTO: DirectorMode.AUTO,
    KeypadAction.DIRECTOR_SEMI: DirectorMode.SEMI,
    KeypadAction.DIRECTOR_MANUAL: DirectorMode.MANUAL,
}


class DirectorRequests:
    """Passes wishes on to the recorder, and waits for its state to show them; ``cameras`` are the room's roles."""

    def __init__(self, lessons: LessonService, cameras: Sequence[str], send: Callable[[ForDirector], bool]) -> None:
        self._lessons = lessons
        self._cameras = tuple(cameras)
        self._send = send

    async def handle(self, request: DirectorRequest) -> str:
        """Carry a request out; return why not, as a code, or an empty string."""
        recorder = self._lessons.recorder
        if recorder is None:
            return "no-recorder"
        if self._lessons.lesson.phase not in (Phase.RECORDING, Phase.PAUSED):
            return "none-running"
        if recorder.mode is None:
            return "no-director"
        now_ns = time.monotonic_ns()
        if isinstance(request, ChooseDirectorMode):
            mode = request.mode
            return await self._pass_on(ChooseMode(at_ns=now_ns, mode=mode), lambda state: state.mode is mode)
        role = request.role or recorder.proposed
        if not role:
            return "nothing-proposed"
        if role not in self._cameras:
            return "no-camera"
        if recorder.activity is not Activity.RECORDING:
            return "none-recorded"
        return await self._pass_on(CutCamera(at_ns=now_ns, role=role), lambda state: state.on_air == role)

    def on_key(self, action: KeypadAction, at_ns: int) -> bool:
        """Carry out an action of the keypad, as far as it is possible now; whether it is one for the director."""
        recorder = self._lessons.recorder
        mode, on_air = (recorder.mode, recorder.on_air) if recorder is not None else (None, None)
        match action:
            case KeypadAction.DIRECTOR_AUTO | KeypadAction.DIRECTOR_SEMI | KeypadAction.DIRECTOR_MANUAL:
                wanted: ForDirector = ChooseMode(at_ns=at_ns, mode=_MODE_KEYS[action])
            case KeypadAction.DIRECTOR_MODE:
                wanted = ChooseMode(at_ns=at_ns, mode=_next_of(_MODES, mode or _MODES[-1]))
            case KeypadAction.DIRECTOR_TAKE:
                wanted = CutCamera(at_ns=at_ns, role="")
            case KeypadAction.CUT_NEXT:
                wanted = CutCamera(at_ns=at_ns, role=_next_of(self._cameras, on_air or self._cameras[-1]))
            case _ if action.startswith(_CUT):
                wanted = CutCamera(at_ns=at_ns, role=action.removeprefix(_CUT))
            case _:
                return False
        if mode is None or (isinstance(wanted, CutCamera) and wanted.role and wanted.role not in self._cameras):
            log.info("keypad: %s changes nothing now", action)
        else:
            self._send(wanted)
        return True

    async def _pass_on(self, wanted: ForDirector, is_reached: Callable[[RecorderState], bool]) -> str:
        if not self._send(wanted):
            return "no-recorder"
        changed = self._lessons.changed
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                while (recorder := self._lessons.recorder) is None or not is_reached(recorder):
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return "not-in-time"
        return ""


def _next_of(ring: Sequence[Choice], one: Choice) -> Choice:
    return ring[(list(ring).index(one) + 1) % len(ring)] if one in ring else ring[0]
