"""File names in the run folder of a room: its sockets, its stills, and the request to switch the box off."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

RECORDER = "recorder.sock"
CONTROLLER = "controller.sock"
CALIBRATION = "calibration.sock"
# In a folder of its own, whose group is the web process's: it gets in there and nowhere else.
PAGES = "pages/pages.sock"
# The folder of the stills that are shown just now, <role>.jpg; its group is the web process's too.
STILLS = "stills"
# A file that asks systemd to switch the box off: classroom-poweroff.path waits for it.
POWER_OFF = "power-off"


def with_run_folder(options: Any, run: Path) -> Any:
    """A panel driver's options with its empty ``run`` filled in; options that know none stay as they are."""
    if getattr(options, "run", None) == "":
        return dataclasses.replace(options, run=str(run))
    return options
