"""The driver ``simulated`` for clicker receivers: the real driver, connected to a simulated base with its class."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Literal

from drivers.clicker.hid_transport import HidReportTransport, HidUartBridgeTransport
from drivers.clicker.iclicker_framing import IClickerFraming
from drivers.clicker.rf21x_receiver import FRAMINGS
from drivers.clicker.serial_transport import SerialTransport
from drivers.clicker.simulation.link_faults import MessageFaults
from drivers.clicker.simulation.protocols import BaseProtocol, IClickerProtocol, Rf217Rf218Protocol, Rf219Protocol
from drivers.clicker.simulation.simulated_base import SimulatedBase
from drivers.clicker.simulation.simulated_class import ScriptedPress, SimulatedClass, read_script
from drivers.clicker.simulation.transports import (
    BridgeNodeTransport,
    PtyTransport,
    ReportNodeTransport,
    SimulatedTransport,
)
from drivers.clicker.transport_receiver import TransportReceiver
from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing
from drivers.run_folder import run_folder
from drivers.samples import AskQuestion, ReceiverCapabilities, ReceiverCommand, ReceiverEvent, TeacherKey
from drivers.simulated_faults import is_unplugged_at, read_fault
from drivers.truth_log import TruthLog
from drivers.unix_line_server import UnixLineServer

SOCKET = "clickers.sock"
PORT = "clicker-base"
MAX_STUDENTS = 250

PROTOCOLS: dict[str, Callable[[], BaseProtocol]] = {
    "rf217": partial(Rf217Rf218Protocol, 3),
    "rf218": partial(Rf217Rf218Protocol, 5),
    "rf219": Rf219Protocol,
    "iclicker": IClickerProtocol,
}


@dataclass(frozen=True, slots=True)
class SimulatedReceiverOptions:
    """Model, class and faults of a simulated base; ValueError for an invalid value."""

    base: Literal["rf217", "rf218", "rf219", "iclicker"] = "rf218"
    """The model of the base."""
    bridge: bool = False
    """Connect an RF21x base by its HID-to-UART bridge, not by a serial port."""
    students: int = 40
    """Number of clickers that answer each question."""
    answer_within_s: float = 8.0
    """A student presses at a random time up to this long after the question starts."""
    second_thoughts: float = 0.1
    """Probability that a student presses a second time, from 0 to 1."""
    script: Path | None = None
    """JSON lines ``{"question", "device", "after_ms", "press"}``: all presses in the questions that they name."""
    seed: int | None = None
    """Seed that makes class and faults repeatable; without it they are random."""
    loss: float = 0.0
    """Probability that a message is lost, from 0 to 1."""
    duplicates: float = 0.0
    """Probability that a message is sent twice, from 0 to 1."""
    corruption: float = 0.0
    """Probability that a byte is corrupted, from 0 to 1."""
    lost_after_s: float = 0.0
    """The base is unplugged this long after the driver was made; 0 for never."""
    returns_after_s: float = 0.0
    """It is plugged in again this long after; 0 for never."""
    log: Path | None = None
    """JSON lines of what really happened, the fate of every answer included, are appended here."""
    fault_file: Path | None = None
    """While this file exists its one word is the fault: lost or silent."""
    run: str = ""
    """The folder for socket and port; empty for the run folder of the process."""

    def __post_init__(self) -> None:
        for name in ("second_thoughts", "loss", "duplicates", "corruption"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be from 0 to 1")
        for name in ("answer_within_s", "lost_after_s", "returns_after_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        if not 0 <= self.students <= MAX_STUDENTS:
            raise ValueError(f"students must be from 0 to {MAX_STUDENTS}")
        if self.bridge and self.base == "iclicker":
            raise ValueError("an iClicker base has no bridge")


class ReceiverFault(StrEnum):
    """The faults that the fault file can ask for."""

    NONE = ""
    LOST = "lost"
    SILENT = "silent"


class SimulatedReceiver:
    """See ``drivers.protocols.ClickerReceiver``: the real driver, connected to a ``SimulatedBase``.

    The class outlives an unplugging. The base is controlled at ``<run>/clickers.sock``. Lines in: ``press DEVICE
    [LETTERS or NUMBER]``, ``key NAME`` for the teacher's keypad, ``unplug SECONDS``; a wrong line is answered with
    ``error …``. Lines out: ``asked KIND`` and ``stopped``, the present state first.

    With pty and pyserial everything that a serial port needs is run. Of HID, the search for the node, its opening and
    the kernel's transfers are not: reports go over a socket that keeps them whole.
    """

    Options = SimulatedReceiverOptions

    def __init__(self, role: str, options: SimulatedReceiverOptions) -> None:
        self._role = role
        self._options = options
        self._truth_log = TruthLog(options.log)
        self._rng = random.Random(options.seed)
        self._protocol = PROTOCOLS[options.base]()
        self._devices = self._protocol.device_ids(options.students, self._rng)
        self._class: SimulatedClass | None = None
        self._created_ns = time.monotonic_ns()
        self._unplugged_until_ns = 0
        self._base: SimulatedBase | None = None
        self._receiver: TransportReceiver | None = None
        self._server: UnixLineServer | None = None
        self._question_state = "stopped"
        self._announcements: deque[str] = deque()

    def open(self) -> ReceiverCapabilities:
        """Connect the base and open the driver; DeviceMissing while it is unplugged."""
        self.close()
        read_fault(self._role, self._options.fault_file, ReceiverFault)
        self._truth_log.check(self._role)
        if self._is_unplugged():
            raise DeviceMissing(self._role, "the simulated base is unplugged")
        try:
            receiver = self._plug_in()
        except (OSError, ValueError) as error:
            self.close()
            raise DeviceMisconfigured(self._role, f"the simulated base cannot run: {error}") from error
        form = receiver.open()
        if self._receiver is not receiver:
            receiver.close()
            raise DeviceLost(self._role, "the receiver was closed")
        return form

    def read(self, timeout_s: float) -> Sequence[ReceiverEvent]:
        return self._require_open().read(timeout_s)

    def send(self, command: ReceiverCommand) -> None:
        self._require_open().send(command)

    def close(self) -> None:
        receiver, self._receiver = self._receiver, None
        base, self._base = self._base, None
        server, self._server = self._server, None
        for part in (receiver, base, server):
            if part is not None:
                part.close()

    def _require_open(self) -> TransportReceiver:
        receiver = self._receiver
        if receiver is None:
            raise DeviceLost(self._role, "the receiver is not connected")
        return receiver

    def _plug_in(self) -> TransportReceiver:
        options = self._options
        if self._class is None:
            script: list[ScriptedPress] = read_script(options.script) if options.script is not None else []
            self._class = SimulatedClass(
                self._devices, self._rng, options.answer_within_s * 1e3, options.second_thoughts, script
            )
        faults = MessageFaults(self._rng, options.loss, options.duplicates, options.corruption)
        self._protocol = PROTOCOLS[options.base]()
        transport, receiver = self._connect()
        base = SimulatedBase(
            transport,
            self._protocol,
            self._class,
            faults,
            self._truth_log,
            is_unplugged=self._is_unplugged,
            is_silent=self._is_silent,
            on_question=self._on_question,
        )
        base.start()
        self._receiver, self._base = receiver, base
        self._question_state = "stopped"
        server = UnixLineServer(run_folder(options.run) / SOCKET, self._on_connect, self._on_line, self._on_tick)
        server.open()
        self._server = server
        return receiver

    def _connect(self) -> tuple[SimulatedTransport, TransportReceiver]:
        options, role = self._options, self._role
        if options.base == "iclicker":
            reports = ReportNodeTransport(role)
            return reports, TransportReceiver(role, HidReportTransport(reports.open_node), IClickerFraming("AA"))
        make_framing, baud = FRAMINGS[options.base]
        framing = make_framing(max(1, options.students))
        if options.bridge:
            bridge = BridgeNodeTransport(role)
            return bridge, TransportReceiver(
                role, HidUartBridgeTransport(role, bridge.open_node, baud, _ignore_feature_report), framing
            )
        path = run_folder(options.run) / PORT
        return PtyTransport(path), TransportReceiver(role, SerialTransport(role, str(path), baud), framing)

    def _is_unplugged(self) -> bool:
        now_ns = time.monotonic_ns()
        age_s = (now_ns - self._created_ns) / 1e9
        return (
            is_unplugged_at(age_s, self._options.lost_after_s, self._options.returns_after_s)
            or now_ns < self._unplugged_until_ns
            or self._base_fault() is ReceiverFault.LOST
        )

    def _is_silent(self) -> bool:
        return self._base_fault() is ReceiverFault.SILENT

    def _base_fault(self) -> ReceiverFault:
        """Return the fault for the base's thread, which has nobody to raise to: an unknown word unplugs it."""
        try:
            return read_fault(self._role, self._options.fault_file, ReceiverFault)
        except DeviceMisconfigured:
            return ReceiverFault.LOST

    def _on_question(self, question: AskQuestion | None) -> None:
        self._announcements.append("stopped" if question is None else f"asked {question.kind}")
        if self._server is not None:
            self._server.wake()

    def _on_connect(self) -> Sequence[str]:
        return [self._question_state]

    def _on_tick(self) -> tuple[Sequence[str], float | None]:
        lines = []
        while self._announcements:
            lines.append(self._announcements.popleft())
            self._question_state = lines[-1]
        return lines, None

    def _on_line(self, line: str) -> Sequence[str]:
        base = self._base
        if base is None:
            return ["error the base is unplugged"]
        match line.split():
            case ["press", device, *text] if len(text) < 2 and self._protocol.is_valid_device(device):
                base.press(device, "".join(text))
            case ["press", device, *_]:
                return [f"error there can be no clicker {device} on this base"]
            case ["key", name] if name in tuple(TeacherKey) and self._options.base != "iclicker":
                base.press_key(TeacherKey(name))
            case ["key", *_] if self._options.base != "iclicker":
                return [f"error the keys are {', '.join(TeacherKey)}"]
            case ["unplug", seconds] if seconds.isdecimal():
                self._unplugged_until_ns = time.monotonic_ns() + int(seconds) * 1_000_000_000
            case _:
                return ["error say press DEVICE [LETTERS or NUMBER], key NAME or unplug SECONDS"]
        return []


def _ignore_feature_report(descriptor: int, report: bytes) -> None:
    """A socket has no feature reports."""
