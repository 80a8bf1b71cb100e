"""What a person sees while the demo runs: what is being done, and under it the room, live, with meters."""

from __future__ import annotations

import asyncio

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from edge.demo.status_watcher import StatusWatcher
from edge.i18n import Language, translate
from edge.terminal.finding_text import clock, track_name
from edge.terminal.status_screen import bar, lamp_text, uploads

_PLAIN_EVERY_S = 5.0
_LIVE_A_SECOND = 4
_GAP = "   "


class ProgressScreen:
    """Lines on the console; a terminal also has a live view of ``watch``, anything else a line now and then."""

    def __init__(self, console: Console, language: Language) -> None:
        self.console = console
        self.language: Language = language

    def tell(self, key: str, **values: object) -> None:
        """Say a sentence."""
        self.console.print(Text(translate(key, self.language, **values), "bold"), soft_wrap=True)

    async def show(self, watch: StatusWatcher) -> None:
        """Show the room until cancelled."""
        if not self.console.is_terminal:
            while True:
                await asyncio.sleep(_PLAIN_EVERY_S)
                self.console.print(Text(_GAP).join([*self._lesson(watch), *self._flow(watch)]), soft_wrap=True)
        with Live(
            get_renderable=lambda: Group(
                Text(_GAP).join(self._lesson(watch)),
                Text(_GAP).join(self._flow(watch)),
            ),
            console=self.console,
            refresh_per_second=_LIVE_A_SECOND,
            transient=True,
        ):
            await asyncio.get_running_loop().create_future()

    def _lesson(self, watch: StatusWatcher) -> list[Text]:
        """State, lesson time and lamps."""
        status = watch.status
        if status is None:
            return [Text(translate("demo.waiting", self.language), "dim")]
        parts = [Text(translate(f"room.state-{status.state}", self.language), "bold")]
        if status.state in ("recording", "paused"):
            parts.append(Text(clock(round(status.lesson_time_s * 1e9))))
        for lamp, pattern in sorted(watch.lamps.items()):
            name = Text(translate(f"room.fact-{lamp}-lamp", self.language) + " ")
            parts.append(name.append(lamp_text(lamp, pattern, self.language)))
        return parts

    def _flow(self, watch: StatusWatcher) -> list[Text]:
        """What comes in, and what goes out."""
        status = watch.status
        if status is None:
            return []
        parts = []
        for role, dbfs in status.meters_dbfs.items():
            name = Text(track_name(role, self.language) + " ")
            parts.append(name.append(bar(dbfs)).append(f" {dbfs:.0f} dBFS"))
        for role, fps in status.rates_fps.items():
            parts.append(Text(f"{track_name(role, self.language)} {translate('room.rate', self.language, fps=fps)}"))
        return [*parts, uploads(status, self.language)]
