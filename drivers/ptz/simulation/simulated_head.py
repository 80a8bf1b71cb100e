"""The driver ``simulated`` for PTZ heads: the real VISCA driver, connected to a simulated device."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing
from drivers.protocols import PtzDevice
from drivers.ptz import visca_messages
from drivers.ptz.simulation.device import HeadFault, ViscaDevice
from drivers.ptz.simulation.lossy_link import LinkFaults, LossyLink
from drivers.ptz.simulation.motion import HeadMotion
from drivers.ptz.simulation.transports import (
    Codec,
    DeviceTransport,
    PlainCodec,
    PtyDeviceTransport,
    SonyHeaderCodec,
    TcpDeviceTransport,
    UdpDeviceTransport,
)
from drivers.ptz.visca_head import MIN_HOLD_S
from drivers.ptz.visca_ip_head import TransportName, ViscaIpHead, ViscaIpOptions
from drivers.ptz.visca_serial_head import ViscaSerialHead, ViscaSerialOptions
from drivers.samples import HeadModel, HeadState
from drivers.simulated_faults import read_fault
from drivers.truth_log import TruthLog

_PROBABILITIES = ("loss", "corruption", "garbage")
_LOOPBACK = "127.0.0.1"

_TRANSPORTS: dict[str, tuple[Callable[[], DeviceTransport], Callable[[], Codec]]] = {
    "serial": (PtyDeviceTransport, PlainCodec),
    "sony": (UdpDeviceTransport, SonyHeaderCodec),
    "udp": (UdpDeviceTransport, PlainCodec),
    "tcp": (TcpDeviceTransport, PlainCodec),
}


@dataclass(frozen=True, slots=True)
class SimulatedHeadOptions:
    """Line, behaviour and faults of a simulated head; ValueError for an invalid value."""

    line: Literal["serial", "sony", "udp", "tcp"] = "serial"
    """The connection: a pty, or UDP or TCP on the loopback network."""
    address: int = 1
    """Its address in the chain, on a serial line."""
    travel_s: float = 2.0
    """Time from end to end of an axis."""
    delay_ms: float = 16.0
    """Delay of its replies."""
    loss: float = 0.0
    """Probability that a packet is lost, each way."""
    corruption: float = 0.0
    """Probability that a byte is changed, each way."""
    garbage: float = 0.0
    """Probability that a reply comes behind garbage."""
    seed: int | None = None
    """Seed that makes the faults repeatable."""
    log: Path | None = None
    """JSON lines ``{"role", "at_ns", "what", …}`` of what it really did are appended here."""
    fault_file: Path | None = None
    """While this file exists its one word is what is wrong: unplugged, silent, full or menu."""
    hold_s: float = 2.0
    """A drive that is not renewed is stopped after this long."""
    arrive_s: float = 15.0
    """The longest movement to a preset takes no longer than this."""

    def __post_init__(self) -> None:
        for name in _PROBABILITIES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be from 0 to 1")
        if not 1 <= self.address <= visca_messages.MAX_HEADS:
            raise ValueError(f"address must be from 1 to {visca_messages.MAX_HEADS}")
        if self.travel_s <= 0 or self.hold_s < MIN_HOLD_S or self.arrive_s <= 0 or self.delay_ms < 0:
            raise ValueError("hold_s must be 0.3 or more, travel_s and arrive_s more than 0, delay_ms not negative")


class SimulatedHead:
    """See ``drivers.protocols.PtzDevice``: the real driver, and a device at the other end of a pty or loopback socket.

    The device outlives the driver's ``close`` and keeps its position.
    """

    Options = SimulatedHeadOptions

    def __init__(self, role: str, options: SimulatedHeadOptions) -> None:
        self.device = ViscaDevice(options.address, HeadMotion(options.travel_s), self._log)
        self._role = role
        self._options = options
        self._truth_log = TruthLog(options.log)
        self._rng = random.Random(options.seed)
        self._link: LossyLink | None = None
        self._driver: PtzDevice | None = None

    def open(self) -> HeadModel:
        """Start the device and open the driver; DeviceMissing while the fault is ``unplugged``."""
        self.close()
        if self._current_fault() is HeadFault.UNPLUGGED:
            raise DeviceMissing(self._role, "the simulated head is unplugged")
        self._truth_log.check(self._role)
        make_transport, make_codec = _TRANSPORTS[self._options.line]
        faults = LinkFaults(self._options.delay_ms, self._options.loss, self._options.corruption, self._options.garbage)
        link = LossyLink(self.device, make_transport(), make_codec(), faults, self._rng, self._device_fault)
        driver = self._make_driver(link.address)
        self._link, self._driver = link, driver
        model = driver.open()
        if self._driver is not driver:
            driver.close()
            raise DeviceLost(self._role, "the head was closed")
        return model

    def recall(self, preset: int) -> Future[None]:
        driver = self._driver
        return driver.recall(preset) if driver is not None else self._closed_future()

    def drive(self, pan: float, tilt: float, zoom: float) -> Future[None]:
        driver = self._driver
        return driver.drive(pan, tilt, zoom) if driver is not None else self._closed_future()

    def store(self, preset: int) -> Future[None]:
        driver = self._driver
        return driver.store(preset) if driver is not None else self._closed_future()

    def read(self, timeout_s: float) -> HeadState:
        driver = self._driver
        if driver is None:
            raise DeviceLost(self._role, "the head is closed")
        return driver.read(timeout_s)

    def close(self) -> None:
        driver, self._driver = self._driver, None
        link, self._link = self._link, None
        if driver is not None:
            driver.close()
        if link is not None:
            link.close()

    def _make_driver(self, address: str) -> PtzDevice:
        options = self._options
        if options.line == "serial":
            serial = ViscaSerialOptions(
                address, address=options.address, hold_s=options.hold_s, arrive_s=options.arrive_s
            )
            return ViscaSerialHead(self._role, serial)
        transport: TransportName = options.line
        return ViscaIpHead(
            self._role, ViscaIpOptions(_LOOPBACK, transport, int(address), options.hold_s, options.arrive_s)
        )

    def _closed_future(self) -> Future[None]:
        future: Future[None] = Future()
        future.set_exception(DeviceLost(self._role, "the head is closed"))
        return future

    def _log(self, at_ns: int, what: str, more: Mapping[str, object]) -> None:
        self._truth_log.write({"role": self._role, "at_ns": at_ns, "what": what, **more})

    def _current_fault(self) -> HeadFault:
        return read_fault(self._role, self._options.fault_file, HeadFault)

    def _device_fault(self) -> HeadFault:
        """Return the fault for the device's thread, which has nobody to raise to: an unknown word is no fault."""
        try:
            return self._current_fault()
        except DeviceMisconfigured:
            return HeadFault.NONE
