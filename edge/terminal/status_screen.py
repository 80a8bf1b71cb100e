"""The room's status for a terminal: a screen of lesson, lamps, devices, copies and the last check, or one line."""

from __future__ import annotations

from collections.abc import Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from edge.classroom.recorder_messages import Degradation, DeviceState, DeviceStatus, RecorderState
from edge.config.model import Config
from edge.i18n import Language, translate, translate_code
from edge.link.control_messages import DiskStatus, Status, UploadProgress
from edge.terminal.device_styles import DEVICE_STYLES
from edge.terminal.finding_text import clock, track_name
from edge.terminal.ptz_table import heads_table

GAP = "   "
CLICKERS = "clickers"
_BAR_CELLS = 20
_BAR_FLOOR_DBFS = -60.0


def status_view(status: Status, config: Config, language: Language) -> RenderableType:
    """The whole status, with a table of the devices and one of the PTZ heads."""
    facts = Table.grid(padding=(0, 2))
    for name, value in _facts(status, language):
        facts.add_row(Text(translate(f"room.fact-{name}", language), "dim"), value)
    parts: list[RenderableType] = [Text(_headline(status, config, language), "bold"), facts]
    if status.devices or status.clickers:
        parts.append(_devices(status, language))
    if config.ptz:
        parts.append(heads_table(status.ptz, config.ptz, language))
    return Group(*parts)


def status_line(status: Status, config: Config, language: Language) -> Text:
    """The status in one line: the lesson, both lamps, what the devices give, copies, and what is wrong."""
    lamps = {"recording": status.lamp, "status": status.status_lamp}
    parts = [Text(_headline(status, config, language)), lamps_line(lamps, language), flow_line(status, language)]
    for role, device in status.devices.items():
        if device.state is not DeviceState.RUNNING:
            state = translate(f"room.device-{device.state}", language)
            parts.append(Text(f"{track_name(role, language)} {state} {device.reason}".rstrip(), "yellow"))
    codes = filter(None, [status.refusal, *status.faults])
    return Text(GAP).join([*parts, *(Text(translate_code("room.fault", language, code), "red") for code in codes)])


def lamps_line(lamps: Mapping[str, str], language: Language) -> Text:
    """The patterns of the lamps ``recording`` and ``status``, by name."""
    return Text(GAP).join(
        Text(translate(f"room.fact-{lamp}-lamp", language) + " ").append(lamp_text(lamp, pattern, language))
        for lamp, pattern in sorted(lamps.items())
    )


def flow_line(status: Status, language: Language) -> Text:
    """What the devices give, and how the copying goes."""
    parts = []
    for role, dbfs in status.meters_dbfs.items():
        name = Text(track_name(role, language) + " ")
        parts.append(name.append(level_bar(dbfs)).append(f" {dbfs:.0f} dBFS"))
    for role, fps in status.rates_fps.items():
        parts.append(Text(f"{track_name(role, language)} {translate('room.rate', language, fps=fps)}"))
    return Text(GAP).join([*parts, upload_text(status, language)])


def recorder_text(state: RecorderState | None, language: Language) -> str:
    """What the recorder does, for when the controller is away."""
    if state is None:
        return translate("room.recorder-neither", language)
    return translate(f"room.recorder-{state.activity}", language, lesson=state.lesson, time=clock(state.lesson_time_ns))


def lamp_text(lamp: str, pattern: str, language: Language) -> Text:
    """A lamp as a coloured dot and words; ``lamp`` is ``recording`` (red) or ``status`` (green and amber)."""
    text = Text("○ " if pattern == "off" else "● ", _lamp_style(lamp, pattern))
    return text.append(translate(f"room.lamp-{pattern}", language), "default")


def level_bar(dbfs: float) -> Text:
    """A level as a bar that is full at 0 dBFS and empty at -60."""
    filled = round(_BAR_CELLS * min(1.0, max(0.0, 1 - dbfs / _BAR_FLOOR_DBFS)))
    style = "red" if dbfs > -1 else "yellow" if dbfs > -9 else "green"
    return Text("█" * filled, style).append("░" * (_BAR_CELLS - filled), "dim")


