"""What the timetable does where somebody forgets the button: one pure function of events, facts, lessons and rules.

* Nothing starts or ends unless the rules say so, and nothing without a warning before it.
* What a person did counts. A lesson that a person ended, or whose start a person declined (the pause button, during the
  warning), is not started in that period any more. A lesson that a person began outside the timetable is not ended by
  it, nor is one whose end was taken back, or during whose warning the lesson button was pressed: that one goes on.
* A lesson is ended when its bell and the grace are over, and then as soon as nobody has spoken for a while; at the
  latest after the longest time that it may run over. A press on any button counts like a word.
* While the time is not known nothing follows the timetable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

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
from edge.classroom.timetable import DayPlan, ScheduledLesson, lesson_of_start
from pipelines.journal.entries import Cause

TAIL = timedelta(minutes=10)
"""What begins so shortly before the bell, or in the second half of a short lesson, is not that lesson any more."""


@dataclass(frozen=True, slots=True)
class DayRules:
    """What the timetable may do, see ``[day]`` of the config; ``early`` as in ``lesson_of_start``."""

    may_start: bool = False
    may_end: bool = False
    start_after: timedelta = timedelta(seconds=60)
    grace: timedelta = timedelta(minutes=3)
    overrun: timedelta = timedelta(minutes=10)
    quiet_s: float = 60.0
    warn_s: float = 60.0
    early: timedelta = timedelta(minutes=10)

    @property
    def warning(self) -> timedelta:
        """How long everything is announced before."""
        return timedelta(seconds=self.warn_s)


class Act(StrEnum):
    """What is done, or about to be: the timetable starts or ends a lesson, or the longest lesson is over.

    ``PROLONG``: the longest length counts anew, for somebody is there.
    """

    START = "start"
    END = "end"
    LONGEST = "longest"
    PROLONG = "prolong"


@dataclass(frozen=True, slots=True)
class DayFacts:
    """How things are at ``at_ns`` (CLOCK_MONOTONIC).

    ``wall`` is the time, None while this box does not know it. ``began_ns`` is when the running lesson began, None
    where that is not known; ``lesson_time_s`` and ``longest_s`` are its length without pauses, and the longest allowed.
    ``silent_s`` is for how long nobody has spoken, None where that is not known. ``can_act``: the recorder is reached
    and nothing stands against a new lesson.
    """

    at_ns: int
    wall: datetime | None
    phase: Phase
    lesson: str | None = None
    began_ns: int | None = None
    lesson_time_s: float = 0.0
    longest_s: float = 0.0
    silent_s: float | None = None
    can_act: bool = True

    def wall_at(self, at_ns: int) -> datetime:
        """The time at another moment; the time must be known now."""
        assert self.wall is not None
        return self.wall + timedelta(microseconds=(at_ns - self.at_ns) / 1000)


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that is given since ``since_ns``; ``start`` is that of the scheduled lesson it is about."""

    act: Act
    since_ns: int
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class EndedByPerson:
    """When a person ended a lesson, and when that had begun, where that is known (CLOCK_MONOTONIC)."""

    at_ns: int
    began_ns: int | None = None


