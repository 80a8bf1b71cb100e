"""The virtual classroom's limits go by its guest's speed, and a failure says whose fault it is."""

from __future__ import annotations

import subprocess

import pytest

from tests.hil.speed import JOB, REFERENCE_S, Speed, speed_told


def test_a_fast_machine_has_the_stated_limits_and_a_slow_one_longer_ones() -> None:
    assert Speed(REFERENCE_S / 3).slowness == 1.0
    assert Speed(REFERENCE_S * 1.6).slowness == pytest.approx(1.6)


def test_a_failure_is_the_boxs_where_it_became_slower_or_had_no_time_for_pictures() -> None:
    wrong, slow = "THE PRODUCT IS WRONG", "THE BOX WAS SLOW"
    assert wrong in Speed(REFERENCE_S).verdict(Speed(REFERENCE_S * 1.4))
    assert slow in Speed(REFERENCE_S).verdict(Speed(REFERENCE_S * 1.6))
    assert wrong in Speed(REFERENCE_S / 4).verdict(Speed(REFERENCE_S)), "limits are never shorter than stated"
    slow_from_the_start = Speed(REFERENCE_S * 2).verdict(Speed(REFERENCE_S * 2))
    assert slow in slow_from_the_start
    assert "what was too late is the product's fault" in slow_from_the_start


def test_the_job_is_a_command_that_tells_a_time_for_each_processor() -> None:
    done = subprocess.run(["bash", "-c", JOB.replace("chrt --fifo 1", "")], capture_output=True, text=True, check=True)
    assert len(done.stdout.split()) == 2
    assert 0 < speed_told(done.stdout).job_s < 60
