"""The room's status as a screen for a terminal: lesson, lamps, devices, copies, the last check, PTZ heads."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from edge.classroom.recorder_messages import Degradation, DeviceStatus
from edge.config.model import Config
from edge.config.network_addresses import page_addresses
from edge.i18n import Language, foreign_sentence, translate, translate_code, translate_sentence
from edge.link.control_messages import DayHint, DiskStatus, Status, UploadProgress
from edge.terminal.day_table import day_line
from edge.terminal.device_styles import DEVICE_STYLES
from edge.terminal.director_text import director_fact
from edge.terminal.ptz_table import heads_table
from edge.terminal.status_line import (
    devices_with_clickers,
    headline_text,
    lamp_text,
    level_bar,
    signal_text,
    upload_text,
)
from edge.terminal.value_text import track_name
from pipelines.devices.device_state import DeviceState

_MOST_ADDRESSES = 2
_SCREEN = "screen"


def status_view(status: Status, config: Config, language: Language) -> RenderableType:
    """The whole status, with a table of the devices and one of the PTZ heads."""
    facts = Table.grid(padding=(0, 2))
    for name, value in _facts(status, language):
        facts.add_row(Text(translate(f"room.fact-{name}", language), "dim"), value)
    parts: list[RenderableType] = [Text(headline_text(status, config, language), "bold"), facts]
    if config.web.enabled:
        addresses = Text("  ".join(page_addresses(config)[:_MOST_ADDRESSES]))
        facts.add_row(Text(translate("room.fact-pages", language), "dim"), addresses)
    if devices_with_clickers(status):
        parts.append(_devices(status, language))
    if config.ptz:
        parts.append(heads_table(status.ptz, config.ptz, language))
    return Group(*parts)


def degradation_text(less: Degradation, language: Language) -> str:
    """Text about what is reduced because the box cannot keep up."""
    if not less.halved:
        return translate("room.given-up-preset", language, preset=less.preset)
    roles = tuple(track_name(role, language) for role in less.halved)
    return translate("room.given-up-rate", language, preset=less.preset, roles=roles)


def _by_itself(hint: DayHint, language: Language) -> Text:
    text = translate(f"room.hint-{hint.act}", language, **hint.clock_times())
    if not hint.is_announced:
        return Text(text)
    return Text(text + translate("room.hint-decline" if hint.act == "start" else "room.hint-go-on", language), "yellow")


def _facts(status: Status, language: Language) -> list[tuple[str, Text]]:
    facts = [
        ("recording-lamp", lamp_text("recording", status.lamp, language)),
        ("status-lamp", lamp_text("status", status.status_lamp, language)),
        ("upload", upload_text(status, language)),
    ]
    if status.day is not None:
        facts.insert(0, ("day", Text(day_line(status.day, language))))
    if status.day_hint is not None:
        facts.insert(1, ("by-itself", _by_itself(status.day_hint, language)))
    if status.director is not None:
        facts.append(("director", Text(director_fact(status.director, language))))
    if status.lrs.configured:
        facts.append(("records", _records(status.lrs, language)))
    facts += [("previews", Text(line)) for line in _preview_lines(status, language)]
    if status.disk is not None:
        facts.append(("disk", _disk(status.disk, language)))
    if status.check is not None:
        verdict = translate_code("room.check", language, status.check.recording)
        where = status.check.stored if status.upload.configured else "nowhere"
        stored = translate_code("room.stored", language, where)
        text = translate("room.last-check", language, lesson=status.check.lesson, verdict=verdict, stored=stored)
        facts.append(("check", Text(text, "red" if status.check.recording == "bad" else "")))
    if status.given_up is not None:
        facts.append(("given-up", Text(degradation_text(status.given_up, language), "yellow")))
    facts += [("set-aside", Text(translate("room.set-aside", language, name=name))) for name in status.set_aside]
    if status.refusal:
        facts.append(("refusal", Text(translate_code("room.fault", language, status.refusal), "red")))
    return [*facts, *(("fault", Text(translate_code("room.fault", language, word), "red")) for word in status.faults)]


def _records(lrs: UploadProgress, language: Language) -> Text:
    if lrs.fault:
        return Text(
            translate("room.records-held-up", language, count=lrs.pending, fault=foreign_sentence(lrs.fault)), "yellow"
        )
    return Text(translate("room.records-pending" if lrs.pending else "room.records-done", language, count=lrs.pending))


def _preview_lines(status: Status, language: Language) -> list[str]:
    lines = []
    if status.previews.waiting:
        lines.append(translate("room.previews-waiting", language, count=status.previews.waiting))
    if status.previews.text and _SCREEN in status.devices:
        lines.append(translate_code("room.screen-text", language, status.previews.text))
    return lines


def _disk(disk: DiskStatus, language: Language) -> Text:
    free_gb, total_gb = disk.free_bytes / 1e9, disk.total_bytes / 1e9
    return Text(translate("room.disk-left", language, free_gb=free_gb, total_gb=total_gb, hours=disk.hours_left))


def _devices(status: Status, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("device", "state", "now", "reason"):
        table.add_column(translate(f"room.column-{column}", language), overflow="fold")
    for role, device in devices_with_clickers(status).items():
        state = Text(translate(f"room.device-{device.state}", language), DEVICE_STYLES[device.state])
        why = Text(translate_sentence(device.reason, language))
        reason = Text(signal_text(device, language), "yellow") if device.signal else why
        table.add_row(track_name(role, language), state, _current(role, device, status, language), reason)
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
