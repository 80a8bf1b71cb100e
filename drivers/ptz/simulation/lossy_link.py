"""A simulated head on a bad line: what is said comes late, is lost or garbled, or meets garbage."""

from __future__ import annotations

import heapq
import random
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.ptz.simulation.device import DeviceReply, HeadFault, ViscaDevice
from drivers.ptz.simulation.transports import Codec, DeviceTransport

_LOOK_S = 0.02
_JOIN_S = 2.0
_MOST_GARBAGE = 8


@dataclass(frozen=True, slots=True)
class LinkFaults:
    """How bad the line is: shares of packets lost, of bytes changed, and of replies that follow garbage."""

    delay_ms: float = 0.0
    loss: float = 0.0
    corruption: float = 0.0
    garbage: float = 0.0


class LossyLink:
    """Runs the head at its end of the line, in a thread, until it is closed or ``fault`` says unplugged."""

    def __init__(
        self,
        head: ViscaDevice,
        end: DeviceTransport,
        packing: Codec,
        badness: LinkFaults,
        dice: random.Random,
        fault: Callable[[], HeadFault],
    ) -> None:
        self.where = end.where
        self._head = head
        self._end = end
        self._packing = packing
        self._badness = badness
        self._dice = dice
        self._fault = fault
        self._late: list[tuple[int, int, bytes]] = []
        self._said = 0
        self._woken, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=f"far-{end.where}")
        self._thread.start()

    def close(self) -> None:
        """End the thread and pull the line out; again: nothing."""
        self._waker.close()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        self._head.begin_again()
        woken = self._woken.fileno()
        with self._woken:
            while True:
                self._head.fault = self._fault()
                if self._head.fault is HeadFault.UNPLUGGED:
                    break
                ready, _, _ = select.select([woken, *self._end.descriptors()], [], [], self._wait_s())
                if woken in ready:
                    break
                for descriptor in ready:
                    self._listen(descriptor)
                self._say_what_is_due()
        self._end.close()

    def _wait_s(self) -> float:
        times = [due_ns for due_ns, _, _ in self._late[:1]]
        if (due_ns := self._head.due_ns()) is not None:
            times.append(due_ns)
        wait_s = (min(times) - time.monotonic_ns()) / 1e9 if times else _LOOK_S
        return max(0.0, min(wait_s, _LOOK_S))

    def _listen(self, descriptor: int) -> None:
        for data in self._end.receive(descriptor):
            for packet, number in self._packing.unpack(self._garbled(data)):
                if self._dice.random() >= self._badness.loss:
                    self._answer(self._head.heard(packet, number, time.monotonic_ns()))

    def _answer(self, replies: list[DeviceReply]) -> None:
        due_ns = time.monotonic_ns() + round(self._badness.delay_ms * 1e6)
        for said in replies:
            if self._dice.random() >= self._badness.loss:
                self._said += 1
                heapq.heappush(self._late, (due_ns, self._said, self._packing.pack(said)))

    def _say_what_is_due(self) -> None:
        now_ns = time.monotonic_ns()
        self._answer(self._head.tick(now_ns))
        while self._late and self._late[0][0] <= now_ns:
            _, _, data = heapq.heappop(self._late)
            if self._dice.random() < self._badness.garbage:
                self._end.send(self._dice.randbytes(self._dice.randint(1, _MOST_GARBAGE)))
            self._end.send(self._garbled(data))

    def _garbled(self, data: bytes) -> bytes:
        if not self._badness.corruption:
            return data
        return bytes(
            byte ^ 1 << self._dice.randrange(8) if self._dice.random() < self._badness.corruption else byte
            for byte in data
        )
