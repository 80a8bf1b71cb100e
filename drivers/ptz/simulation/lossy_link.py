"""The link between a simulated head and its controller: delay, loss, corruption and garbage."""

from __future__ import annotations

import heapq
import random
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.ptz.simulation.device import DeviceReply, HeadFault, ViscaDevice
from drivers.ptz.simulation.transports import Codec, DeviceTransport
from drivers.wake_pipe import WakePipe

_POLL_S = 0.02
_JOIN_TIMEOUT_S = 2.0
_MAX_GARBAGE_BYTES = 8


@dataclass(frozen=True, slots=True)
class LinkFaults:
    """Delay in ms, and probabilities from 0 to 1: of losing a packet, changing a byte, and garbage before a reply."""

    delay_ms: float = 0.0
    loss: float = 0.0
    corruption: float = 0.0
    garbage: float = 0.0


class LossyLink:
    """Runs a device behind its transport in a thread, until it is closed or ``fault`` returns unplugged."""

    def __init__(
        self,
        device: ViscaDevice,
        transport: DeviceTransport,
        codec: Codec,
        faults: LinkFaults,
        rng: random.Random,
        fault: Callable[[], HeadFault],
    ) -> None:
        self.address = transport.address
        self._device = device
        self._transport = transport
        self._codec = codec
        self._faults = faults
        self._rng = rng
        self._fault = fault
        self._outbox: list[tuple[int, int, bytes]] = []
        self._sent_count = 0
        self._wakeup = WakePipe()
        self._thread = threading.Thread(target=self._run, name=f"far-{transport.address}")
        self._thread.start()

    def close(self) -> None:
        """End the thread and close the transport; idempotent."""
        self._wakeup.wake()
        self._thread.join(_JOIN_TIMEOUT_S)
        self._wakeup.close()

    def _run(self) -> None:
        self._device.reset()
        stop = self._wakeup.fileno()
        while True:
            self._device.fault = self._fault()
            if self._device.fault is HeadFault.UNPLUGGED:
                break
            ready, _, _ = select.select([stop, *self._transport.descriptors()], [], [], self._wait_s())
            if stop in ready:
                break
            for descriptor in ready:
                self._receive(descriptor)
            self._send_due()
        self._transport.close()

    def _wait_s(self) -> float:
        due_times = [due_ns for due_ns, _, _ in self._outbox[:1]]
        if (due_ns := self._device.next_due_ns()) is not None:
            due_times.append(due_ns)
        wait_s = (min(due_times) - time.monotonic_ns()) / 1e9 if due_times else _POLL_S
        return max(0.0, min(wait_s, _POLL_S))

    def _receive(self, descriptor: int) -> None:
        for data in self._transport.receive(descriptor):
            for packet, sequence in self._codec.decode(self._corrupted(data)):
                if self._rng.random() >= self._faults.loss:
                    self._schedule(self._device.on_packet(packet, sequence, time.monotonic_ns()))

    def _schedule(self, replies: list[DeviceReply]) -> None:
        due_ns = time.monotonic_ns() + round(self._faults.delay_ms * 1e6)
        for reply in replies:
            if self._rng.random() >= self._faults.loss:
                self._sent_count += 1
                heapq.heappush(self._outbox, (due_ns, self._sent_count, self._codec.encode(reply)))

    def _send_due(self) -> None:
        now_ns = time.monotonic_ns()
        self._schedule(self._device.advance(now_ns))
        while self._outbox and self._outbox[0][0] <= now_ns:
            _, _, data = heapq.heappop(self._outbox)
            if self._rng.random() < self._faults.garbage:
                self._transport.send(self._rng.randbytes(self._rng.randint(1, _MAX_GARBAGE_BYTES)))
            self._transport.send(self._corrupted(data))

    def _corrupted(self, data: bytes) -> bytes:
        if not self._faults.corruption:
            return data
        return bytes(
            byte ^ 1 << self._rng.randrange(8) if self._rng.random() < self._faults.corruption else byte
            for byte in data
        )
