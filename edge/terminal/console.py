"""The console of the command line's tables."""

from __future__ import annotations

from typing import IO

from rich.console import Console


class OutputConsole(Console):
    """Writes to standard output, or to ``file``.

    Text is shown as it is: a group or a student may be called ``[1]``, which rich would take for markup. A reader that
    is gone is BrokenPipeError, as it is with print, and not SystemExit.
    """

    def __init__(self, file: IO[str] | None = None) -> None:
        super().__init__(file=file, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Called by rich where the error is handled."""
        raise
