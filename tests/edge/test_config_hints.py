"""A key that is one slip of the finger away is recognised, whichever key it is."""

from __future__ import annotations

import string
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edge.config.driver_options import common_keys, device_tables
from edge.config.dump import config_tables, to_toml
from edge.config.load import load
from edge.config.model import Config
from edge.config.problems import ConfigProblems, closest_name

DEFAULT = Path(__file__).parents[2] / "systemd" / "config.toml"
WHOLE = config_tables(load(DEFAULT))

DEVICES = {device.path for device in device_tables(WHOLE)}

Steps = tuple[str, ...]


def key_paths(table: dict[str, Any], above: Steps = ()) -> Iterator[Steps]:
    """Every key that has a fixed name and is written; those in a driver's own tables (names of buttons) have none."""
    for key, value in table.items():
        if value is not None and value != {}:
            yield (*above, key)
        if isinstance(value, dict) and above not in DEVICES:
            yield from key_paths(value, (*above, key))


LETTERS = string.ascii_letters + string.digits + "_-"


def every_slip(name: str) -> set[str]:
    """``name`` with one letter left out, put in, mistaken, or changed with its neighbour, in every place."""
    slips = {name + letter for letter in LETTERS}
    for at, here in enumerate(name):
        before, after = name[:at], name[at + 1 :]
        slips |= {before + after, before + after[:1] + here + after[1:]}
        slips |= {before + letter + rest for letter in LETTERS for rest in (after, here + after)}
    return slips - {name}


def renamed(table: dict[str, Any], path: Steps, name: str) -> dict[str, Any]:
    first, *rest = path
    if not rest:
        return {name if key == first else key: value for key, value in table.items()}
    return {**table, first: renamed(table[first], tuple(rest), name)}


@settings(max_examples=80)
@given(st.data())
def test_one_slip_in_any_key_offers_the_key(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(key_paths(WHOLE))))
    slip = data.draw(st.sampled_from(sorted(every_slip(path[-1]))))
    assume(slip and slip not in siblings(path))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(to_toml(renamed(WHOLE, path, slip)), encoding="utf-8")
        with pytest.raises(ConfigProblems) as caught:
            load(file)
    hints = [problem.hint for problem in caught.value.problems]
    # ``httsp_port`` is one slip from ``http_port`` as well as from ``https_port``.
    assert any(slip in every_slip(hint) for hint in hints if hint in siblings(path))


def test_a_name_one_letter_off_is_closer_than_a_longer_one_with_more_letters_in_common() -> None:
    assert closest_name("stoae", ["storage", "store"]) == "store"


def siblings(path: Steps) -> set[str]:
    """All names that would be right in the place of the last part of ``path``."""
    if len(path) == 1:
        return set(Config.model_fields)
    beside = WHOLE
    for part in path[:-1]:
        beside = beside[part]
    common = {key for device in device_tables(WHOLE) if device.path == path[:-1] for key in common_keys(device.kind)}
    return set(beside) | common
