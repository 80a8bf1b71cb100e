"""What is wrong with the controller's own work right now, for the status lamp and whoever asks."""

from __future__ import annotations

from edge.ledger.database import LedgerError, LedgerFull
from pipelines.files import disk

LEDGER = "ledger-unusable"

_CANNOT_RECORD = frozenset({disk.NO_ROOM, disk.READ_ONLY, disk.FAILS})


class FaultRegistry:
    """One word or sentence for each part of the work that is held up; words are those of ``pipelines.files.disk``."""

    def __init__(self) -> None:
        self._by_part: dict[str, str] = {}

    def say(self, part: str, trouble: str) -> None:
        """How a part of the work stands; an empty one is well."""
        if trouble:
            self._by_part[part] = trouble
        else:
            self._by_part.pop(part, None)

    def all(self) -> list[str]:
        """Each once, the oldest first."""
        return list(dict.fromkeys(self._by_part.values()))

    @property
    def no_room(self) -> bool:
        """Whether the disk would not take another lesson."""
        return not _CANNOT_RECORD.isdisjoint(self._by_part.values())


def fault_code(error: OSError | LedgerError) -> str:
    """What the disk or the ledger would not do: a word of ``pipelines.files.disk``, or ``LEDGER``; the log knows more.

    Where there is no word it is what the system says.
    """
    if isinstance(error, LedgerFull):
        return disk.FULL
    return LEDGER if isinstance(error, LedgerError) else disk.fault_code(error)
