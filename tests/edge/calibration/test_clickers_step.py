"""The roll call through a real controller with simulated clickers: what is heard, lost and strange, seat by seat."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from controller_room import Room, running, until_status
from scripted_technician import ScriptedTechnician
from step_rooms import config_of, context_of, verdicts

from edge.calibration.results import StepResult, Verdict
from edge.calibration.steps.clickers import STEP
from edge.calibration.technician import StepSkipped
from edge.calibration.verdicts.clickers import SeatCount, count_presses, coverage_map, judge_roll_call, seat_counts
from edge.classroom.roster import SchoolClass, Student
from edge.config.model import Config

SECOND_NS = 1_000_000_000
SEATS = ("A1", "A2", "B1", "B2")


def room_config(folder: Path, more: str = '[clickers]\ndriver = "simulated"\n', run: Path | None = None) -> Config:
    paths = f'[paths]\nspool = "{folder}/spool"\nrun = "{run or folder / "run"}"\n'
    text = f'[room]\nschool = "hill"\nroom = "r1"\n{paths}'
    return config_of(folder, text + more)


def press(run: Path, *devices: str) -> None:
    """Press these clickers once the base asks: at its socket, as the demo does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as base:
        base.settimeout(10)
        base.connect(str(run / "clickers.sock"))
        with base.makefile("rb") as lines:
            while not lines.readline().startswith(b"asked"):
                pass
        base.sendall("".join(f"press {device} A\n" for device in devices).encode())


async def roll_call(room: Room, folder: Path, technician: ScriptedTechnician, **more: Any) -> StepResult:
    context = context_of(room_config(folder, run=room.run), folder, technician, **more)
    return await asyncio.to_thread(STEP.run, context)


async def bind_class(room: Room) -> None:
    students = [
        {"number": str(at), "name": f"S{at}", "seat": seat, "device": str(at)} for at, seat in enumerate(SEATS, 1)
    ]
    students.append({"number": "9", "name": "S9", "seat": "B3"})
    assert (await room.ask("roster-import", roster={"classes": [{"name": "7B", "students": students}]}))["ok"]
    await until_status(room, lambda status: status.clickers and status.clickers.state == "running")


async def test_each_round_asks_anew_and_what_is_missing_is_told_by_seat(tmp_path: Path) -> None:
    async with running(tmp_path, tmp_path / "run") as room:
        await bind_class(room)
        presser = Presser(room.run, [["1", "2", "3"], ["1", "2", "7"]], ["3/4", "2/4"])
        technician = presser.technician
        technician.answers = {"clickers.rounds": 2, "clickers.round": presser.start}
        result = await roll_call(room, tmp_path, technician)
    told = verdicts(result)
    assert told["clicker-base"] is Verdict.GOOD
    figures = {one.name: one for one in result.findings if not one.device}
    assert (figures["clickers-answered"].text, told["clickers-answered"]) == ("3/4", Verdict.BAD)
    assert figures["clickers-answered"].advice is not None
    assert figures["clickers-answered"].advice.values == {"seats": "B2"}
    assert (figures["clickers-loss"].text, figures["clickers-loss"].value) == ("1/6", pytest.approx(100 / 6))
    assert told["clickers-seat-loss@B1"] is Verdict.BAD
    assert figures["clickers-unbound"].text == figures["clickers-strangers"].text == "1"
    assert "A1 2/2  A2 2/2" in technician.told
    assert "B1 1/2  B2 0/2  B3 --" in technician.told
    assert technician.asked.count("clickers.round") == 2
    assert not any("S1" in finding.model_dump_json() for finding in result.findings), "names stay in the room"


async def test_the_technician_walks_and_presses_each_clicker(tmp_path: Path) -> None:
    async with running(tmp_path, tmp_path / "run") as room:
        await bind_class(room)
        presser = Presser(room.run, [["1", "2", "3", "4"]], ["4/4"])
        technician = presser.technician
        technician.answers = {"clickers.how": "walk", "clickers.rounds": 1, "clickers.walk": presser.start}
        result = await roll_call(room, tmp_path, technician)
    assert verdicts(result)["clickers-answered"] is Verdict.GOOD
    assert verdicts(result)["clickers-loss"] is Verdict.GOOD


