"""A director's rules read from a TOML table, with errors that say what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from math import isfinite
from typing import Any

from pipelines.directing.director_rules import DirectorRules

# Shares lie in 0..1; all other numbers are seconds, ratios or decibels.
_SHARES = frozenset({"travel", "walk_height", "stir_motion", "screen_change"})
_AT_LEAST = {"min_shot_s": 1.0, "travel_window_s": 0.5, "stir_ratio": 1.0, "busy_cuts": 1}
_MOST = 3600.0


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """One mistake: the key, the value found, what is allowed, and a likely spelling of an unknown key."""

    key: str
    found: str
    allowed: str
    hint: str = ""

    def __str__(self) -> str:
        line = (
            f"{self.key} = {self.found}: must be {self.allowed}"
            if self.allowed
            else f"{self.key}: there is no such rule"
        )
        return f"{line}; did you mean {self.hint}?" if self.hint else line


class UnusableRules(ValueError):
    """The table is no set of rules; ``problems`` has every mistake in it."""

    def __init__(self, problems: tuple[RuleProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def rules_from_toml(table: Mapping[str, object]) -> DirectorRules:
    """The rules of a TOML table, by the names of ``DirectorRules``; what it does not say has its default.

    Raises:
        UnusableRules: unknown keys, values of a wrong type or out of range.
    """
    known = {one.name: one for one in fields(DirectorRules)}
    problems: list[RuleProblem] = []
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            problems.append(RuleProblem(key, str(value), "", next(iter(get_close_matches(key, known, 1)), "")))
            continue
        one = known[key]
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        allowed = _mistake(key, value, default)
        if allowed:
            problems.append(RuleProblem(key, repr(value), allowed))
        else:
            values[key] = _converted(value, default)
    if problems:
        raise UnusableRules(tuple(problems))
    rules = DirectorRules(**values)
    if rules.busy_shot_s < rules.min_shot_s:
        allowed = f"at least min_shot_s, which is {rules.min_shot_s:g}"
        raise UnusableRules((RuleProblem("busy_shot_s", f"{rules.busy_shot_s:g}", allowed),))
    return rules


def _mistake(key: str, value: object, default: object) -> str:
    """What is allowed instead of this value; empty if it is right."""
    if isinstance(default, tuple):
        is_right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return "" if is_right else f"a list of names, such as {_toml(default)}"
    if isinstance(default, Mapping):
        is_right = isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())
        return "" if is_right else 'a table of names, such as { teacher = "close" }'
    least, most = _AT_LEAST.get(key, 0.0), 1.0 if key in _SHARES else _MOST
    kind = "a whole number" if isinstance(default, int) else "a number"
    is_number = isinstance(value, int if isinstance(default, int) else int | float) and not isinstance(value, bool)
    if is_number and isinstance(value, int | float) and isfinite(value) and least <= value <= most:
        return ""
    return f"{kind} from {least:g} to {most:g}, such as {default}"


def _converted(value: Any, default: object) -> Any:
    if isinstance(default, tuple):
        return tuple(value)
    if isinstance(default, Mapping):
        return dict(value)
    return value if isinstance(default, int) else float(value)


def _toml(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
