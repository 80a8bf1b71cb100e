"""Table of the PTZ heads."""

from __future__ import annotations

from collections.abc import Mapping

from rich import box
from rich.table import Table
from rich.text import Text

from edge.config.model import CameraRole, PtzConfig
from edge.i18n import Language, translate, translate_sentence
from edge.link.control_messages import HeadStatus
from edge.terminal.device_styles import DEVICE_STYLES
from edge.terminal.value_text import track_name
from pipelines.devices.device_state import DeviceState

_COLUMNS = ("head", "driver", "state", "at", "presets", "reason")


def heads_table(heads: Mapping[str, HeadStatus], config: Mapping[CameraRole, PtzConfig], language: Language) -> Table:
    """A row for each head of the config; one that the controller does not know is still opening."""
    table = Table(box=box.SIMPLE_HEAD)
    for column in _COLUMNS:
        table.add_column(translate(f"ptz.column-{column}", language), overflow="fold")
    for role, head in config.items():
        status = heads.get(role, HeadStatus(state=DeviceState.OPENING))
        table.add_row(
            track_name(role, language),
            head.driver,
            Text(translate(f"room.device-{status.state}", language), DEVICE_STYLES[status.state]),
            position_text(status, language),
            ", ".join(head.presets),
            Text(translate_sentence(status.reason, language)),
        )
    return table


def position_text(status: HeadStatus, language: Language) -> str:
    """Where a head stands or is going."""
    if status.preset is not None:
        return translate("ptz.on-the-way" if status.moving else "ptz.at", language, preset=status.preset)
    return translate("ptz.driven" if status.moving else "ptz.nowhere", language)
