"""The director of one lesson at work: a thread that tells it what is seen and heard, and carries out its decisions."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pipelines.directing.decisions import CutReason, CutTo, Decision, Proposed, TurnHead
from pipelines.directing.observations import (
    CameraLook,
    CameraTrust,
    DirectorMode,
    HeadMoved,
    Marked,
    ModeChosen,
    Observation,
    PersonCut,
    PollChanged,
    SpeechHeard,
)
from pipelines.journal.entries import Looks
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.look_tap import LookTap
from pipelines.yuv_planes import Plane

log = logging.getLogger(__name__)

FAILED, HUNG = "director-failed", "director-hung"
"""The fault codes where the director raises, or does not come back; persons can cut all the same."""

SECOND_NS = 1_000_000_000
HUNG_NS = 5_000_000_000
# Two minutes of speech from two microphones; people's acts are few.
_MOST_OBSERVATIONS = 2_400
_TICK_NS = 100_000_000
_TRUST_NS = 500_000_000
_RETRY_S = 10.0
# Nicer than the threads of sound, pictures and speech.
_NICENESS = 12
_JOIN_TIMEOUT_S = 1.0


class LessonDirector(Protocol):
    """Decides who is on air; see ``pipelines.directing.recorded_director``."""

    def push(self, observation: Observation) -> None:
        """Take an observation."""

    def tick(self, lesson_ns: int) -> list[Decision]:
        """Return what is decided at this lesson time."""

    def flush(self) -> None:
        """Write what it was told and has not written yet."""


class LumaMeter(Protocol):
    """Measures motion of one camera; see ``pipelines.directing.motion_meter``."""

    def push(self, luma: Plane, lesson_ns: int) -> CameraLook | None:
        """Return what the camera shows; None while there is nothing to compare with."""


@dataclass(frozen=True, slots=True)
class DirectingSettings:
    """How a room's lessons are directed: the mode that each begins in, and what makes director and meters.

    ``make_director(roles, lesson_ns, write)`` makes one that begins there and writes what it is told,
    ``make_meter(role)`` the meter of a camera.
    """

    mode: DirectorMode
    make_director: Callable[[Sequence[str], int, Callable[[Looks], None]], LessonDirector]
    make_meter: Callable[[str], LumaMeter]


@dataclass(frozen=True, slots=True)
class DirectorState:
    """The role on air and the one that is proposed, each with its reason (empty where there is none); who cuts."""

    mode: DirectorMode
    on_air: str = ""
    on_air_why: str = ""
    proposed: str = ""
    proposed_why: str = ""


@dataclass(frozen=True, slots=True)
class DeskListeners:
    """What the desk asks and tells, from its own thread, or from that of whoever cuts while the director fails.

    ``distrusted()`` gives the cameras whose tracks show no true pictures now; ``on_cut(cut, mode)`` gets each cut,
    ``on_looks`` what the director was told, and ``on_turn_head(role, preset)`` each wish that a head should turn. None
    may wait.
    """

    distrusted: Callable[[], Sequence[str]]
    on_cut: Callable[[CutTo, DirectorMode], None]
    on_looks: Callable[[Looks], None]
    on_turn_head: Callable[[str, str], None]


class DirectorDesk:
    """Nothing of the lesson waits for it, and it may fail or hang as it likes: persons' cuts then count by themselves.

    Observations are queued; of too many the oldest are dropped. While lesson time stands still it does nothing, and the
    tap takes no pictures. A director that raises is made anew a while later, with the role on air and the mode of then.
    ``first`` is the role that the programme shows where nobody has cut.
    """

    def __init__(
        self,
        settings: DirectingSettings,
        roles: Sequence[str],
        first: str,
        timeline: LessonTimeline,
        tap: LookTap,
        listeners: DeskListeners,
    ) -> None:
        self.tap = tap
        self._settings = settings
        self._roles = tuple(roles)
        self._first = first
        self._timeline = timeline
        self._listeners = listeners
        self._state = DirectorState(settings.mode)
        self._observations: deque[Observation] = deque(maxlen=_MOST_OBSERVATIONS)
        self._trusted: dict[str, bool] = {}
        self._trust_checked_ns = 0
        self._fault = ""
        # Of what two threads do at once, the journal has last what is on air last.
        self._lock = threading.RLock()
        self._busy_since_ns: int | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="director", daemon=True)

    @property
    def state(self) -> DirectorState:
        """The present state, as a whole."""
        return self._state

    @property
    def fault(self) -> str:
        """A fault code; empty while the director works."""
        since_ns = self._busy_since_ns
        if since_ns is not None and time.monotonic_ns() - since_ns > HUNG_NS:
            return HUNG
        return self._fault

    def restore(self, on_air: str, why: str, mode: str) -> None:
        """Before the start: the role on air with its reason, and the mode, as another process left them."""
        known_mode = DirectorMode(mode) if mode in list(DirectorMode) else self._settings.mode
        known_role = on_air if on_air in self._roles else ""
        self._state = DirectorState(known_mode, known_role, why if known_role else "")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def hear(self, speech: SpeechHeard) -> None:
        """Somebody speaks near a microphone, or does not; any thread, never blocks."""
        self._observations.append(speech)

    def observe(self, observation: Marked | PollChanged | HeadMoved) -> None:
        """Something happened in the lesson; any thread, never blocks."""
        self._observations.append(observation)

    def choose_mode(self, mode: DirectorMode, lesson_ns: int) -> None:
        """A person chose who cuts; the journal keeps it with the role on air. Any thread, never blocks."""
        self._observations.append(ModeChosen(lesson_ns, mode))
        with self._lock:
            before, self._state = self._state, replace(self._state, mode=mode)
            if before.on_air and before.mode is not mode:
                self._listeners.on_cut(CutTo(_next_second(lesson_ns), before.on_air, CutReason.PERSON), mode)

    def cut(self, lesson_ns: int, role: str = "") -> None:
        """A person wants a role on air; an empty one is what is proposed. Any thread, never blocks."""
        self._observations.append(PersonCut(lesson_ns, role))
        if self.fault and (wanted := role or self._state.proposed):
            self._carry_out(CutTo(_next_second(lesson_ns), wanted, CutReason.PERSON))

    def suspend(self) -> None:
        """Lesson time stands still: nothing is looked at. Idempotent."""
        self.tap.suspend()

    def resume(self) -> None:
        """Lesson time runs again. Idempotent."""
        self.tap.resume()

    def close(self) -> None:
        """Stop; a director that hangs is left behind. Idempotent."""
        self._closing.set()
        self.tap.wake()
        if self._thread.is_alive():
            self._thread.join(_JOIN_TIMEOUT_S)

    def _run(self) -> None:
        # On Linux 0 is the calling thread alone.
        os.setpriority(os.PRIO_PROCESS, 0, min(19, os.getpriority(os.PRIO_PROCESS, 0) + _NICENESS))
        while not self._closing.is_set():
            try:
                self._direct()
            except BaseException:  # the edge of a part: whatever it raises, also a library's panic, the lesson goes on
                self._fault = FAILED
                log.exception("the director fails, and is tried again; persons' cuts count all the same")
            finally:
                self._busy_since_ns = None
            self._closing.wait(_RETRY_S)

    def _direct(self) -> None:
        self._busy_since_ns = time.monotonic_ns()
        director = self._begin()
        try:
            self._listen(director)
        finally:
            director.flush()

    def _listen(self, director: LessonDirector) -> None:
        meters = {role: self._settings.make_meter(role) for role in self._roles}
        begun_ns = time.monotonic_ns()
        ticked_ns = 0
        while not self._closing.is_set():
            self._busy_since_ns = None
            small = self.tap.get(_TICK_NS / 1e9)
            self._busy_since_ns = now_ns = time.monotonic_ns()
            if small is not None and (look := meters[small.role].push(small.luma, small.lesson_ns)) is not None:
                director.push(look)
            if now_ns - ticked_ns >= _TICK_NS and self._timeline.is_running and not self._closing.is_set():
                ticked_ns = now_ns
                self._tick(director, now_ns)
            if self._fault and now_ns - begun_ns > _RETRY_S * 1e9:
                self._fault = ""

    def _begin(self) -> LessonDirector:
        """A director that knows how things stand."""
        lesson_ns = self._timeline.reached_ns(time.monotonic_ns())
        director = self._settings.make_director(self._roles, lesson_ns, self._listeners.on_looks)
        state, self._trusted = self._state, {}
        if state.mode is not DirectorMode.AUTO:
            director.push(ModeChosen(lesson_ns, state.mode))
        if state.on_air:
            director.push(PersonCut(lesson_ns, state.on_air))
        elif state.mode is not DirectorMode.AUTO:
            # A director that does not cut does not open the lesson either.
            self._carry_out(CutTo(_next_second(lesson_ns), self._first, CutReason.START))
        return director

    def _tick(self, director: LessonDirector, now_ns: int) -> None:
        lesson_ns = self._timeline.reached_ns(now_ns)
        while self._observations:
            director.push(self._observations.popleft())
        if now_ns - self._trust_checked_ns >= _TRUST_NS:
            self._trust_checked_ns = now_ns
            distrusted = self._listeners.distrusted()
            for role in self._roles:
                if self._trusted.get(role) is not (is_true := role not in distrusted):
                    self._trusted[role] = is_true
                    director.push(CameraTrust(role, lesson_ns, is_true))
        for decision in director.tick(lesson_ns):
            # It may have been hanging while the lesson ended.
            if not self._closing.is_set():
                self._carry_out(decision)

    def _carry_out(self, decision: Decision) -> None:
        match decision:
            case CutTo(role=role, reason=reason):
                with self._lock:
                    before = self._state
                    self._state = replace(before, on_air=role, on_air_why=reason)
                    if role != before.on_air:
                        log.info("on air: %s (%s)", role, reason)
                        self._listeners.on_cut(decision, before.mode)
            case Proposed(role=role, reason=reason):
                with self._lock:
                    self._state = replace(self._state, proposed=role, proposed_why=reason or "")
            case TurnHead(role=role, preset=preset):
                self._listeners.on_turn_head(role, preset)


def _next_second(lesson_ns: int) -> int:
    return -(-lesson_ns // SECOND_NS) * SECOND_NS
