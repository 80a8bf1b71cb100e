"""The lesson and a recorder over a link that delays and loses: no lesson is lost, none is doubled."""

from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge.classroom.button_gestures import Gesture, GestureEvent
from edge.classroom.lesson_buttons import LessonButtons
from edge.classroom.lesson_events import LessonFinalised, LessonRejected, LessonStarted
from edge.classroom.lesson_state_machine import LessonStateMachine, Output, Phase
from edge.classroom.recorder_messages import (
    Activity,
    AddMarker,
    CommandRefused,
    DesiredState,
    RecorderState,
    RecordingEnded,
)

S = 1_000_000_000
LONGEST_S = 5400


class ModelRecorder:
    """Obeys wishes as the recorder does; its memory is its journal, so it outlives its process.

    On a full disk it refuses a new lesson, and tries to go on with one that has begun for as long as that is wished.
    A wish from before a lesson's end is answered with that end.
    """

    def __init__(self) -> None:
        self.running: str | None = None
        self.activity = Activity.IDLE
        self.ends: dict[str, tuple[int, str]] = {}
        self.begun: list[str] = []
        self.says: deque[RecorderState | RecordingEnded | CommandRefused] = deque()
        self.disk_full = False
        self.waiting: DesiredState | None = None

    def apply(self, wish: DesiredState) -> None:
        self.waiting = None
        if self.running is not None and self.running != wish.lesson:
            self.end("teacher", wish.at_ns)
        if wish.lesson is not None and self.running is None:
            self._begin(wish.lesson, wish)
        if self.running is not None:
            self.activity = wish.activity
        self.report_state()

    def set_disk(self, *, is_full: bool) -> None:
        self.disk_full = is_full
        if not is_full and self.waiting is not None:
            self.apply(self.waiting)

    def _begin(self, lesson: str, wish: DesiredState) -> None:
        new = lesson not in self.ends
        if self.disk_full and new:
            self.says.append(CommandRefused(lesson=lesson, reason="no"))
            return
        if not new and wish.at_ns <= self.ends[lesson][0]:
            self._report_end(lesson)
            return
        if self.disk_full:
            self.waiting = wish
            return
        if new:
            self.begun.append(lesson)
        self.running = lesson

    def end(self, cause: str, at_ns: int) -> None:
        assert self.running is not None
        self.ends[self.running] = at_ns, cause
        self._report_end(self.running)
        self.running, self.activity = None, Activity.IDLE
        self.report_state()

    def _report_end(self, lesson: str) -> None:
        self.says.append(RecordingEnded(lesson=lesson, lesson_time_ns=LONGEST_S * S, cause=self.ends[lesson][1]))

    def report_state(self) -> None:
        self.says.append(RecorderState(activity=self.activity, lesson=self.running, lamp="off"))


