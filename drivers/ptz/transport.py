"""The interface of the transports that carry VISCA packets to a head and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drivers.ptz.visca_messages import Reply


@dataclass(frozen=True, slots=True)
class ReceivedReply:
    """A reply and the sequence number of the packet it answers; None on a transport without numbers."""

    reply: Reply
    sequence: int | None = None


class HeadTransport(Protocol):
    """One connection to a head or a chain of them, used by one thread.

    ``is_shared`` is true where several heads may answer; on any other line whoever answers is the head, whatever
    address it gives: heads in the network often keep the one that they had in a chain.
    """

    is_shared: bool

    def open(self) -> int:
        """Connect; return the file descriptor to wait for. Raises as ``drivers.protocols.PtzDevice.open``."""

    def send(self, packet: bytes, sequence: int) -> None:
        """Send a packet; a packet that is sent again has the same sequence number.

        Raises:
            DeviceLost: The connection is closed or broken.
        """

    def receive(self) -> list[ReceivedReply]:
        """Return the replies that have come; called once the descriptor is readable. Raises as ``send``."""

    def close(self) -> None:
        """Disconnect; idempotent."""
