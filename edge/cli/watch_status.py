"""The room's status as it changes: live on a terminal, a line a change in a pipe, or a JSON object a line."""

from __future__ import annotations

import asyncio
import select
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from rich.console import Group
from rich.live import Live
from rich.text import Text

from edge.config.model import Config
from edge.i18n import Language
from edge.link.control_client import recorder_state
from edge.link.control_messages import Status
from edge.link.status_stream import follow_status
from edge.service.stop_signals import cancel_by
from edge.terminal.console import OutputConsole
from edge.terminal.status_line import recorder_text, status_line
from edge.terminal.status_screen import status_view


class _View(Protocol):
    def show(self, status: Status) -> None:
        """Show a status that is not the one shown before."""

    def show_away(self, why: str, *, first: bool) -> None:
        """Show that the controller is away; ``first`` is true once an outage."""


async def watch_status(config: Config, language: Language, *, as_json: bool) -> None:
    """Show the status until cancelled; SIGTERM cancels too. An outage of the controller is shown and waited out.

    Raises:
        BrokenPipeError: Whoever read the output is gone.
    """
    cancel_by(signal.SIGTERM)
    console = OutputConsole()
    live = Live(console=console, auto_refresh=False)
    is_live = console.is_terminal and not as_json
    view: _View = (
        _JsonLines() if as_json else _Screen(live, config, language) if is_live else _Lines(console, config, language)
    )
    shown: Status | None = None
    was_away = False
    context: AbstractContextManager[object] = live if is_live else nullcontext()
    with context:
        async for update in follow_status(config.paths.run):
            if isinstance(update, Status):
                if update != shown:
                    view.show(update)
                shown, was_away = update, False
            else:
                state = await asyncio.to_thread(recorder_state, config.paths.run)
                view.show_away(f"{update.why.text(language)}\n{recorder_text(state, language)}", first=not was_away)
                shown, was_away = None, True
            _check_output()


class _Screen:
    def __init__(self, live: Live, config: Config, language: Language) -> None:
        self._live = live
        self._config = config
        self._language: Language = language

    def show(self, status: Status) -> None:
        self._live.update(status_view(status, self._config, self._language), refresh=True)

    def show_away(self, why: str, *, first: bool) -> None:
        self._live.update(Group(Text(why, "red")), refresh=True)


class _Lines:
    def __init__(self, console: OutputConsole, config: Config, language: Language) -> None:
        self._console = console
        self._config = config
        self._language: Language = language
        self._last = Text()

    def show(self, status: Status) -> None:
        line = status_line(status, self._config, self._language)
        if line != self._last:
            self._console.print(line, soft_wrap=True)
            self._last = line

    def show_away(self, why: str, *, first: bool) -> None:
        if first:
            print(why, file=sys.stderr)
            self._last = Text()


class _JsonLines:
    def show(self, status: Status) -> None:
        print(status.model_dump_json(), flush=True)

    def show_away(self, why: str, *, first: bool) -> None:
        if first:
            print(why, file=sys.stderr)


def _check_output() -> None:
    """Notice that the pipe's reader is gone although nothing is written: poll(2) reports POLLERR then.

    Raises:
        BrokenPipeError: It is gone.
    """
    poll = select.poll()
    poll.register(sys.stdout, 0)
    if any(events & select.POLLERR for _, events in poll.poll(0)):
        raise BrokenPipeError
