"""Hot-plug events: udev's messages, and a real netlink socket."""

from __future__ import annotations

import select
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.udev_messages import Uevent, parse
from drivers.udev_monitor import UdevMonitor

HEADER_BYTES = 40


def message(**properties: str) -> bytes:
    """As systemd-udevd sends it (libudev's monitor header, version 0xfeedcafe)."""
    body = b"".join(f"{key}={text}".encode() + b"\0" for key, text in properties.items())
    header = struct.pack("=8s4sIII4I", b"libudev\0", bytes.fromhex("feedcafe"), 40, 40, len(body), 0, 0, 0, 0)
    return header + body


CAME = message(ACTION="add", DEVPATH="/devices/x", SUBSYSTEM="video4linux", DEVNAME="/dev/video3", ID_SERIAL="a=b")


def test_an_event_of_udev_is_read() -> None:
    assert parse(CAME) == Uevent("add", "video4linux", "/dev/video3")
    assert parse(message(ACTION="change", SUBSYSTEM="sound")) == Uevent("change", "sound")


def test_what_the_kernel_says_before_udev_is_no_event() -> None:
    assert parse(b"add@/devices/x\0ACTION=add\0SUBSYSTEM=video4linux\0") is None
    assert parse(CAME.replace(b"\xfe\xed\xca\xfe", b"\xfe\xed\xca\xff")) is None


@given(st.binary(max_size=200))
def test_no_bytes_break_it(garbage: bytes) -> None:
    parse(garbage)
    parse(CAME[:HEADER_BYTES] + garbage)


@given(st.integers(0, len(CAME)))
def test_half_a_message_names_nothing_that_is_not_in_it(cut: int) -> None:
    event = parse(CAME[:cut])
    assert event is None or "/dev/video3".startswith(event.node)


def test_a_real_socket_receives_the_subsystems_it_asked_for() -> None:
    with UdevMonitor({"video4linux"}) as plugs, socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15) as udev:
        try:
            udev.sendto(message(ACTION="add", SUBSYSTEM="block", DEVNAME="/dev/sda"), (0, 2))
        except PermissionError:
            pytest.skip("only root may speak in udev's place")
        udev.sendto(CAME, (0, 2))
        assert select.select([plugs], [], [], 2.0)[0]
        assert Uevent("add", "video4linux", "/dev/video3") in plugs.read_events()
        assert all(event.subsystem == "video4linux" for event in plugs.read_events())
    plugs.close()
