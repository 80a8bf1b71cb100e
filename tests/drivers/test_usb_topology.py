"""Bus, controller, speed and isochronous bandwidth are read from a sysfs tree and a webcam's descriptors."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from drivers.usb_topology import isochronous_inputs, list_usb_buses, read_usb_port

# wMaxPacketSize of the alternate settings 1 to 11 of a Logitech C920's streaming interface, as lsusb -v shows it.
C920_SIZES = (0x00C0, 0x0180, 0x0200, 0x0280, 0x0320, 0x03B0, 0x0A80, 0x0B20, 0x0BE0, 0x1380, 0x13FC)
C920_BYTES = (192, 384, 512, 640, 800, 944, 1280, 1600, 1984, 2688, 3060)


def _device(serial: int = 1) -> bytes:
    return struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0xEF, 2, 1, 64, 0x046D, 0x082D, 0x0011, 0, 2, serial, 1)


def _configuration(value: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 4, value, 0, 0x80, 250) + body


def _interface(number: int, alternate: int, endpoints: int, kind: int, subclass: int) -> bytes:
    return struct.pack("<9B", 9, 4, number, alternate, endpoints, kind, subclass, 0, 0)


def _endpoint(address: int, attributes: int, size: int, interval: int) -> bytes:
    return struct.pack("<BBBBHB", 7, 5, address, attributes, size, interval)


def _webcam() -> bytes:
    """The layout of a UVC camera with a microphone: control, streaming with 11 alternate settings, audio."""
    association = bytes([8, 11, 0, 2, 0x0E, 3, 0, 0])
    control_header = bytes([13, 0x24, 1, 0, 1, 103, 0, 0x80, 0xC3, 0xC9, 1, 1, 1])
    status = _endpoint(0x83, 3, 64, 8) + bytes([5, 0x25, 3, 64, 0])
    stream_header = bytes([14, 0x24, 1, 1, 55, 0, 0x81, 0, 0, 0, 0, 0, 1, 0])
    streaming = b"".join(
        _interface(1, number, 1, 0x0E, 2) + _endpoint(0x81, 5, size, 1) for number, size in enumerate(C920_SIZES, 1)
    )
    # An audio endpoint is nine bytes long, and 68 bytes every millisecond: 2 to the power of 3 microframes.
    audio_endpoint = struct.pack("<BBBBHBBB", 9, 5, 0x84, 5, 68, 4, 0, 0)
    feedback = struct.pack("<BBBBHBBB", 9, 5, 0x85, 0x11, 4, 4, 0, 0)
    return _device() + _configuration(
        1,
        association,
        _interface(0, 0, 1, 0x0E, 1),
        control_header,
        status,
        _interface(1, 0, 0, 0x0E, 2),
        stream_header,
        streaming,
        _interface(2, 0, 0, 1, 1),
        _interface(3, 0, 0, 1, 2),
        _interface(3, 1, 2, 1, 2),
        audio_endpoint,
        feedback,
    )


def _put(folder: Path, **attributes: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in attributes.items():
        (folder / name).write_text(f"{text}\n")
    return folder


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    """Two controllers; on the first a hub with a webcam, a full-speed microphone and one behind a hub of its own."""
    devices = tmp_path / "bus" / "usb" / "devices"
    devices.mkdir(parents=True)
    one, two = tmp_path / "devices" / "0000:00:14.0", tmp_path / "devices" / "0000:01:00.0"
    buses = {"usb1": (one, "480", "2"), "usb2": (one, "5000", "2"), "usb3": (two, "480", "4")}
    for number, (name, (controller, speed, ports)) in enumerate(buses.items(), 1):
        _put(controller / name, busnum=str(number), speed=speed, maxchild=ports)
    hub = _put(one / "usb1" / "1-1", busnum="1", speed="480", maxchild="4", bDeviceProtocol="01")
    multi = _put(hub / "1-1.4", busnum="1", speed="480", maxchild="4", bDeviceProtocol="02")
    webcam = _put(hub / "1-1.2", busnum="1", speed="480", maxchild="0", bConfigurationValue="1")
    (webcam / "descriptors").write_bytes(_webcam())
    for number, alternate in enumerate((" 0", "11", " 0", " 0")):
        _put(webcam / f"1-1.2:1.{number}", bInterfaceNumber=f"{number:02x}", bAlternateSetting=alternate)
    for above, name in ((hub, "1-1.3"), (multi, "1-1.4.2")):
        microphone = _put(above / name, busnum="1", speed="12", maxchild="0", bConfigurationValue="1")
        audio = _interface(1, 0, 0, 1, 2) + _interface(1, 1, 1, 1, 2) + _endpoint(0x81, 13, 100, 1)
        (microphone / "descriptors").write_bytes(_device() + _configuration(1, audio))
    for path in (one / "usb1", one / "usb2", two / "usb3", hub, multi, webcam, hub / "1-1.3", multi / "1-1.4.2"):
        (devices / path.name).symlink_to(path)
    for entry in webcam.glob("*:*"):
        (devices / entry.name).symlink_to(entry)
    return devices


def test_the_alternate_settings_of_a_webcam_are_read_with_their_multipliers() -> None:
    found = isochronous_inputs(_webcam(), 480.0)
    video = [one for one in found if one.interface == 1]
    assert [one.transaction_bytes * one.transactions for one in video] == list(C920_BYTES)
    assert [one.alternate for one in video] == list(range(1, 12))
    assert video[-1].bytes_per_s == 3060 * 8000
    assert (video[-1].transaction_bytes, video[-1].transactions) == (1020, 3)
    (audio,) = (one for one in found if one.interface == 3)
    assert (audio.interval_us, audio.bytes_per_s) == (1000.0, 68_000.0)


def test_a_webcam_that_streams_tells_what_it_reserves_now(sysfs: Path) -> None:
    port = read_usb_port("1-1.2", sysfs)
    assert port is not None
    assert (port.bus, port.root_port, port.controller) == (1, "1-1", "0000:00:14.0")
    assert (port.speed_mbps, port.translator) == (480.0, "")
    assert [one.bytes_per_s for one in port.chosen] == [24_480_000.0]
    assert [one.bytes_per_s for one in port.largest()] == [24_480_000.0, 68_000.0]


@pytest.mark.parametrize(("name", "translator"), [("1-1.3", "1-1"), ("1-1.4.2", "1-1.4.2")])
def test_a_slower_device_is_carried_by_the_hub_s_translator(sysfs: Path, name: str, translator: str) -> None:
    port = read_usb_port(name, sysfs)
    assert port is not None
    assert port.translator == translator
    assert port.chosen == ()
    assert [one.bytes_per_s for one in port.largest()] == [100_000.0]


def test_buses_tell_whether_a_port_is_free(sysfs: Path) -> None:
    buses = {bus.number: bus for bus in list_usb_buses(sysfs)}
    assert {number: (bus.controller, bus.speed_mbps) for number, bus in buses.items()} == {
        1: ("0000:00:14.0", 480.0),
        2: ("0000:00:14.0", 5000.0),
        3: ("0000:01:00.0", 480.0),
    }
    assert [buses[number].free_ports for number in (1, 2, 3)] == [10 - 5, 2, 4]


def test_an_empty_port_and_a_machine_without_usb_have_nothing(sysfs: Path, tmp_path: Path) -> None:
    assert read_usb_port("1-1.1", sysfs) is None
    assert read_usb_port("1-1.2", tmp_path / "nothing") is None
    assert list_usb_buses(tmp_path / "nothing") == []


def test_superspeed_reserves_what_its_companion_says() -> None:
    companion = struct.pack("<BBBBH", 6, 0x30, 2, 0, 3072)
    data = _device() + _configuration(1, _interface(1, 1, 1, 0x0E, 2), _endpoint(0x81, 5, 1024, 1), companion)
    (found,) = isochronous_inputs(data, 5000.0)
    assert found.bytes_per_s == 3072 * 8000


def test_only_the_configuration_in_use_counts_and_cut_descriptors_end_the_list() -> None:
    both = (
        _device()
        + _configuration(1, _interface(1, 1, 1, 0x0E, 2), _endpoint(0x81, 5, 512, 1))
        + _configuration(2, _interface(1, 1, 1, 0x0E, 2), _endpoint(0x81, 5, 256, 1))
    )
    assert [one.transaction_bytes for one in isochronous_inputs(both, 480.0, 2)] == [256]
    assert [one.transaction_bytes for one in isochronous_inputs(both, 480.0)] == [512]
    whole = isochronous_inputs(_webcam(), 480.0)
    for cut in range(len(_webcam())):
        found = isochronous_inputs(_webcam()[:cut], 480.0)
        assert found == whole[: len(found)]
