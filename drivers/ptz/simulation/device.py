"""The far side of VISCA: what a head makes of what it is told; pure, time is passed in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.ptz import visca_messages
from drivers.ptz.simulation.motion import Axis, HeadMotion, Place
from drivers.ptz.visca_messages import Reason

QUICK_NS = 20_000_000
_KEPT_ANSWERS = 16
_VERSION = bytes.fromhex("00 01 05 11 01 00 02")
_DIRECTIONS = {1: -1, 2: 1, 3: 0}


class HeadFault(StrEnum):
    """What can be wrong with a head."""

    NONE = ""
    UNPLUGGED = "unplugged"
    SILENT = "silent"
    FULL = "full"
    MENU = "menu"


Log = Callable[[int, str, Mapping[str, object]], None]


@dataclass(frozen=True, slots=True)
class DeviceReply:
    """A packet to the controller, in answer to the packet with this number."""

    packet: bytes
    number: int | None


@dataclass(slots=True)
class _Job:
    """A command that is carried out, until ``done_ns``; ``preset`` is where it goes, if anywhere."""

    number: int | None
    done_ns: int
    preset: int | None = None


class ViscaDevice:
    """The head at ``address`` of a chain of ``heads``.

    Presets that were never set lie each at a place of its own. ``log`` is told the truth: the moment, what
    happened (``recall arrived drive zoom cancelled third``), and more about it. ``most_running`` is how many
    commands it ever had at once.
    """

    def __init__(self, address: int, mechanism: HeadMotion, log: Log) -> None:
        self.fault = HeadFault.NONE
        self.most_running = 0
        self._address = address
        self._mechanism = mechanism
        self._log = log
        self._jobs: dict[int, _Job] = {}
        self._places: dict[int, Place] = {}
        self._answers: OrderedDict[int, list[DeviceReply]] = OrderedDict()

    def place(self, now_ns: int) -> Place:
        """Where it looks."""
        return self._mechanism.place(now_ns)

    def begin_again(self) -> None:
        """It is reached anew: nothing is under way, and numbers count from the beginning."""
        self._jobs.clear()
        self._answers.clear()

    def heard(self, packet: bytes, number: int | None, now_ns: int) -> list[DeviceReply]:
        """What it says at once to a packet; a number that it had before is answered again, not obeyed."""
        if self.fault is HeadFault.SILENT:
            return []
        if number is not None and number in self._answers:
            return list(self._answers[number])
        if packet == visca_messages.ADDRESS_SET:
            return [DeviceReply(bytes([0x88, 0x30, self._address + 1]) + visca_messages.END, number)]
        if packet == visca_messages.CLEAR_ALL:
            self.begin_again()
            return [DeviceReply(packet, number)]
        body = self._for_us(packet)
        if body is None:
            return []
        said = [DeviceReply(self._reply(*part), number) for part in self._obey(body, number, now_ns)]
        self._keep(number, said)
        return said

    def tick(self, now_ns: int) -> list[DeviceReply]:
        """What it says because time has passed."""
        said: list[DeviceReply] = []
        for socket, job in list(self._jobs.items()):
            if job.done_ns <= now_ns:
                said.append(self._finish(socket, job, now_ns))
        return said

    def due_ns(self) -> int | None:
        """When ``tick`` has something to say."""
        return min((job.done_ns for job in self._jobs.values()), default=None)

    def _for_us(self, packet: bytes) -> bytes | None:
        """The body, also behind garbage that had no FF of its own."""
        start = packet.rfind(bytes([0x80 | self._address]))
        return packet[start + 1 : -1] if start >= 0 else None

    def _obey(self, body: bytes, number: int | None, now_ns: int) -> list[tuple[int, ...]]:
        if body == visca_messages.VERSION:
            return [(0x50, *_VERSION)]
        if len(body) == 1 and body[0] >> 4 == 2:
            return [self._cancel(body[0] & 0x0F, now_ns)]
        act = self._meaning(body)
        if act is None:
            return [(0x60, Reason.SYNTAX)]
        if self.fault is HeadFault.MENU:
            return [(0x61, Reason.NOT_EXECUTABLE)]
        free = [socket for socket in (1, 2) if socket not in self._jobs]
        if not free:
            self._log(now_ns, "third", {})
        if not free or self.fault is HeadFault.FULL:
            return [(0x60, Reason.BUFFER_FULL)]
        self._jobs[free[0]] = act(number, now_ns)
        self.most_running = max(self.most_running, len(self._jobs))
        return [(0x40 | free[0],)]

    def _meaning(self, body: bytes) -> Callable[[int | None, int], _Job] | None:
        match tuple(body):
            case (0x01, 0x04, 0x3F, 0x01, preset) if preset <= visca_messages.MOST_PRESET:
                return lambda number, now_ns: self._set(preset, number, now_ns)
            case (0x01, 0x04, 0x3F, 0x02, preset) if preset <= visca_messages.MOST_PRESET:
                return lambda number, now_ns: self._recall(preset, number, now_ns)
            case (0x01, 0x06, 0x01, pan, tilt, right, down) if self._is_turn(pan, tilt, right, down):
                speeds = {Axis.PAN: pan * _DIRECTIONS[right], Axis.TILT: -tilt * _DIRECTIONS[down]}
                return lambda number, now_ns: self._drive("drive", speeds, number, now_ns)
            case (0x01, 0x04, 0x07, way) if way == 0 or (
                way >> 4 in (2, 3) and way & 0x0F <= visca_messages.ZOOM_SPEEDS
            ):
                speed = {0: 0, 2: 1, 3: -1}[way >> 4] * max(1, way & 0x0F)
                return lambda number, now_ns: self._drive("zoom", {Axis.ZOOM: speed}, number, now_ns)
            case _:
                return None

    def _is_turn(self, pan: int, tilt: int, right: int, down: int) -> bool:
        speeds = 1 <= pan <= visca_messages.PAN_SPEEDS and 1 <= tilt <= visca_messages.TILT_SPEEDS
        return speeds and right in _DIRECTIONS and down in _DIRECTIONS

    def _set(self, preset: int, number: int | None, now_ns: int) -> _Job:
        self._places[preset] = self._mechanism.place(now_ns)
        return _Job(number, now_ns + QUICK_NS)

    def _recall(self, preset: int, number: int | None, now_ns: int) -> _Job:
        self._leave_off(now_ns)
        done_ns = self._mechanism.go(self._places.get(preset, place_of(preset)), now_ns)
        self._log(now_ns, "recall", {"preset": preset})
        return _Job(number, max(done_ns, now_ns + QUICK_NS), preset)

    def _drive(self, word: str, speeds: Mapping[Axis, int], number: int | None, now_ns: int) -> _Job:
        self._leave_off(now_ns)
        for axis, speed in speeds.items():
            self._mechanism.drive(axis, speed, now_ns)
        self._log(now_ns, word, {axis.name.lower(): speed for axis, speed in speeds.items()})
        return _Job(number, now_ns + QUICK_NS)

    def _leave_off(self, now_ns: int) -> None:
        """A journey ends where it is, and says that it is over."""
        for job in self._jobs.values():
            if job.preset is not None and job.done_ns > now_ns:
                job.preset = None
                job.done_ns = now_ns
                self._mechanism.hold(now_ns)

    def _finish(self, socket: int, job: _Job, now_ns: int) -> DeviceReply:
        del self._jobs[socket]
        if job.preset is not None:
            self._log(now_ns, "arrived", {"preset": job.preset, "place": self._mechanism.place(now_ns)})
        said = DeviceReply(self._reply(0x50 | socket), job.number)
        if job.number is not None and job.number in self._answers:
            self._answers[job.number].append(said)
        return said

    def _cancel(self, socket: int, now_ns: int) -> tuple[int, ...]:
        job = self._jobs.pop(socket, None)
        if job is None:
            return 0x60 | socket, Reason.NO_SOCKET
        if job.preset is not None:
            self._mechanism.hold(now_ns)
        self._log(now_ns, "cancelled", {"socket": socket})
        return 0x60 | socket, Reason.CANCELLED

    def _reply(self, *body: int) -> bytes:
        return bytes([0x80 | self._address << 4, *body]) + visca_messages.END

    def _keep(self, number: int | None, said: list[DeviceReply]) -> None:
        if number is not None:
            self._answers[number] = list(said)
            while len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)


def place_of(preset: int) -> Place:
    """Where a preset lies that was never set: no two at the same place."""
    return (preset * 7 % 16 - 7.5) / 8, (preset * 3 % 16 - 7.5) / 16, (preset % 4 - 1.5) / 2