@dataclass(frozen=True, slots=True)
class DayMemory:
    """What is remembered from one step to the next.

    ``ended`` is the last end that was not the timetable's own. ``kept`` is a lesson that the timetable leaves alone: it
    goes on, or was ended already. ``settled`` is the start of the last scheduled lesson that was started or declined.
    ``person_ns`` is a person's last act.
    """

    ended: EndedByPerson | None = None
    kept: str | None = None
    settled: datetime | None = None
    person_ns: int | None = None
    warned: Warned | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes next by itself, for whoever looks: ``act`` at ``at``, or ``at_latest`` while people speak.

    ``lesson`` is the scheduled lesson it is about, None for the longest length.
    """

    act: Act
    at: datetime | None
    at_latest: datetime | None = None
    is_warned: bool = False
    lesson: ScheduledLesson | None = None


@dataclass(frozen=True, slots=True)
class DayStep:
    """The outcome of a step: the new memory, what is done now, and what comes.

    ``is_new_warning``: the warning begins now. ``is_acknowledged``: a press changed what was to come.
    """

    memory: DayMemory
    act: Act | None = None
    outlook: Outlook | None = None
    is_new_warning: bool = False
    is_acknowledged: bool = False


def next_step(
    memory: DayMemory, events: Sequence[LessonEvent], facts: DayFacts, plan: DayPlan | None, rules: DayRules
) -> DayStep:
    """Follow what happened since the last step, and decide what the timetable does now.

    ``plan`` is today's, None where there is none. To be called a few times a second, and at once after an event.
    """
    act, is_acknowledged = None, False
    for event in events:
        before = memory
        memory, wanted = _note(memory, event, facts)
        act = wanted or act
        if wanted is not None or (memory.kept, memory.settled) != (before.kept, before.settled):
            is_acknowledged = isinstance(event, LessonButtonTapped | StartDeclined)
    if act is not None:
        return DayStep(memory, act, is_acknowledged=True)
    outlook = _outlook(memory, facts, plan or DayPlan(date.min), rules)
    if outlook is None or not _is_imminent(outlook, memory, facts, rules):
        return DayStep(replace(memory, warned=None), None, outlook, is_acknowledged=is_acknowledged)
    start = outlook.lesson.start if outlook.lesson else None
    warned = memory.warned
    is_new = warned is None or (warned.act, warned.start) != (outlook.act, start)
    if warned is None or is_new:
        warned = Warned(outlook.act, facts.at_ns, start)
    if _is_due(outlook, warned, facts, rules):
        done = {"settled": start} if outlook.act is Act.START else {"kept": facts.lesson}
        return DayStep(replace(memory, warned=None, **done), outlook.act)
    if outlook.at is not None and outlook.act is Act.END:
        outlook = replace(outlook, at=max(outlook.at, facts.wall_at(warned.since_ns) + rules.warning))
    return DayStep(replace(memory, warned=warned), None, replace(outlook, is_warned=True), is_new, is_acknowledged)


def _note(memory: DayMemory, event: LessonEvent, facts: DayFacts) -> tuple[DayMemory, Act | None]:
    """Remember an event; a press during a warning may ask for an act."""
    act = memory.warned.act if memory.warned is not None else None
    match event:
        case LessonStarted():
            return replace(memory, kept=None, person_ns=event.at_ns, warned=None), None
        case LessonEnded(cause=Cause.PLANNED):
            return replace(memory, warned=None), None
        case LessonEnded():
            return replace(memory, ended=EndedByPerson(event.at_ns, facts.began_ns), warned=None), None
        case LessonEndTakenBack():
            return replace(memory, kept=event.lesson, ended=None, warned=None), None
        case StartDeclined() if memory.warned is not None and act is Act.START:
            return replace(memory, settled=memory.warned.start, warned=None), None
        case LessonButtonTapped() if act is Act.END:
            return replace(memory, kept=event.lesson, warned=None), None
        case LessonButtonTapped() if act is Act.LONGEST:
            return replace(memory, warned=None), Act.PROLONG
        case LessonButtonTapped() | LessonMarked() | LessonPaused() | LessonResumed():
            return replace(memory, person_ns=event.at_ns), None
        case _:
            return memory, None


def _outlook(memory: DayMemory, facts: DayFacts, plan: DayPlan, rules: DayRules) -> Outlook | None:
    match facts.phase:
        case Phase.IDLE if rules.may_start and facts.wall is not None and facts.can_act:
            return _next_start(memory, facts, facts.wall, plan, rules)
        case Phase.RECORDING | Phase.PAUSED if facts.can_act:
            end = _end_of_running(memory, facts, plan, rules)
            if facts.longest_s and (end is None or _is_nearly_longest(facts, rules)):
                left = timedelta(seconds=max(0.0, facts.longest_s - facts.lesson_time_s))
                return Outlook(Act.LONGEST, facts.wall + left if facts.wall is not None else None)
            return end
        case _:
            return None


def _next_start(memory: DayMemory, facts: DayFacts, wall: datetime, plan: DayPlan, rules: DayRules) -> Outlook | None:
    for lesson in plan.lessons:
        is_settled = memory.settled is not None and lesson.start <= memory.settled
        if is_settled or _was_ended(lesson, memory.ended, facts, plan, rules):
            continue
        is_warned = memory.warned is not None and memory.warned.start == lesson.start
        noticed = facts.wall_at(memory.warned.since_ns) if memory.warned is not None and is_warned else wall
        if noticed + rules.warning < _tail(lesson):
            return Outlook(Act.START, max(lesson.start + rules.start_after, noticed + rules.warning), lesson=lesson)
    return None


def _was_ended(
    lesson: ScheduledLesson, ended: EndedByPerson | None, facts: DayFacts, plan: DayPlan, rules: DayRules
) -> bool:
    """Whether a person ended this lesson, or any other while it was on."""
    if ended is None:
        return False
    began = None if ended.began_ns is None else lesson_meant(plan, facts.wall_at(ended.began_ns), rules)
    return began == lesson or lesson.start <= facts.wall_at(ended.at_ns) < lesson.end


def _end_of_running(memory: DayMemory, facts: DayFacts, plan: DayPlan, rules: DayRules) -> Outlook | None:
    """When the timetable ends the lesson that runs; None where it does not."""
    if not rules.may_end or facts.wall is None or facts.began_ns is None or facts.lesson == memory.kept:
        return None
    lesson = lesson_meant(plan, facts.wall_at(facts.began_ns), rules)
    if lesson is None:
        return None
    end, coming = lesson.end + rules.grace, None
    for later in plan.lessons:
        if later.start < lesson.end:
            continue
        # Periods without a break between them that are one lesson have the bell of the last.
        if later.start > end or not _is_same_course(lesson, later):
            coming = later
            break
        lesson, end = later, later.end + rules.grace
    latest = end + rules.overrun
    if rules.may_start and coming is not None:
        latest = max(end, min(latest, coming.start + rules.start_after))
    return Outlook(Act.END, end, latest, lesson=lesson)


def lesson_meant(plan: DayPlan, began: datetime, rules: DayRules) -> ScheduledLesson | None:
    """The scheduled lesson that a lesson begun at this time is; None for one outside the timetable."""
    lesson = lesson_of_start(plan, began, rules.early)
    return lesson if lesson is not None and began < _tail(lesson) else None


def _tail(lesson: ScheduledLesson) -> datetime:
    return lesson.end - min(TAIL, (lesson.end - lesson.start) / 2)


def _is_same_course(one: ScheduledLesson, other: ScheduledLesson) -> bool:
    return (one.subject, one.class_name, one.teacher) == (other.subject, other.class_name, other.teacher)


def _is_nearly_longest(facts: DayFacts, rules: DayRules) -> bool:
    return facts.phase is Phase.RECORDING and 0 < facts.longest_s <= facts.lesson_time_s + rules.warn_s


def _is_imminent(outlook: Outlook, memory: DayMemory, facts: DayFacts, rules: DayRules) -> bool:
    """Whether it is time to warn: nothing but time, or the next word, stands between now and the act."""
    if outlook.act is Act.LONGEST:
        return _is_nearly_longest(facts, rules)
    if facts.wall is None or outlook.at is None or facts.wall < outlook.at - rules.warning:
        return False
    if outlook.at_latest is None or facts.wall >= outlook.at_latest - rules.warning:
        return True
    is_person_quiet = memory.person_ns is None or facts.at_ns - memory.person_ns >= rules.quiet_s * 1e9
    return is_person_quiet and (facts.silent_s is None or facts.silent_s >= rules.quiet_s)


def _is_due(outlook: Outlook, warned: Warned, facts: DayFacts, rules: DayRules) -> bool:
    """Whether it happens now; the recorder ends the longest lesson by itself."""
    has_warned = facts.at_ns - warned.since_ns >= rules.warn_s * 1e9
    is_time = facts.wall is not None and outlook.at is not None and facts.wall >= outlook.at
    return has_warned and is_time and outlook.act is not Act.LONGEST
