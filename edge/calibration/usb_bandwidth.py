"""The USB bandwidth that a room's cameras and microphones reserve, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from drivers.usb_topology import USB_DEVICES, UsbPort, list_usb_buses, read_usb_port
from edge.calibration.device_roles import RoomDevice
from edge.calibration.results import Advice, Finding, Range, Tolerance
from pipelines.measuring.usb_budget import UsbMove, UsbSegment, UsbStream, moves, segment_loads

LOAD = "usb-load"

# The kernel's own reckoning and ours differ by some per cent.
_TOLERANCE = Tolerance(good=Range(high=90.0), acceptable=Range(high=100.0))


def read_ports(devices: Iterable[RoomDevice], sysfs: Path = USB_DEVICES) -> dict[str, UsbPort]:
    """The USB ports of devices as they are now, by the devices' names."""
    found = {}
    for device in devices:
        port = read_usb_port(device.found.usb_port, sysfs) if device.found and device.found.usb_port else None
        if port is not None:
            found[device.name] = port
    return found


def usb_findings(ports: dict[str, UsbPort], sysfs: Path = USB_DEVICES) -> list[Finding]:
    """The load of each bus that has one of these devices, with what to plug in elsewhere where one is over.

    A device that streams is reckoned with what it reserves, any other with the most that it can.
    """
    streams = [
        UsbStream(name, _segment(port), one.transaction_bytes, one.transactions, one.interval_us)
        for name, port in _distinct(ports)
        for one in (port.chosen or port.largest())
    ]
    segments = _segments(ports.values(), sysfs)
    wanted = {move.source: move for move in moves(segments, streams)}
    return [
        Finding(
            name=LOAD,
            device="+".join(name for name, _ in load.shares),
            value=round(100 * load.share, 1),
            unit="%",
            text=load.segment.name,
            tolerance=_TOLERANCE,
            verdict=_TOLERANCE.verdict(100 * load.share),
            advice=_advice(wanted.get(load.segment.name), load.segment.name) if load.share > 0.9 else None,
        )
        for load in segment_loads(segments, streams)
    ]


def _advice(move: UsbMove | None, segment: str) -> Advice:
    if move is None:
        return Advice(code="usb-nearly-full", values={"bus": segment})
    code = "usb-move" if move.target else "usb-reduce"
    return Advice(code=code, values={"device": move.device, "bus": segment, "target": move.target})


def _distinct(ports: dict[str, UsbPort]) -> list[tuple[str, UsbPort]]:
    """Each device once: a webcam is a camera and a microphone in one, and its port lists what both reserve."""
    by_port: dict[str, list[str]] = {}
    for name, port in ports.items():
        by_port.setdefault(port.name, []).append(name)
    return [("/".join(names), ports[names[0]]) for names in by_port.values()]


def _segment(port: UsbPort) -> str:
    return port.translator or f"usb{port.bus}"


def _segments(ports: Iterable[UsbPort], sysfs: Path) -> Sequence[UsbSegment]:
    buses = [UsbSegment(f"usb{bus.number}", bus.speed_mbps, bus.free_ports > 0) for bus in list_usb_buses(sysfs)]
    translators = {port.translator: UsbSegment(port.translator, port.speed_mbps) for port in ports if port.translator}
    return [*buses, *translators.values()]
