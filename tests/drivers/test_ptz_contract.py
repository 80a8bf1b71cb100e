"""The contract of every PTZ head, on each transport of the simulated one."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import pass_time, stays, until

from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceRefused, DeviceStalled, Superseded
from drivers.ptz import visca_messages
from drivers.ptz.simulation.device import DeviceReply, HeadFault, ViscaDevice, default_position
from drivers.ptz.simulation.lossy_link import LinkFaults, LossyLink
from drivers.ptz.simulation.motion import HeadMotion
from drivers.ptz.simulation.simulated_head import _TRANSPORTS, SimulatedHead
from drivers.ptz.simulation.transports import PlainCodec, PtyDeviceTransport
from drivers.ptz.visca_ip_head import TransportName, ViscaIpHead
from drivers.ptz.visca_serial_head import ViscaSerialHead
from drivers.samples import HeadState

TRAVEL_S = 0.25
HOLD_S = 0.5
TRANSPORTS = ["serial", "sony", "udp", "tcp"]


class Room:
    """A head, what it really did, and a thread that reads it."""

    def __init__(self, folder: Path, line: str, **options: Any) -> None:
        self.fault = folder / "fault"
        self._log = folder / "truth.jsonl"
        settings = {"travel_s": TRAVEL_S, "hold_s": HOLD_S, "delay_ms": 2.0, "seed": 7, **options}
        head_options = SimulatedHead.Options(line=line, log=self._log, fault_file=self.fault, **settings)
        self.head = SimulatedHead("teacher", head_options)
        self.states: list[HeadState] = []
        self.ended: DeviceLost | None = None
        self.stalled = False
        self._reader = threading.Thread(target=self._read)

    def open(self) -> None:
        self.head.open()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def close(self) -> None:
        self.head.close()
        if self._reader.ident is not None:
            self._reader.join(5)
            assert not self._reader.is_alive()

    def _read(self) -> None:
        try:
            while True:
                try:
                    self.states.append(self.head.read(0.2))
                except DeviceStalled:
                    self.stalled = True
        except DeviceLost as error:
            self.ended = error

    def did(self, *what: str) -> list[dict[str, Any]]:
        """What the head really did, of these kinds."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [entry for entry in map(json.loads, lines) if entry["what"] in what]

    def position(self) -> tuple[float, ...]:
        return self.head.device.position(time.monotonic_ns())


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Room]]:
    rooms: list[Room] = []

    def make_one(line: str = "serial", **options: Any) -> Room:
        rooms.append(Room(tmp_path, line, **options))
        return rooms[-1]

    yield make_one
    for room in rooms:
        room.close()
        assert room.head.device.max_running <= 2
        assert not room.did("third")


@pytest.mark.parametrize("line", TRANSPORTS)
def test_a_recall_is_done_when_the_head_is_there_and_gives_way_to_the_next(
    make: Callable[..., Room], line: str
) -> None:
    room = make(line)
    room.open()
    room.head.recall(3).result(5)
    assert room.position() == default_position(3)
    until(lambda: room.states[-1] == HeadState(preset=3, moving=False))

    first, second = room.head.recall(8), room.head.recall(1)
    with pytest.raises(Superseded):
        first.result(5)
    until(lambda: room.states[-1] == HeadState(preset=1, moving=True))
    second.result(5)
    assert room.position() == default_position(1)


@pytest.mark.parametrize("line", TRANSPORTS)
def test_a_position_is_stored_when_it_stands_still_and_recalled(make: Callable[..., Room], line: str) -> None:
    room = make(line, travel_s=1)
    room.open()
    room.head.recall(3).result(5)
    room.head.drive(0.5, 0, 0)
    until(lambda: room.states[-1].moving)
    with pytest.raises(DeviceRefused, match="stands still"):
        room.head.store(5).result(5)
    room.head.drive(0, 0, 0).result(5)
    held = room.position()
    assert held != default_position(3)
    room.head.store(5).result(5)
    until(lambda: room.states[-1] == HeadState(preset=5, moving=False))
    room.head.recall(1).result(5)
    room.head.recall(5).result(5)
    assert room.position() == held
    room.close()
    with pytest.raises(DeviceLost):
        room.head.store(5).result(5)


@pytest.mark.parametrize("line", TRANSPORTS)
def test_a_stop_holds_it_on_its_way(make: Callable[..., Room], line: str) -> None:
    room = make(line, travel_s=20)
    room.open()
    arrival = room.head.recall(15)
    until(lambda: room.did("recall"))
    room.head.drive(0, 0, 0).result(5)
    with pytest.raises(Superseded):
        arrival.result(5)
    assert room.did("cancelled")
    assert not room.did("arrived")
    held = room.position()
    until(lambda: room.states[-1] == HeadState(preset=None, moving=False))
    assert room.position() == held


