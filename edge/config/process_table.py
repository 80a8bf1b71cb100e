"""Table of the system's processes, and which of them a config asks for: ``run``, demo and tests start these."""

from __future__ import annotations

from collections.abc import Callable

from edge.config.model import Config

# Subcommand of each process, in the order of starting; they are stopped in the reverse order.
PROCESSES: dict[str, Callable[[Config], bool]] = {
    "recorder": lambda _: True,
    "controller": lambda _: True,
    "web": lambda config: config.web.enabled,
}


def wanted_processes(config: Config) -> tuple[str, ...]:
    """The processes that the config asks for, in the order of starting."""
    return tuple(name for name, is_wanted in PROCESSES.items() if is_wanted(config))
