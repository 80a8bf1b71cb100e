"""The trial recording of a simulated room: checked like a lesson, and gone afterwards."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from scripted_technician import ScriptedTechnician
from step_rooms import config_of, context_of, verdicts

from edge.calibration.probes import trial_recording
from edge.calibration.probes.machine_load import LoadMeter, MachineLoad, read_throttled
from edge.calibration.results import StepResult, Verdict
from edge.calibration.steps.trial import STEP
from edge.calibration.verdicts.trial import judge_load, judge_receipt, judge_throttling
from edge.config.model import Config
from pipelines.receipt.findings import FindingCode, bad, note
from pipelines.receipt.receipt import Receipt, verdict_of

pytestmark = pytest.mark.realtime


def config(folder: Path) -> Config:
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    camera = '[cameras.teacher]\ndriver = "simulated"\nwidth = 320\nheight = 180\nfps = 10\nflash_period_s = 0\n'
    microphone = '[microphones.ceiling]\ndriver = "simulated"\n'
    paths = f'[paths]\nspool = "{spool}"\n[storage]\nreserve_mb = 8\n'
    return config_of(folder, f'[room]\nschool = "hill"\nroom = "r1"\n{paths}{camera}{microphone}')


def test_all_roles_are_recorded_and_nothing_of_it_stays(tmp_path: Path) -> None:
    context = context_of(config(tmp_path), tmp_path, ScriptedTechnician({"trial.seconds": 5}))
    seen = verdicts(STEP.run(context))
    assert (seen["trial-recording"], seen["trial-dropped"], seen["load-steps"]) == (Verdict.GOOD,) * 3
    assert "cpu-busy" in seen
    assert list((tmp_path / "spool").iterdir()) == list(context.folder.iterdir()) == []


def test_ctrl_c_in_the_middle_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = context_of(config(tmp_path), tmp_path, ScriptedTechnician({"trial.seconds": 5}))
    folders: list[Path] = []

    def interrupted(_seconds: float) -> None:
        folders.extend(context.folder.glob(".calibration-*/trial"))
        raise KeyboardInterrupt

    class InterruptedTime:
        monotonic = staticmethod(trial_recording.time.monotonic)
        monotonic_ns = staticmethod(trial_recording.time.monotonic_ns)
        sleep = staticmethod(interrupted)

    monkeypatch.setattr(trial_recording, "time", InterruptedTime)
    with pytest.raises(KeyboardInterrupt):
        STEP.run(context)
    assert len(folders) == 1
    assert list((tmp_path / "spool").iterdir()) == list(context.folder.iterdir()) == []


def test_without_devices_it_is_unmeasured(tmp_path: Path) -> None:
    empty = config_of(tmp_path, '[room]\nschool = "hill"\nroom = "r1"\n')
    assert verdicts(STEP.run(context_of(empty, tmp_path))) == {"trial-recording": Verdict.UNMEASURED}


def test_load_heat_and_the_firmwares_word_are_judged(tmp_path: Path) -> None:
    load = MachineLoad(busy_percent=70, own_percent=30, hottest_c=82, throttled=0x50005)
    seen = verdicts(StepResult(step="trial", findings=judge_load(load)))
    for own_percent, code in ((30, "cpu-others"), (60, "trial-too-slow")):
        busy, *_ = judge_load(dataclasses.replace(load, own_percent=own_percent))
        assert busy.advice is not None
        assert busy.advice.code == code
    assert (seen["cpu-busy"], seen["temperature"], seen["throttling"]) == (
        Verdict.ACCEPTABLE,
        Verdict.BAD,
        Verdict.BAD,
    )
    before = judge_throttling(0x80000)
    assert [(one.verdict, one.advice.code if one.advice else "") for one in before] == [(Verdict.ACCEPTABLE, "box-hot")]
    assert [one.verdict for one in judge_throttling(0)] == [Verdict.GOOD]
    file = tmp_path / "devices/platform/soc/soc:firmware/get_throttled"
    file.parent.mkdir(parents=True)
    file.write_text("50005\n")
    assert read_throttled(tmp_path) == 0x50005


def test_a_recording_that_is_bad_is_told_with_its_reasons_and_dropped_pictures_are_counted() -> None:
    findings = (
        bad(FindingCode.BLACK, "teacher", seconds=4.0),
        note(FindingCode.DROPPED, "teacher", count=5, what="pictures", cause="load"),
        note(FindingCode.DROPPED, "ceiling", count=48_000, what="samples", cause="load"),
    )
    receipt = Receipt(
        lesson="trial", lesson_time_ns=10**9, recording=verdict_of(findings), tracks=(), findings=findings
    )
    whole, dropped = judge_receipt(receipt)
    assert whole.verdict is Verdict.BAD
    assert whole.advice is not None
    assert whole.advice.values == {"findings": "teacher:black"}
    assert (dropped.value, dropped.verdict) == (5, Verdict.BAD)


def test_the_share_of_the_processors_is_what_was_not_idle(tmp_path: Path) -> None:
    (tmp_path / "stat").write_text("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2 3\n")
    zone = tmp_path / "class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "temp").write_text("61500\n")
    meter = LoadMeter(tmp_path, tmp_path)
    (zone / "temp").write_text("64000\n")
    meter.look()
    (zone / "temp").write_text("50000\n")
    (tmp_path / "stat").write_text("cpu  250 200 150 1300 100 0 0 0 0 0\n")
    load = meter.load()
    assert (round(load.busy_percent, 3), load.hottest_c) == (20.0, 64.0)