async def test_a_check_asks_nobody_and_an_open_poll_is_not_disturbed(tmp_path: Path) -> None:
    async with running(tmp_path, tmp_path / "run") as room:
        technician = ScriptedTechnician({"clickers.rounds": 1})
        await until_status(room, lambda status: status.clickers and status.clickers.state == "running")
        assert verdicts(await roll_call(room, tmp_path, technician, is_check=True)) == {"clicker-base": Verdict.GOOD}
        assert technician.asked == []
        without = await roll_call(room, tmp_path, technician)
        assert verdicts(without)["clickers-answered"] is Verdict.UNMEASURED
        await bind_class(room)
        assert (await room.ask("start"))["ok"]
        assert (await room.ask("poll-open", poll={"kind": "rush"}))["ok"]
        during = await roll_call(room, tmp_path, technician)
        assert verdicts(during)["clickers-answered"] is Verdict.UNMEASURED
        assert (await room.ask("poll-show"))["poll"]["is_open"]
        assert (await room.ask("stop"))["ok"]


def test_without_a_controller_it_is_unmeasured_and_without_clickers_skipped(tmp_path: Path) -> None:
    result = STEP.run(context_of(room_config(tmp_path), tmp_path))
    assert verdicts(result) == {"controller": Verdict.UNMEASURED}
    with pytest.raises(StepSkipped):
        STEP.run(context_of(room_config(tmp_path, ""), tmp_path))


def test_what_a_base_repeats_is_one_press_and_what_is_pressed_again_is_another() -> None:
    presses = [(0, "1"), (SECOND_NS // 10, "1"), (SECOND_NS, "1"), (SECOND_NS // 10, "2")]
    assert count_presses(presses) == {"1": 2, "2": 1}


def test_the_interval_of_the_loss_holds_the_true_loss() -> None:
    seats = [SeatCount(str(at), 3, 3 if at % 10 else 2) for at in range(1, 51)]
    _, loss, *_ = judge_roll_call(seats, 0)
    assert loss.value is not None
    assert loss.half_width is not None
    print(f"loss {loss.value:.2f} ± {loss.half_width:.2f} %; Wilson's interval of 5/150 is 1.43 to 7.57 %")
    assert loss.half_width == pytest.approx((7.57 - 1.43) / 2, abs=0.01)
    assert loss.verdict is Verdict.ACCEPTABLE


@pytest.mark.parametrize(
    ("names", "first_line"),
    [
        (["2-1", "1-2", "1-1", "10-1"], "1-1 3/3   1-2 3/3"),
        (["3排2座", "3排1座"], "3排1座 3/3  3排2座 3/3"),
        (["2", "10", "1"], "1 3/3   2 3/3   10 3/3"),
        (["窗边", "门口"], "窗边 3/3  门口 3/3"),
    ],
)
def test_seats_lie_in_rows_where_their_names_tell_rows(names: list[str], first_line: str) -> None:
    assert coverage_map([SeatCount(name, 3, 3) for name in names])[0] == first_line


def test_a_full_room_fits_eighty_columns_and_a_list_without_seats_has_places() -> None:
    rows = [SeatCount(f"{row}-{place}", 10, 10) for row in range(1, 9) for place in range(1, 13)]
    assert all(len(line) <= 80 for line in coverage_map(rows))
    here = SchoolClass(name="7B", students=(Student(number="1", name="S1", device="8"), Student(number="2", name="S2")))
    assert seat_counts(here, {"8": 5}, 3) == [SeatCount("#1", 3, 3), SeatCount("#2", 0, 0)]


class Presser:
    """Presses the clickers of each round while the step listens, and goes on once they have been heard.

    ``heard`` is what the step shows of each round then.
    """

    def __init__(self, run: Path, rounds: list[list[str]], heard: list[str]) -> None:
        self.technician = ScriptedTechnician(goes_on=self._goes_on)
        self._run = run
        self._rounds = rounds
        self._heard = heard
        self._begun = self._pressed = self._looks = 0

    def start(self) -> None:
        self._begun += 1
        self._looks = 0

    def _goes_on(self) -> bool:
        """Asked between two looks at the base: the first presses, those after what is expected wait for strangers."""
        if self._pressed < self._begun:
            press(self._run, *self._rounds[self._pressed])
            self._pressed += 1
        if self.technician.shown and self.technician.shown[-1][0].text == self._heard[self._begun - 1]:
            self._looks += 1
        return self._looks > 3
