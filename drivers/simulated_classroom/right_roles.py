"""Who should be on air: what a videographer would show of each moment, and when a look elsewhere is welcome.

The teacher wide while walking and close while still, students while they speak, the screen when it changes. The rules
are those that professional videographers gave: Rui, Gupta, Grudin, He, "Automating lecture capture and broadcast:
technology and videography", Multimedia Systems 10, 2004, who also want a look at the audience now and then, and no shot
that lasts for ever. How long each takes is this file's choice, made without any director at hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from drivers.simulated_classroom.acts import Act, Activity

_SCREEN = frozenset({"screen"})
_WIDE = frozenset({"teacher"})
_CLOSE = frozenset({"teacher-close"})
_TEACHER = _WIDE | _CLOSE
_STUDENTS = frozenset({"students", "students-close"})

_STUDENTS_SPEAK = {Activity.ANSWER, Activity.GROUPS}
_NOBODY_SPEAKS = {Activity.QUIET}

NEW_SLIDE_S = 6.0
"""A new slide is what to show for so long, and one of the things to show until it is _STILL_NEW_S old."""
_STILL_NEW_S = 10.0
CUTAWAY_S = 8.0
"""The longest look elsewhere."""
_SAME_FOR_S = 12.0
_STUDENT_FOR_S = 8.0
_WALKS_M_S = 0.3
"""Slower than this somebody writes along a board, or shifts from foot to foot."""
_SHORTEST_WALK_S = 1.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``begin_s`` to ``end_s`` any role of ``right`` is right, and any of ``cutaways`` for up to CUTAWAY_S."""

    begin_s: float
    end_s: float
    right: frozenset[str]
    cutaways: frozenset[str] = frozenset()


def in_room(right: Collection[str], roles: Collection[str]) -> frozenset[str]:
    """What is right in a room that has these cameras: without a close one its wide one, without any the teacher's."""
    nearest = (role if role in roles else role.removesuffix("-close") for role in right)
    return frozenset(role for role in nearest if role in roles) or _WIDE


def stretches(acts: Sequence[Act], slide_changes: Iterable[float]) -> list[Stretch]:
    """Who should be on air in each part of a lesson."""
    slides = list(slide_changes)
    plain = [part for act in acts for part in _of_act(act, slides)]
    return list(_with_cutaways(_joined(plain)))


def _of_act(act: Act, slides: Sequence[float]) -> Iterator[Stretch]:
    """The stretches of an act, cut where the teacher begins or ceases to walk and where a slide is new or no longer."""
    walks = list(_walks(act))
    edges = {act.begin_s, act.end_s, *(edge for walk in walks for edge in walk)}
    edges |= {change_s + after for change_s in slides for after in (0, NEW_SLIDE_S, _STILL_NEW_S)}
    for begin_s, end_s in pairwise(sorted(edge for edge in edges if act.begin_s <= edge <= act.end_s)):
        age_s = begin_s - max((change_s for change_s in slides if change_s <= begin_s), default=-_STILL_NEW_S)
        walking = any(walk[0] <= begin_s < walk[1] for walk in walks)
        yield Stretch(begin_s, end_s, _right(act.activity, age_s, walking=walking))


def _right(activity: Activity, slide_age_s: float, *, walking: bool) -> frozenset[str]:
    if activity in _STUDENTS_SPEAK:
        return _STUDENTS
    if activity in _NOBODY_SPEAKS:
        return _TEACHER | _STUDENTS
    if slide_age_s < NEW_SLIDE_S:
        return _SCREEN
    right = _WIDE if walking else _CLOSE
    if activity is Activity.WRITE and not walking:
        right = _TEACHER
    if activity is Activity.HANDS:
        right |= _STUDENTS
    if activity is Activity.POINT or slide_age_s < _STILL_NEW_S:
        right |= _SCREEN
    return right


def _walks(act: Act) -> Iterator[tuple[float, float]]:
    """When the teacher walks, from and to."""
    begin_s: float | None = None
    for one, other in pairwise(act.path):
        lasts_s = other.at_s - one.at_s
        walks = abs(other.x_m - one.x_m) + abs(other.z_m - one.z_m) > _WALKS_M_S * lasts_s
        if walks and begin_s is None:
            begin_s = one.at_s
        if begin_s is not None and (not walks or other is act.path[-1]):
            end_s = other.at_s if walks else one.at_s
            if end_s - begin_s >= _SHORTEST_WALK_S:
                yield begin_s, end_s
            begin_s = None


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
            welcome_s, cutaways = max(part.begin_s, of_teacher_since + _SAME_FOR_S), _STUDENTS | _SCREEN | _WIDE
        else:
            welcome_s, cutaways = part.end_s, frozenset()
        if welcome_s > part.begin_s:
            yield Stretch(part.begin_s, min(welcome_s, part.end_s), part.right)
        if welcome_s < part.end_s:
            yield Stretch(max(welcome_s, part.begin_s), part.end_s, part.right, cutaways - part.right)
