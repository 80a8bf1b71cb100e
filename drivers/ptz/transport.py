"""What carries packets to a head and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drivers.ptz.visca_messages import Reply


@dataclass(frozen=True, slots=True)
class ReceivedReply:
    """A reply, and the number of the packet that it answers; None on a line without numbers."""

    reply: Reply
    sequence: int | None = None


class HeadTransport(Protocol):
    """One line to one head or several, used by one thread; ``close`` may be called twice."""

    def open(self) -> int:
        """Make it ready; the file descriptor that says when something has come. DeviceMissing, DeviceUnfit."""

    def send(self, packet: bytes, sequence: int) -> None:
        """Send; a packet that is sent again has the number that it had. DeviceLost."""

    def receive(self) -> list[ReceivedReply]:
        """What has come, once the descriptor said so. DeviceLost."""

    def close(self) -> None:
        """Let the line go."""
