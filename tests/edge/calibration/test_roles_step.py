"""Devices get their roles, and a swap since the last calibration is found, asked about and mended in the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers import registry
from drivers.discovered_device import DiscoveredDevice
from drivers.usb_topology import IsochronousSetting, UsbPort
from edge.calibration.borrowed_devices import BorrowedDevices
from edge.calibration.device_roles import RoomDevice, completed, exchanged_by_serial, replaced
from edge.calibration.earlier_views import save_views
from edge.calibration.results import Finding, MeasuredDevice, Results, Setting, StepResult, Verdict
from edge.calibration.step import StepContext
from edge.calibration.steps import roles
from edge.calibration.usb_bandwidth import usb_findings
from edge.config.load import load
from edge.i18n import LazyMessage
from edge.recorder import composition
from tests.edge.calibration import bench_devices as bench
from tests.pipelines.measuring.drawn_classrooms import View

pytestmark = pytest.mark.realtime

A, B, C = "1-1.1", "1-1.2", "1-1.3"
CEILING, LAPEL = "1-2.1", "1-2.2"
CAMERAS = {"teacher": A, "students": B}


class Answers:
    """A technician with an answer to each question, who taps the microphones that ``taps`` has for a role."""

    def __init__(self, answers: dict[str, object], taps: dict[str, str] | None = None) -> None:
        self._answers = answers
        self._taps = taps or {}
        self.asked: list[str] = []
        self.shown = 0

    def _answer(self, name: str, default: object) -> object:
        self.asked.append(name)
        return self._answers.get(name, default)

    def confirm(self, name: str, question: LazyMessage, *, default: bool) -> bool:
        bench.TAPPED.clear()
        role = name.removeprefix("roles.tap-")
        if role in self._taps:
            bench.TAPPED.add(self._taps[role])
        return bool(self._answer(name, default))

    def choose(self, name: str, question: LazyMessage, options: Sequence[tuple[str, LazyMessage]]) -> str:
        assert question.text("zh-CN")
        assert all(text.text("en") for _, text in options)
        answer = self._answer(name, options[0][0])
        assert answer in [value for value, _ in options], (name, answer)
        return str(answer)

    def tell(self, message: LazyMessage) -> None:
        assert message.text("zh-CN")

    def number(self, name: str, question: LazyMessage, *, default: float, low: float, high: float) -> float:
        raise AssertionError(name)

    def text(self, name: str, question: LazyMessage, *, default: str) -> str:
        raise AssertionError(name)

    def ready(self, name: str, request: LazyMessage) -> None:
        raise AssertionError(name)

    @contextmanager
    def progress(self, what: LazyMessage, seconds: float) -> Iterator[None]:
        yield

    def show(self, findings: Sequence[Finding], picture: NDArray[np.uint8] | None = None) -> None:
        self.shown += picture is not None

    def wants_to_go_on(self) -> bool:
        return self.shown >= 0


class Bench:
    """A room on the bench: its config is ``cameras`` and ``microphones``, role to place."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._patch = monkeypatch
        dice = np.random.default_rng(5)
        self.views = {role: View(dice) for role in ("teacher", "students", "screen")}
        self._dice = dice
        self.earlier_folder = folder / "0001"
        self.folder = folder / "0002"
        for made in (self.earlier_folder, self.folder):
            made.mkdir()

    def hang(self, places: dict[str, str]) -> None:
        """Give the camera at each place the view of a role."""
        bench.VIEWS.clear()
        for role, place in places.items():
            bench.see(place, self.views[role].at(self._dice))

    def calibrated(self) -> None:
        """Leave the pictures of an earlier calibration, with everything right."""
        save_views(self.earlier_folder, {role: view.at(self._dice) for role, view in self.views.items()})

    def run(
        self,
        technician: Answers,
        found: Sequence[DiscoveredDevice],
        cameras: dict[str, str],
        microphones: dict[str, str] | None = None,
        earlier: Sequence[MeasuredDevice] = (),
        *,
        is_check: bool = False,
    ) -> StepResult:
        tables = [f'[cameras.{role}]\ndriver = "bench"\ndevice = "{place}"' for role, place in cameras.items()]
        tables += [
            f'[microphones.{role}]\ndriver = "bench"\ndevice = "{place}"' for role, place in (microphones or {}).items()
        ]
        file = self._folder / "config.toml"
        file.write_text("\n".join(['[room]\nschool = "hill"\nroom = "r1"', *tables]))
        self._patch.setattr(composition, "discovered_devices", lambda: list(found))
        before = Results(number=1, school="hill", room="r1", devices=list(earlier))
        devices = BorrowedDevices(load(file))
        try:
            return roles.run(
                StepContext(devices, technician, self.folder, before, before, is_check, self.earlier_folder)
            )
        finally:
            devices.close()
            assert not bench.OPEN, "a camera was left open"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    for table, name in ((registry.CAMERAS, "BenchCamera"), (registry.MICROPHONES, "BenchMicrophone")):
        monkeypatch.setitem(table, bench.DRIVER, (bench.__name__, name))
    for shared in (bench.VIEWS, bench.TAPPED, bench.OPEN, bench.MOST_OPEN):
        shared.clear()
    return Bench(tmp_path, monkeypatch)


