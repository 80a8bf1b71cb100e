"""Registry of the controller's present faults, for the status lamp and the status."""

from __future__ import annotations

from edge.ledger.database import LedgerError, LedgerFull, LedgerNewer
from pipelines.files import disk

LEDGER = "ledger-unusable"
NEWER_LEDGER = "ledger-newer"
SPOOL_DISK = "spool-disk"
"""The source of faults of the disk that lessons are recorded on."""

TIMETABLE = "timetable"
"""The source of faults of the timetable, which concern no recording."""

PUBLICATION = "publication"
"""The source of faults of the lessons' index in the store, which concern no recording either."""

PREVIEWS = "preview-files"
"""The source of faults of poster, thumbnails and screen text, which concern no recording either."""

_NOT_FOR_THE_LAMP = frozenset({TIMETABLE, PUBLICATION, PREVIEWS})
_CANNOT_RECORD = frozenset({disk.NO_ROOM, disk.READ_ONLY, disk.FAILS})


class FaultRegistry:
    """The fault codes of each source; codes of disks are those of ``pipelines.files.disk``."""

    def __init__(self) -> None:
        self._by_source: dict[str, tuple[str, ...]] = {}

    def report(self, source: str, *codes: str) -> None:
        """Set the fault codes of a source; none, or empty ones, clear it."""
        if found := tuple(filter(None, codes)):
            self._by_source[source] = found
        else:
            self._by_source.pop(source, None)

    def code_of(self, source: str) -> str:
        """The first fault code of a source; empty for none."""
        return self._by_source.get(source, ("",))[0]

    def codes(self) -> list[str]:
        """Every code once, in the order in which their sources reported first."""
        return list(dict.fromkeys(code for codes in self._by_source.values() for code in codes))

    @property
    def concern_recordings(self) -> bool:
        """Whether there are faults for the lamp: others than those that may last for weeks and concern no recording."""
        return bool(self._by_source.keys() - _NOT_FOR_THE_LAMP)

    @property
    def has_no_room(self) -> bool:
        """Whether the disk has no room for another lesson."""
        return self.code_of(SPOOL_DISK) in _CANNOT_RECORD


def fault_code(error: OSError | LedgerError) -> str:
    """The code of an error of disk or ledger; the system's message where there is no code."""
    if isinstance(error, LedgerFull):
        return disk.FULL
    if isinstance(error, LedgerNewer):
        return NEWER_LEDGER
    return LEDGER if isinstance(error, LedgerError) else disk.fault_code(error)


def known_fault(error: BaseException) -> str:
    """The code of any error, also in groups; empty where it is neither of the disk nor of the ledger."""
    while isinstance(error, BaseExceptionGroup):
        unknown = error.split((OSError, LedgerError))[1]
        error = (unknown or error).exceptions[0]
    return fault_code(error) if isinstance(error, OSError | LedgerError) else ""
