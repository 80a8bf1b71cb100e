"""The loan of the recorder's devices to the calibration: for as long as it is renewed, and no lesson needs them."""

from __future__ import annotations

import logging
import time

from drivers.samples import Pattern
from edge.classroom.recorder_messages import LendDevices
from pipelines.recording.room_devices import RoomDevices

log = logging.getLogger(__name__)


class DeviceLoan:
    """``on_request``, ``tick`` and ``end`` are called by one thread at a time and may wait for a device.

    ``lamp`` is the pattern that the borrower wants on the recording lamp, None for the usual one; from any thread.
    """

    def __init__(self, devices: RoomDevices) -> None:
        self._devices = devices
        self._until_ns: int | None = None
        self.lamp: Pattern | None = None

    def on_request(self, request: LendDevices, *, are_needed: bool) -> None:
        """Lend the devices, or renew the loan, or end it; ``are_needed``: a lesson has them."""
        if are_needed or request.until_ns <= time.monotonic_ns():
            self.end()
            # The borrower has just closed them, so that they can be opened now.
            self._devices.retry_cameras()
            self._devices.retry_microphones()
            return
        if self._until_ns is None:
            log.info("cameras and microphones are lent to the calibration")
            self._devices.lend()
        self._until_ns = request.until_ns
        self.lamp = Pattern(request.lamp) if request.lamp in list(Pattern) else None

    def tick(self, *, are_needed: bool) -> None:
        """End a loan that nobody renews, or whose devices a lesson needs."""
        if self._until_ns is not None and (are_needed or time.monotonic_ns() > self._until_ns):
            self.end()

    def end(self) -> None:
        """Open the devices again. Idempotent."""
        if self._until_ns is None:
            return
        self._until_ns = self.lamp = None
        log.info("cameras and microphones are taken back")
        self._devices.take_back()
