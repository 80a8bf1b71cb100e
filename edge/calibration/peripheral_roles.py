"""Clicker bases and heads: which are bound, and what is plugged in for them and is not."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.discovered_device import DiscoveredDevice
from edge.calibration.results import Advice, MeasuredDevice, SettingChange, Verdict
from edge.calibration.step import StepContext
from edge.calibration.step_notes import StepNotes
from edge.config.identity_keys import is_device_of
from edge.config.model import Config
from edge.i18n import lazy_message

_NONE = "none"
_BASE = "clickers"
_BASE_DRIVER = "rf21x"
_HEAD_DRIVER = "visca-serial"
_MODELS = ("rf217", "rf218", "rf219")


def bind_peripherals(context: StepContext, notes: StepNotes, found: Sequence[DiscoveredDevice]) -> None:
    """Ask for each base and serial port that the config does not name what it is, and note the settings."""
    config = context.room.config
    has_base = config.clickers is not None
    heads = {str(role) for role in config.ptz}
    models = next((one.choices.get("model", ()) for one in found if one.driver == _BASE_DRIVER), _MODELS)
    for one in found:
        if one.section not in ("", _BASE):
            continue
        table = _table(config, one)
        if table:
            notes.devices.append(_measured(one, table))
            notes.add("peripheral-there", Verdict.GOOD, None, table, one.name)
            continue
        free_heads = [] if one.section else [str(role) for role in config.cameras if str(role) not in heads]
        options = [_NONE, *([] if has_base else [_BASE]), *(f"ptz.{role}" for role in free_heads)]
        chosen = _NONE if len(options) == 1 else _ask(context, one, options)
        if chosen == _NONE:
            notes.add("peripheral-unbound", Verdict.GOOD, Advice(code="device-unbound"), "", one.name)
            continue
        notes.devices.append(_measured(one, chosen))
        if chosen == _BASE:
            has_base = True
            notes.changes += _base_settings(context, one, models)
        else:
            heads.add(chosen.removeprefix("ptz."))
            notes.changes += [
                SettingChange(key=f"{chosen}.driver", after=_HEAD_DRIVER),
                SettingChange(key=f"{chosen}.serial_port", after=one.keys["device"]),
            ]
        notes.add("peripheral-bound", Verdict.GOOD, None, chosen, one.name)


def _table(config: Config, one: DiscoveredDevice) -> str:
    """The table of the config that names this device; empty where none does."""
    if config.clickers is not None and is_device_of(config.clickers.options, one):
        return _BASE
    return next((f"ptz.{role}" for role, head in config.ptz.items() if is_device_of(head.options, one)), "")


def _ask(context: StepContext, one: DiscoveredDevice, options: Sequence[str]) -> str:
    question = lazy_message("calibration_roles.which-peripheral", name=one.name, details=one.details)
    texts = [(value, lazy_message(f"calibration_roles.peripheral-{value.replace('.', '-')}")) for value in options]
    return context.technician.choose(f"roles.peripheral-{_place(one)}", question, texts)


def _base_settings(context: StepContext, one: DiscoveredDevice, models: Sequence[str]) -> list[SettingChange]:
    driver = one.driver or _BASE_DRIVER
    changes = [SettingChange(key=f"{_BASE}.driver", after=driver)]
    if driver == _BASE_DRIVER:
        options = [(model, lazy_message("calibration_roles.model", model=model)) for model in models]
        model = context.technician.choose(
            "roles.clickers-model", lazy_message("calibration_roles.which-model"), options
        )
        changes.append(SettingChange(key=f"{_BASE}.model", after=model))
    return [*changes, *(SettingChange(key=f"{_BASE}.{key}", after=value) for key, value in one.keys.items())]


def _measured(one: DiscoveredDevice, role: str) -> MeasuredDevice:
    model = " ".join(filter(None, (one.name, one.model)))
    return MeasuredDevice(
        role=role, driver=one.driver, model=model, serial=one.serial, port=one.usb_port, node=one.node
    )


def _place(one: DiscoveredDevice) -> str:
    return one.usb_port or one.serial or one.node or one.name
