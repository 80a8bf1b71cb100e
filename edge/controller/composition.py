"""Composition root of the controller: the configured drivers of panel, PTZ heads and clickers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from drivers import registry
from drivers.protocols import ClickerReceiver, Panel, PtzDevice
from drivers.samples import ReceiverCapabilities
from edge.config import model
from edge.controller.ptz.head import PtzHead
from edge.link.socket_paths import with_run_folder
from pipelines.devices.clicker_base import ROLE, ClickerBase, EventListener
from pipelines.devices.device_state import DeviceCondition

OnClickers = Callable[[str, DeviceCondition[ReceiverCapabilities]], None]


def panel(config: model.Config) -> Panel | None:
    """The panel's driver for the buttons and the status lamp; None in a room without a panel."""
    if config.panel is None:
        return None
    driver = registry.load_driver(registry.PANELS, config.panel.driver)
    made: Panel = driver("controller", with_run_folder(config.panel.options, config.paths.run))
    return made


def heads(config: model.Config) -> list[PtzHead]:
    """The PTZ heads in their roles, not opened yet."""
    return [PtzHead(role, _ptz(role, head), head) for role, head in config.ptz.items()]


def clickers(config: model.Config, on_events: EventListener, on_change: OnClickers) -> ClickerBase:
    """The base of the students' clickers, not started yet; one without a receiver in a room without clickers."""
    make = None if config.clickers is None else _receiver(config.clickers, config.paths.run)
    return ClickerBase(ROLE, make, on_events, on_change)


def _receiver(clickers: model.ClickersConfig, run: Path) -> Callable[[], ClickerReceiver]:
    driver = registry.load_driver(registry.RECEIVERS, clickers.driver)
    options = with_run_folder(clickers.options, run)

    def make() -> ClickerReceiver:
        made: ClickerReceiver = driver(ROLE, options)
        return made

    return make


def _ptz(role: str, head: model.PtzConfig) -> Callable[[], PtzDevice]:
    driver = registry.load_driver(registry.PTZ_HEADS, head.driver)

    def make() -> PtzDevice:
        made: PtzDevice = driver(role, head.options)
        return made

    return make
