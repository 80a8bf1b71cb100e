"""How a process is told to stop: SIGTERM, as systemd does, or SIGINT, as Ctrl-C does, cancels its task."""

from __future__ import annotations

import asyncio
import signal


def cancel_by(*numbers: signal.Signals) -> None:
    """Have these signals, SIGTERM and SIGINT where none is named, cancel the task that calls this."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in numbers or (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
