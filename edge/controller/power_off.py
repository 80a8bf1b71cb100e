"""Switching the box off on request, once nothing is lost by it: a file that a systemd path unit waits for."""

from __future__ import annotations

import logging
from pathlib import Path

log = logging.getLogger(__name__)

# A lesson whose end takes longer than this is recovered after the next boot.
SETTLE_TIMEOUT_NS = 120_000_000_000
# If systemd has not switched the box off by then, it will not.
SYSTEMD_TIMEOUT_NS = 60_000_000_000


class PowerOff:
    """A request to switch the box off; ``trigger_file`` is the file that systemd waits for.

    The file is made when everything is settled, or when that takes too long; the request can be cancelled.
    """

    def __init__(self, trigger_file: Path) -> None:
        self._trigger_file = trigger_file
        self._requested_ns: int | None = None
        self._triggered_ns: int | None = None

    @property
    def is_pending(self) -> bool:
        """Whether the box is about to be switched off."""
        return self._requested_ns is not None

    def request(self, now_ns: int) -> None:
        """Request to switch the box off as soon as nothing is lost by it. Idempotent."""
        if self._requested_ns is None:
            log.info("the box is to be switched off")
            self._requested_ns = now_ns

    def cancel(self) -> None:
        """Cancel the request: the box is needed after all."""
        if self._requested_ns is None:
            return
        log.info("the box is not to be switched off after all")
        self._requested_ns = self._triggered_ns = None
        try:
            self._trigger_file.unlink(missing_ok=True)
        except OSError as error:
            log.error("it cannot be kept from being switched off: %s", error)

    def tick(self, now_ns: int, *, is_settled: bool) -> None:
        """Make the file when it is time; ``is_settled``: no lesson runs, and every ended one is checked."""
        if self._requested_ns is None:
            return
        if self._triggered_ns is None:
            if is_settled or now_ns - self._requested_ns > SETTLE_TIMEOUT_NS:
                self._trigger(now_ns)
        elif now_ns - self._triggered_ns > SYSTEMD_TIMEOUT_NS:
            log.error("nobody has switched the box off: does classroom-poweroff.path run?")
            self.cancel()

    def _trigger(self, now_ns: int) -> None:
        self._triggered_ns = now_ns
        try:
            self._trigger_file.touch()
        except OSError as error:
            log.error("the box cannot be switched off: %s", error)