class LessonOverALink(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now_ns = S
        self.recorder = ModelRecorder()
        self.to_recorder: deque[DesiredState | AddMarker] = deque()
        self.linked = True
        self.ids: list[str] = []
        self.started: list[str] = []
        self.over: set[str] = set()
        self.never: set[str] = set()
        self.left_to_the_ledger: set[str] = set()
        self._new_controller()

    def _new_controller(self) -> None:
        self.lesson = LessonStateMachine(LONGEST_S, take_back_s=10, next_id=self._next_id)
        self.buttons = LessonButtons(self.lesson)
        self.last_wish_ns = 0
        self.wished: Activity | None = None
        self._cut()
        self._connect()

    def _cut(self) -> None:
        """What is under way is lost; the end of a lesson that a new controller has not found yet the ledger finds."""
        if self.lesson.lesson is None:
            self.left_to_the_ledger |= {told.lesson for told in self.recorder.says if isinstance(told, RecordingEnded)}
        self.to_recorder.clear()
        self.recorder.says.clear()
        self.linked = False

    def _connect(self) -> None:
        self.linked = True
        if self.lesson.desired is not None:
            self.to_recorder.append(self.lesson.desired)
        self.recorder.report_state()

    def _next_id(self) -> str:
        self.ids.append(f"L{len(self.ids) + 1}")
        return self.ids[-1]

    def _do(self, effects: list[Output]) -> None:
        for effect in effects:
            match effect:
                case LessonStarted(lesson=lesson):
                    assert lesson in self.ids[len(self.started) :], "each once, in their order"
                    self.started.append(lesson)
                case LessonFinalised(lesson=lesson):
                    # A press resumes a lesson whose end is still on its way here: it ends once more, and that counts.
                    if lesson != self.recorder.running:
                        self.over.add(lesson)
                case LessonRejected(lesson=lesson):
                    self.never.add(lesson)
                case DesiredState():
                    assert effect.lesson not in self.over | self.never
                    assert effect.at_ns >= self.last_wish_ns
                    self.last_wish_ns = effect.at_ns
                    self.wished = effect.activity
                    if self.linked:
                        self.to_recorder.append(effect)
                case AddMarker():
                    assert self.wished is Activity.RECORDING
                    if self.linked:
                        self.to_recorder.append(effect)

    def _deliver(self) -> bool:
        if self.to_recorder:
            message = self.to_recorder.popleft()
            if isinstance(message, DesiredState):
                self.recorder.apply(message)
        elif self.linked and self.recorder.says:
            match self.recorder.says.popleft():
                case RecorderState() as state:
                    self._do(self.lesson.on_state(state, self.now_ns))
                case RecordingEnded() as ended:
                    self._do(self.lesson.on_recording_ended(ended, self.now_ns))
                case CommandRefused() as refused:
                    self._do(self.lesson.on_refused(refused, self.now_ns))
        else:
            return False
        return True

    def _settle_down(self) -> None:
        while self._deliver():
            pass

    @rule(gesture=st.sampled_from(Gesture), button=st.sampled_from(["lesson", "lesson", "pause", "mark"]))
    def act(self, gesture: Gesture, button: str) -> None:
        self.now_ns += S // 10
        at_ns = self.now_ns - S // 20
        self._do(self.buttons.on_gesture(GestureEvent(button, gesture, at_ns, at_ns)))

    @rule()
    def a_message_arrives(self) -> None:
        self._deliver()

    @rule(seconds=st.sampled_from([1, 5, 11, 14, 40]))
    def time_passes(self, seconds: int) -> None:
        """Messages take no seconds, so they all arrive first; then recorder and wish agree, unless a disk is full."""
        self._settle_down()
        if self.linked and self.lesson.desired is not None and self.recorder.waiting is None:
            assert self.lesson.desired.lesson == self.recorder.running
            assert self.lesson.desired.activity is self.recorder.activity
        for _ in range(2):
            self.now_ns += seconds * S // 2
            self._do(self.lesson.tick(self.now_ns))
            if self.linked:
                self.recorder.report_state()
                self._settle_down()

    @rule(cause=st.sampled_from(["longest", "planned", "power", "disk"]))
    def the_recorder_ends_it(self, cause: str) -> None:
        if self.recorder.running is not None:
            self.recorder.end(cause, self.now_ns)

    @rule(full=st.booleans())
    def the_disk_fills_or_empties(self, full: bool) -> None:
        self.recorder.set_disk(is_full=full)

    @rule()
    def the_link_breaks(self) -> None:
        self._cut()

    @rule()
    def the_link_is_mended(self) -> None:
        if not self.linked:
            self._connect()

    @rule()
    def the_controller_restarts(self) -> None:
        """What no longer runs and was not settled is found in the ledger, not by the lesson."""
        self.left_to_the_ledger |= set(self.ids) - {self.recorder.running}
        self._new_controller()

    @invariant()
    def wish_and_phase_agree(self) -> None:
        wish, phase = self.lesson.desired, self.lesson.phase
        if wish is None:
            assert phase is Phase.IDLE
            return
        wanted = {Phase.RECORDING: Activity.RECORDING, Phase.PAUSED: Activity.PAUSED}.get(phase, Activity.IDLE)
        assert wish.activity is wanted
        assert wish.lesson == (None if wanted is Activity.IDLE else self.lesson.lesson)
        assert (wish.longest_s is None) is (wanted is Activity.IDLE)
        assert (self.lesson.lesson is None) is (phase is Phase.IDLE)

    def teardown(self) -> None:
        """In the end somebody ends what runs, and every lesson is accounted for, once."""
        self.recorder.set_disk(is_full=False)
        if not self.linked:
            self._connect()
        self._settle_down()
        self._do(self.lesson.end(self.now_ns))
        self.time_passes(60)
        assert self.recorder.running is None
        assert self.lesson.phase is Phase.IDLE
        assert len(self.recorder.begun) == len(set(self.recorder.begun))
        accounted = self.over | self.never | self.left_to_the_ledger
        assert set(self.ids) <= accounted
        # What was refused may begin by the next command, if the disk has room by then; it is ended, and accounted for.
        assert self.never & set(self.recorder.begun) <= self.over


TestLessonOverALink = LessonOverALink.TestCase
TestLessonOverALink.settings = settings(max_examples=100, stateful_step_count=30)
