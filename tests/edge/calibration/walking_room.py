"""A walk with steps, technician and room of one's choice, for the tests of the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from edge.calibration.results import Finding, Results, SettingChange, StepResult, Verdict
from edge.calibration.results_folder import OpenCalibration, ResultsFolder
from edge.calibration.room_file import RoomFile
from edge.calibration.room_under_test import RoomUnderTest
from edge.calibration.step import Step, StepContext
from edge.calibration.technician import Technician
from edge.calibration.walkthrough import Walkthrough
from edge.i18n import LazyMessage

CONFIG = '[room]\nschool = "hill"\nroom = "r1"\n[cameras.teacher]\ndriver = "simulated"\n'

Run = Callable[[StepContext], StepResult]


class Told:
    """A technician who says what was agreed, in this order, and notes what was asked and told."""

    def __init__(self, *says: str) -> None:
        self.says = list(says)
        self.asked: list[str] = []
        self.told: list[str] = []

    def tell(self, message: LazyMessage) -> None:
        self.told.append(message.key)

    def choose(self, name: str, question: LazyMessage, options: Sequence[tuple[str, LazyMessage]]) -> str:
        for _, text in options:
            assert text.text("zh-CN")
        self.asked.append(name)
        said = self.says.pop(0)
        if said == "^C":
            raise KeyboardInterrupt
        assert said in [value for value, _ in options], f"{said} is none of {options}"
        return said

    def confirm(self, name: str, question: LazyMessage, *, default: bool) -> bool:
        return default

    def number(self, name: str, question: LazyMessage, *, default: float, low: float, high: float) -> float:
        return default

    def text(self, name: str, question: LazyMessage, *, default: str) -> str:
        return default

    def ready(self, name: str, request: LazyMessage) -> None:
        """It is done."""

    @contextmanager
    def progress(self, what: LazyMessage, seconds: float) -> Iterator[None]:
        yield

    def show(self, findings: Sequence[Finding], picture: NDArray[np.uint8] | None = None) -> None:
        """Nobody looks."""

    def wants_to_go_on(self) -> bool:
        return True


class Seen:
    """A screen that notes what is shown."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.results: list[StepResult] = []

    def begin(self, step: str, number: int, count: int) -> None:
        self.steps.append(step)

    def result(self, result: StepResult) -> None:
        self.results.append(result)

    def summary(self, results: Results) -> None:
        """Not part of the walk itself."""


class WalkingRoom:
    """``steps`` by name; room.toml lies in ``folder``, and ``taken_up`` has what the running system was told."""

    def __init__(self, folder: Path, **steps: Run) -> None:
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        self.folder = folder
        self.steps = steps
        self.taken_up: list[SettingChange] = []
        self.screen = Seen()
        self.results = ResultsFolder(folder / "calibration")
        self.lend_error: BaseException | None = None
        self._open: OpenCalibration | None = None

    @property
    def calibration(self) -> OpenCalibration:
        if self._open is None:
            with self.results.held():
                self._open = self.results.begin(Results(number=0, school="hill", room="r1"))
        return self._open

    def walk(self, technician: Technician, *, is_attended: bool = True) -> Walkthrough:
        return Walkthrough(
            technician=technician,
            screen=self.screen,
            load_step=lambda name: Step(name, self.steps[name], needs="nothing", in_check=False),
            lend=self._lend,
            room_file=RoomFile(self.folder / "config.toml"),
            calibration=self.calibration,
            earlier=None,
            take_up=self.taken_up.extend,
            now=lambda: None,
            is_attended=is_attended,
        )

    @contextmanager
    def _lend(self, _step: Step) -> Iterator[RoomUnderTest]:
        if self.lend_error is not None:
            raise self.lend_error
        yield cast(RoomUnderTest, None)


def good(name: str, **settings: int) -> Run:
    """A step that finds all well, and sets these keys of the teacher's camera."""

    def run(_context: StepContext) -> StepResult:
        changes = [SettingChange(key=f"cameras.teacher.{key}", after=value) for key, value in settings.items()]
        return StepResult(step=name, findings=[Finding(name="x", verdict=Verdict.GOOD)], changes=changes)

    return run


def failing(error: BaseException) -> Run:
    """A step that fails."""

    def run(_context: StepContext) -> StepResult:
        raise error

    return run
