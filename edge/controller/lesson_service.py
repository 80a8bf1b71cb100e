"""The core of the controller: buttons and the recorder's messages drive the lesson, and its outputs are carried out.

Nothing here waits, and nothing here depends on anything outside the room: not on the ledger, a store or a disk.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from drivers.samples import Beep, ButtonEvent, Pattern
from edge.classroom.button_gestures import Gesture, GestureDetector, GestureEvent
from edge.classroom.lamps import CheckState, LampInputs, status_lamp
from edge.classroom.lesson_buttons import LessonButtons
from edge.classroom.lesson_events import (
    LessonButtonTapped,
    LessonChecked,
    LessonEndTakenBack,
    LessonEvent,
    LessonFileFinished,
    LessonFilesClosed,
    LessonStarted,
    LessonStored,
    StartDeclined,
)
from edge.classroom.lesson_ids import LessonIdMaker
from edge.classroom.lesson_state_machine import LessonStateMachine, Output, Phase
from edge.classroom.recorder_messages import (
    AddMarker,
    CommandRefused,
    DesiredState,
    FileFinished,
    FromRecorder,
    RecorderState,
    RecordingEnded,
)
from edge.controller.fault_registry import FaultRegistry
from edge.controller.power_off import PowerOff
from edge.link.control_messages import LastCheck
from pipelines.receipt.receipt import StoredVerdict

log = logging.getLogger(__name__)

# A busy box takes a second or two to begin, and a slow disk longer to finish the lesson before.
COMMAND_TIMEOUT_NS = 5_000_000_000

# Long enough to be seen from the front of the classroom.
_HINT_NS = 2_000_000_000

EVENTS = (LessonFilesClosed, LessonChecked, LessonStored, LessonEndTakenBack, LessonStarted, LessonButtonTapped)


class LessonService:
    """Owns the lesson's state; everything here belongs to the event loop.

    ``send`` sends to the recorder, ``publish`` delivers an event to its subscribers, ``is_finalising`` says whether an
    ended lesson is still worked on, ``beep`` sounds the buzzer. ``gives_hints``: a press that changes nothing is
    answered. ``changed`` is set at every message from the recorder, ``stirred`` at whatever may change the lamp, but
    for a fault that a part reports. ``recorder`` is its last state, None while it is not reached. ``last_check`` is the
    check of the newest lesson whose files were closed, until somebody presses.
    """

    def __init__(
        self,
        lesson: LessonStateMachine,
        gestures: GestureDetector,
        ids: LessonIdMaker,
        send: Callable[[DesiredState | AddMarker], bool],
        publish: Callable[[LessonEvent], None],
        faults: FaultRegistry,
        power_off: PowerOff,
        is_finalising: Callable[[], bool],
        beep: Callable[[Beep], None] = lambda _: None,
        *,
        gives_hints: bool = False,
    ) -> None:
        self.lesson = lesson
        self.recorder: RecorderState | None = None
        self.last_check: LastCheck | None = None
        self.changed = asyncio.Event()
        self.stirred = asyncio.Event()
        self._buttons = LessonButtons(lesson)
        self._gestures = gestures
        self._ids = ids
        self._send = send
        self._publish = publish
        self._faults = faults
        self._power_off = power_off
        self._is_finalising = is_finalising
        self._beep = beep
        self._gives_hints = gives_hints
        self._announced_until_ns = self._hint_until_ns = 0
        self._unmet_since_ns: int | None = None

    # Acts of people.

    def on_button(self, event: ButtonEvent) -> None:
        """Handle an edge of a button."""
        self._on_gestures(self._gestures.on_edge(event))
        self.stirred.set()

    def execute(self, act: Callable[[int], list[Output]]) -> None:
        """Execute an act that the command line or the keypad requests, at the present time."""
        self._power_off.cancel()
        self.last_check = None
        self.lesson.acknowledge()
        self._carry_out(act(time.monotonic_ns()))
        self.stirred.set()

    def answer_announcement(self) -> bool:
        """What is about to happen by itself shall not: as the pause button says before a start, and the lesson button
        before an end. Returns whether anything was announced.
        """
        now_ns = time.monotonic_ns()
        if not self.is_announcing:
            return False
        if self.lesson.lesson is None:
            self._publish(StartDeclined("", now_ns))
        else:
            self._publish(LessonButtonTapped(self.lesson.lesson, now_ns))
        return True

    # Acts of the timetable.

    def execute_planned(self, act: Callable[[int], list[Output]]) -> None:
        """Execute an act of the timetable, at the present time."""
        self._carry_out(act(time.monotonic_ns()))
        self.stirred.set()

    def announce(self, beep: Beep | None, for_ns: int) -> None:
        """Show on the status lamp, for so long, that something is about to happen by itself; 0 takes that away.

        Whoever announces renews it: one that fails meanwhile leaves no announcement behind.
        """
        self._announced_until_ns = time.monotonic_ns() + for_ns
        self.stirred.set()
        if beep is not None:
            self._beep(beep)

    @property
    def is_announcing(self) -> bool:
        """Whether something is about to happen by itself."""
        return time.monotonic_ns() < self._announced_until_ns

    @property
    def is_powering_off(self) -> bool:
        """Whether the box is about to be switched off."""
        return self._power_off.is_pending

    # Messages of the recorder.

    def on_link(self, connected: bool) -> None:
        """Send the desired state when the link came up; forget the recorder's when it went down."""
        if not connected:
            self.recorder = None
        elif self.lesson.desired is not None:
            self._send(self.lesson.desired)
        self.changed.set()
        self.stirred.set()

    def on_message(self, message: FromRecorder) -> None:
        """Handle a message from the recorder."""
        now_ns = time.monotonic_ns()
        match message:
            case RecorderState():
                self.recorder = message
                self._ids.observe(message.lesson or "")
                self._carry_out(self.lesson.on_state(message, now_ns))
            case RecordingEnded():
                self._ids.observe(message.lesson)
                self._carry_out(self.lesson.on_recording_ended(message, now_ns))
            case CommandRefused():
                log.warning("the recorder refuses: %s", message.reason)
                self._carry_out(self.lesson.on_refused(message, now_ns))
            case FileFinished(lesson=lesson, path=path):
                self._publish(LessonFileFinished(lesson, now_ns, path))
        self.changed.set()
        self.stirred.set()

    # Events of the parts.

    def on_event(self, event: LessonEvent) -> None:
        """Follow what becomes of an ended lesson, for the lamp and the status."""
        last = self.last_check
        self.stirred.set()
        match event:
            case LessonFilesClosed(lesson=lesson):
                self.last_check = LastCheck(lesson=lesson, recording=CheckState.RUNNING, stored=StoredVerdict.PENDING)
            case LessonChecked(lesson=lesson, is_good=is_good) if last is not None and last.lesson == lesson:
                verdict = CheckState.GOOD if is_good else CheckState.BAD
                self.last_check = last.model_copy(update={"recording": verdict, "stored": StoredVerdict.PENDING})
            case LessonStored(lesson=lesson) if last is not None and last.lesson == lesson:
                self.last_check = last.model_copy(update={"stored": StoredVerdict.YES})
            case LessonEndTakenBack():
                self.last_check = None
            case LessonStarted(lesson=lesson, cause=cause):
                log.info("%s: begins (%s)", lesson, cause)
            case LessonButtonTapped(at_ns=at_ns) if self._gives_hints and not self.is_announcing:
                self._hint_until_ns = at_ns + _HINT_NS
                self._beep(Beep.DOUBLE)
            case _:
                pass

    # Time.

    @property
    def awaits_a_moment(self) -> bool:
        """Whether something is due soon that only ``tick`` finds, or the lamp is about to change by itself."""
        return (
            self._gestures.may_become_hold
            or self.lesson.phase is Phase.FINISHING
            or self.is_powering_off
            or self.is_announcing
            or time.monotonic_ns() < self._hint_until_ns
        )

    def tick(self) -> None:
        """Let time pass; to be called ten times a second while a moment is awaited, else twice."""
        now_ns = time.monotonic_ns()
        self._on_gestures(self._gestures.tick(now_ns))
        self._carry_out(self.lesson.tick(now_ns))
        self._watch_command(now_ns)
        is_settled = self.lesson.phase is Phase.IDLE and not self._is_finalising()
        self._power_off.tick(now_ns, is_settled=is_settled)

    def lamp(self) -> Pattern:
        """The pattern of the status lamp."""
        return status_lamp(
            LampInputs(
                recorder=self.recorder,
                is_refused=bool(self.lesson.refusal) or self._is_command_overdue(),
                has_no_room=self._faults.has_no_room,
                check=CheckState(self.last_check.recording) if self.last_check else CheckState.NONE,
                is_powering_off=self._power_off.is_pending,
                has_faults=self._faults.concern_recordings,
                is_announcing=self.is_announcing or time.monotonic_ns() < self._hint_until_ns,
            )
        )

    def _on_gestures(self, events: list[GestureEvent]) -> None:
        for event in events:
            log.info("%s button: %s", event.button, event.gesture)
            self.last_check = None
            self._carry_out(self._buttons.on_gesture(event))
            if (event.button, event.gesture) == ("pause", Gesture.HOLD):
                self._power_off.request(event.at_ns)
            elif (event.button, event.gesture) == ("lesson", Gesture.PRESS):
                self._power_off.cancel()

    def _carry_out(self, outputs: list[Output]) -> None:
        for output in outputs:
            if isinstance(output, LessonEvent):
                self._publish(output)
            else:
                self._send(output)

    def _is_command_overdue(self) -> bool:
        """Whether the lesson was commanded long ago, and still is not recorded: the recorder is held up."""
        since_ns = self._unmet_since_ns
        return since_ns is not None and time.monotonic_ns() - since_ns > COMMAND_TIMEOUT_NS

    def _watch_command(self, now_ns: int) -> None:
        lesson = self.lesson
        wanted = lesson.lesson if lesson.phase in (Phase.RECORDING, Phase.PAUSED) else None
        if wanted is None or self.recorder is None or self.recorder.lesson == wanted:
            self._unmet_since_ns = None
        elif self._unmet_since_ns is None:
            self._unmet_since_ns = now_ns
