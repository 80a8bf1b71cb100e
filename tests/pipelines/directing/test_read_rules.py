"""Rules from TOML: what is written counts, and every mistake is told with what to write instead."""

from __future__ import annotations

import tomllib

import pytest

from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.read_rules import UnusableRules, rules_from_toml


def test_nothing_written_is_the_defaults() -> None:
    assert rules_from_toml({}) == DirectorRules()


def test_what_is_written_counts() -> None:
    table = tomllib.loads("""
        min_shot_s = 5
        fallback = ["screen", "teacher"]
        teacher_microphones = ["headset"]
        labels = { "实验" = "students" }
        wide_presets = { teacher = "全景" }
    """)
    rules = rules_from_toml(table)
    assert (rules.min_shot_s, rules.fallback, rules.teacher_microphones) == (5.0, ("screen", "teacher"), ("headset",))
    assert (rules.labels, rules.wide_presets) == ({"实验": "students"}, {"teacher": "全景"})


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("min_shots = 5", "min_shots: there is no such rule; did you mean min_shot_s?"),
        ("min_shot_s = 0", "min_shot_s = 0: must be a number from 1 to 3600, such as 4.0"),
        ('hold_s = "long"', "hold_s = 'long': must be a number from 0 to 3600, such as 30.0"),
        ("hold_s = nan", "hold_s = nan: must be a number"),
        ("travel = 10", "travel = 10: must be a number from 0 to 1, such as 0.06"),
        ("busy_cuts = 2.5", "busy_cuts = 2.5: must be a whole number from 1 to 3600, such as 5"),
        ('fallback = "teacher"', "fallback = 'teacher': must be a list of names, such as "),
        ('labels = { "屏幕" = 1 }', "must be a table of names"),
        ("min_shot_s = 8", "busy_shot_s = 6: must be at least min_shot_s, which is 8"),
    ],
)
def test_a_mistake_is_told(written: str, told: str) -> None:
    with pytest.raises(UnusableRules) as raised:
        rules_from_toml(tomllib.loads(written))
    assert told in str(raised.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(UnusableRules) as raised:
        rules_from_toml({"min_shot_s": 0, "travel": 2, "nothing": 1})
    assert [one.key for one in raised.value.problems] == ["min_shot_s", "travel", "nothing"]
