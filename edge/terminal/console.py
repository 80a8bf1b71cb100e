"""The console of the command line's tables."""

from __future__ import annotations

from rich.console import Console


class OutputConsole(Console):
    """Writes to standard output. A reader that is gone is BrokenPipeError, as it is with print, and not SystemExit."""

    def on_broken_pipe(self) -> None:
        """Called by rich where the error is handled."""
        raise
