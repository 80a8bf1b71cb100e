"""What is said of a node that may not be opened depends on whether udev has had its time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from drivers import node_access
from drivers.errors import DeviceMisconfigured, DeviceMissing
from drivers.node_access import SETTLED_S, refused_access

ADVICE = "add this user to the group video"


@pytest.mark.parametrize(("age_s", "kind"), [(0.1, DeviceMissing), (SETTLED_S + 1, DeviceMisconfigured)])
def test_nobody_is_told_to_do_anything_about_a_node_that_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age_s: float, kind: type[Exception]
) -> None:
    node = tmp_path / "video0"
    node.touch()
    now_s = node.stat().st_ctime + age_s
    monkeypatch.setattr(node_access, "time", type("Clock", (), {"time": staticmethod(lambda: now_s)}))
    error = refused_access("teacher", node, ADVICE)
    assert type(error) is kind
    assert (ADVICE in str(error)) == (kind is DeviceMisconfigured)


def test_a_clock_that_was_set_back_hides_no_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "video0"
    node.touch()
    monkeypatch.setattr(node_access, "time", type("Clock", (), {"time": staticmethod(lambda: time.time() - 3600)}))
    assert isinstance(refused_access("teacher", node, ADVICE), DeviceMisconfigured)


def test_a_node_that_has_gone_is_missing(tmp_path: Path) -> None:
    assert isinstance(refused_access("teacher", tmp_path / "video0", ADVICE), DeviceMissing)
