"""The virtual classroom's limits go by its guest's speed, and a failure says whose fault it is."""

from __future__ import annotations

import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.receipt.findings import FindingCode
from tests.hil.machine import Machine
from tests.hil.qemu import Wiring
from tests.hil.speed import JOB, REFERENCE_S, Speed, speed_told
from tests.hil.talk import HungUp, Silent
from tests.hil.verdicts import excused


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


def test_a_slow_box_may_lose_pictures_and_the_end_of_a_track_only_where_its_log_tells_of_it() -> None:
    fast, slow = Speed(REFERENCE_S), Speed(REFERENCE_S * 2)
    assert not excused(fast, is_cut_off=True)
    assert FindingCode.DROPPED in excused(slow)
    assert FindingCode.SEGMENT_MISSING not in excused(slow)
    assert FindingCode.SEGMENT_MISSING in excused(slow, is_cut_off=True)
    assert FindingCode.FRAGMENT_DAMAGED not in excused(slow, is_cut_off=True)


def test_a_guest_that_does_not_answer_is_waited_for_and_one_that_is_gone_is_not(tmp_path: Path) -> None:
    said = iter([Silent("no answer"), None])

    def answers() -> bool:
        if (error := next(said)) is not None:
            raise error
        return True

    def is_gone() -> bool:
        raise HungUp("gone")

    with closing(Machine(Wiring(tmp_path, tmp_path), tmp_path)) as machine:
        machine.wait(answers, 60, "an answer")
        with pytest.raises(HungUp):
            machine.wait(is_gone, 60, "an answer")
