"""The class board's test: what is shown is asked for, and the board is as it was, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from controller_room import Room, running
from scripted_technician import Answer, ScriptedTechnician
from step_rooms import config_of, context_of, verdicts

from edge.calibration.results import StepResult, Verdict
from edge.calibration.steps.board import STEP
from edge.calibration.technician import StepSkipped
from edge.calibration.verdicts.board import is_test_text, make_question
from edge.link.control_client import request
from edge.link.control_requests import SetEmergency, ShowBoard


async def ask(room: Room, folder: Path, says: Answer) -> StepResult:
    text = f'[room]\nschool = "hill"\nroom = "r1"\n[paths]\nspool = "{folder}/spool"\nrun = "{room.run}"\n'
    context = context_of(config_of(folder, text), folder, ScriptedTechnician({"board.says": says}))
    return await asyncio.to_thread(STEP.run, context)


def shown(run: Path) -> str:
    texts = request(run, ShowBoard()).texts
    assert texts is not None
    return texts.emergency


def says_what_it_reads(run: Path, *, rightly: bool = True) -> Callable[[list[str]], str]:
    def look(choices: list[str]) -> str:
        number = shown(run).rpartition(" ")[2]
        assert choices[0] == "nothing", "who only presses Enter has seen nothing"
        assert number in choices
        assert len(choices) == 5
        return number if rightly else next(one for one in choices[1:] if one != number)

    return look


async def test_what_the_board_shows_is_asked_for_and_taken_away_again(tmp_path: Path) -> None:
    run = tmp_path / "run"
    async with running(tmp_path, run) as room:
        assert verdicts(await ask(room, tmp_path, says_what_it_reads(run))) == {"board-shows": Verdict.GOOD}
        wrong = await ask(room, tmp_path, says_what_it_reads(run, rightly=False))
        assert verdicts(wrong) == {"board-shows": Verdict.BAD}
        assert verdicts(await ask(room, tmp_path, "nothing")) == {"board-shows": Verdict.BAD}
        for ends in (KeyboardInterrupt(), StepSkipped()):
            with pytest.raises(type(ends)):
                await ask(room, tmp_path, ends)
            assert await asyncio.to_thread(shown, run) == ""


async def test_an_emergency_is_never_covered_nor_taken_away(tmp_path: Path) -> None:
    run = tmp_path / "run"
    async with running(tmp_path, run) as room:
        assert (await room.ask("board-emergency", text="集合"))["ok"]
        assert verdicts(await ask(room, tmp_path, "nothing")) == {"board-shows": Verdict.UNMEASURED}
        assert await asyncio.to_thread(shown, run) == "集合"
        # What a killed calibration left is no emergency; and somebody may put one there during the test.
        assert (await room.ask("board-emergency", text=make_question(random.Random(1)).text))["ok"]

        def alarm(choices: list[str]) -> str:
            assert request(run, SetEmergency(text="火警")).ok
            return choices[0]

        assert verdicts(await ask(room, tmp_path, alarm)) == {"board-shows": Verdict.BAD}
        assert await asyncio.to_thread(shown, run) == "火警"


def test_without_a_screen_or_in_a_check_it_is_left_out(tmp_path: Path) -> None:
    config = config_of(tmp_path, '[room]\nschool = "hill"\nroom = "r1"\n')
    no_screen = context_of(config, tmp_path, ScriptedTechnician({"board.has-screen": False}))
    for context in (no_screen, context_of(config, tmp_path, is_check=True)):
        with pytest.raises(StepSkipped):
            STEP.run(context)


def test_a_question_has_four_numbers_and_its_text_is_known_again() -> None:
    questions = [make_question(random.Random(seed)) for seed in range(50)]
    assert all(len(set(one.choices)) == 4 and one.number in one.choices for one in questions)
    assert all(is_test_text(one.text) for one in questions)
    assert not is_test_text("测试集合")
    assert {one.choices.index(one.number) for one in questions} == {0, 1, 2, 3}
