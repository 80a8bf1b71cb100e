"""The host's ends of the guest's serial ports: what hangs on them is simulated out here, by its far side alone."""

from __future__ import annotations

import socket
from pathlib import Path

_AT_ONCE = 4096
_PATIENCE_S = 5.0


def connected(path: Path) -> socket.socket:
    """The host's end of one of the machine's serial ports. OSError."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(path))
    return line


class Cable:
    """A line into the guest, both ways; what the guest does not take within a moment is lost."""

    def __init__(self, line: socket.socket, name: str) -> None:
        self.address = name
        self._socket = line
        line.settimeout(_PATIENCE_S)

    def fileno(self) -> int:
        """What can be waited on."""
        return self._socket.fileno()

    def read(self) -> bytes:
        """What the guest said. OSError where the machine is gone."""
        if data := self._socket.recv(_AT_ONCE):
            return data
        raise ConnectionResetError("the machine is gone")

    def write(self, data: bytes) -> None:
        """Say something to the guest."""
        self._socket.sendall(data)

    def close(self) -> None:
        """Pull it out of this end."""
        self._socket.close()


class BaseCable(Cable):
    """As a simulated clicker base holds it, see ``drivers.clicker.simulation.transports.SimulatedTransport``."""

    def receive(self) -> bytes:
        """See ``SimulatedTransport``."""
        return self.read()

    def send(self, data: bytes) -> bool:
        """See ``SimulatedTransport``."""
        self.write(data)
        return True


class HeadCable(Cable):
    """As a simulated head holds it, see ``drivers.ptz.simulation.transports.DeviceTransport``."""

    def descriptors(self) -> list[int]:
        """See ``DeviceTransport``."""
        return [self.fileno()]

    def receive(self, descriptor: int) -> list[bytes]:
        """See ``DeviceTransport``."""
        return [self.read()]

    def send(self, data: bytes) -> None:
        """See ``DeviceTransport``."""
        self.write(data)