def test_a_drive_lasts_while_it_is_renewed_and_ends_by_itself(make: Callable[..., Room]) -> None:
    room = make(travel_s=8)
    room.open()
    until(lambda: len(room.did("drive", "zoom")) == 2)
    begun = time.monotonic()
    while time.monotonic() - begun < HOLD_S * 1.2:
        room.head.drive(0.5, -0.5, 1)
        pass_time(0.05)
    turned, zoomed, *rest = room.did("drive", "zoom")[2:]
    assert (turned["pan"], turned["tilt"], zoomed["zoom"]) == (12, -12, 7)
    assert not rest
    until(lambda: len(room.did("drive", "zoom")) == 6)
    assert [entry.get("pan", entry.get("zoom")) for entry in room.did("drive", "zoom")[4:]] == [0, 0]
    lasted_s = (room.did("drive")[-1]["at_ns"] - turned["at_ns"]) / 1e9
    assert HOLD_S * 2 < lasted_s < HOLD_S * 6
    pan, tilt, zoom = room.position()
    assert (pan > 0, tilt < 0, zoom > 0) == (True, True, True)


@pytest.mark.parametrize("line", TRANSPORTS)
def test_closing_stops_a_drive_and_ends_what_waits(make: Callable[..., Room], line: str) -> None:
    room = make(line, travel_s=4)
    room.open()
    arrival = room.head.recall(15)
    until(lambda: room.did("recall"))
    room.head.close()
    with pytest.raises(DeviceLost):
        arrival.result(1)
    room.close()
    assert room.ended is not None
    for act in (
        lambda: room.head.drive(1, 0, 0).result(1),
        lambda: room.head.read(0.1),
        lambda: room.head.recall(1).result(1),
    ):
        with pytest.raises(DeviceLost):
            act()
    assert room.head.open() == room.head.open()

    room.head.drive(1, 0, 0)
    room.head.read(0.1)
    until(lambda: room.head.read(0.1) and room.did("drive")[-1]["pan"] == 24)
    room.head._driver.close()  # the near side alone, so that the far side may hear of it
    until(lambda: room.did("drive")[-1]["pan"] == 0)


@pytest.mark.parametrize("line", TRANSPORTS)
def test_on_a_bad_line_it_gets_there_all_the_same(make: Callable[..., Room], line: str) -> None:
    """Losses only where packets have numbers: else a head may be told twice what it heard, and have three to do."""
    loss = 0.1 if line == "sony" else 0.0
    room = make(line, loss=loss, garbage=0.5, travel_s=0.2, arrive_s=0.8)
    room.open()
    for preset in (2, 11):
        room.head.recall(preset).result(10)
        assert room.position() == default_position(preset)


def test_changed_bytes_cost_time_and_nothing_else(make: Callable[..., Room]) -> None:
    room = make("serial", corruption=0.01, arrive_s=0.8, travel_s=0.2)
    room.open()
    for preset in (2, 11):
        room.head.recall(preset).result(10)
    assert room.ended is None


def test_unplugged_and_back(make: Callable[..., Room]) -> None:
    room = make(travel_s=4)
    room.open()
    room.head.drive(1, 0, 0)
    until(lambda: [entry["pan"] for entry in room.did("drive")][-1:] == [24])
    arrival = room.head.recall(15)
    room.fault.write_text("unplugged")
    with pytest.raises(DeviceLost):
        arrival.result(5)
    room.close()
    with pytest.raises(DeviceMissing, match="unplugged"):
        room.head.open()
    room.fault.unlink()
    room.open()
    room.head.recall(1).result(5)
    assert room.position() == default_position(1)


def test_a_head_that_falls_silent_is_missed(make: Callable[..., Room]) -> None:
    room = make("udp")
    room.open()
    until(lambda: room.states)
    room.fault.write_text("silent")
    until(lambda: room.ended is not None)
    assert room.stalled
    assert "does not answer" in room.ended.reason


def test_a_refusal_is_reported_at_once(make: Callable[..., Room]) -> None:
    room = make("tcp")
    room.open()
    room.fault.write_text("menu")
    until(lambda: room.head.device.fault is HeadFault.MENU)
    with pytest.raises(DeviceRefused, match="switched on"):
        room.head.recall(1).result(1)
    with pytest.raises(DeviceRefused, match="switched on"):
        room.head.drive(1, 0, 0).result(1)


