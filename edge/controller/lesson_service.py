"""Where people, recorder and ledger meet: each word goes into the lesson, and what it wants is carried out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from drivers.samples import ButtonEvent, Pattern
from edge.classroom.button_gestures import Gesture, GestureDetector, Intent
from edge.classroom.lamps import CheckState, LampInputs, status_lamp
from edge.classroom.lesson import Lesson
from edge.classroom.lesson_events import (
    CheckRequested,
    Effect,
    EndTakenBack,
    LessonFinalised,
    LessonIdRequested,
    LessonRejected,
)
from edge.classroom.lesson_state_machine import Phase
from edge.classroom.recorder_messages import (
    AddMarker,
    CommandRefused,
    DesiredState,
    FileFinished,
    FromRecorder,
    LessonEnded,
    RecorderState,
)
from edge.controller.fault_registry import FaultRegistry, fault_code
from edge.controller.finalisation import Finaliser
from edge.controller.power_off import PowerOff
from edge.ledger.database import LedgerDamaged, LedgerError
from edge.ledger.ledger import Ledger
from pipelines import system_clocks

log = logging.getLogger(__name__)

# A busy box takes a second or two to begin, and a slow disk longer to finish the lesson before.
UNHEEDED_NS = 5_000_000_000


class LessonService:
    """Owns the lesson's state; everything here belongs to the loop, and nothing waits but ``run``.

    ``tell`` sends to the recorder, ``on_file`` is called with lesson and path of each finished file, ``make_room`` is
    awaited before a lesson begins; ``changed`` is notified at every word from the recorder. ``troubles`` are the
    controller's own.
    """

    def __init__(
        self,
        lesson: Lesson,
        controls: GestureDetector,
        ledger: Ledger,
        closing: Finaliser,
        tell: Callable[[DesiredState | AddMarker], bool],
        on_file: Callable[[str, str], None],
        make_room: Callable[[], Awaitable[None]],
        troubles: FaultRegistry,
        power: PowerOff,
    ) -> None:
        self.lesson = lesson
        self.recorder: RecorderState | None = None
        self.changed = asyncio.Event()
        self.closing = closing
        self._controls = controls
        self._ledger = ledger
        self._tell = tell
        self._on_file = on_file
        self._make_room = make_room
        self._troubles = troubles
        self._power = power
        self._slow: asyncio.Queue[Effect] = asyncio.Queue()
        self._unheeded_since_ns: int | None = None

    # What people do.

    def button(self, event: ButtonEvent) -> None:
        """An edge of a button."""
        self._obey(self._controls.feed(event))

    def ask(self, act: Callable[[int], list[Effect]]) -> None:
        """Something asked for by the command line, now."""
        self._power.withdraw()
        self.closing.shown_no_more()
        self._carry_out(act(time.monotonic_ns()))

    # What the recorder says.

    def linked(self, connected: bool) -> None:
        """The link came up or went down."""
        if not connected:
            self.recorder = None
        elif self.lesson.wish is not None:
            self._tell(self.lesson.wish)
        self._notify()

    def heard(self, message: FromRecorder) -> None:
        """A word from the recorder."""
        now_ns = time.monotonic_ns()
        match message:
            case RecorderState():
                self.recorder = message
                self._carry_out(self.lesson.heard(message, now_ns))
            case LessonEnded():
                self._carry_out(self.lesson.ended(message, now_ns))
            case CommandRefused():
                log.warning("the recorder refuses: %s", message.reason)
                self._carry_out(self.lesson.refused(message))
            case FileFinished(lesson=lesson, path=path):
                self.closing.file_done(lesson, path)
                self._on_file(lesson, path)
        self._notify()

    # What time does.

    def tick(self) -> None:
        """A few times a second."""
        now_ns = time.monotonic_ns()
        self._obey(self._controls.tick(now_ns))
        self._carry_out(self.lesson.tick(now_ns))
        self._look_whether_heeded(now_ns)
        self._power.tick(now_ns, settled=self._is_settled())

    def lamp(self) -> Pattern:
        """What the status lamp says."""
        latest = self.closing.latest
        return status_lamp(
            LampInputs(
                recorder=self.recorder,
                refused=bool(self.lesson.refusal) or self._is_unheeded(),
                no_room=self._troubles.no_room,
                check=latest.state if latest else CheckState.NONE,
                leaving=self._power.wished,
                faults=bool(self.faults()),
            )
        )

    def faults(self) -> list[str]:
        """What is wrong with the controller's own work, in words."""
        return [*self.closing.faults, *self._troubles.all()]

    def busy(self) -> set[str]:
        """The lesson that runs, or whose end can still be taken back."""
        running = self.recorder.lesson if self.recorder else None
        return {lesson for lesson in (self.lesson.lesson, running) if lesson}

    async def run(self) -> None:
        """Carry out what waits for the disk, in order, until cancelled."""
        while True:
            await self._carry_out_slowly(await self._slow.get())

    def _obey(self, intents: list[Intent]) -> None:
        for intent in intents:
            log.info("%s button: %s", intent.button, intent.gesture)
            self.closing.shown_no_more()
            self._carry_out(self.lesson.obey(intent))
            if (intent.button, intent.gesture) == ("pause", Gesture.HOLD):
                self._power.wish(intent.at_ns)
            elif intent.button == "lesson" and intent.gesture is Gesture.PRESS:
                self._power.withdraw()

    def _is_settled(self) -> bool:
        """Whether no lesson runs, and none that has ended waits for its check or its card."""
        lesson = self.lesson
        at_rest = lesson.phase is Phase.IDLE and not lesson.starting and self._slow.empty()
        return at_rest and not self.closing.is_busy

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, DesiredState | AddMarker):
                self._tell(effect)
            else:
                self._slow.put_nowait(effect)

    async def _carry_out_slowly(self, effect: Effect) -> None:
        match effect:
            case LessonIdRequested():
                await self._number()
            case CheckRequested(lesson):
                self.closing.look_at(lesson)
            case LessonFinalised(lesson):
                self.closing.settle(lesson)
            case EndTakenBack(lesson):
                await self.closing.take_back(lesson)
            case LessonRejected(lesson):
                await self._forget(lesson)
            case _:
                pass

    async def _number(self) -> None:
        await self._make_room()
        wall_ns = time.time_ns() if system_clocks.is_synchronised() else None
        try:
            begun = await asyncio.to_thread(self._ledger.lessons.begin, wall_ns)
        except LedgerDamaged:
            raise
        except LedgerError as error:
            log.error("no number for a lesson: %s", error)
            self._carry_out(self.lesson.not_numbered(fault_code(error)))
        else:
            log.info("%s: begins", begun.id)
            self._carry_out(self.lesson.numbered(begun.id))
        self._notify()

    async def _forget(self, lesson: str) -> None:
        try:
            await asyncio.to_thread(self._ledger.lessons.forget, lesson)
        except LedgerDamaged:
            raise
        except LedgerError as error:
            log.error("%s never began and stays in the ledger: %s", lesson, error)

    def _is_unheeded(self) -> bool:
        """Whether this lesson was wanted long ago, and still is not recorded: ledger or recorder are held up."""
        since_ns = self._unheeded_since_ns
        return since_ns is not None and time.monotonic_ns() - since_ns > UNHEEDED_NS

    def _look_whether_heeded(self, now_ns: int) -> None:
        lesson = self.lesson
        wanted = lesson.lesson if lesson.phase in (Phase.RECORDING, Phase.PAUSED) else None
        runs = self.recorder is None or self.recorder.lesson == wanted
        if not lesson.starting and (wanted is None or runs):
            self._unheeded_since_ns = None
        elif self._unheeded_since_ns is None:
            self._unheeded_since_ns = now_ns

    def _notify(self) -> None:
        self.changed.set()
