"""Who should be on air: what a videographer would show of each act, and for how long a look elsewhere is welcome.

The rules follow what professional videographers asked for: show who asks or answers, show a new slide until it can have
been read, frame the lecturer wide while he moves and close while he stands, look at the audience now and then, and do
not stay on one shot for ever. Source: Rui, Gupta, Grudin, He, "Automating lecture capture and broadcast: technology and
videography", Multimedia Systems 10, 2004. How long each takes is this file's choice, made without any director at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from drivers.simulated_classroom.acts import Act, Activity

_SCREEN = frozenset({"screen"})
_WIDE = frozenset({"teacher"})
_TEACHER = frozenset({"teacher", "teacher-close"})
_STUDENTS = frozenset({"students", "students-close"})

_RIGHT = {
    Activity.EXPLAIN: _TEACHER,
    Activity.WALK: _WIDE,
    Activity.WRITE: _TEACHER,
    Activity.POINT: _SCREEN | _TEACHER,
    Activity.ASK: _TEACHER,
    Activity.HANDS: _TEACHER | _STUDENTS,
    Activity.ANSWER: _STUDENTS,
    Activity.GROUPS: _STUDENTS,
    Activity.QUIET: _WIDE | _STUDENTS,
}
_ONE_AT_WORK = {Activity.ANSWER, Activity.GROUPS, Activity.QUIET}

NEW_SLIDE_S = 6.0
"""A new slide is what to show for so long, and one of the things to show for as long again less two seconds."""
_STILL_NEW_S = 10.0
CUTAWAY_S = 8.0
"""The longest look elsewhere."""
_SAME_FOR_S = 12.0
_STUDENT_FOR_S = 8.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``begin_s`` to ``end_s`` any role of ``right`` is right, and any of ``cutaways`` for up to CUTAWAY_S."""

    begin_s: float
    end_s: float
    right: frozenset[str]
    cutaways: frozenset[str] = frozenset()


def stretches(acts: Sequence[Act], slide_changes: Iterable[float]) -> list[Stretch]:
    """Who should be on air in each part of a lesson; neighbours differ."""
    slides = list(slide_changes)
    plain = [part for act in acts for part in _with_slides(act, slides)]
    return list(_with_cutaways(_joined(plain)))


def _with_slides(act: Act, slides: Sequence[float]) -> Iterator[Stretch]:
    """The stretches of an act, cut where a slide is new and where it no longer is."""
    right = _RIGHT[act.activity]
    edges = {act.begin_s, act.end_s}
    if act.activity not in _ONE_AT_WORK:
        for change_s in slides:
            edges |= {change_s + after for after in (0, NEW_SLIDE_S, _STILL_NEW_S)}
    inside = sorted(edge for edge in edges if act.begin_s <= edge <= act.end_s)
    for begin_s, end_s in zip(inside, inside[1:], strict=False):
        ages = [begin_s - change_s for change_s in slides if change_s <= begin_s]
        age_s = ages[-1] if ages and act.activity not in _ONE_AT_WORK else _STILL_NEW_S
        if age_s < NEW_SLIDE_S:
            yield Stretch(begin_s, end_s, _SCREEN)
        else:
            yield Stretch(begin_s, end_s, right | _SCREEN if age_s < _STILL_NEW_S else right)


def _joined(parts: Iterable[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for part in parts:
        if joined and joined[-1].right == part.right:
            joined[-1] = Stretch(joined[-1].begin_s, part.end_s, part.right)
        else:
            joined.append(part)
    return joined


def _with_cutaways(parts: Iterable[Stretch]) -> Iterator[Stretch]:
    """Split a stretch where the same has been seen for long enough to look elsewhere."""
    of_teacher_since = 0.0
    for part in parts:
        if not part.right & _TEACHER:
            of_teacher_since = part.end_s
        if part.right <= _STUDENTS:
            welcome_s, cutaways = part.begin_s + _STUDENT_FOR_S, _TEACHER
        elif part.right & _TEACHER:
            welcome_s, cutaways = max(part.begin_s, of_teacher_since + _SAME_FOR_S), _STUDENTS | _SCREEN
        else:
            welcome_s, cutaways = part.end_s, frozenset()
        if welcome_s > part.begin_s:
            yield Stretch(part.begin_s, min(welcome_s, part.end_s), part.right)
        if welcome_s < part.end_s:
            yield Stretch(max(welcome_s, part.begin_s), part.end_s, part.right, cutaways - part.right)
