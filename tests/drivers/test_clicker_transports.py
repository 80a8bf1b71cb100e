"""Transports of clicker bases: stable device names, HID nodes and the configuration of the HID-to-UART bridge."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from drivers.clicker.hid_discovery import discover_bases
from drivers.clicker.hid_node import HidNode
from drivers.clicker.hid_transport import HidUartBridgeTransport
from drivers.clicker.iclicker_receiver import IClickerOptions
from drivers.clicker.rf21x_receiver import Rf21xOptions
from drivers.clicker.serial_transport import SerialTransport
from drivers.clicker.simulation.transports import BridgeNodeTransport, PtyTransport
from drivers.errors import DeviceMisconfigured, DeviceMissing

IDS = (0x10C4, 0x1819)


@pytest.mark.parametrize("device", ["/dev/ttyUSB0", "/dev/ttyACM12", "/dev/hidraw3"])
def test_a_name_that_changes_is_refused_with_the_way_out(device: str) -> None:
    with pytest.raises(ValueError, match=r"/dev/serial/by-id"):
        Rf21xOptions("rf218", device)


@pytest.mark.parametrize("device", ["ttyUSB0", "", "HID", "usb:1"])
def test_what_is_no_device_is_refused(device: str) -> None:
    with pytest.raises(ValueError, match="full path"):
        Rf21xOptions("rf218", device)
    with pytest.raises(ValueError, match="hid"):
        IClickerOptions(device)


def test_names_that_stay_are_taken() -> None:
    for device in ("/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0", "/dev/ttyAMA0", "hid", "hid:0007800D"):
        assert Rf21xOptions("rf218", device).device == device


class Machine:
    """A machine with HID nodes: what the kernel shows of them."""

    def __init__(self, folder: Path) -> None:
        self.sysfs, self.dev = folder / "sysfs", folder / "dev"
        self.sysfs.mkdir()
        self.dev.mkdir()

    def plug(self, name: str, ids: tuple[int, int], serial: str, position: str) -> None:
        (self.sysfs / name / "device").mkdir(parents=True)
        uevent = f"DRIVER=hid-generic\nHID_ID=0003:{ids[0]:08X}:{ids[1]:08X}\nHID_NAME=x\n"
        uevent += f"HID_PHYS={position}\nHID_UNIQ={serial}\n"
        (self.sysfs / name / "device" / "uevent").write_text(uevent)
        (self.dev / name).write_text(name)

    def node(self, selector: str = "") -> HidNode:
        return HidNode("clickers", IDS, selector, self.sysfs, self.dev)

    def read_node(self, selector: str = "") -> str:
        descriptor = self.node(selector).open()
        try:
            return os.read(descriptor, 99).decode()
        finally:
            os.close(descriptor)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.plug("hidraw0", (0x046D, 0xC31C), "", "usb-3f980000.usb-1.4/input0")
    (machine.sysfs / "hidraw9").mkdir()  # one that is just going away
    return machine


def test_the_only_base_is_found_whatever_its_number(machine: Machine) -> None:
    with pytest.raises(DeviceMissing, match="10c4:1819"):
        machine.read_node()
    machine.plug("hidraw4", IDS, "0007800D", "usb-3f980000.usb-1.2/input0")
    assert machine.read_node() == "hidraw4"


def test_of_several_bases_one_must_be_named(machine: Machine) -> None:
    machine.plug("hidraw1", IDS, "0007800D", "usb-3f980000.usb-1.2/input0")
    machine.plug("hidraw2", IDS, "", "usb-3f980000.usb-1.3/input0")
    with pytest.raises(DeviceMisconfigured, match=r"0007800D .*1\.2.*none .*1\.3"):
        machine.read_node()
    assert machine.read_node("0007800D") == "hidraw1"
    assert machine.read_node("usb-1.3/") == "hidraw2"
    (machine.dev / "hidraw2").unlink()
    with pytest.raises(DeviceMissing, match="hidraw2 cannot be opened"):
        machine.read_node("usb-1.3/")


def test_bases_are_discovered_with_the_key_that_selects_each(machine: Machine) -> None:
    machine.plug("hidraw1", IDS, "0007800D", "usb-3f980000.usb-1.2/input0")
    machine.plug("hidraw3", (0x1881, 0x0150), "", "usb-3f980000.usb-1.4/input0")
    found = discover_bases(machine.sysfs, machine.dev)
    assert [(one.section, one.driver, one.keys) for one in found] == [
        ("clickers", "iclicker", {"device": "hid"}),
        ("clickers", "rf21x", {"device": "hid"}),
    ]
    machine.plug("hidraw2", IDS, "", "usb-3f980000.usb-1.3/input0")
    for one in discover_bases(machine.sysfs, machine.dev)[1:]:
        selector = str(one.keys["device"]).removeprefix("hid:")
        assert one.details.endswith(machine.read_node(selector))


def test_the_bridge_is_configured_before_it_carries_data() -> None:
    transport, features = BridgeNodeTransport("clickers"), []
    bridge = HidUartBridgeTransport(
        "clickers", transport.open_node, 256_000, lambda descriptor, report: features.append(report)
    )
    bridge.open()
    assert features == [bytes.fromhex("50 0003e800 00 00 03 00"), b"\x43\x03", b"\x41\x01"]
    bridge.write(bytes(range(100)))
    assert transport.receive() + transport.receive() == bytes(range(100))
    transport.send(bytes(range(100)))
    assert bridge.read() + bridge.read() == bytes(range(100))
    assert bridge.read() == b""
    transport.close()
    with pytest.raises(OSError, match="unplugged"):
        bridge.read()
    bridge.close()


def test_a_bridge_that_does_not_answer_is_missing() -> None:
    def refuse(descriptor: int, report: bytes) -> None:
        raise OSError(errno.EPIPE, os.strerror(errno.EPIPE))

    transport = BridgeNodeTransport("clickers")
    with pytest.raises(DeviceMissing, match="Broken pipe"):
        HidUartBridgeTransport("clickers", transport.open_node, 115_200, refuse).open()
    transport.close()


def test_a_serial_port_is_for_one_process_alone(tmp_path: Path) -> None:
    transport = PtyTransport(tmp_path / "port")
    first, second = (SerialTransport("clickers", str(tmp_path / "port"), 115_200) for _ in range(2))
    first.open()
    with pytest.raises(DeviceMissing, match="cannot be opened"):
        second.open()
    first.close()
    first.close()
    second.open()
    second.close()
    transport.close()
