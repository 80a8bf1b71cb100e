"""The times and thresholds by which the director cuts; what a school may set, with the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.directing.camera_roles import FALLBACK_ORDER

_LABELS: Mapping[str, str] = {
    "屏幕": "screen",
    "课件": "screen",
    "学生": "students",
    "老师": "teacher",
    "教师": "teacher",
    "板书": "teacher",
}


@dataclass(frozen=True, slots=True)
class DirectorRules:
    """Times in seconds of lesson time, motion and change as shares of the picture, places as shares of its width.

    Shots
        ``min_shot_s``: no shot is shorter, unless its camera is lost, its head turns, or a person cuts.
        ``return_s``: a camera that was left comes back so late at the earliest, unless there is strong cause.
        ``busy_cuts`` in ``busy_window_s`` are many: then shots last ``busy_shot_s`` at least.
        ``hold_s``: so long a person's cut is held in automatic mode.
        ``trust_s``: a camera that was lost must show true pictures so long before it is used again.
        ``fallback``: roles in the order in which they replace one that is lost.

    Teacher
        ``walk_height``: so tall, of the picture's height, is what moves when the teacher walks.
        ``travel``: so far the teacher walks within ``travel_window_s`` to count as moving; half as far, for
        ``still_s``, to count as still. ``quiet_s``: when nobody has spoken for so long the wide view is shown. 0 is
        never.

    Students
        ``students_speak_s``: so long they must speak; ``students_close_after_s``: later their close camera is shown.
        ``stir_motion`` and ``stir_ratio``: so much must move, and so many times what usually moves, where hands go up
        or somebody stands up. ``stir_s``: so long that is remembered, until speech follows. ``louder_db``: so much
        louder than usual, against the lapel, the room's microphone is where students speak.

    Screen
        ``screen_change``: so much of it must change. ``screen_s``: so long it is shown after the last change, at most
        ``screen_max_s``; then it rests ``screen_rest_s``. ``screen_late_s``: a change that could not be shown by then
        is let go.

    Long shots
        ``teacher_long_s``: after so long with the teacher the students are shown for ``reaction_s``, the screen where
        there are none. ``close_long_s``: after so long a close shot the wide one is. ``students_long_s``: after so
        long with students who speak the teacher is shown for ``reaction_s``. 0 is never.
        ``empty_s``: where nothing has moved so long nobody is shown.

    What people ask for
        ``mark_s``: so long is shown what a mark asks for. ``labels``: words of a mark's label and the role they mean;
        a role's own name always does. ``poll_screen_s`` and ``poll_students_s``: so long an open poll shows the
        screen, then the students.

    Heads
        ``wide_presets`` and ``close_presets``: by role, the presets of its head. ``head_s``: so long a turn may take.
        ``head_rest_s``: so seldom a head is turned.

    Microphones
        ``teacher_microphones`` are worn by the teacher, all others hear the room.
    """

    min_shot_s: float = 4.0
    return_s: float = 6.0
    busy_cuts: int = 5
    busy_window_s: float = 30.0
    busy_shot_s: float = 6.0
    hold_s: float = 30.0
    trust_s: float = 2.0
    fallback: tuple[str, ...] = FALLBACK_ORDER

    walk_height: float = 0.22
    travel: float = 0.06
    travel_window_s: float = 1.6
    still_s: float = 1.2
    quiet_s: float = 3.0

    students_speak_s: float = 0.6
    students_close_after_s: float = 8.0
    stir_motion: float = 0.004
    stir_ratio: float = 2.0
    stir_s: float = 5.0
    louder_db: float = 6.0

    screen_change: float = 0.01
    screen_s: float = 9.0
    screen_max_s: float = 40.0
    screen_rest_s: float = 15.0
    screen_late_s: float = 6.0

    teacher_long_s: float = 120.0
    close_long_s: float = 60.0
    students_long_s: float = 60.0
    reaction_s: float = 6.0
    empty_s: float = 60.0

    mark_s: float = 10.0
    labels: Mapping[str, str] = field(default_factory=lambda: dict(_LABELS))
    poll_screen_s: float = 8.0
    poll_students_s: float = 10.0

    wide_presets: Mapping[str, str] = field(default_factory=dict)
    close_presets: Mapping[str, str] = field(default_factory=dict)
    head_s: float = 8.0
    head_rest_s: float = 10.0

    teacher_microphones: tuple[str, ...] = ("lapel",)
