"""Switching the box off on request, once nothing is lost by it: a file that a systemd path unit waits for."""

from __future__ import annotations

import logging
from pathlib import Path

log = logging.getLogger(__name__)

# A lesson whose end takes longer than this is mended after the next boot.
PATIENCE_NS = 120_000_000_000
# As long as nothing has been switched off by then, nobody will.
UNHEARD_NS = 60_000_000_000


class PowerOff:
    """Somebody's wish to switch the box off; ``request`` is the file that systemd waits for.

    It is asked for when everything is settled, or when that takes too long, and until then it can be withdrawn.
    """

    def __init__(self, request: Path) -> None:
        self._request = request
        self._wished_ns: int | None = None
        self._asked_ns: int | None = None

    @property
    def wished(self) -> bool:
        """Whether the box is about to be switched off."""
        return self._wished_ns is not None

    def wish(self, now_ns: int) -> None:
        """Switch it off as soon as nothing is lost by it. Again: nothing."""
        if self._wished_ns is None:
            log.info("the box is to be switched off")
            self._wished_ns = now_ns

    def withdraw(self) -> None:
        """It is needed after all."""
        if self._wished_ns is None:
            return
        log.info("the box is not to be switched off after all")
        self._wished_ns = self._asked_ns = None
        try:
            self._request.unlink(missing_ok=True)
        except OSError as error:
            log.error("it cannot be kept from being switched off: %s", error)

    def tick(self, now_ns: int, *, settled: bool) -> None:
        """Ask when it is time; ``settled``: no lesson runs, and every one that has ended is checked."""
        if self._wished_ns is None:
            return
        if self._asked_ns is None:
            if settled or now_ns - self._wished_ns > PATIENCE_NS:
                self._ask(now_ns)
        elif now_ns - self._asked_ns > UNHEARD_NS:
            log.error("nobody has switched the box off: does classroom-poweroff.path run?")
            self.withdraw()

    def _ask(self, now_ns: int) -> None:
        self._asked_ns = now_ns
        try:
            self._request.touch()
        except OSError as error:
            log.error("the box cannot be switched off: %s", error)