def cameras(*places: str) -> list[DiscoveredDevice]:
    return [bench.plugged_in("cameras", place) for place in places]


def settings(result: StepResult) -> dict[str, Setting]:
    return {change.key: change.after for change in result.changes}


def verdicts(result: StepResult, name: str) -> dict[str, Verdict]:
    return {finding.device: finding.verdict for finding in result.findings if finding.name == name}


def test_what_is_plugged_in_is_shown_and_gets_the_role_that_the_technician_says(room: Bench) -> None:
    room.hang({"teacher": A, "students": B, "screen": C})
    found = [*cameras(A, B, C), bench.plugged_in("microphones", CEILING, "S7")]
    technician = Answers({f"roles.camera-{B}": "students", f"roles.microphone-{CEILING}": "ceiling"})
    result = room.run(technician, found, {"teacher": A})
    assert settings(result) == {
        "cameras.students.driver": "bench",
        "cameras.students.device": B,
        "microphones.ceiling.driver": "bench",
        "microphones.ceiling.device": CEILING,
    }
    assert verdicts(result, "device-unbound") == {C: Verdict.ACCEPTABLE}
    assert technician.shown == 3
    assert max(bench.MOST_OPEN) == 3, "all cameras are open at the same time"
    assert {picture.device: picture.file for picture in result.pictures} == {
        "teacher": "roles-teacher.jpg",
        "students": "roles-students.jpg",
    }
    devices = {one.role: (one.driver, one.model, one.serial, one.port) for one in result.devices}
    assert devices["students"] == ("bench", "Bench 1234:5678", "", B)
    assert devices["ceiling"] == ("bench", "Bench 1234:5678", "S7", CEILING)
    assert set(devices) == {"teacher", "students", "ceiling"}


def test_two_identical_cameras_with_swapped_plugs_are_found_and_exchanged_in_the_settings(room: Bench) -> None:
    room.calibrated()
    room.hang({"students": A, "teacher": B})
    technician = Answers({})
    result = room.run(technician, cameras(A, B), CAMERAS)
    assert verdicts(result, "swapped-by-view") == {"teacher": Verdict.BAD, "students": Verdict.BAD}
    assert "roles.swap-cameras" in technician.asked
    assert settings(result) == {"cameras.teacher.device": B, "cameras.students.device": A}
    assert {one.role: one.port for one in result.devices} == {"teacher": B, "students": A}
    # The pictures are kept by the roles that the cameras have now: nothing is swapped the next time.
    room.earlier_folder = room.folder
    again = room.run(Answers({}), cameras(A, B), {"teacher": B, "students": A})
    assert verdicts(again, "view-same") == {"teacher": Verdict.GOOD, "students": Verdict.GOOD}
    assert again.changes == []


def test_a_swap_that_shall_stay_changes_nothing(room: Bench) -> None:
    room.calibrated()
    room.hang({"students": A, "teacher": B})
    result = room.run(Answers({"roles.swap-cameras": False}), cameras(A, B), CAMERAS)
    assert result.changes == []
    assert {one.role: one.port for one in result.devices} == CAMERAS


def test_a_check_asks_nothing_and_tells_what_is_swapped_and_missing(room: Bench) -> None:
    room.calibrated()
    room.hang({"students": A, "teacher": B})
    technician = Answers({})
    result = room.run(technician, cameras(A, B, C), {**CAMERAS, "screen": "1-1.4"}, is_check=True)
    assert technician.asked == []
    assert technician.shown == 0
    assert result.changes == []
    assert verdicts(result, "swapped-by-view") == {"teacher": Verdict.BAD, "students": Verdict.BAD}
    assert verdicts(result, "camera-missing") == {"screen": Verdict.BAD}
    assert verdicts(result, "cameras-together") == {"": Verdict.BAD}
    assert result.verdict is Verdict.BAD


