"""The folder for the sockets, ports and pipes of a process."""

from __future__ import annotations

import os
from pathlib import Path


def run_folder(configured: str) -> Path:
    """Return ``configured``, or else the runtime directory that systemd gave the process, or else the current one."""
    return Path(configured or os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0] or ".")
