"""Presets are driven, looked at, aimed anew and added, through a real controller with a simulated head and camera."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cv2
from controller_room import Room, running, until_status
from scripted_technician import ScriptedTechnician
from step_rooms import config_of, context_of, verdicts

from edge.calibration.results import StepResult, Verdict
from edge.calibration.steps.heads import STEP
from edge.calibration.verdicts.heads import free_number, is_good_name, judge_arrival
from edge.config.model import Config

CAMERA = '[cameras.teacher]\ndriver = "simulated"\nwidth = 320\nheight = 180\nfps = 10\n'


def room_config(folder: Path, run: Path, head: str) -> Config:
    text = f'[room]\nschool = "hill"\nroom = "r1"\n[paths]\nspool = "{folder}/spool"\nrun = "{run}"\n'
    return config_of(folder, text + CAMERA + head)


HEAD = '[ptz.teacher]\ndriver = "simulated"\npresets = { podium = 1 }\n'


async def visit(room: Room, folder: Path, technician: ScriptedTechnician, *, is_check: bool = False) -> StepResult:
    await until_status(room, lambda status: status.ptz["teacher"].state == "running")
    context = context_of(room_config(folder, room.run, HEAD), folder, technician, is_check=is_check)
    return await asyncio.to_thread(STEP.run, context)


async def test_presets_are_driven_aimed_anew_and_added_with_a_picture_of_each(tmp_path: Path) -> None:
    technician = ScriptedTechnician(
        {
            "heads.right": False,
            "heads.aim": ["right", "done", "closer", "done"],
            "heads.another": [True, True, False],
            "heads.name": ["a b", "黑板"],
        }
    )
    async with running(tmp_path, tmp_path / "run") as room:
        result = await visit(room, tmp_path, technician)
        status = await room.status()
        assert status.ptz["teacher"].preset is None, "the controller does not know the new name yet"
    assert verdicts(result) == {
        "head@teacher": Verdict.GOOD,
        "preset-arrival@teacher:podium": Verdict.GOOD,
        "preset-stored@teacher:podium": Verdict.GOOD,
        "preset-stored@teacher:黑板": Verdict.GOOD,
    }
    assert [(one.key, one.before, one.after) for one in result.changes] == [("ptz.teacher.presets.黑板", None, 0)]
    assert [one.device for one in result.pictures] == ["teacher:podium", "teacher:黑板"]
    for one in result.pictures:
        still = cv2.imread(str(tmp_path / "results" / one.file))
        assert still is not None
        assert still.shape == (180, 320, 3)
    assert any("Not a name" in line for line in technician.told)
    assert technician.pictures


async def test_a_check_moves_nothing_and_a_head_that_is_unplugged_is_bad(tmp_path: Path) -> None:
    technician = ScriptedTechnician()
    async with running(tmp_path, tmp_path / "run") as room:
        assert verdicts(await visit(room, tmp_path, technician, is_check=True)) == {"head@teacher": Verdict.GOOD}
        assert (await room.status()).ptz["teacher"].preset is None
        other = HEAD.replace("teacher", "students")
        context = context_of(room_config(tmp_path, room.run, other), tmp_path, technician)
        assert verdicts(await asyncio.to_thread(STEP.run, context)) == {"head@students": Verdict.UNMEASURED}
    assert technician.asked == []


def test_an_arrival_is_judged_by_its_time_and_names_and_numbers_do_not_collide() -> None:
    assert judge_arrival("teacher:a", 3.0, "").verdict is Verdict.GOOD
    assert judge_arrival("teacher:a", 12.0, "").verdict is Verdict.ACCEPTABLE
    assert judge_arrival("teacher:a", 1.0, "still-moving").verdict is Verdict.BAD
    assert free_number({"a": 0, "b": 2}) == 1
    assert free_number({str(number): number for number in range(16)}) is None
    names = ["黑板", "podium", "", "a.b", "a b", "x" * 25, 'a"', "taken", "a\n"]
    assert [is_good_name(name, ["taken"]) for name in names] == [True, True, *[False] * 7]