def upload_text(status: Status, language: Language) -> Text:
    """Text about the progress of copying."""
    upload = status.upload
    if not upload.configured:
        return Text(translate("room.upload-nowhere", language))
    if not upload.fault:
        key = "room.upload-pending" if upload.pending else "room.upload-done"
        return Text(translate(key, language, count=upload.pending))
    fault = translate_code("room.fault", language, upload.fault)
    text = translate("room.upload-held-up", language, count=upload.pending, fault=fault)
    if upload.next_try_s is not None:
        text = translate("room.upload-next-try", language, text=text, seconds=upload.next_try_s)
    return Text(text, "yellow")


def degradation_text(less: Degradation, language: Language) -> str:
    """Text about what is reduced because the box cannot keep up."""
    if not less.halved:
        return translate("room.given-up-preset", language, preset=less.preset)
    roles = tuple(track_name(role, language) for role in less.halved)
    return translate("room.given-up-rate", language, preset=less.preset, roles=roles)


def _headline(status: Status, config: Config, language: Language) -> str:
    room = config.room.name or config.room.room
    state = translate(f"room.state-{status.state}", language)
    if status.lesson is None or status.state not in ("recording", "paused"):
        return translate("room.headline", language, room=room, state=state)
    time = clock(round(status.lesson_time_s * 1e9))
    return translate("room.headline-lesson", language, room=room, state=state, lesson=status.lesson, time=time)


def _facts(status: Status, language: Language) -> list[tuple[str, Text]]:
    facts = [
        ("recording-lamp", lamp_text("recording", status.lamp, language)),
        ("status-lamp", lamp_text("status", status.status_lamp, language)),
        ("upload", upload_text(status, language)),
    ]
    if status.lrs.configured:
        facts.append(("records", _records(status.lrs, language)))
    if status.disk is not None:
        facts.append(("disk", _disk(status.disk, language)))
    if status.check is not None:
        verdict = translate_code("room.check", language, status.check.recording)
        stored = translate(f"room.stored-{status.check.stored if status.upload.configured else 'nowhere'}", language)
        text = translate("room.last-check", language, lesson=status.check.lesson, verdict=verdict, stored=stored)
        facts.append(("check", Text(text, "red" if status.check.recording == "bad" else "")))
    if status.given_up is not None:
        facts.append(("given-up", Text(degradation_text(status.given_up, language), "yellow")))
    if status.refusal:
        facts.append(("refusal", Text(translate_code("room.fault", language, status.refusal), "red")))
    return [*facts, *(("fault", Text(translate_code("room.fault", language, word), "red")) for word in status.faults)]


def _records(lrs: UploadProgress, language: Language) -> Text:
    if lrs.fault:
        return Text(translate("room.records-held-up", language, count=lrs.pending, fault=lrs.fault), "yellow")
    return Text(translate("room.records-pending" if lrs.pending else "room.records-done", language, count=lrs.pending))


def _disk(disk: DiskStatus, language: Language) -> Text:
    free_gb, total_gb = disk.free_bytes / 1e9, disk.total_bytes / 1e9
    return Text(translate("room.disk-left", language, free_gb=free_gb, total_gb=total_gb, hours=disk.hours_left))


def _devices(status: Status, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("device", "state", "now", "reason"):
        table.add_column(translate(f"room.column-{column}", language), overflow="fold")
    clickers = {} if status.clickers is None else {CLICKERS: status.clickers}
    for role, device in {**status.devices, **clickers}.items():
        state = Text(translate(f"room.device-{device.state}", language), DEVICE_STYLES[device.state])
        table.add_row(track_name(role, language), state, _current(role, device, status, language), Text(device.reason))
    return table


def _current(role: str, device: DeviceStatus, status: Status, language: Language) -> Text:
    """Rate or level of a device that runs, while a lesson is recorded."""
    if device.state is not DeviceState.RUNNING:
        return Text()
    if role in status.rates_fps:
        return Text(translate("room.rate", language, fps=status.rates_fps[role]))
    if role in status.meters_dbfs:
        level = status.meters_dbfs[role]
        return level_bar(level).append(f" {level:.0f} dBFS", "default")
    return Text()


def _lamp_style(lamp: str, pattern: str) -> str:
    if pattern == "off":
        return "dim"
    if lamp == "recording":
        return "bold red"
    return "bold yellow" if pattern.startswith("amber") else "bold green"
