"""The demo's progress on a terminal: what is being done, and under it the room, live, with meters."""

from __future__ import annotations

import asyncio

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from edge.demo.status_watcher import StatusWatcher
from edge.i18n import Language, translate
from edge.terminal.status_line import GAP, flow_line, lamps_line
from edge.terminal.value_text import lesson_time_text

_PLAIN_EVERY_S = 5.0
_LIVE_A_SECOND = 4


class ProgressScreen:
    """Lines on the console; a terminal also has a live view of ``watcher``, anything else a line now and then."""

    def __init__(self, console: Console, language: Language) -> None:
        self.console = console
        self.language: Language = language

    def report(self, key: str, **values: object) -> None:
        """Print a message."""
        self.console.print(Text(translate(key, self.language, **values), "bold"), soft_wrap=True)

    async def show(self, watcher: StatusWatcher) -> None:
        """Show the room until cancelled."""
        if not self.console.is_terminal:
            while True:
                await asyncio.sleep(_PLAIN_EVERY_S)
                self.console.print(Text(GAP).join([self._lesson(watcher), self._flow(watcher)]), soft_wrap=True)
        with Live(
            get_renderable=lambda: Group(self._lesson(watcher), self._flow(watcher)),
            console=self.console,
            refresh_per_second=_LIVE_A_SECOND,
            transient=True,
        ):
            await asyncio.get_running_loop().create_future()

    def _lesson(self, watcher: StatusWatcher) -> Text:
        """State, lesson time and lamps."""
        status = watcher.status
        if status is None:
            return Text(translate("demo.waiting", self.language), "dim")
        parts = [Text(translate(f"room.state-{status.state}", self.language), "bold")]
        if status.state in ("recording", "paused"):
            parts.append(Text(lesson_time_text(round(status.lesson_time_s * 1e9))))
        return Text(GAP).join([*parts, lamps_line(watcher.lamps, self.language)])

    def _flow(self, watcher: StatusWatcher) -> Text:
        return Text() if watcher.status is None else flow_line(watcher.status, self.language)
