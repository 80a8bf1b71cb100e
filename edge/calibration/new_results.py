"""The results of a calibration that begins: which room, which version, and when, if the box knows the time."""

from __future__ import annotations

import datetime as dt
import platform
import socket
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from edge.calibration.results import Results
from edge.config.model import Config
from pipelines.system_clocks import boot_id, is_synchronised

# Linux, Devicetree's model (a Raspberry Pi) and DMI's product (a PC).
_MODELS = (Path("/proc/device-tree/model"), Path("/sys/class/dmi/id/product_name"))


def new_results(config: Config) -> Results:
    """The results of a calibration that begins, without its number."""
    try:
        version = metadata.version("classroom-edge")
    except metadata.PackageNotFoundError:
        version = ""
    room = config.room
    return Results(
        number=0,
        school=room.school,
        room=room.room,
        room_name=room.name,
        box=f"{socket.gethostname()}, {_machine()}",
        version=version,
        boot_id=boot_id(),
        began_at=known_time(config),
    )


def known_time(config: Config) -> dt.datetime | None:
    """The time, None while no time service has set the clock, and the config does not trust it without one."""
    return dt.datetime.now(dt.UTC) if is_synchronised() or config.timetable.trust_clock else None


def _machine() -> str:
    """The machine's model; its processor architecture where it does not say."""
    for file in _MODELS:
        with suppress(OSError):
            if model := file.read_text(encoding="utf-8", errors="replace").strip("\0 \n"):
                return model
    return platform.machine()
