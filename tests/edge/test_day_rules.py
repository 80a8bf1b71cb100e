"""What the timetable does where somebody forgets the button: the table of cases, and what never happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.classroom.day_rules import Act, DayFacts, DayMemory, DayRules, EndedByPerson, Outlook, next_step
from edge.classroom.lesson_events import (
    LessonButtonTapped,
    LessonEnded,
    LessonEndTakenBack,
    LessonEvent,
    LessonMarked,
    LessonPaused,
    LessonResumed,
    LessonStarted,
    StartDeclined,
)
from edge.classroom.lesson_state_machine import Phase
from edge.classroom.timetable import DayPlan, ScheduledLesson
from pipelines.journal.entries import Cause

S = 1_000_000_000
DAY = date(2026, 9, 7)
STEP_S = 10


def clock(text: str) -> datetime:
    hour, minute = text.split(":")
    return datetime(DAY.year, DAY.month, DAY.day, int(hour), int(minute), tzinfo=UTC)


def scheduled(start: str, end: str, subject: str = "语文") -> ScheduledLesson:
    return ScheduledLesson(clock(start), clock(end), subject, "王老师", "三年级二班")


FIRST, SECOND, CLUB = scheduled("8:00", "8:40"), scheduled("8:55", "9:35", "数学"), scheduled("16:00", "16:40")
PLAN = DayPlan(DAY, (FIRST, SECOND, CLUB))
BOTH = DayRules(may_start=True, may_end=True)
ONLY_END = DayRules(may_end=True)
ONLY_START = DayRules(may_start=True)


@dataclass
class Day:
    """A room and its day: time passes in steps of ten seconds, and what happens of itself is noted with its time."""

    rules: DayRules
    plan: DayPlan | None = PLAN
    begins: str = "7:30"
    longest_s: float = 14400
    is_time_known: bool = True
    voice: Callable[[datetime], bool] | None = None
    memory: DayMemory = field(default_factory=DayMemory)
    done: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    acknowledged: int = 0
    outlook: Outlook | None = None
    phase: Phase = Phase.IDLE
    at_s: int = 0
    began_s: int = 0
    active_s: int = 0
    spoken_s: int = 0
    can_act: bool = True
    _events: list[LessonEvent] = field(default_factory=list)

    @property
    def wall(self) -> datetime:
        return clock(self.begins) + timedelta(seconds=self.at_s)

    def until(self, text: str) -> Day:
        while self.wall < clock(text):
            self.at_s += STEP_S
            if self.phase is Phase.RECORDING:
                self.active_s += STEP_S
                if self.voice is not None and self.voice(self.wall):
                    self.spoken_s = self.at_s
            self._step()
        return self

    def start(self, cause: Cause = Cause.TEACHER) -> Day:
        self.phase, self.began_s, self.active_s, self.spoken_s = Phase.RECORDING, self.at_s, 0, self.at_s
        return self._tell(LessonStarted("L", self.at_s * S, cause))

    def end(self, cause: Cause = Cause.TEACHER) -> Day:
        ended = self._tell(LessonEnded("L", self.at_s * S, cause))
        self.phase = Phase.IDLE
        return ended

    def take_back(self) -> Day:
        self.phase = Phase.RECORDING
        return self._tell(LessonEndTakenBack("L", self.at_s * S))

    def tap(self) -> Day:
        return self._tell(LessonButtonTapped("L", self.at_s * S))

    def mark(self) -> Day:
        return self._tell(LessonMarked("L", self.at_s * S, ""))

    def pause(self) -> Day:
        if self.phase is Phase.IDLE:
            return self._tell(StartDeclined("", self.at_s * S))
        self.phase = Phase.PAUSED
        return self._tell(LessonPaused("L", self.at_s * S))

    def resume(self) -> Day:
        self.phase = Phase.RECORDING
        return self._tell(LessonResumed("L", self.at_s * S))

    def _tell(self, event: LessonEvent) -> Day:
        self._events.append(event)
        self._step()
        return self

    def facts(self) -> DayFacts:
        runs = self.phase is not Phase.IDLE
        listens = self.voice is not None and self.phase is Phase.RECORDING
        return DayFacts(
            at_ns=self.at_s * S,
            wall=self.wall if self.is_time_known else None,
            phase=self.phase,
            lesson="L" if runs else None,
            began_ns=self.began_s * S if runs else None,
            lesson_time_s=self.active_s,
            longest_s=self.longest_s if runs else 0,
            silent_s=float(self.at_s - self.spoken_s) if listens else None,
            can_act=self.can_act,
        )

    def _step(self) -> None:
        events, self._events = self._events, []
        step = next_step(self.memory, events, self.facts(), self.plan, self.rules)
        self.memory, self.outlook = step.memory, step.outlook
        self.acknowledged += step.is_acknowledged
        now = f"{self.wall:%H:%M:%S}".removesuffix(":00")
        if step.is_new_warning:
            assert step.outlook is not None
            self.warnings.append(f"{step.outlook.act} {now}")
        if step.act is not None:
            self.done.append(f"{step.act} {now}")
        if step.act is Act.START:
            self.start(Cause.PLANNED)
        elif step.act is Act.END:
            self.end(Cause.PLANNED)
        elif step.act is Act.PROLONG:
            self.longest_s *= 2


def between(start: str, end: str) -> Callable[[datetime], bool]:
    return lambda now: clock(start) <= now < clock(end)


def always(_now: datetime) -> bool:
    return True


def never(_now: datetime) -> bool:
    return False


NO_BREAK = DayPlan(DAY, (FIRST, scheduled("8:40", "9:20"), SECOND))
OTHER_CLASS_AT_ONCE = DayPlan(DAY, (FIRST, scheduled("8:40", "9:20", "数学")))
MORNING_READING = DayPlan(DAY, (scheduled("7:40", "7:55", "早读"), FIRST))

# What is done by itself until noon, and the warnings before it. Each case is a day with what people do in it.
CASES: dict[str, tuple[Day, Callable[[Day], Day], Sequence[str], Sequence[str]]] = {
    "nothing is allowed, nothing happens": (Day(DayRules()), lambda day: day, [], []),
    "a forgotten start": (
        Day(ONLY_START),
        lambda day: day.until("8:50").end(),
        ["start 08:01", "start 08:56"],
        ["start 08:00", "start 08:55"],
    ),
    "a forgotten start where ends are allowed alone": (Day(ONLY_END), lambda day: day, [], []),
    "a forgotten end": (
        Day(ONLY_END),
        lambda day: day.until("7:58").start(),
        ["end 08:43"],
        ["end 08:42"],
    ),
    "a forgotten end where starts are allowed alone goes on to the longest": (
        Day(ONLY_START, longest_s=7200),
        lambda day: day.until("7:58").start(),
        [],
        ["longest 09:57"],
    ),
    "a whole forgotten morning": (
        Day(BOTH),
        lambda day: day,
        ["start 08:01", "end 08:43", "start 08:56", "end 09:38"],
        ["start 08:00", "end 08:42", "start 08:55", "end 09:37"],
    ),
    "the teacher was there in time and ends it": (
        Day(BOTH),
        lambda day: day.until("7:59").start().until("8:40").end().until("8:53").start().until("9:36").end(),
        [],
        [],
    ),
    "running over while the teacher speaks": (
        Day(ONLY_END, voice=between("7:00", "8:47")),
        lambda day: day.until("7:58").start(),
        ["end 08:48:50"],
        ["end 08:47:50"],
    ),
    "running over has its longest": (
        Day(ONLY_END, voice=always),
        lambda day: day.until("7:58").start(),
        ["end 08:53"],
        ["end 08:52"],
    ),
    "a word during the warning takes it away, and the next is a warning of its own": (
        Day(ONLY_END, voice=between("8:42", "8:43")),
        lambda day: day.until("7:58").start(),
        ["end 08:44:50"],
        ["end 08:43:50"],
    ),
    "silence long before the bell ends nothing": (
        Day(ONLY_END, voice=never),
        lambda day: day.until("7:58").start(),
        ["end 08:43"],
        ["end 08:42"],
    ),
    "nobody can hear: no more than the grace": (
        Day(ONLY_END, voice=None),
        lambda day: day.until("7:58").start(),
        ["end 08:43"],
        ["end 08:42"],
    ),
    "without running over a voice changes nothing": (
        Day(replace(ONLY_END, overrun=timedelta(0)), voice=always),
        lambda day: day.until("7:58").start(),
        ["end 08:43"],
        ["end 08:42"],
    ),
    "a mark counts like a word": (
        Day(ONLY_END, voice=never),
        lambda day: day.until("7:58").start().until("8:42").mark(),
        ["end 08:44"],
        ["end 08:42", "end 08:43"],
    ),
    "a press during the warning: it goes on": (
        Day(ONLY_END, longest_s=7200),
        lambda day: day.until("7:58").start().until("8:42").tap(),
        [],
        ["end 08:42", "longest 09:57"],
    ),
    "its end was taken back: it goes on": (
        Day(ONLY_END, longest_s=7200),
        lambda day: day.until("7:58").start().until("8:43").take_back(),
        ["end 08:43"],
        ["end 08:42", "longest 09:57"],
    ),
    "paused over the bell": (
        Day(ONLY_END, voice=always),
        lambda day: day.until("7:58").start().until("8:30").pause(),
        ["end 08:43"],
        ["end 08:42"],
    ),
    "begun in the break it belongs to the lesson that comes": (
        Day(ONLY_END),
        lambda day: day.until("8:46").start(),
        ["end 09:38"],
        ["end 09:37"],
    ),
    "begun outside the timetable it is not ended by it": (
        Day(BOTH, begins="10:00"),
        lambda day: day.until("10:30").start(),
        [],
        [],
    ),
    "begun a few minutes before the last bell it is something else": (
        Day(ONLY_END, longest_s=3600),
        lambda day: day.until("9:32").start(),
        [],
        ["longest 10:31"],
    ),
    "a person ended it: not again in that period": (
        Day(ONLY_START),
        lambda day: day.until("8:10").end(),
        ["start 08:01", "start 08:56"],
        ["start 08:00", "start 08:55"],
    ),
    "a person ended the lesson that was meant for the period, before the bell": (
        Day(ONLY_START),
        lambda day: day.until("7:52").start().until("7:57").end(),
        ["start 08:56"],
        ["start 08:55"],
    ),
    "an end after the bell says nothing about the next lesson": (
        Day(ONLY_START),
        lambda day: day.until("7:59").start().until("8:46").end(),
        ["start 08:56"],
        ["start 08:55"],
    ),
    "a lesson before was ended into the period": (
        Day(ONLY_START),
        lambda day: day.until("7:59").start().until("8:58").end(),
        [],
        [],
    ),
    "a person ended it before the box was started again": (
        Day(ONLY_START, begins="8:10", memory=DayMemory(ended=EndedByPerson(-5 * 60 * S))),
        lambda day: day,
        ["start 08:56"],
        ["start 08:55"],
    ),
    "declined during the warning": (
        Day(ONLY_START),
        lambda day: day.until("8:00").pause(),
        ["start 08:56"],
        ["start 08:00", "start 08:55"],
    ),
    "the pause button without a warning declines nothing": (
        Day(ONLY_START),
        lambda day: day.until("7:50").pause(),
        ["start 08:01"],
        ["start 08:00"],
    ),
    "started during the warning": (Day(ONLY_START), lambda day: day.until("8:00").start(), [], ["start 08:00"]),
    "the box is switched on in the middle of the lesson": (
        Day(ONLY_START, begins="8:12"),
        lambda day: day,
        ["start 08:13:10"],
        ["start 08:12:10"],
    ),
    "the box is switched on shortly before the bell": (
        Day(ONLY_START, begins="8:29"),
        lambda day: day,
        ["start 08:56"],
        ["start 08:55"],
    ),
    "the time is not known": (
        Day(BOTH, is_time_known=False, longest_s=7200),
        lambda day: day.until("7:58").start(),
        [],
        ["longest 09:57"],
    ),
    "there is no timetable": (Day(BOTH, plan=None), lambda day: day, [], []),
    "two periods without a break are one lesson": (
        Day(ONLY_END, plan=NO_BREAK),
        lambda day: day.until("7:58").start(),
        ["end 09:23"],
        ["end 09:22"],
    ),
    "another lesson at once": (
        Day(replace(BOTH, grace=timedelta(0)), plan=OTHER_CLASS_AT_ONCE, voice=always),
        lambda day: day,
        ["start 08:01", "end 08:41", "start 08:42:10", "end 09:30"],
        ["start 08:00", "end 08:40", "start 08:41:10", "end 09:29"],
    ),
    "a short lesson": (
        Day(BOTH, plan=MORNING_READING, begins="7:30"),
        lambda day: day.until("8:00"),
        ["start 07:41", "end 07:58", "start 08:01", "end 08:43"],
        ["start 07:40", "end 07:57", "start 08:00", "end 08:42"],
    ),
    "the longest lesson is announced, and a press lets it last as long again": (
        Day(DayRules(), longest_s=3600),
        lambda day: day.until("7:40").start().until("8:39").tap(),
        ["prolong 08:39"],
        ["longest 08:39", "longest 09:39"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_day(name: str) -> None:
    prepared, people, done, warnings = CASES[name]
    day = replace(prepared, done=[], warnings=[], _events=[])
    people(day).until("11:00")
    assert (day.done, day.warnings) == (list(done), list(warnings))


def test_whoever_looks_sees_what_comes_and_when() -> None:
    day = Day(BOTH, voice=between("7:00", "8:47")).until("7:50")
    assert day.outlook == Outlook(Act.START, clock("8:01"), lesson=FIRST)
    day.start().until("8:44")
    assert day.outlook == Outlook(Act.END, clock("8:43"), clock("8:53"), lesson=FIRST)
    day.until("8:48")
    assert day.outlook is not None
    assert day.outlook.is_warned


def test_only_a_press_that_changes_what_comes_is_acknowledged() -> None:
    day = Day(BOTH).until("7:50").pause().start().until("8:20").tap()
    assert day.acknowledged == 0
    assert day.until("8:42").tap().acknowledged == 1
    assert day.end().until("8:55").pause().acknowledged == 2


def test_what_comes_with_a_press_is_not_lost() -> None:
    day = Day(DayRules(), longest_s=3600).until("7:40").start().until("8:39")
    day._events.append(LessonButtonTapped("L", day.at_s * S))
    day.end()
    assert day.done == ["prolong 08:39"]
    assert day.memory.ended is not None


PEOPLE = {
    "start": Day.start,
    "end": Day.end,
    "tap": Day.tap,
    "mark": Day.mark,
    "pause": Day.pause,
    "resume": Day.resume,
}
MINUTES = st.integers(0, 150)


@dataclass
class Witnessed(Day):
    """A day of which it is checked that nothing happens by itself that must not."""

    warned_since_s: dict[Act, int] = field(default_factory=dict)
    person_ended_s: list[int] = field(default_factory=list)
    is_kept: bool = False

    def _step(self) -> None:
        before, phase = len(self.done), self.phase
        warned = self.memory.warned
        started = any(isinstance(event, LessonStarted) for event in self._events)
        tapped = any(isinstance(event, LessonButtonTapped) for event in self._events)
        self.is_kept = not started and (self.is_kept or (tapped and warned is not None and warned.act is Act.END))
        super()._step()
        for act in map(Act, (done.split()[0] for done in self.done[before:])):
            self._check(act, phase, warned and (warned.act, warned.since_ns))

    def _check(self, act: Act, phase: Phase, warned: tuple[Act, int] | None) -> None:
        if act is Act.PROLONG:
            return
        assert warned is not None
        assert warned[0] is act
        assert self.at_s * S - warned[1] >= self.rules.warn_s * S, "announced for long enough"
        assert self.is_time_known
        lessons = self.plan.lessons if self.plan else ()
        if act is Act.START:
            assert self.rules.may_start
            assert phase is Phase.IDLE
            now = [lesson for lesson in lessons if lesson.start <= self.wall < lesson.end]
            assert now
            ended = [clock(self.begins) + timedelta(seconds=at_s) for at_s in self.person_ended_s]
            assert not any(lesson.start <= at < lesson.end for at in ended for lesson in now)
            return
        assert self.rules.may_end
        assert not self.is_kept
        began = clock(self.begins) + timedelta(seconds=self.began_s)
        meant = [one for one in lessons if one.start - self.rules.early <= began < one.end]
        assert meant, "begun outside the timetable"
        assert self.wall >= min(one.end for one in meant) + self.rules.grace
        if phase is Phase.RECORDING and self.voice and self.voice(self.wall):
            latest = min(one.end for one in meant) + self.rules.grace + self.rules.overrun
            coming = [one.start + self.rules.start_after for one in lessons if one.start > min(m.start for m in meant)]
            assert self.wall >= min([latest, *(coming if self.rules.may_start else [])])


@st.composite
def days(draw: st.DrawFn) -> Witnessed:
    minutes = draw(st.lists(st.integers(0, 140), max_size=6, unique=True).map(sorted))
    begin = clock("8:00")
    lessons = tuple(
        ScheduledLesson(begin + timedelta(minutes=start), begin + timedelta(minutes=end), draw(st.sampled_from("ab")))
        for start, end in zip(minutes[::2], minutes[1::2], strict=False)
    )
    rules = DayRules(
        may_start=draw(st.booleans()),
        may_end=draw(st.booleans()),
        start_after=timedelta(seconds=draw(st.sampled_from([0, 60, 300]))),
        grace=timedelta(minutes=draw(st.sampled_from([0, 3]))),
        overrun=timedelta(minutes=draw(st.sampled_from([0, 5, 30]))),
        quiet_s=draw(st.sampled_from([10, 60])),
        warn_s=draw(st.sampled_from([10, 60])),
    )
    talks = draw(st.lists(st.tuples(MINUTES, MINUTES), max_size=3))
    voice = draw(
        st.sampled_from(
            [
                None,
                lambda now: any(begin + timedelta(minutes=a) <= now < begin + timedelta(minutes=b) for a, b in talks),
            ]
        )
    )
    return Witnessed(
        rules, DayPlan(DAY, lessons), "7:50", draw(st.sampled_from([600, 7200])), draw(st.integers(0, 9)) > 0, voice
    )


@settings(max_examples=60, deadline=None)
@given(days(), st.lists(st.tuples(MINUTES, st.sampled_from(sorted(PEOPLE))), max_size=12).map(sorted))
def test_nothing_happens_unallowed_unannounced_against_a_person_or_into_a_voice(
    day: Witnessed, acts: list[tuple[int, str]]
) -> None:
    for minute, what in acts:
        day.until(f"{clock('7:50') + timedelta(minutes=minute):%H:%M}")
        match what, day.phase:
            case ("start", Phase.IDLE) | ("tap" | "mark", Phase.RECORDING) | ("resume", Phase.PAUSED):
                pass
            case ("end", Phase.RECORDING | Phase.PAUSED):
                day.person_ended_s.append(day.at_s)
            case ("pause", Phase.IDLE | Phase.RECORDING):
                pass
            case _:
                continue
        PEOPLE[what](day)
    day.until("10:30")