def test_a_room_in_which_nothing_changed_is_good(room: Bench) -> None:
    room.calibrated()
    room.hang(CAMERAS)
    result = room.run(Answers({}), cameras(A, B), CAMERAS, {"ceiling": CEILING}, is_check=True)
    assert result.verdict is Verdict.GOOD, result.findings
    assert verdicts(result, "view-same") == {"teacher": Verdict.GOOD, "students": Verdict.GOOD}


def test_microphones_that_are_mixed_up_are_found_by_tapping_them(room: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_TAP_S", 1.0)
    found = [bench.plugged_in("microphones", CEILING), bench.plugged_in("microphones", LAPEL)]
    bound = {"ceiling": CEILING, "lapel": LAPEL}
    good = room.run(Answers({}, {"ceiling": CEILING, "lapel": LAPEL}), found, {}, bound)
    assert verdicts(good, "microphone-tapped") == {"ceiling": Verdict.GOOD, "lapel": Verdict.GOOD}
    mixed = room.run(Answers({}, {"ceiling": LAPEL, "lapel": CEILING}), found, {}, bound)
    assert verdicts(mixed, "microphone-tapped") == {"ceiling": Verdict.BAD, "lapel": Verdict.BAD}
    assert settings(mixed) == {"microphones.ceiling.device": LAPEL, "microphones.lapel.device": CEILING}


def test_serial_numbers_tell_swapped_and_replaced_devices_where_they_are_unique() -> None:
    def bound(role: str, serial: str) -> RoomDevice:
        return RoomDevice("cameras", role, "bench", bench.plugged_in("cameras", role, serial))

    def before(role: str, serial: str) -> MeasuredDevice:
        return MeasuredDevice(role=role, driver="bench", model="Bench 1234:5678", serial=serial)

    then = [before("teacher", "S1"), before("students", "S2")]
    swapped = [bound("teacher", "S2"), bound("students", "S1")]
    assert exchanged_by_serial(swapped, then) == {"teacher": "students", "students": "teacher"}
    assert exchanged_by_serial([bound("teacher", "S1"), bound("students", "S9")], then) == {}
    assert replaced(bound("students", "S9"), then)
    assert not replaced(bound("students", "S2"), then)
    alike = [before("teacher", "S1"), before("students", "S1")]
    assert exchanged_by_serial([bound("teacher", "S1"), bound("students", "S1")], alike) == {}


@pytest.mark.parametrize(
    ("meant", "whole"),
    [
        ({"a": "b", "b": "a"}, {"a": "b", "b": "a", "c": "c"}),
        ({"a": "b"}, {"a": "b", "b": "a", "c": "c"}),
        ({"a": "b", "b": "c", "c": "b"}, None),
        ({"a": "b", "c": "c"}, {"a": "b", "b": "a", "c": "c"}),
        ({"a": "c", "b": "c"}, None),
        ({}, {"a": "a", "b": "b", "c": "c"}),
    ],
)
def test_what_is_known_of_an_exchange_is_completed_or_left_alone(
    meant: dict[str, str], whole: dict[str, str] | None
) -> None:
    assert completed(meant, ("a", "b", "c")) == whole


def test_a_bus_that_is_over_its_budget_names_the_camera_to_move(tmp_path: Path) -> None:
    for number, ports in ((1, 4), (3, 4)):
        folder = tmp_path / f"usb{number}"
        folder.mkdir()
        for name, text in (("busnum", number), ("speed", 480), ("maxchild", ports)):
            (folder / name).write_text(f"{text}\n")
    most = IsochronousSetting(1, 11, 0x81, 1020, 3, 125.0)
    little = IsochronousSetting(1, 3, 0x81, 512, 1, 125.0)

    def port(name: str, chosen: tuple[IsochronousSetting, ...]) -> UsbPort:
        return UsbPort(name, 1, name[:3], "pci", 480.0, "", (little, most), chosen)

    both = usb_findings({"teacher": port("1-1", ()), "students": port("1-2", (most,))}, tmp_path)
    (over,) = both
    assert (over.verdict, over.unit, over.text) == (Verdict.BAD, "%", "usb1")
    assert over.value == pytest.approx(122.8, abs=0.1)
    assert over.advice is not None
    assert over.advice.code == "usb-move"
    assert over.advice.values["target"] == "usb3"
    (fits,) = usb_findings({"teacher": port("1-1", (little,)), "students": port("1-2", (most,))}, tmp_path)
    assert (fits.verdict, fits.advice) == (Verdict.GOOD, None)
