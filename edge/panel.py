"""The panel as a process uses it: where it is missing or fails, that is said once, and nothing else stops."""

from __future__ import annotations

import logging
from collections.abc import Callable

from drivers.errors import DeviceError, DeviceLost
from drivers.protocols import Panel
from drivers.samples import ButtonEvent, Pattern

log = logging.getLogger(__name__)


class RoomPanel:
    """One process's buttons and lamps; ``panel`` is None in a room without any."""

    def __init__(self, panel: Panel | None) -> None:
        self._panel = panel

    def open(self, on_button: Callable[[ButtonEvent], None]) -> None:
        """Claim the pins; ``on_button`` is called from the driver's threads."""
        if self._panel is None:
            return
        try:
            self._panel.open(on_button)
        except DeviceError as error:
            log.warning("neither buttons nor lamps: %s", error.reason)
            self._panel = None

    def show(self, lamp: str, pattern: Pattern) -> None:
        """Make a lamp say something; the same again changes nothing."""
        if self._panel is None:
            return
        try:
            self._panel.show(lamp, pattern)
        except DeviceLost as error:
            log.warning("the lamp %s can no longer be lit: %s", lamp, error.reason)
            self.close()

    def close(self) -> None:
        """Lamps off, pins free; again does nothing."""
        panel, self._panel = self._panel, None
        if panel is not None:
            panel.close()
