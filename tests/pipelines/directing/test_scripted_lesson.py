"""The director in a drawn classroom, for one short lesson; ``make direct`` has more of them, new at each run."""

from __future__ import annotations

from itertools import groupby

from drivers.simulated_classroom.script import ClassroomScript
from tests.direct.agreement import Shot, agreement
from tests.direct.directed_lesson import LOOKED_AT, PLACES, RULES, direct, observations

SCRIPT = ClassroomScript.from_seed(5, 90)


def test_the_director_agrees_with_the_script_for_most_of_a_lesson() -> None:
    shots = direct(observations(SCRIPT), SCRIPT.seconds, LOOKED_AT, PLACES)
    agreed = agreement(SCRIPT, shots, LOOKED_AT)
    assert {shot.role for shot in shots} == set(LOOKED_AT)
    assert min(shot.end_s - shot.begin_s for shot in shots[:-1]) >= RULES.min_shot_s
    assert agreed.share > 0.8, agreed.wrong


def test_who_follows_the_script_is_right_and_who_never_cuts_is_not() -> None:
    tenths = [(at / 10, min(SCRIPT.truth(at / 10))) for at in range(900)]
    parts = [list(part) for _, part in groupby(tenths, key=lambda one: one[1])]
    followed = [Shot(part[0][0], part[-1][0] + 0.1, part[0][1]) for part in parts]
    assert agreement(SCRIPT, followed, {role for _, role in tenths}).share == 1
    assert agreement(SCRIPT, [Shot(0, 90, "teacher")], LOOKED_AT).share < 0.7
