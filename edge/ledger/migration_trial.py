"""Trial of the ledger's migration on a copy, before an upgrade."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from edge.ledger.database import LedgerError
from edge.ledger.ledger import open_database
from edge.ledger.read_only import open_read_only
from edge.ledger.schema import MIGRATIONS, version_of


@dataclass(frozen=True, slots=True)
class MigrationTrial:
    """The schema ``version`` of the ledger, the ``newest`` that this program knows, and what the trial found.

    ``fault`` is why the program cannot go on with it, empty where it can.
    """

    version: int
    newest: int
    fault: str


def try_migration(path: Path) -> MigrationTrial:
    """Migrate a copy of the ledger, made in the folder for temporary files; the ledger itself is only read.

    Raises:
        NoLedger: there is none that could be lost: no file, or one that cannot be read.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        with open_read_only(path) as ledger, closing(sqlite3.connect(copy)) as target:
            ledger.backup(target)
            version = version_of(ledger)
        try:
            open_database(copy, spool=Path(folder)).close()
        except LedgerError as error:
            return MigrationTrial(version, len(MIGRATIONS), str(error).replace(str(copy), str(path)))
    return MigrationTrial(version, len(MIGRATIONS), "")
