"""The state of a supervised device, with the reason for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

FormatT = TypeVar("FormatT", covariant=True)


class DeviceState(StrEnum):
    """``opening`` covers back-off, ``stalled`` recovers by itself, ``missing`` needs a cable, ``unfit`` a person.

    ``lent``: another process has it for a while, and gives it back by itself.
    """

    OPENING = "opening"
    RUNNING = "running"
    STALLED = "stalled"
    MISSING = "missing"
    UNFIT = "unfit"
    LENT = "lent"


@dataclass(frozen=True, slots=True)
class DeviceCondition(Generic[FormatT]):
    """A device's state, the sentence that says why, and its format while it runs."""

    state: DeviceState
    reason: str = ""
    format: FormatT | None = None