def test_a_busy_head_is_waited_for(make: Callable[..., Room]) -> None:
    room = make("sony")
    room.open()
    room.fault.write_text("full")
    until(lambda: room.head.device.fault is HeadFault.FULL)
    arrival = room.head.recall(1)
    stays(lambda: not arrival.done(), 0.15)
    room.fault.unlink()
    arrival.result(5)


def test_an_absent_head_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing, match="plugged in"):
        ViscaSerialHead("teacher", ViscaSerialHead.Options(str(tmp_path / "tty"))).open()
    for transport in ("sony", "udp", "tcp"):
        with pytest.raises(DeviceMissing):
            ViscaIpHead("teacher", ViscaIpHead.Options("127.0.0.1", transport, ip_port=9)).open()


class ReadressedDevice(ViscaDevice):
    """A head in the network that answers with the address that it had in a chain."""

    def on_packet(self, packet: bytes, sequence: int | None, now_ns: int) -> list[DeviceReply]:
        return _from_address_2(super().on_packet(packet, sequence, now_ns))

    def advance(self, now_ns: int) -> list[DeviceReply]:
        return _from_address_2(super().advance(now_ns))


def _from_address_2(replies: list[DeviceReply]) -> list[DeviceReply]:
    return [DeviceReply(b"\xa0" + reply.packet[1:], reply.sequence) for reply in replies]


@pytest.mark.parametrize("line", ["sony", "udp", "tcp"])
def test_whoever_answers_on_a_line_for_one_head_is_the_head(line: TransportName) -> None:
    device = ReadressedDevice(1, HeadMotion(0.05), lambda *_: None)
    make_transport, make_codec = _TRANSPORTS[line]
    link = LossyLink(device, make_transport(), make_codec(), LinkFaults(), random.Random(), lambda: HeadFault.NONE)
    head = ViscaIpHead("teacher", ViscaIpHead.Options("127.0.0.1", line, ip_port=int(link.address)))
    try:
        head.open()
        arrival = head.recall(3)
        until(lambda: head.read(0.05) and arrival.done())
        assert arrival.exception() is None
    finally:
        head.close()
        link.close()


class TwoHeads:
    """The far side of a chain of two."""

    def __init__(self) -> None:
        self.fault = HeadFault.NONE
        self.heads = [ViscaDevice(address, HeadMotion(0.3), lambda *_: None) for address in (1, 2)]

    def reset(self) -> None:
        for head in self.heads:
            head.reset()

    def on_packet(self, packet: bytes, sequence: int | None, now_ns: int) -> list[DeviceReply]:
        replies_by_head = [head.on_packet(packet, sequence, now_ns) for head in self.heads]
        is_broadcast = packet in (visca_messages.ADDRESS_SET, visca_messages.CLEAR_ALL)
        return replies_by_head[-1] if is_broadcast else [reply for replies in replies_by_head for reply in replies]

    def advance(self, now_ns: int) -> list[DeviceReply]:
        return [reply for head in self.heads for reply in head.advance(now_ns)]

    def next_due_ns(self) -> int | None:
        return min((at_ns for head in self.heads if (at_ns := head.next_due_ns()) is not None), default=None)


@pytest.fixture
def chain() -> Iterator[tuple[TwoHeads, str]]:
    heads = TwoHeads()
    line = LossyLink(heads, PtyDeviceTransport(), PlainCodec(), LinkFaults(), random.Random(), lambda: HeadFault.NONE)
    yield heads, line.address
    line.close()


def test_two_heads_share_a_port(chain: tuple[TwoHeads, str]) -> None:
    device, port = chain
    drivers = [ViscaSerialHead(f"head {address}", ViscaSerialHead.Options(port, address=address)) for address in (1, 2)]
    for head in drivers:
        head.open()
    arrivals = [head.recall(3 + position) for position, head in enumerate(drivers)]
    deadline = time.monotonic() + 5
    while not all(arrival.done() for arrival in arrivals) and time.monotonic() < deadline:
        for head in drivers:
            head.read(0.02)
    now_ns = time.monotonic_ns()
    assert [head.position(now_ns) for head in device.heads] == [default_position(3), default_position(4)]
    drivers[0].close()
    assert drivers[1].read(0.1) == HeadState(preset=4, moving=False)
    with pytest.raises(DeviceMisconfigured, match="9600"):
        ViscaSerialHead("third", ViscaSerialHead.Options(port, baud=19200)).open()
    drivers[1].close()


def test_an_address_beyond_the_end_of_the_chain_is_misconfigured(chain: tuple[TwoHeads, str]) -> None:
    third = ViscaSerialHead("third", ViscaSerialHead.Options(chain[1], address=3))
    with pytest.raises(DeviceMisconfigured, match=r"2 head\(s\)"):
        third.open()
    third.close()
