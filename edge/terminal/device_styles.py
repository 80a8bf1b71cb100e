"""Colours of device states in the terminal's tables."""

from __future__ import annotations

from pipelines.devices.device_state import DeviceState

DEVICE_STYLES = {
    DeviceState.RUNNING: "green",
    DeviceState.OPENING: "yellow",
    DeviceState.STALLED: "yellow",
    DeviceState.MISSING: "red",
    DeviceState.UNFIT: "red",
    DeviceState.LENT: "yellow",
}
