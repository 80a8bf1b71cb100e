"""A simulated VISCA device: replies and movements of a head for the packets it receives; no I/O, no clock."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.ptz import visca_messages
from drivers.ptz.simulation.motion import Axis, HeadMotion, Position
from drivers.ptz.visca_messages import ErrorCode

QUICK_COMMAND_NS = 20_000_000
_KEPT_REPLIES = 16
_VERSION = bytes.fromhex("00 01 05 11 01 00 02")
_DIRECTIONS = {1: -1, 2: 1, 3: 0}


class HeadFault(StrEnum):
    """The faults that the fault file can ask for."""

    NONE = ""
    UNPLUGGED = "unplugged"
    SILENT = "silent"
    FULL = "full"
    MENU = "menu"


Log = Callable[[int, str, Mapping[str, object]], None]


@dataclass(frozen=True, slots=True)
class DeviceReply:
    """A packet to the controller, in reply to the packet with this sequence number."""

    packet: bytes
    sequence: int | None


@dataclass(slots=True)
class _RunningCommand:
    """A command that is carried out until ``done_ns``; ``preset`` is its destination, if any."""

    sequence: int | None
    done_ns: int
    preset: int | None = None


class ViscaDevice:
    """A head at ``address``; a preset that was never set has a position of its own.

    ``log`` receives what really happened: the time, the event (``recall arrived stored drive zoom cancelled third``)
    and details. ``max_running`` is the most commands it ever carried out at once.
    """

    def __init__(self, address: int, motion: HeadMotion, log: Log) -> None:
        self.fault = HeadFault.NONE
        self.max_running = 0
        self._address = address
        self._motion = motion
        self._log = log
        self._running: dict[int, _RunningCommand] = {}
        self._presets: dict[int, Position] = {}
        self._replies_by_sequence: OrderedDict[int, list[DeviceReply]] = OrderedDict()

    def position(self, now_ns: int) -> Position:
        return self._motion.position(now_ns)

    def reset(self) -> None:
        """Drop all running commands and remembered sequence numbers, as after a new connection."""
        self._running.clear()
        self._replies_by_sequence.clear()

    def on_packet(self, packet: bytes, sequence: int | None, now_ns: int) -> list[DeviceReply]:
        """Return the immediate replies to a packet; a repeated sequence number is answered, not executed, again."""
        if self.fault is HeadFault.SILENT:
            return []
        if sequence is not None and sequence in self._replies_by_sequence:
            return list(self._replies_by_sequence[sequence])
        if packet == visca_messages.ADDRESS_SET:
            return [DeviceReply(bytes([0x88, 0x30, self._address + 1]) + visca_messages.END, sequence)]
        if packet == visca_messages.CLEAR_ALL:
            self.reset()
            return [DeviceReply(packet, sequence)]
        body = self._body_for_us(packet)
        if body is None:
            return []
        replies = [DeviceReply(self._encode_reply(*reply), sequence) for reply in self._execute(body, sequence, now_ns)]
        self._remember(sequence, replies)
        return replies

    def advance(self, now_ns: int) -> list[DeviceReply]:
        """Return the replies that are due by ``now_ns``."""
        replies: list[DeviceReply] = []
        for socket, command in list(self._running.items()):
            if command.done_ns <= now_ns:
                replies.append(self._finish(socket, command, now_ns))
        return replies

    def next_due_ns(self) -> int | None:
        """Return when ``advance`` has the next reply."""
        return min((command.done_ns for command in self._running.values()), default=None)

    def _body_for_us(self, packet: bytes) -> bytes | None:
        """Return the body of a packet to this head, also behind garbage that had no FF of its own."""
        start = packet.rfind(bytes([0x80 | self._address]))
        return packet[start + 1 : -1] if start >= 0 else None

    def _execute(self, body: bytes, sequence: int | None, now_ns: int) -> list[tuple[int, ...]]:
        if body == visca_messages.VERSION:
            return [(0x50, *_VERSION)]
        if len(body) == 1 and body[0] >> 4 == 2:
            return [self._cancel(body[0] & 0x0F, now_ns)]
        start = self._decode_command(body)
        if start is None:
            return [(0x60, ErrorCode.SYNTAX)]
        if self.fault is HeadFault.MENU:
            return [(0x61, ErrorCode.NOT_EXECUTABLE)]
        free_sockets = [socket for socket in (1, 2) if socket not in self._running]
        if not free_sockets:
            self._log(now_ns, "third", {})
        if not free_sockets or self.fault is HeadFault.FULL:
            return [(0x60, ErrorCode.BUFFER_FULL)]
        self._running[free_sockets[0]] = start(sequence, now_ns)
        self.max_running = max(self.max_running, len(self._running))
        return [(0x40 | free_sockets[0],)]

    def _decode_command(self, body: bytes) -> Callable[[int | None, int], _RunningCommand] | None:
        match tuple(body):
            case (0x01, 0x04, 0x3F, 0x01, preset) if preset <= visca_messages.MAX_PRESET:
                return lambda sequence, now_ns: self._set_preset(preset, sequence, now_ns)
            case (0x01, 0x04, 0x3F, 0x02, preset) if preset <= visca_messages.MAX_PRESET:
                return lambda sequence, now_ns: self._start_recall(preset, sequence, now_ns)
            case (0x01, 0x06, 0x01, pan, tilt, pan_direction, tilt_direction) if self._is_pan_tilt(
                pan, tilt, pan_direction, tilt_direction
            ):
                speeds = {Axis.PAN: pan * _DIRECTIONS[pan_direction], Axis.TILT: -tilt * _DIRECTIONS[tilt_direction]}
                return lambda sequence, now_ns: self._start_drive("drive", speeds, sequence, now_ns)
            case (0x01, 0x04, 0x07, direction) if direction == 0 or (
                direction >> 4 in (2, 3) and direction & 0x0F <= visca_messages.ZOOM_SPEEDS
            ):
                speed = {0: 0, 2: 1, 3: -1}[direction >> 4] * max(1, direction & 0x0F)
                return lambda sequence, now_ns: self._start_drive("zoom", {Axis.ZOOM: speed}, sequence, now_ns)
            case _:
                return None

    def _is_pan_tilt(self, pan: int, tilt: int, pan_direction: int, tilt_direction: int) -> bool:
        speeds = 1 <= pan <= visca_messages.PAN_SPEEDS and 1 <= tilt <= visca_messages.TILT_SPEEDS
        return speeds and pan_direction in _DIRECTIONS and tilt_direction in _DIRECTIONS

    def _set_preset(self, preset: int, sequence: int | None, now_ns: int) -> _RunningCommand:
        self._presets[preset] = self._motion.position(now_ns)
        self._log(now_ns, "stored", {"preset": preset})
        return _RunningCommand(sequence, now_ns + QUICK_COMMAND_NS)

    def _start_recall(self, preset: int, sequence: int | None, now_ns: int) -> _RunningCommand:
        self._interrupt_recalls(now_ns)
        done_ns = self._motion.move_to(self._presets.get(preset, default_position(preset)), now_ns)
        self._log(now_ns, "recall", {"preset": preset})
        return _RunningCommand(sequence, max(done_ns, now_ns + QUICK_COMMAND_NS), preset)

    def _start_drive(
        self, event: str, speeds: Mapping[Axis, int], sequence: int | None, now_ns: int
    ) -> _RunningCommand:
        self._interrupt_recalls(now_ns)
        for axis, speed in speeds.items():
            self._motion.drive(axis, speed, now_ns)
        self._log(now_ns, event, {axis.name.lower(): speed for axis, speed in speeds.items()})
        return _RunningCommand(sequence, now_ns + QUICK_COMMAND_NS)

    def _interrupt_recalls(self, now_ns: int) -> None:
        """Stop a movement to a preset where it is and complete its command."""
        for command in self._running.values():
            if command.preset is not None and command.done_ns > now_ns:
                command.preset = None
                command.done_ns = now_ns
                self._motion.hold(now_ns)

    def _finish(self, socket: int, command: _RunningCommand, now_ns: int) -> DeviceReply:
        del self._running[socket]
        if command.preset is not None:
            self._log(now_ns, "arrived", {"preset": command.preset, "place": self._motion.position(now_ns)})
        replies = DeviceReply(self._encode_reply(0x50 | socket), command.sequence)
        if command.sequence is not None and command.sequence in self._replies_by_sequence:
            self._replies_by_sequence[command.sequence].append(replies)
        return replies

    def _cancel(self, socket: int, now_ns: int) -> tuple[int, ...]:
        command = self._running.pop(socket, None)
        if command is None:
            return 0x60 | socket, ErrorCode.NO_SUCH_SOCKET
        if command.preset is not None:
            self._motion.hold(now_ns)
        self._log(now_ns, "cancelled", {"socket": socket})
        return 0x60 | socket, ErrorCode.CANCELLED

    def _encode_reply(self, *body: int) -> bytes:
        return bytes([0x80 | self._address << 4, *body]) + visca_messages.END

    def _remember(self, sequence: int | None, replies: list[DeviceReply]) -> None:
        if sequence is not None:
            self._replies_by_sequence[sequence] = list(replies)
            while len(self._replies_by_sequence) > _KEPT_REPLIES:
                self._replies_by_sequence.popitem(last=False)


def default_position(preset: int) -> Position:
    """Return the position of a preset that was never set; no two are the same."""
    return (preset * 7 % 16 - 7.5) / 8, (preset * 3 % 16 - 7.5) / 16, (preset % 4 - 1.5) / 2
