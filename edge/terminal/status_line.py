"""The room's status in one line, and the texts that line and screen share."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from edge.classroom.recorder_messages import DeviceStatus, RecorderState
from edge.config.model import Config
from edge.i18n import Language, translate, translate_code, translate_sentence
from edge.link.control_messages import Status
from edge.terminal.value_text import lesson_time_text, track_name
from pipelines.devices.device_state import DeviceState

GAP = "   "
CLICKERS = "clickers"
_BAR_CELLS = 20
_BAR_FLOOR_DBFS = -60.0


def status_line(status: Status, config: Config, language: Language) -> Text:
    """The status in one line: the lesson, both lamps, what the devices give, copies, and what is wrong."""
    lamps = {"recording": status.lamp, "status": status.status_lamp}
    parts = [Text(headline_text(status, config, language)), lamps_line(lamps, language), flow_line(status, language)]
    parts += [Text(line, "yellow") for line in device_fault_lines(status, language)]
    codes = filter(None, [status.refusal, *status.faults])
    return Text(GAP).join([*parts, *(Text(translate_code("room.fault", language, code), "red") for code in codes)])


def device_fault_lines(status: Status, language: Language) -> list[str]:
    """A line for each device that does not run, or delivers what is not worth recording."""
    lines = []
    for role, device in devices_with_clickers(status).items():
        if device.state is not DeviceState.RUNNING:
            state = translate(f"room.device-{device.state}", language)
            reason = translate_sentence(device.reason, language)
            lines.append(f"{track_name(role, language)} {state} {reason}".rstrip())
        elif device.signal:
            lines.append(f"{track_name(role, language)} {signal_text(device, language)}")
    return lines


def signal_text(device: DeviceStatus, language: Language) -> str:
    """What is wrong with what a running device delivers."""
    return translate_code("room.signal", language, device.signal)


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
    return translate(
        f"room.recorder-{state.activity}", language, lesson=state.lesson, time=lesson_time_text(state.lesson_time_ns)
    )


def devices_with_clickers(status: Status) -> dict[str, DeviceStatus]:
    """Cameras and microphones by role, and the clicker base if the room has one."""
    return status.devices if status.clickers is None else {**status.devices, CLICKERS: status.clickers}


def headline_text(status: Status, config: Config, language: Language) -> str:
    """Room, state, and the lesson with its time."""
    room = config.room.name or config.room.room
    state = translate_code("room.state", language, status.state)
    if status.lesson is None or status.state not in ("recording", "paused"):
        return translate("room.headline", language, room=room, state=state)
    time = lesson_time_text(round(status.lesson_time_s * 1e9))
    return translate("room.headline-lesson", language, room=room, state=state, lesson=status.lesson, time=time)


def lamp_text(lamp: str, pattern: str, language: Language) -> Text:
    """A lamp as a coloured dot and words; ``lamp`` is ``recording`` (red) or ``status`` (green and amber)."""
    text = Text("○ " if pattern == "off" else "● ", _lamp_style(lamp, pattern))
    return text.append(translate_code("room.lamp", language, pattern), "default")


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


def _lamp_style(lamp: str, pattern: str) -> str:
    if pattern == "off":
        return "dim"
    if lamp == "recording":
        return "bold red"
    return "bold yellow" if pattern.startswith("amber") else "bold green"
