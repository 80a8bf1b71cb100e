"""The driver ``simulated`` for wands: what the simulated cameras see and the simulated microphones hear."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from drivers.errors import DeviceLost, DeviceMisconfigured
from drivers.panel.sync_wand import LONGEST_MS
from drivers.samples import WandFlash
from drivers.simulated_sync_events import SyncEvent, SyncEventFile

LEAD_MS = 150.0
"""A flash is announced so long before it begins: longer than any picture or block of sound is late."""
CLAP_LEAD_MS = 500.0
CLAP_REST_MS = 500.0


@dataclass(frozen=True, slots=True)
class SimulatedWandOptions:
    """``file``: what the ``wand_file`` of the room's simulated cameras and microphones names, too."""

    file: Path


class SimulatedWand:
    """See ``drivers.protocols.Wand``: flashes are written to a file and happen in the simulated room alone.

    It has no mock pin, unlike the simulated panel: what a pin does is known when it has been done, and a simulated
    microphone in another process would have delivered the first milliseconds of a beep without it.
    """

    Options = SimulatedWandOptions

    def __init__(self, options: SimulatedWandOptions) -> None:
        self._options = options
        self._events: SyncEventFile | None = None

    def open(self) -> None:
        try:
            self._options.file.touch()
        except OSError as error:
            raise DeviceMisconfigured(
                "wand", f"the file {self._options.file} cannot be written: {error.strerror}"
            ) from error
        self._events = SyncEventFile(self._options.file)

    def flash(self, on_ms: float) -> WandFlash:
        if not 0 < on_ms <= LONGEST_MS:
            raise ValueError(f"a flash lasts up to {LONGEST_MS:g} ms")
        on_ns = time.monotonic_ns() + round(LEAD_MS * 1e6)
        event = SyncEvent(on_ns, on_ns + round(on_ms * 1e6))
        self._happen(event)
        return WandFlash(event.on_ns, event.off_ns, 0)

    def clap(self) -> int:
        """Clap the hands of somebody in the room, who keeps them together for half a second; return when they met."""
        on_ns = time.monotonic_ns() + round(CLAP_LEAD_MS * 1e6)
        self._happen(SyncEvent(on_ns, on_ns + round(CLAP_REST_MS * 1e6), "clap"))
        return on_ns

    def speak(self, seconds: float) -> None:
        """Have somebody in the room speak for so long; returns at once."""
        on_ns = time.monotonic_ns() + round(LEAD_MS * 1e6)
        self._announce(SyncEvent(on_ns, on_ns + round(seconds * 1e9), "voice"))

    def close(self) -> None:
        self._events = None

    def _happen(self, event: SyncEvent) -> None:
        self._announce(event)
        time.sleep(max(0, event.off_ns - time.monotonic_ns()) / 1e9)

    def _announce(self, event: SyncEvent) -> None:
        if self._events is None:
            raise DeviceLost("wand", "it is not open")
        try:
            self._events.append(event)
        except OSError as error:
            raise DeviceLost("wand", f"the file {self._options.file} cannot be written: {error.strerror}") from error
