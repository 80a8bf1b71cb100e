"""The panel of one process, retried while it is missing or fails; nothing else stops for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from drivers.errors import DeviceError, DeviceMisconfigured
from drivers.protocols import Panel
from drivers.samples import Beep, ButtonEvent, Pattern
from edge.classroom.recorder_messages import DeviceStatus
from pipelines.backoff import BackOff
from pipelines.devices.device_state import DeviceState

log = logging.getLogger(__name__)

_LONGEST_WAIT_S = 5.0


class RoomPanel:
    """One process's buttons, lamps and buzzer; ``panel`` is None in a room without any."""

    def __init__(self, panel: Panel | None, backoff: BackOff | None = None) -> None:
        self._panel = panel
        self._backoff = backoff or BackOff(max_s=_LONGEST_WAIT_S)
        self._on_button: Callable[[ButtonEvent], None] | None = None
        self._is_open = False
        self._wanted: dict[str, Pattern] = {}
        self._failed = asyncio.Event()
        self.fault: DeviceStatus | None = None
        """The state of a faulty panel; None while it works, and in a room without one."""

    def open(self, on_button: Callable[[ButtonEvent], None]) -> None:
        """Try to open the panel; ``on_button`` is called from the driver's threads."""
        self._on_button = on_button
        self._try_open()

    async def run(self) -> None:
        """Reopen the panel with back-off whenever it is missing, until cancelled."""
        while True:
            await self._failed.wait()
            await asyncio.sleep(self._backoff.next_delay_s())
            self._failed.clear()
            await asyncio.to_thread(self._try_open)
            if self._is_open:
                self._show_all()
            else:
                self._failed.set()

    def show(self, lamp: str, pattern: Pattern) -> None:
        """Show a pattern on a lamp, now or as soon as the panel is open. Idempotent."""
        self._wanted[lamp] = pattern
        if self._panel is None or not self._is_open:
            if self.fault is not None:
                self._failed.set()
            return
        try:
            self._panel.show(lamp, pattern)
        except DeviceError as error:
            log.warning("the lamp %s can no longer be lit: %s", lamp, error.reason)
            self._on_lost(error)

    def beep(self, beep: Beep) -> None:
        """Sound a beep now, or never: one that comes late says nothing any more."""
        if self._panel is None or not self._is_open:
            return
        try:
            self._panel.beep(beep)
        except DeviceError as error:
            log.warning("the buzzer does not sound: %s", error.reason)
            self._on_lost(error)

    def close(self) -> None:
        """Switch the lamps off and release the pins. Idempotent."""
        panel, self._panel, self._is_open = self._panel, None, False
        if panel is not None:
            panel.close()

    def _try_open(self) -> None:
        panel = self._panel
        if panel is None or self._on_button is None:
            return
        panel.close()  # what a lost one still holds; that may wait for pins that hang
        try:
            panel.open(self._on_button)
        except DeviceError as error:
            if self.fault is None:
                log.warning("neither buttons nor lamps: %s", error.reason)
            self._set_fault(error)
            return
        if self._panel is None:
            panel.close()  # the process ends meanwhile
            return
        if self.fault is not None:
            log.info("buttons and lamps are there")
        self._is_open, self.fault = True, None
        self._backoff.reset()

    def _show_all(self) -> None:
        for lamp, pattern in list(self._wanted.items()):
            self.show(lamp, pattern)

    def _on_lost(self, error: DeviceError) -> None:
        self._is_open = False
        self._set_fault(error)
        self._failed.set()

    def _set_fault(self, error: DeviceError) -> None:
        state = DeviceState.UNFIT if isinstance(error, DeviceMisconfigured) else DeviceState.MISSING
        self.fault = DeviceStatus(state=state, reason=error.reason)
