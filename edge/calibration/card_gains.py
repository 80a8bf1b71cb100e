"""The gain of the card behind a microphone, while a step sets it; many cards have none."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Self

from drivers.errors import DeviceError
from drivers.protocols import CaptureGain
from edge.config.model import Config, MicrophoneRole
from edge.recorder import composition
from pipelines.measuring.gain_advice import CardGain

log = logging.getLogger(__name__)


class CardGains:
    """``gain_db`` and ``range`` are None for a card whose gain cannot be set."""

    def __init__(self, gain: CaptureGain | None) -> None:
        self._gain = gain

    @classmethod
    def of(cls, config: Config, role: MicrophoneRole) -> Self:
        """The gain of a microphone's card; a mixer that cannot be opened is one that has none."""
        try:
            return cls(composition.capture_gain(config, role))
        except DeviceError as error:
            log.warning("%s: the card's gain cannot be set: %s", role, error.reason)
            return cls(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._gain is not None:
            self._gain.close()

    @property
    def gain_db(self) -> float | None:
        """What is set now."""
        return None if self._gain is None else self._gain.read_db()

    @property
    def range(self) -> CardGain | None:
        """What can be set, and what is."""
        gain = self._gain
        return None if gain is None else CardGain(gain.low_db, gain.high_db, gain.step_db, gain.read_db())

    def set_gain(self, wanted_db: float) -> None:
        """Set it.

        Raises:
            DeviceError: The card does not take it.
        """
        if self._gain is not None:
            self._gain.set_db(wanted_db)
