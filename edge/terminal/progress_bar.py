"""A progress bar for what may take longer than a reader waits without a word."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import Progress

_PATIENCE_S = 2.0


class ProgressBar:
    """A progress bar on standard error, which appears after two seconds."""

    def __init__(self, label: str) -> None:
        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(label, total=None)
        self._begun_s = time.monotonic()
        self._shown = False

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._shown:
            self._progress.stop()

    def show(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` is done."""
        if not self._shown and time.monotonic() - self._begun_s > _PATIENCE_S:
            self._shown = True
            self._progress.start()
        self._progress.update(self._task, completed=done, total=total)
