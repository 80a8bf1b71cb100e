"""Cameras are found by stable names, in folders that look like /sys and /dev."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.camera.v4l2_camera import V4l2Camera
from drivers.camera.v4l2_enumeration import list_nodes
from drivers.device_identity import (
    DeviceIdentity,
    DeviceNode,
    match_identity,
    stable_name,
)


class Machine:
    """A machine's sysfs and udev links, to plug cameras into."""

    def __init__(self, folder: Path) -> None:
        self.sys, self.dev = folder / "sys" / "class", folder / "dev"
        (self.sys / "video4linux").mkdir(parents=True)
        self._devices = folder / "sys" / "devices"

    def plug(
        self, number: int, *, name: str, port: str = "", serial: str = "", index: int = 0, by_id: str = ""
    ) -> None:
        """Another node ``videoN``; on a USB ``port``, or of no bus."""
        device = self._devices / "platform"
        if port:
            usb = self._devices / "usb1" / port
            device = usb / f"{port}:1.0"
            device.mkdir(parents=True, exist_ok=True)
            for file, text in {"idVendor": "046d", "idProduct": "0825", "serial": serial}.items():
                if text:
                    (usb / file).write_text(f"{text}\n")
        entry = device / "video4linux" / f"video{number}"
        entry.mkdir(parents=True)
        (entry / "name").write_text(f"{name}\n")
        (entry / "index").write_text(f"{index}\n")
        (entry / "device").symlink_to(device)
        (self.sys / "video4linux" / entry.name).symlink_to(entry)
        if port:
            self._link(number, f"by-path/pci-usb-0:{port}:1.0-video-index{index}")
        if by_id:
            self._link(number, f"by-id/{by_id}-video-index{index}")

    def _link(self, number: int, link: str) -> None:
        path = self.dev / "v4l" / link
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # as udev does: the latest one has the name
        path.symlink_to(f"../../video{number}")

    def matching_nodes(self, **identity: str) -> list[str]:
        """The nodes that answer to this."""
        return [
            node.node for node in match_identity("teacher", "camera", self.list_nodes(), DeviceIdentity(**identity))
        ]

    def list_nodes(self) -> list[DeviceNode]:
        """What the driver sees."""
        return list_nodes(self.sys, self.dev)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """One camera of a kind, with a node for metadata, and something that is no USB device."""
    machine = Machine(tmp_path)
    machine.plug(10, name="C920", port="1-1.2", serial="AB12", by_id="usb-C920_AB12")
    machine.plug(11, name="C920", port="1-1.2", serial="AB12", index=1, by_id="usb-C920_AB12")
    machine.plug(2, name="vivid-000-vid-cap")
    return machine


def test_a_camera_answers_to_its_links_name_serial_and_port(machine: Machine) -> None:
    assert [node.node for node in machine.list_nodes()] == ["video2", "video10", "video11"]
    assert machine.matching_nodes(name="by-id/usb-C920_AB12-video-index0") == ["video10"]
    assert machine.matching_nodes(name="by-path/pci-usb-0:1-1.2:1.0-video-index0") == ["video10"]
    assert machine.matching_nodes(name="vivid-000-vid-cap") == ["video2"]
    assert machine.matching_nodes(serial="AB12") == ["video10", "video11"]
    assert machine.matching_nodes(usb_port="1-1.2", serial="AB12") == ["video10", "video11"]


def test_one_that_is_not_there_is_missed_with_the_names_of_those_that_are(machine: Machine) -> None:
    with pytest.raises(match=r"by-id/usb-C920_AB12-video-index0.*|vivid") as error:
        machine.matching_nodes(serial="XY99")
    assert "C920 (by-id/usb-C920_AB12-video-index0)" in str(error.value)
    assert "index1" not in str(error.value)


def test_two_of_a_kind_are_told_apart_by_their_place_alone(machine: Machine) -> None:
    machine.plug(12, name="C920", port="1-1.3", serial="AB12", by_id="usb-C920_AB12")
    for identity in ({"name": "by-id/usb-C920_AB12-video-index0"}, {"serial": "AB12"}):
        with pytest.raises(match="2 are") as error:
            machine.matching_nodes(**identity)
        assert "by-path/pci-usb-0:1-1.3:1.0-video-index0" in str(error.value)
        assert machine.matching_nodes(**identity, usb_port="1-1.3") == ["video12"]
        assert machine.matching_nodes(**identity, usb_port="1-1.2")[0] == "video10"
    assert machine.matching_nodes(name="by-path/pci-usb-0:1-1.2:1.0-video-index0") == ["video10"]


def test_the_name_for_the_config_is_the_cameras_own_unless_another_has_it_too(machine: Machine) -> None:
    vivid, camera, _ = machine.list_nodes()
    assert stable_name(camera, machine.list_nodes()) == "by-id/usb-C920_AB12-video-index0"
    assert stable_name(vivid, machine.list_nodes()) == "vivid-000-vid-cap"
    machine.plug(12, name="C920", port="1-1.3", serial="AB12", by_id="usb-C920_AB12")
    assert {
        stable_name(node, machine.list_nodes()) for node in machine.list_nodes() if node.serial and not node.index
    } == {
        "by-path/pci-usb-0:1-1.2:1.0-video-index0",
        "by-path/pci-usb-0:1-1.3:1.0-video-index0",
    }


@pytest.mark.parametrize("device", ["/dev/video0", "video12", "0"])
def test_a_number_that_changes_is_no_name(device: str) -> None:
    with pytest.raises(ValueError, match="run classroom-edge devices"):
        V4l2Camera.Options(device=device)
    with pytest.raises(ValueError, match="run classroom-edge devices"):
        V4l2Camera.Options()
